package repl_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/display"
	"github.com/lectern-go/lectern/kernel/exportdata"
	"github.com/lectern-go/lectern/kernel/kerneltest"
	"github.com/lectern-go/lectern/kernel/repl"
	"github.com/lectern-go/lectern/kernel/worker"
)

// Variables of the test program's second and third part: the REPL in a
// terminal, and the REPL's worker.
const (
	replVariable    = "LECTERN_TEST_REPL" // the folder of the history
	workerVariable  = "LECTERN_TEST_WORKER"
	terminalTimeout = 20 * time.Second
)

func TestMain(m *testing.M) {
	dir := os.Getenv(replVariable)
	run := func() error { return runREPL(dir) }
	switch {
	case dir == "":
		kerneltest.Main(m)
	case os.Getenv(workerVariable) != "":
		run = func() error { return worker.Main(worker.Config{Exports: exports}) }
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// exports has the cells ask with prompts.
func exports(path string) (map[string]map[string]reflect.Value, bool) {
	return map[string]map[string]reflect.Value{path + "/display": {
		"Input": reflect.ValueOf(display.Input), "Password": reflect.ValueOf(display.Password),
	}}, path == displayPath
}

const displayPath = "github.com/lectern-go/lectern/kernel/display"

func runREPL(dir string) error {
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	types, err := os.ReadFile("../../cmd/lectern/library/types.zip")
	if err != nil {
		return err
	}
	packages, err := exportdata.OpenArchive(types)
	if err != nil {
		return err
	}
	k, err := kernel.Start(context.Background(), kernel.Config{
		Worker: []string{exe}, Env: []string{workerVariable + "=1"}, Dir: dir, Engine: kernel.Interpret, Packages: packages,
	})
	if err != nil {
		return err
	}
	defer k.Close()
	return repl.Run(repl.Config{Kernel: k, History: fileHistory{path: filepath.Join(dir, "history.json")}, Banner: "ready"})
}

// fileHistory keeps cells in a file, of which a REPL adds some and reads all.
type fileHistory struct {
	kernel.History
	path string
}

func (h fileHistory) Input(line int, code string) error {
	entries, err := h.Tail(0)
	if err != nil {
		return err
	}
	data, err := json.Marshal(append(entries, kernel.HistoryEntry{Line: line, Input: code}))
	if err != nil {
		return err
	}
	return os.WriteFile(h.path, data, 0o600)
}

func (h fileHistory) Tail(int) ([]kernel.HistoryEntry, error) {
	data, err := os.ReadFile(h.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var entries []kernel.HistoryEntry
	return entries, errors.Join(err, json.Unmarshal(data, &entries))
}

// terminal is a REPL in a pseudo-terminal.
type terminal struct {
	t    *testing.T
	file *os.File
	cmd  *exec.Cmd
	mu   sync.Mutex
	text strings.Builder
	seen int // where the text that was waited for ends
}

// command is the REPL with some environment.
func command(t *testing.T, dir string, env ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(append(os.Environ(), replVariable+"="+dir, "TERM=xterm-256color", "INPUTRC=/dev/null"), env...)
	return cmd
}

func start(t *testing.T, dir string, env ...string) *terminal {
	t.Helper()
	cmd := command(t, dir, env...)
	file, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 100})
	if err != nil {
		t.Skipf("this machine has no pseudo-terminals: %v", err)
	}
	term := &terminal{t: t, file: file, cmd: cmd}
	go term.read()
	t.Cleanup(func() {
		cmd.Process.Kill() //nolint:errcheck // it has usually ended
		cmd.Wait()         //nolint:errcheck // as above
		file.Close()
	})
	return term
}

// read keeps what the REPL writes, and answers its questions for the position of
// the cursor as a terminal does.
func (x *terminal) read() {
	buf := make([]byte, 4096)
	for {
		n, err := x.file.Read(buf)
		if err != nil {
			return
		}
		x.mu.Lock()
		x.text.Write(buf[:n])
		x.mu.Unlock()
		for range strings.Count(string(buf[:n]), "\x1b[6n") {
			x.file.WriteString("\x1b[5;5R") //nolint:errcheck // the test times out
		}
	}
}

// keyPause is how long a person takes between two keys at least. The editor asks
// the terminal for the position of the cursor after some keys, and may take what
// is typed before the answer for a part of it.
const keyPause = 150 * time.Millisecond

// send types text, which ends in at most one special key.
func (x *terminal) send(text string) {
	x.t.Helper()
	if _, err := x.file.WriteString(text); err != nil {
		x.t.Fatal(err)
	}
	time.Sleep(keyPause)
}

// raw returns all that the REPL wrote.
func (x *terminal) raw() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.text.String()
}

var controls = regexp.MustCompile("\x1b(\\[[0-9;? ]*[a-zA-Z]|[()][A-Z0-9]|[=>78])|\r")

// wait waits until the text appears behind the one waited for last, control
// sequences left out.
func (x *terminal) wait(text string) {
	x.t.Helper()
	deadline := time.Now().Add(terminalTimeout)
	for {
		got := controls.ReplaceAllString(x.raw(), "")[x.seen:]
		if i := strings.Index(got, text); i >= 0 {
			x.seen += i + len(text)
			time.Sleep(keyPause)
			return
		}
		if time.Now().After(deadline) {
			x.t.Fatalf("waited %v for %q; the terminal shows\n%s", terminalTimeout, text, got)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestTerminal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	x := start(t, dir, "NO_COLOR=1")
	x.wait("[1]")

	t.Log("an expression")
	x.send("6 * 7\r")
	x.wait("\n42")
	x.wait("[2]")

	t.Log("a cell of several lines")
	x.send("total := 0\r")
	x.wait("[3]")
	x.send("for i := 0; i < 4; i++ {\r")
	x.send("total += i\r")
	x.send("}\r")
	x.wait("[4]")
	x.send("\"total is \" + fmt.Sprint(total)\r")
	x.wait("\"total is 6\"")
	x.wait("[5]")

	t.Log("bracketed paste")
	x.send("\x1b[200~pasted := 1\npasted += 10\npasted\x1b[201~")
	x.send("\r")
	x.wait("\n11")
	x.wait("[6]")

	t.Log("an error")
	x.send("nowhere\r")
	x.wait("undefined: nowhere")
	x.wait("[7]")

	t.Log("completion")
	x.send("strings.ToUpp")
	x.wait("ToUpp")
	x.send("\t")
	x.wait("ToUpper")
	x.wait("ToUpper returns s with all") // its documentation
	x.send("\t")
	x.send("\r") // takes the candidate
	x.send("(\"abc\")\r")
	x.wait("\"ABC\"")
	x.wait("[8]")

	t.Log("documentation")
	x.send("strings.Fields?\r")
	x.wait("func strings.Fields(s string) []string")
	x.wait("Fields splits the string s around")
	x.wait("[8]")

	t.Log("interrupt")
	x.send("fmt.Println(\"started\"); time.Sleep(time.Hour)\r")
	x.wait("\nstarted")
	x.send("\x03")
	x.wait("interrupt")
	x.wait("[9]")

	t.Log("the variables are still there")
	x.send("total + 1\r")
	x.wait("\n7")
	x.wait("[10]")

	t.Log("history: the last but one cell again")
	for _, key := range []string{"\x1b[A", "\x1b[A", "\x1b[B"} {
		x.send(key)
	}
	x.wait("total + 1")
	x.send("\r")
	x.wait("\n7")
	x.wait("[11]")

	t.Log("what was typed is dropped")
	x.send("garbage(")
	x.wait("garbage(")
	x.send("\x03")
	x.wait("\n[11]")

	t.Log("a table fits after a resize")
	if err := pty.Setsize(x.file, &pty.Winsize{Rows: 40, Cols: 30}); err != nil {
		t.Fatal(err)
	}
	x.send("map[string]string{\"k\": strings.Repeat(\"v\", 200)}\r")
	x.wait("[12]")
	x.send("%load nothing.go\r")
	x.wait("no such file")

	t.Log("a goroutine prints while the next cell is typed")
	x.send("go func() { time.Sleep(2*time.Second); fmt.Println(`from a goroutine`) }()\r")
	x.wait("\n[14]")
	x.send("typed")
	x.wait("[14] typed")
	x.wait("from a goroutine")
	x.wait("[14] typed")
	x.send("\x03")
	x.wait("\n[14]")

	t.Log("leave")
	x.send("\x04")
	if err := x.cmd.Wait(); err != nil {
		t.Errorf("after Ctrl-D the REPL ended with %v", err)
	}

	t.Log("the history goes on in the next session")
	y := start(t, dir, "NO_COLOR=")
	y.wait("[1]")
	y.send("\x12") // reverse search
	y.send("total is")
	y.wait("total is")
	y.send("\r")
	y.send("\r")
	y.wait("undefined: total")
	y.send("exit\r")
	if err := y.cmd.Wait(); err != nil {
		t.Errorf("after exit the REPL ended with %v", err)
	}
	const coloured = "\x1b[31mundefined: "
	if raw := x.raw(); strings.Contains(raw, coloured) {
		t.Errorf("with NO_COLOR the error is coloured")
	}
	if raw := y.raw(); !strings.Contains(raw, coloured) || !strings.Contains(raw, paintedString) {
		t.Errorf("without NO_COLOR the error or the code is not coloured:\n%q", raw)
	}
}

// paintedString is how code shows a string.
const paintedString = "\x1b[32m\"total is \"\x1b[0m"

// TestScript gives the REPL cells by a pipe.
func TestScript(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, in, out string
		code          int
	}{
		{"cells", "x := 6\n\nfunc f(n int) int {\n\treturn 7 * n\n}\nf(x)\nfor i := 0; i < 2; i++ {\n\tfmt.Println(i)\n}", "42\n0\n1\n", 0},
		{"a script", "%%bash\necho a\necho b\n\n1", "a\nb\n1\n", 0},
		{"a table", "[]struct{ A string }{{strings.Repeat(\"x\", 150)}}\n", "   A\n0  " + strings.Repeat("x", 150) + "\n", 0},
		{"an error", "1\nnowhere\n2\n", "1\ncell 2:1:1: undefined: nowhere\n    nowhere\n    ^\n", 1},
		{"an end within", "1\nfor {", "1\ncell 2:1:6: expected '}', found the end of the cell\n    for {\n         ^\n", 1},
		{"input", "var s string; fmt.Scan(&s)\nnext\n", "input error: there is nobody to ask for input: standard input holds the cells\n", 1},
		{"nothing", "", "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cmd := command(t, t.TempDir())
			cmd.Stdin = strings.NewReader(tt.in)
			out, err := cmd.Output()
			if string(out) != tt.out || cmd.ProcessState.ExitCode() != tt.code {
				t.Errorf("the REPL printed %q and ended with %v, want %q and %d", out, err, tt.out, tt.code)
			}
		})
	}
}

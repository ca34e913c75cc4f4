package kernel_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/kerneltest"
)

// TestMagicOutputs runs magics whose output differs from run to run.
func TestMagicOutputs(t *testing.T) {
	t.Parallel()
	k := kerneltest.Start(t)
	for _, tt := range []struct{ code, want string }{
		{"%time time.Sleep(20 * time.Millisecond)", `^wall time: \d+(\.\d+)? ms\n$`},
		{"%time v := 7\nv", `^wall time: .*\n= 7\n$`},
		{"%%time\nv = 8\nv", `^= 8\nwall time: .*\n$`},
		{"%timeit v + 1", `^[\d.]+ ns ± [\d.e-]+ ns per loop, best [\d.]+ ns \(mean ± std\. dev\. of 7 runs, [\d,]+ loops each(; interpreted)?\)\n$`},
		{"%timeit v = 9", ` per loop, best `},
		{"%timeit time.Sleep(150 * time.Millisecond)", `^15\d(\.\d)? ms ± .* of 7 runs, 1 loop each`},
		{"%%timeit n := 3\nfor i := 0; i < n; i++ {\n\tv += i\n}", ` per loop, best `},
		{"n, v > 8", `undefined: n`}, // the setup is not part of the session
		{"%env", `(?m)^PATH=`},
		{"%env LECTERN_TEST_TOKEN=abc\n%env", `(?m)^LECTERN_TEST_TOKEN=\(hidden\)$`},
		{"%help", `(?m)^  %timeit CODE +run a line many times`},
		{"%whos", `^name +type +value\nv +int +\d+\n$`},
		{"%cd\n%cd ..", `^/.*\n/.*\n$`},
	} {
		outputs, _ := kerneltest.Run(t, k, tt.code)
		got := kerneltest.Text(outputs)
		if shown, ok := outputs[0].(kernel.DisplayData); ok {
			got = fmt.Sprintln(shown.Data["text/plain"])
		}
		if !regexp.MustCompile(tt.want).MatchString(got) {
			t.Errorf("%s\nshowed %q, want a match of %q", tt.code, got, tt.want)
		}
	}
}

// TestHelpExamples looks at %help of every magic: each has a line and an example
// that begins with its name.
func TestHelpExamples(t *testing.T) {
	t.Parallel()
	k := kerneltest.Start(t)
	outputs, _ := kerneltest.Run(t, k, "%help")
	names := regexp.MustCompile(`(?m)^  ([%!]\S*)`).FindAllStringSubmatch(kerneltest.Text(outputs), -1)
	for _, want := range strings.Fields("%help %time %%time %timeit %%timeit %who %whos %stale %replay %reset %history %get %load %%writefile %run %cd %env %engine %%compile %%bash !") {
		if !containsName(names, want) {
			t.Errorf("%%help does not list %s", want)
		}
	}
	for _, name := range names {
		outputs, reply := kerneltest.Run(t, k, "%help "+name[1])
		if got := kerneltest.Text(outputs); reply.Error != nil || !strings.Contains(got, "Example:\n    "+name[1]) {
			t.Errorf("%%help %s shows %q", name[1], got)
		}
	}
}

func containsName(names [][]string, want string) bool {
	for _, n := range names {
		if n[1] == want {
			return true
		}
	}
	return false
}

func TestLoad(t *testing.T) {
	t.Parallel()
	config := kerneltest.Config(t)
	if err := os.WriteFile(filepath.Join(config.Dir, "m.go"), []byte("x := 1\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	_, reply := kerneltest.Run(t, kerneltest.StartConfig(t, config), "%load m.go")
	if want := "// from m.go\nx := 1\n"; reply.NextInput != want {
		t.Errorf("NextInput = %q, want %q", reply.NextInput, want)
	}
}

// pastCells is a history in which a search for *l?ss* finds all.
type pastCells []kernel.HistoryEntry

func (p pastCells) Search(pattern string, n int, unique bool) ([]kernel.HistoryEntry, error) {
	if pattern != "*l?ss*" || n > 0 || !unique {
		return nil, fmt.Errorf("Search(%q, %d, %t)", pattern, n, unique)
	}
	return p, nil
}

func (pastCells) Input(int, string) error                            { return nil }
func (pastCells) Output(int, string) error                           { return nil }
func (pastCells) Tail(int) ([]kernel.HistoryEntry, error)            { return nil, nil }
func (pastCells) Range(int, int, int) ([]kernel.HistoryEntry, error) { return nil, nil }

// TestHistoryMagic searches the cells of earlier sessions.
func TestHistoryMagic(t *testing.T) {
	t.Parallel()
	k := kerneltest.Start(t)
	k.UseHistory(pastCells{{1, 1, "loss := 1", ""}, {2, 1, "for {\n\tloss++\n}", ""}})
	outputs, _ := kerneltest.Run(t, k, "%history -g l?ss")
	if got, want := kerneltest.Text(outputs), "1/1: loss := 1\n2/1: for {\n     \tloss++\n     }\n"; got != want {
		t.Errorf("%%history -g shows %q, want %q", got, want)
	}
}

// TestInterruptShell interrupts commands that started others: all end, and the
// session goes on. What they print comes at once.
func TestInterruptShell(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		"%%bash\ntrap '' INT\necho started\n(sleep 20; touch late) | cat",
		"!echo started; (sleep 20; touch late) | cat",
	} {
		t.Run(code[:1], func(t *testing.T) {
			t.Parallel()
			testInterruptShell(t, code)
		})
	}
}

func testInterruptShell(t *testing.T, code string) {
	config := kerneltest.Config(t)
	k := kerneltest.StartConfig(t, config)
	kerneltest.Run(t, k, "x := 5")
	done := make(chan kernel.Reply, 1)
	started := make(chan struct{}, 1)
	begin := time.Now()
	go func() {
		reply, err := k.Execute(context.Background(), kernel.ExecuteRequest{Code: code}, func(o kernel.Output) {
			if s, ok := o.(kernel.Stream); ok && s.Text == "started\n" {
				started <- struct{}{}
			}
		})
		if err != nil {
			t.Error(err)
		}
		done <- reply
	}()
	<-started
	k.Interrupt()
	reply := <-done
	if reply.Error == nil || reply.Error.Ename != "interrupt" {
		t.Errorf("interrupted script: %+v, want an interrupt", reply.Error)
	}
	if d := time.Since(begin); d > 10*time.Second {
		t.Errorf("it took %v to end the script", d)
	}
	if outputs, _ := kerneltest.Run(t, k, "x"); kerneltest.Text(outputs) != "= 5\n" {
		t.Errorf("after the interrupt x shows %q", kerneltest.Text(outputs))
	}
}

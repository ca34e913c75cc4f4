package kernel

import (
	"errors"
	"io"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/lectern-go/lectern/kernel/cell"
)

// shellWait is how long an interrupted shell command may take to end.
const shellWait = time.Second

// magicShell runs a command or a script in the worker's folder, in a process
// group of its own: an interrupt reaches everything that it started. A command
// that fails says so; a script that fails fails the cell.
func (x *execution) magicShell(m cell.Magic, _ *Engine) *Error {
	text := m.Args
	if m.Name != "!" {
		text = m.Body
	}
	if strings.TrimSpace(text) == "" {
		return nil
	}
	shell, err := exec.LookPath("bash")
	if err != nil {
		shell = "/bin/sh"
	}
	cmd := exec.CommandContext(x.ctx, shell, "-c", text)
	cmd.Dir, cmd.Env = x.path("."), x.environ()
	setProcessGroup(cmd)
	var mu sync.Mutex
	stdout := &streamWriter{x: x, mu: &mu, name: "stdout"}
	stderr := &streamWriter{x: x, mu: &mu, name: "stderr"}
	cmd.Stdout, cmd.Stderr = io.Writer(stdout), io.Writer(stderr)
	cmd.WaitDelay = 2 * shellWait
	cmd.Cancel = func() error {
		group := -cmd.Process.Pid
		time.AfterFunc(shellWait, func() { syscall.Kill(group, syscall.SIGKILL) }) //nolint:errcheck // it may have ended
		return syscall.Kill(group, syscall.SIGINT)
	}
	err = cmd.Run()
	stdout.flush()
	stderr.flush()
	var exit *exec.ExitError
	switch {
	case x.ctx.Err() != nil:
		return interrupted("and ended")
	case err == nil:
	case errors.As(err, &exit) && m.Name == "!":
		x.show(Stream{Name: "stderr", Text: exit.Error() + "\n"})
	default:
		return x.magicError(m, "the script ended with %v", err)
	}
	return nil
}

// streamWriter shows what is written to it, in whole characters.
type streamWriter struct {
	x    *execution
	mu   *sync.Mutex // outputs come one at a time
	name string
	rest []byte // of a character that is not complete
}

func (w *streamWriter) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := append(w.rest, b...)
	end := len(text)
	for back := 1; back < utf8.UTFMax && back <= len(text); back++ {
		if i := len(text) - back; utf8.RuneStart(text[i]) {
			if !utf8.FullRune(text[i:]) {
				end = i
			}
			break
		}
	}
	w.rest = append([]byte(nil), text[end:]...)
	if end > 0 {
		w.x.show(Stream{Name: w.name, Text: string(text[:end])})
	}
	return len(b), nil
}

// flush shows what is left.
func (w *streamWriter) flush() {
	if len(w.rest) > 0 {
		w.x.show(Stream{Name: w.name, Text: string(w.rest)})
	}
}

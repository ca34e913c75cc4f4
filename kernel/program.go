package kernel

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"

	"github.com/lectern-go/lectern/kernel/check"
)

// executeProgram builds a cell that is a whole program and runs it in a process
// of its own. It shares nothing with the session.
func (k *Kernel) executeProgram(ctx context.Context, req ExecuteRequest, refusals []check.Diagnostic, show func(Output)) *Error {
	b := k.builder
	<-b.opened
	if b.err != nil {
		return k.refused(refusals, b.err)
	}
	exe, err := b.workspace.BuildProgram(ctx, req.Cell, req.Code)
	if ctx.Err() != nil {
		return interrupted("while compiling")
	}
	if err != nil {
		return internalError(err)
	}
	defer os.Remove(exe)
	cmd := exec.CommandContext(ctx, exe)
	cmd.Dir = k.config.Dir
	cmd.Env = append(os.Environ(), k.config.Env...)
	var mu sync.Mutex
	writer := func(name string) io.Writer {
		return writerFunc(func(b []byte) (int, error) {
			mu.Lock()
			defer mu.Unlock()
			show(Stream{Name: name, Text: string(b)})
			return len(b), nil
		})
	}
	cmd.Stdout, cmd.Stderr = writer("stdout"), writer("stderr")
	setProcessGroup(cmd)
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return interrupted("and ended")
	case err != nil:
		message := fmt.Sprintf("the program ended with %v", err)
		return &Error{Ename: "exit", Evalue: message, Traceback: []string{message}}
	}
	return nil
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func interrupted(how string) *Error {
	message := "interrupted " + how
	return &Error{Ename: "interrupt", Evalue: message, Traceback: []string{message}}
}

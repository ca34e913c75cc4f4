package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"

	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/kernel/worker"
	"github.com/lectern-go/lectern/kernel/worker/pipe"
)

// executeProgram runs a cell that is a whole program in a process of its own,
// which shares nothing with the session: compiled, or interpreted where the engine
// says so or nothing can be compiled.
func (k *Kernel) executeProgram(ctx context.Context, req ExecuteRequest, engine Engine, show func(Output)) *Error {
	b := k.builder
	<-b.opened
	if engine == Interpret || b.err != nil {
		return k.interpretProgram(ctx, req, show)
	}
	exe, err := b.workspace.BuildProgram(ctx, req.Cell, req.Code)
	if ctx.Err() != nil {
		return interrupted("while compiling")
	}
	if err != nil {
		return internalError(err)
	}
	defer os.Remove(exe)
	return k.runProgram(ctx, exec.CommandContext(ctx, exe), show)
}

// runProgram runs the process of a program.
func (k *Kernel) runProgram(ctx context.Context, cmd *exec.Cmd, show func(Output)) *Error {
	cmd.Dir = k.config.Dir
	cmd.Env = append(append(os.Environ(), k.config.Env...), cmd.Env...)
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
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return interrupted("and ended")
	case err != nil:
		message := fmt.Sprintf("the program ended with %v", err)
		return &Error{Ename: "exit", Evalue: message, Traceback: []string{message}}
	}
	return nil
}

// interpretProgram has a worker interpret a program.
func (k *Kernel) interpretProgram(ctx context.Context, req ExecuteRequest, show func(Output)) *Error {
	textR, textW, err := os.Pipe()
	if err != nil {
		return internalError(err)
	}
	refusalR, refusalW, err := os.Pipe()
	if err != nil {
		textR.Close()
		textW.Close()
		return internalError(err)
	}
	cmd := exec.CommandContext(ctx, k.config.Worker[0], k.config.Worker[1:]...)
	cmd.Env = []string{worker.ProgramVariable + "=" + req.Cell}
	cmd.ExtraFiles = []*os.File{textR, refusalW}
	var wg sync.WaitGroup
	wg.Go(func() {
		defer textW.Close()
		io.WriteString(textW, req.Code) //nolint:errcheck // a worker that ends early says so itself
	})
	refusals := make(chan error, 1)
	var refused pipe.Failure
	go func() {
		defer refusalR.Close()
		refusals <- json.NewDecoder(refusalR).Decode(&refused)
	}()
	failed := k.runProgram(ctx, cmd, show)
	textR.Close() // the writer may still wait
	refusalW.Close()
	wg.Wait()
	if err := <-refusals; err != nil && !errors.Is(err, io.EOF) {
		return internalError(err)
	}
	if failed == nil && refused.Ename != "" {
		k.mu.Lock()
		defer k.mu.Unlock()
		return k.rejected(&refused)
	}
	return failed
}

// rejected shows why the interpreter does not run a cell. k.mu is held.
func (k *Kernel) rejected(f *pipe.Failure) *Error {
	if len(f.Refusals) == 0 {
		return &Error{Ename: "refused", Evalue: f.Evalue, Traceback: []string{red(f.Evalue)}}
	}
	var ds []check.Diagnostic
	for _, r := range f.Refusals {
		line, _ := k.line(r.Cell, r.Line)
		d := check.Diagnostic{Msg: r.Msg}
		d.Pos.Filename, d.Pos.Line, d.Pos.Offset = r.Cell, r.Line, r.Line
		d.Pos.Column = 1 + len(line) - len(strings.TrimLeft(line, " \t"))
		ds = append(ds, d)
	}
	return k.refused(ds, k.builder.err)
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func interrupted(how string) *Error {
	message := "interrupted " + how
	return &Error{Ename: "interrupt", Evalue: message, Traceback: []string{message}}
}

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

	"golang.org/x/term"

	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/kernel/compile"
	"github.com/lectern-go/lectern/kernel/worker"
	"github.com/lectern-go/lectern/kernel/worker/pipe"
)

// executeProgram runs a cell that is a whole program in a process of its own,
// which shares nothing with the session: compiled, or interpreted where the engine
// says so or nothing can be compiled.
func (k *Kernel) executeProgram(ctx context.Context, req ExecuteRequest, engine Engine, show func(Output)) *Error {
	switch why := k.builder.unavailable(engine); {
	case why != nil && engine == Compile:
		return refusal(why.Error() + "; engine auto interprets them")
	case why != nil:
		return k.interpretProgram(ctx, req, show)
	}
	exe, err := k.builder.workspace.BuildProgram(ctx, req.Cell, req.Code)
	if ctx.Err() != nil {
		return interrupted("while compiling")
	}
	if wrong := new(compile.CompilerError); errors.As(err, &wrong) {
		return k.compilerError(wrong)
	}
	if err != nil {
		return internalError(err)
	}
	defer os.Remove(exe)
	cmd := exec.CommandContext(ctx, exe)
	cmd.Args[0] = req.Cell
	if req.Process != nil {
		cmd.Args = append(cmd.Args, req.Process.Args...)
	}
	return k.runProgram(ctx, cmd, req.Process, show)
}

// runProgram runs the process of a program.
func (k *Kernel) runProgram(ctx context.Context, cmd *exec.Cmd, process *Process, show func(Output)) *Error {
	cmd.Dir = k.config.Dir
	cmd.Env = append(append(os.Environ(), k.config.Env...), cmd.Env...)
	if process != nil {
		connect(cmd, process)
	} else {
		showOutputs(cmd, show)
		setProcessGroup(cmd)
	}
	err := cmd.Run()
	state := cmd.ProcessState
	switch {
	case process != nil && state != nil && state.Exited(): // be it after an interrupt
		if state.Success() {
			return nil
		}
		err = &exec.ExitError{ProcessState: state}
	case ctx.Err() != nil:
		return interrupted("and ended")
	case err == nil:
		return nil
	}
	message := fmt.Sprintf("the program ended with %v", err)
	e := &Error{Ename: "exit", Evalue: message, Traceback: []string{message}}
	if state != nil {
		e.Status = state.ExitCode()
	}
	return e
}

// connect gives a process the files of another, and the first interrupt, which it
// may take its time to answer. Where it reads a terminal, it gets that from there.
func connect(cmd *exec.Cmd, p *Process) {
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = "", p.Stdin, p.Stdout, p.Stderr
	if term.IsTerminal(int(p.Stdin.Fd())) {
		cmd.Cancel = func() error { return nil }
		return
	}
	setProcessGroup(cmd)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
}

// showOutputs shows what a process writes.
func showOutputs(cmd *exec.Cmd, show func(Output)) {
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
	program := worker.Program{Text: req.Code}
	if req.Process != nil {
		program.Args = req.Process.Args
	}
	wg.Go(func() {
		defer textW.Close()
		json.NewEncoder(textW).Encode(program) //nolint:errcheck // a worker that ends early says so itself
	})
	refusals := make(chan error, 1)
	var refused pipe.Failure
	go func() {
		defer refusalR.Close()
		refusals <- json.NewDecoder(refusalR).Decode(&refused)
	}()
	failed := k.runProgram(ctx, cmd, req.Process, show)
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
	e := k.compileError(ds)
	e.Ename = "refused"
	switch {
	case k.config.Engine == Interpret:
		e.Traceback = append(e.Traceback, errSwitchedOff.Error())
	case k.builder.err != nil:
		e.Traceback = append(e.Traceback, k.builder.err.Error())
	}
	return e
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func interrupted(how string) *Error {
	message := "interrupted " + how
	return &Error{Ename: "interrupt", Evalue: message, Traceback: []string{message}}
}

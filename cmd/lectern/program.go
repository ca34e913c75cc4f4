package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/lectern-go/lectern/kernel"
)

// runProgram runs a file of package main as a kernel runs a cell of it.
func (c runCmd) runProgram(path string) error {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return usageError{fmt.Errorf("%s: there is no such file; give the path of a notebook or a Go program", path)}
	}
	if err != nil {
		return err
	}
	session, err := newSession(path, c.DB, c.Experiment)
	if err != nil {
		return err
	}
	session.engine = engineOf(c.Engine)
	ctx, stop := interruptible()
	defer stop()
	k, err := session.startKernel(ctx)
	if err != nil {
		return err
	}
	reply, err := k.Execute(ctx, kernel.ExecuteRequest{Code: string(text), Cell: filepath.Base(path)}, printOutput)
	if closeErr := k.Close(); err == nil {
		err = closeErr
	}
	if err == nil && reply.Error != nil {
		err = fmt.Errorf("%s: %s: %s", path, reply.Error.Ename, reply.Error.Evalue)
	}
	return err
}

// printOutput writes what a cell shows to the terminal.
func printOutput(o kernel.Output) {
	switch o := o.(type) {
	case kernel.Stream:
		if o.Name == "stderr" {
			fmt.Fprint(os.Stderr, o.Text)
		} else {
			fmt.Print(o.Text)
		}
	case kernel.Error:
		fmt.Fprintln(os.Stderr, strings.Join(o.Traceback, "\n"))
	case kernel.ExecuteResult:
		fmt.Println(o.Data["text/plain"])
	case kernel.DisplayData:
		fmt.Println(o.Data["text/plain"])
	}
}

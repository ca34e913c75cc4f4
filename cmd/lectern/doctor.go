package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/compile"
	"github.com/lectern-go/lectern/kernel/exportdata"
)

// doctorCmd says what works on this machine and what is missing.
type doctorCmd struct{}

// Run checks one thing after the other and says what to do about what fails. It
// fails if cells cannot run at all.
func (doctorCmd) Run() error {
	fmt.Printf("lectern %s, built with %s for %s/%s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	finding("type data of the standard library", exportdata.Check(), "rebuild Lectern with the Go that go.mod names")
	err := tryCell(kernel.Interpret, "1 + 1")
	finding("interpreted cells", err, "")
	start := time.Now()
	compileErr := tryCompiler()
	finding("compiled cells", compileErr, "until then all cells are interpreted: they run slower, and what the interpreter does not run right is refused")
	if compileErr == nil {
		fmt.Printf("      the first one took %.1f s\n", time.Since(start).Seconds())
	}
	if sourceFolder() == "" {
		fmt.Println("note  compiled cells cannot import Lectern's packages: its source is not where it was built from")
	}
	_, jupyterErr := exec.LookPath("jupyter")
	finding("Jupyter", jupyterErr, "only needed for Jupyter front ends")
	return err
}

// finding prints one line: what works, or why not and what to do.
func finding(what string, err error, remedy string) {
	if err == nil {
		fmt.Printf("ok    %s\n", what)
		return
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	if remedy != "" {
		line += "; " + remedy
	}
	fmt.Printf("no    %s: %s\n", what, line)
}

// tryCompiler compiles a cell.
func tryCompiler() error {
	w, err := compile.Open(context.Background(), compile.Config{Source: sourceFolder()})
	if err != nil {
		if missing := new(compile.ToolchainError); errors.As(err, &missing) {
			return errors.New(missing.Missing())
		}
		return err
	}
	return errors.Join(w.Close(), tryCell(kernel.Compile, "type t[T any] struct{ x T }\nt[int]{2}"))
}

// tryCell runs a cell in a kernel of its own.
func tryCell(engine kernel.Engine, code string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	s, err := newSession("doctor.ipynb", "", "")
	if err != nil {
		return err
	}
	s.engine = engine
	k, err := s.startKernel(ctx)
	if err != nil {
		return err
	}
	reply, err := k.Execute(ctx, kernel.ExecuteRequest{Code: code}, func(kernel.Output) {})
	err = errors.Join(err, k.Close())
	if err == nil && reply.Error != nil {
		e := reply.Error
		err = fmt.Errorf("%s: %s", e.Ename, e.Evalue)
	}
	return err
}

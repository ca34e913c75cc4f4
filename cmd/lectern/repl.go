package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/lectern-go/lectern/kernel/repl"
)

// replCmd runs cells that are typed in the terminal.
type replCmd struct {
	DB         string `name:"db" placeholder:"URI" help:"Tracker database. Default: LECTERN_DB, else the nearest lectern.db upwards."`
	Experiment string `placeholder:"NAME" help:"Experiment that training runs belong to. Default: LECTERN_EXPERIMENT, else the folder's name."`
	Engine     string `default:"auto" enum:"auto,interpret,compile" placeholder:"ENGINE" help:"What runs the cells: auto, interpret or compile."`
}

// Help is shown by lectern repl --help.
func (replCmd) Help() string {
	return "Tab completes, Ctrl-R searches the history, Ctrl-C interrupts a cell, Ctrl-D leaves.\n" +
		"Cells from a pipe or a file run until one fails.\n\nExample:\n\n  lectern repl --engine interpret\n  echo '6 * 7' | lectern repl"
}

// Run serves the terminal until the user leaves.
func (c replCmd) Run() (err error) {
	dir, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("repl: %w", err)
	}
	s, err := newSession(filepath.Join(dir, filepath.Base(dir)), c.DB, c.Experiment)
	if err != nil {
		return fmt.Errorf("repl: %w", err)
	}
	s.engine = engineOf(c.Engine)
	k, err := s.startInteractive(context.Background())
	if err != nil {
		return fmt.Errorf("repl: %w", err)
	}
	defer func() { err = errors.Join(err, k.Close()) }()
	cells, err := openHistory()
	if err != nil {
		return fmt.Errorf("repl: %w", err)
	}
	defer func() { err = errors.Join(err, cells.Close()) }()
	k.UseHistory(cells)
	err = repl.Run(repl.Config{
		Kernel: k, History: cells,
		Banner: fmt.Sprintf("Lectern %s on %s. %%help lists the magics, Ctrl-D leaves.", version, runtime.Version()),
	})
	switch {
	case errors.Is(err, repl.ErrNoTerminal):
		return usageError{err}
	case err != nil:
		return fmt.Errorf("repl: %w", err)
	}
	return nil
}

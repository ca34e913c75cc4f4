package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/reeflective/readline"
	"golang.org/x/term"

	"github.com/lectern-go/lectern/kernel"
)

// Config says what a REPL works on.
type Config struct {
	Kernel *kernel.Kernel
	// History holds the cells of this and earlier sessions; nil keeps those of
	// this session only.
	History *kernel.History
	// Banner is shown first.
	Banner string
}

// ErrNoTerminal is returned by [Run] where input or output is not a terminal.
var ErrNoTerminal = errors.New("the REPL needs a terminal for its input and output; lectern run runs files")

// historySize is how many earlier cells the arrows and the search reach.
const historySize = 5000

// Run reads cells from the terminal and runs them until Ctrl-D. It takes over
// the interrupt signal meanwhile.
func Run(config Config) error {
	if !term.IsTerminal(int(os.Stdin.Fd())) || !term.IsTerminal(int(os.Stdout.Fd())) {
		return ErrNoTerminal
	}
	r := &repl{Config: config, screen: &screen{out: os.Stdout, width: terminalWidth, colour: os.Getenv("NO_COLOR") == ""}}
	shell, err := r.newShell()
	if err != nil {
		return err
	}
	if config.Banner != "" {
		fmt.Println(config.Banner)
	}
	for {
		code, err := shell.Readline()
		switch {
		case errors.Is(err, readline.ErrInterrupt):
			continue // what was typed is dropped
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read a cell: %w", err)
		case strings.TrimSpace(code) == "":
			continue
		}
		next, err := r.execute(code)
		if err != nil {
			return err
		}
		if next != "" {
			shell.Keys.Feed(false, []rune(pasteStart+strings.TrimRight(next, "\n")+pasteEnd)...)
		}
	}
}

// What terminals put around pasted text, which the editor takes as it is.
const (
	pasteStart = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
)

type repl struct {
	Config
	screen *screen
}

// terminalWidth returns the columns of the terminal as it is now.
func terminalWidth() int {
	width, _, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil || width <= 0 {
		return 80
	}
	return width
}

// execute runs a cell and returns the text that it offers as the next one. An
// interrupt signal interrupts the cell.
func (r *repl) execute(code string) (next string, err error) {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt)
	defer signal.Stop(signals)
	done := make(chan struct{})
	defer close(done)
	go func() {
		for {
			select {
			case <-signals:
				r.Kernel.Interrupt()
			case <-done:
				return
			}
		}
	}()
	r.remember(code)
	reply, err := r.Kernel.Execute(context.Background(), kernel.ExecuteRequest{Code: code}, r.screen.show)
	r.screen.end()
	return reply.NextInput, err
}

// remember adds a cell to the history on disk. Nobody loses a cell for a full
// disk: the failure is shown and the cell runs.
func (r *repl) remember(code string) {
	if r.History == nil {
		return
	}
	if err := r.History.Input(r.Kernel.ExecutionCount()+1, code); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n", err)
	}
}

package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/reeflective/readline"
	"golang.org/x/term"

	"github.com/lectern-go/lectern/kernel"
)

// Config says what a REPL works on.
type Config struct {
	Kernel *kernel.Kernel
	// History holds the cells of this and earlier sessions; nil keeps those of
	// this session only.
	History kernel.History
	// Banner is shown first.
	Banner string
}

// ErrNoTerminal is returned by [Run] where the input is a terminal and the output
// is not.
var ErrNoTerminal = errors.New("the REPL needs a terminal for its output if it has one for its input")

// ErrCell is returned by [Run] where a cell from a pipe or a file failed; what is
// wrong with it has been shown.
var ErrCell = errors.New("a cell failed")

// historySize is how many earlier cells the arrows and the search reach.
const historySize = 5000

// Run reads cells from the terminal and runs them until Ctrl-D or a cell that is
// exit or quit. Cells from a pipe or a file run one after the other, as they come,
// until one fails, which is [ErrCell]. Run takes over the interrupt signal
// meanwhile.
func Run(config Config) error {
	onScreen := term.IsTerminal(int(os.Stdout.Fd()))
	r := &repl{Config: config, screen: &screen{
		out: os.Stdout, width: terminalWidth, plain: !onScreen, colour: onScreen && os.Getenv("NO_COLOR") == "",
	}}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return r.script(os.Stdin)
	}
	if !onScreen {
		return ErrNoTerminal
	}
	shell, err := r.newShell()
	if err != nil {
		return err
	}
	r.late = func(o kernel.Output) { r.showLate(shell, o) }
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
		case r.leaves(code):
			return nil
		}
		reply, err := r.execute(code)
		if err != nil {
			return err
		}
		if next := strings.TrimRight(reply.NextInput, "\n"); next != "" {
			shell.Keys.Feed(false, []rune(pasteStart+next+pasteEnd)...)
		}
	}
}

// leaves reports whether a cell is what other shells end with, and nothing in
// the session has that name.
func (r *repl) leaves(code string) bool {
	name := strings.TrimSuffix(strings.TrimSpace(code), "()")
	if name != "exit" && name != "quit" {
		return false
	}
	_, known := r.Kernel.Inspect(name, len(name), 0)
	return !known
}

// script runs the cells of a text without a prompt: each ends where it is
// complete.
func (r *repl) script(in io.Reader) error {
	text, err := io.ReadAll(in)
	if err != nil {
		return fmt.Errorf("read cells: %w", err)
	}
	code := ""
	for line := range strings.Lines(string(text)) {
		code += line
		if !accepted(r.Kernel.IsComplete(strings.TrimSuffix(code, "\n")), code) {
			continue
		}
		if err := r.scriptCell(code); err != nil {
			return err
		}
		code = ""
	}
	return r.scriptCell(code)
}

func (r *repl) scriptCell(code string) error {
	if strings.TrimSpace(code) == "" {
		return nil
	}
	reply, err := r.execute(strings.TrimSuffix(code, "\n"))
	if err == nil && reply.Error != nil {
		err = ErrCell
	}
	return err
}

// showLate shows what a goroutine printed while the next cell is being typed.
func (r *repl) showLate(shell *readline.Shell, o kernel.Output) {
	if r.running.Load() {
		r.screen.show(o)
		return
	}
	var text strings.Builder
	s := &screen{out: &text, width: r.screen.width, colour: r.screen.colour}
	s.show(o)
	shell.PrintTransientf("%s", strings.TrimSuffix(text.String(), "\n")) //nolint:errcheck // the terminal is gone with its program
}

// What terminals put around pasted text, which the editor takes as it is.
const (
	pasteStart = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
)

type repl struct {
	Config
	screen  *screen
	running atomic.Bool         // a cell
	late    func(kernel.Output) // for what goroutines print between cells, or nil
	asking  sync.Mutex          // held while the terminal is a question's
}

// unlimited is the width of what is not a terminal.
const unlimited = 10_000

// terminalWidth returns the columns of the terminal as it is now.
func terminalWidth() int {
	width, _, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil || width <= 0 {
		return unlimited
	}
	return width
}

// execute runs a cell. An interrupt signal interrupts it.
func (r *repl) execute(code string) (kernel.Reply, error) {
	if name, detail, ok := kernel.Question(code); ok {
		r.explain(name, detail)
		return kernel.Reply{}, nil
	}
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
	r.running.Store(true)
	defer r.running.Store(false)
	reply, err := r.Kernel.Execute(context.Background(), kernel.ExecuteRequest{Code: code, Late: r.late, Input: r.ask}, r.screen.show)
	r.asking.Lock() // a question that the cell left gives the terminal back
	defer r.asking.Unlock()
	r.screen.finish()
	return reply, err
}

// explain shows what is known of a name.
func (r *repl) explain(name string, detail int) {
	data, found := r.Kernel.Inspect(name, len(name), detail)
	if !found {
		data = kernel.MIMEBundle{"text/plain": "There is nothing of the name " + name + "."}
	}
	text, _ := data["text/plain"].(string)
	if signature, rest, ok := strings.Cut(text, "\n\n"); ok && r.screen.colour {
		text = highlight(signature) + "\n\n" + rest
	}
	r.screen.block(text, "")
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

package kernel

import (
	"context"
	"encoding/json"
	"os"
)

// ExecuteRequest asks for one cell to be run.
type ExecuteRequest struct {
	Code string // the cell's text
	// Cell names the cell in diagnostics and tracebacks: "cell 3". The default
	// is "cell N" with the execution count.
	Cell string
	// Silent cells do not count and show no result.
	Silent bool
	// Uncounted cells do not count, but show their results.
	Uncounted bool
	// Late, if not nil, is called with what goroutines of the cell print and show
	// after the reply. If it is nil, the next cell shows it. What they write to
	// os.Stdout and os.Stderr themselves, not by fmt.Print, log and display, is
	// the running cell's.
	Late func(Output)
	// Input asks the user for a line, without its newline, for a cell that reads
	// its standard input or calls display.Input. It returns io.EOF if the user
	// ends the input; any other error says why there is no answer. Where Input is
	// nil nobody answers, and a cell that reads its standard input fails.
	Input func(ctx context.Context, prompt string, password bool) (string, error)
	// Process, if not nil, is for a cell that is a whole program.
	Process *Process
}

// A Process is what a program runs with in the place of a notebook: arguments, and
// files instead of an empty input and outputs that are shown. It runs in this
// process's folder and gets the Ctrl-C of a terminal that it reads.
type Process struct {
	Args                  []string
	Stdin, Stdout, Stderr *os.File
}

// An Output is something a cell showed while it ran: a [Stream],
// [DisplayData], [ExecuteResult], [ClearOutput], [Comm] or [Error].
type Output interface{ output() }

// Stream is text that a cell wrote to its standard output or error.
type Stream struct {
	Name string // "stdout" or "stderr"
	Text string
}

// MIMEBundle holds one value in several forms, by MIME type. A form is a
// string (text types), a []byte (binary types such as image/png) or a value
// that encoding/json can marshal (JSON types).
type MIMEBundle map[string]any

// DisplayData is something a cell showed by a display call.
type DisplayData struct {
	Data     MIMEBundle
	Metadata map[string]any
	ID       string // the display id for later updates, or ""
	Update   bool   // replaces what was shown under ID before
}

// ExecuteResult is the value of a cell's last expression.
type ExecuteResult struct {
	ExecutionCount int
	Data           MIMEBundle
	Metadata       map[string]any
}

// ClearOutput removes what the cell has shown so far.
type ClearOutput struct {
	Wait bool // only when the next output comes
}

// Error says why a cell stopped: a compile error, a panic, an interrupt or the
// end of the worker. It is a result of the user's code; it does not implement
// the error interface.
type Error struct {
	Ename     string   // "compile error", "panic", "interrupt", …
	Evalue    string   // one line
	Traceback []string // lines for people, which may hold ANSI colours
	Line      int      // line of the cell, from 1; 0 if unknown
	Status    int      // exit status of the process of a whole program
}

// Comm is what one side tells the other of a comm: that it is opened, a message
// or that it is closed.
type Comm struct {
	Type    string // "comm_open", "comm_msg" or "comm_close"
	ID      string
	Target  string // of comm_open
	Data    json.RawMessage
	Buffers [][]byte
}

func (Stream) output()        {}
func (DisplayData) output()   {}
func (ExecuteResult) output() {}
func (ClearOutput) output()   {}
func (Comm) output()          {}
func (Error) output()         {}

// Reply ends the execution of a cell.
type Reply struct {
	ExecutionCount int
	Error          *Error // nil if the cell ran to its end
	// NextInput, if not "", is text that the front end offers as the next cell.
	NextInput string
}

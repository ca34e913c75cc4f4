package pipe

import (
	"encoding/json"

	"github.com/lectern-go/lectern/kernel/lower"
)

// What a message asks for or tells.
const (
	Run       = "run"       // front: run a program
	Interrupt = "interrupt" // front: stop the running program
	Exit      = "exit"      // front: end the process
	Reply     = "reply"     // front: the answer to a question

	Ready   = "ready"   // worker: started
	Stream  = "stream"  // worker: a goroutine of an earlier cell printed
	Display = "display" // worker: something was shown
	Result  = "result"  // worker: the value of the last expression
	Clear   = "clear"   // worker: what the cell has shown is to be removed
	Ask     = "ask"     // worker: a question for the user
	Done    = "done"    // worker: the program ended, or the handler of a comm
)

// What both sides tell of comms. The front's messages run like programs: what
// handles them ends with Done.
const (
	CommOpen  = "comm_open"
	CommMsg   = "comm_msg"
	CommClose = "comm_close"
)

// A Message is one message of either side. Contents travel outside of it.
type Message struct {
	Kind    string         `json:"kind"`
	Cell    string         `json:"cell,omitempty"`    // Run: the cell's name; of the worker: the earlier cell whose goroutine it is
	Name    string         `json:"name,omitempty"`    // Stream: "stdout" or "stderr"
	Text    string         `json:"text,omitempty"`    // Stream
	Program *lower.Program `json:"program,omitempty"` // Run
	Source  string         `json:"source,omitempty"`  // Run: the cell's text, for the record of training runs
	// Mark is the number of the mark that the worker wrote to its standard
	// output and error before the message: what they hold up to the mark
	// belongs before the message.
	Mark     uint64         `json:"mark,omitempty"`
	Bundle   Bundle         `json:"-"` // Display, Result
	Metadata map[string]any `json:"metadata,omitempty"`
	ID       string         `json:"id,omitempty"`     // Display: the display id; of comms: theirs
	Update   bool           `json:"update,omitempty"` // Display: replaces what has the id
	Wait     bool           `json:"wait,omitempty"`   // Clear: when the next output comes
	Failure  *Failure       `json:"failure,omitempty"`

	Target   string          `json:"target,omitempty"` // CommOpen: the name of the target
	Data     json.RawMessage `json:"data,omitempty"`   // of comms
	Buffers  [][]byte        `json:"-"`                // of comms
	Question *Question       `json:"question,omitempty"`
	Answer   *Answer         `json:"answer,omitempty"`
}

// A Question asks the user for a line.
type Question struct {
	Number   int    `json:"number"`
	Prompt   string `json:"prompt"`
	Password bool   `json:"password"` // what is typed is not to be seen
}

// An Answer ends the question with its number.
type Answer struct {
	Number  int    `json:"number"`
	Line    string `json:"line"`              // without its newline
	EOF     bool   `json:"eof"`               // the user has ended the input
	Refused string `json:"refused,omitempty"` // why there is no answer
}

// Rejected is the Ename of a failure before anything of the program ran: the
// interpreter does not accept it.
const Rejected = "refused"

// CommError is the Ename of a failure for a comm that nothing here knows.
const CommError = "comm error"

// A Failure says why a program did not run to its end.
type Failure struct {
	Ename  string  `json:"ename"`
	Evalue string  `json:"evalue"`
	Frames []Frame `json:"frames,omitempty"` // deepest first
	// Refusals are the places that the interpreter does not run, for Rejected.
	Refusals []Refusal `json:"refusals,omitempty"`
}

// A Refusal says what the interpreter does not run, and where.
type Refusal struct {
	Frame
	Msg string `json:"msg"`
}

// A Frame is a place in a cell that was running.
type Frame struct {
	Cell string `json:"cell"`
	Line int    `json:"line"`
}

// A Bundle is a value's forms by MIME type, encoded.
type Bundle map[string]Form

// A Form is one form of a value.
type Form struct {
	Kind string // Text, Bytes or JSON
	Data []byte
}

// The kinds of forms.
const (
	Text  = "text"
	Bytes = "bytes"
	JSON  = "json"
)

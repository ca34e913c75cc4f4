package comm

import (
	"fmt"
	"sync"
)

// table holds the comms and targets of this process.
var table = registry{comms: map[string]*Comm{}, targets: map[string]func(*Comm, Message){}}

type registry struct {
	mu      sync.Mutex
	comms   map[string]*Comm
	targets map[string]func(*Comm, Message)
	send    func(Event) error // nil without a kernel
}

func (r *registry) add(c *Comm) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.comms[c.id] = c
}

func (r *registry) forget(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.comms, id)
}

func (r *registry) find(id string) *Comm {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.comms[id]
}

// Kind is what an [Event] tells, in the words of the protocol.
type Kind string

// What events tell.
const (
	Opened Kind = "comm_open"
	Msg    Kind = "comm_msg"
	Close  Kind = "comm_close"
)

// An Event is what one side tells the other of a comm.
type Event struct {
	Kind   Kind
	ID     string
	Target string // of Opened
	Message
}

// Connect has send called with everything that is sent over comms. A kernel's
// worker calls it once.
func Connect(send func(Event) error) {
	table.mu.Lock()
	defer table.mu.Unlock()
	table.send = send
}

// Receive calls the handler for what a front end told. A kernel's worker calls
// it. The error wraps [ErrNoHandler], after which the comm is closed, or
// [ErrUnknown].
func Receive(e Event) error {
	if e.Kind == Opened {
		return receiveOpen(e)
	}
	c := table.find(e.ID)
	if c == nil {
		return fmt.Errorf("comm %s: %w", e.ID, ErrUnknown)
	}
	c.mu.Lock()
	handle := c.onMessage
	if e.Kind == Close {
		handle, c.closed = c.onClose, true
	}
	c.mu.Unlock()
	if e.Kind == Close {
		table.forget(e.ID)
	}
	if handle != nil {
		handle(e.Message)
	}
	return nil
}

func receiveOpen(e Event) error {
	table.mu.Lock()
	handle := table.targets[e.Target]
	table.mu.Unlock()
	c := &Comm{id: e.ID, target: e.Target}
	if handle == nil {
		if err := c.Close(nil); err != nil {
			return err
		}
		return fmt.Errorf("comm %s: %w %q", e.ID, ErrNoHandler, e.Target)
	}
	table.add(c)
	handle(c, e.Message)
	return nil
}

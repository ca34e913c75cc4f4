package comm

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// Errors of this package, which callers get wrapped.
var (
	ErrClosed    = errors.New("the comm is closed")
	ErrNoKernel  = errors.New("no kernel carries comms")
	ErrNoHandler = errors.New("no cell handles the target")
	ErrUnknown   = errors.New("no such comm is open")
	ErrData      = errors.New("the data must be a JSON object: a struct or a map")
)

// A Message is what came with the opening of a comm, in a message or with its
// end.
type Message struct {
	Data    json.RawMessage // any JSON value
	Buffers [][]byte
}

// Decode reads the data into v, as json.Unmarshal does.
func (m Message) Decode(v any) error {
	if err := json.Unmarshal(m.Data, v); err != nil {
		return fmt.Errorf("comm: %w", err)
	}
	return nil
}

// A Comm is an open connection. It is safe for concurrent use.
type Comm struct {
	id, target string
	mu         sync.Mutex // guards what follows
	onMessage  func(Message)
	onClose    func(Message)
	closed     bool
}

// ID returns the name that both sides call the comm by.
func (c *Comm) ID() string { return c.id }

// Target returns the name of the target that the comm was opened with.
func (c *Comm) Target() string { return c.target }

// OnMessage has f called with each message of the front end, instead of what was
// set before.
func (c *Comm) OnMessage(f func(Message)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.onMessage = f
}

// OnClose has f called when the front end closes the comm.
func (c *Comm) OnClose(f func(Message)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.onClose = f
}

// Send sends data, which encoding/json must be able to marshal to an object, and
// buffers to the front ends; nil is an empty object. The error wraps [ErrClosed],
// [ErrNoKernel] or [ErrData], or says what does not marshal.
func (c *Comm) Send(data any, buffers ...[]byte) error {
	c.mu.Lock()
	closed := c.closed
	c.mu.Unlock()
	if closed {
		return fmt.Errorf("comm %s: %w", c.id, ErrClosed)
	}
	return c.send(Msg, data, buffers)
}

// Close closes the comm and tells the front ends, with data. To close a comm
// again does nothing. The errors are those of [Comm.Send]; after one of them the
// comm is still open.
func (c *Comm) Close(data any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	if err := c.send(Close, data, nil); err != nil {
		return err
	}
	c.closed = true
	table.forget(c.id)
	return nil
}

func (c *Comm) send(kind Kind, data any, buffers [][]byte) error {
	if data == nil {
		data = struct{}{}
	}
	b, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("comm %s: %w", c.id, err)
	}
	if b[0] != '{' {
		return fmt.Errorf("comm %s: send %T: %w", c.id, data, ErrData)
	}
	table.mu.Lock()
	send := table.send
	table.mu.Unlock()
	if send == nil {
		return fmt.Errorf("comm %s: %w", c.id, ErrNoKernel)
	}
	return send(Event{Kind: kind, ID: c.id, Target: c.target, Message: Message{Data: b, Buffers: buffers}})
}

// Open opens a comm with the target of that name in the front ends; those that
// have none close it again. The error is as of [Comm.Send].
func Open(target string, data any, buffers ...[]byte) (*Comm, error) {
	c := &Comm{id: rand.Text(), target: target}
	table.add(c)
	if err := c.send(Opened, data, buffers); err != nil {
		table.forget(c.id)
		return nil, err
	}
	return c, nil
}

// Handle has f called with each comm that a front end opens with the target, in
// place of what was set before. A nil f takes the target away.
func Handle(target string, f func(c *Comm, opening Message)) {
	table.mu.Lock()
	defer table.mu.Unlock()
	if f == nil {
		delete(table.targets, target)
		return
	}
	table.targets[target] = f
}

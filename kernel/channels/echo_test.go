package channels_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/channels"
	"github.com/lectern-go/lectern/kernel/protocol"
	"github.com/lectern-go/lectern/kernel/protocol/protocoltest"
)

// echo is a kernel whose cells are commands:
//
//	print N     print N lines
//	value X     have the value X
//	show ID     show something under a display id, then update it
//	fail        fail
//	wait        wait for an interrupt
//	panic       have the kernel itself panic
//	clear       clear the output
//	next X      offer X as the next cell
//	ask X       ask for a line with the prompt X, and for a password; print both
//	open ID     open a comm
//
// Comms that front ends open with the target mirror send back what they get.
type echo struct {
	mu        sync.Mutex
	count     int
	comms     map[string]string
	interrupt chan struct{}
	started   chan string // the code of each cell as it starts
}

func newEcho() *echo {
	return &echo{comms: map[string]string{}, interrupt: make(chan struct{}, 8), started: make(chan string, 100000)}
}

func (e *echo) Execute(ctx context.Context, req kernel.ExecuteRequest, show func(kernel.Output)) (kernel.Reply, error) {
	e.mu.Lock()
	if !req.Silent && !req.Uncounted {
		e.count++
	}
	reply := kernel.Reply{ExecutionCount: e.count}
	e.mu.Unlock()
	e.started <- req.Code
	command, arg, _ := strings.Cut(req.Code, " ")
	switch command {
	case "print":
		n, err := strconv.Atoi(arg)
		if err != nil {
			return reply, err
		}
		for i := range n {
			show(kernel.Stream{Name: "stdout", Text: fmt.Sprintf("line %d\n", i)})
		}
	case "value":
		show(kernel.ExecuteResult{ExecutionCount: reply.ExecutionCount, Data: kernel.MIMEBundle{"text/plain": arg}})
	case "show":
		show(kernel.Stream{Name: "stderr", Text: "before"})
		show(kernel.DisplayData{Data: kernel.MIMEBundle{"image/png": []byte{1}}, ID: arg})
		show(kernel.DisplayData{Data: kernel.MIMEBundle{"text/plain": "again"}, ID: arg, Update: true})
	case "runes":
		for _, b := range []byte("héllo") {
			show(kernel.Stream{Name: "stdout", Text: string([]byte{b})})
			time.Sleep(60 * time.Millisecond)
		}
	case "ask":
		reply.Error = ask(ctx, req, arg, show)
	case "open":
		show(kernel.Comm{Type: "comm_open", ID: arg, Target: "widget", Data: []byte(`{}`), Buffers: [][]byte{{0}}})
	case "next":
		reply.NextInput = arg
	case "clear":
		show(kernel.ClearOutput{Wait: true})
	case "panic":
		panic("as asked")
	case "wait":
		select {
		case <-e.interrupt:
		case <-ctx.Done():
		}
		reply.Error = &kernel.Error{Ename: "interrupt", Evalue: "interrupted"}
	case "fail":
		reply.Error = &kernel.Error{Ename: "failure", Evalue: "as asked", Traceback: []string{"here"}}
	}
	if reply.Error != nil {
		show(*reply.Error)
	}
	return reply, nil
}

func ask(ctx context.Context, req kernel.ExecuteRequest, prompt string, show func(kernel.Output)) *kernel.Error {
	if req.Input == nil {
		return &kernel.Error{Ename: "input error", Evalue: "nobody"}
	}
	for _, password := range []bool{false, true} {
		line, err := req.Input(ctx, prompt, password)
		if err != nil {
			return &kernel.Error{Ename: "input error", Evalue: err.Error()}
		}
		show(kernel.Stream{Name: "stdout", Text: line + "\n"})
	}
	return nil
}

func (e *echo) HandleComm(_ context.Context, c kernel.Comm, show func(kernel.Output)) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case c.Type == "comm_open" && c.Target == "mirror":
		e.comms[c.ID] = c.Target
	case c.Type == "comm_open":
		show(kernel.Comm{Type: "comm_close", ID: c.ID, Data: []byte(`{}`)})
		return fmt.Errorf("%w: no target %s", kernel.ErrComm, c.Target)
	case e.comms[c.ID] == "":
		return fmt.Errorf("%w: %s is unknown", kernel.ErrComm, c.ID)
	case c.Type == "comm_close":
		delete(e.comms, c.ID)
		show(kernel.Stream{Name: "stdout", Text: "closed"})
		return nil
	}
	show(kernel.Comm{Type: "comm_msg", ID: c.ID, Data: c.Data, Buffers: c.Buffers})
	return nil
}

func (e *echo) Comms() map[string]string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return maps.Clone(e.comms)
}

func (e *echo) ExecutionCount() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.count
}

func (e *echo) Evaluate(_ context.Context, expr string) (kernel.MIMEBundle, *kernel.Error, error) {
	if expr == "bad" {
		return nil, &kernel.Error{Ename: "compile error", Evalue: "undefined: bad"}, nil
	}
	return kernel.MIMEBundle{"text/plain": "the value of " + expr}, nil, nil
}

func (e *echo) Complete(code string, cursor int) kernel.Completion {
	return kernel.Completion{Start: 0, End: cursor, Candidates: []kernel.Candidate{{Text: code[:cursor] + "!", Kind: "function"}}}
}

func (e *echo) Inspect(code string, cursor, detail int) (kernel.MIMEBundle, bool) {
	if strings.HasPrefix(code, "unknown") {
		return nil, false
	}
	return kernel.MIMEBundle{"text/plain": fmt.Sprintf("%s %d %d", code, cursor, detail)}, true
}

func (e *echo) IsComplete(string) kernel.Completeness {
	return kernel.Completeness{Status: kernel.Incomplete, Indent: "\t"}
}

func (e *echo) Interrupt() { e.interrupt <- struct{}{} }

// front is a front end that keeps everything it gets. All of it is validated.
type front struct {
	t       *testing.T
	server  *channels.Server
	session *protocol.Session
	mu      sync.Mutex
	changed sync.Cond
	replies map[string]*protocol.Message // by msg_id of the request
	asked   []*protocol.Message          // input_requests
	gone    chan struct{}                // closed when the front end is gone
	seen    []*protocol.Message          // of iopub
	idle    map[string]bool              // by msg_id of the request
}

// start serves an echo kernel to one front end.
func start(t *testing.T, config channels.Config) (*front, *echo) {
	t.Helper()
	e := newEcho()
	config.Kernel = e
	s := channels.NewServer(config)
	t.Cleanup(s.Close)
	return connect(t, s), e
}

func connect(t *testing.T, s *channels.Server) *front {
	f := &front{
		t: t, server: s, session: protocol.NewSession(t.Name()),
		replies: map[string]*protocol.Message{}, idle: map[string]bool{}, gone: make(chan struct{}),
	}
	f.changed.L = &f.mu
	t.Cleanup(s.Subscribe(func(m *protocol.Message) {
		f.validate(m)
		f.mu.Lock()
		defer f.mu.Unlock()
		f.seen = append(f.seen, m)
		if m.Header.MsgType == "status" && strings.Contains(string(m.Content), "idle") {
			f.idle[parent(m)] = true
		}
		f.changed.Broadcast()
	}))
	return f
}

func (f *front) validate(m *protocol.Message) {
	if err := protocoltest.Validate(m); err != nil {
		f.t.Error(err)
	}
}

// parent returns the msg_id of the request that a message belongs to.
func parent(m *protocol.Message) string {
	var h protocol.Header
	if json.Unmarshal(m.Parent, &h) != nil {
		return ""
	}
	return h.MsgID
}

// Send takes a reply or a question.
func (f *front) Send(ch protocol.Channel, m *protocol.Message) {
	f.validate(m)
	f.mu.Lock()
	defer f.mu.Unlock()
	if ch == protocol.Stdin {
		f.asked = append(f.asked, m)
		f.changed.Broadcast()
		return
	}
	f.replies[parent(m)] = m
	f.changed.Broadcast()
}

func (f *front) Gone(protocol.Channel) <-chan struct{} { return f.gone }

// question waits for the n-th question.
func (f *front) question(n int) *protocol.Message {
	f.t.Helper()
	f.wait("cell that asks", func() bool { return len(f.asked) >= n })
	return f.asked[n-1]
}

// send sends a request and returns its id.
func (f *front) send(ch protocol.Channel, msgType string, content any) string {
	m := f.session.New(msgType, nil, content)
	f.server.Handle(ch, f, m)
	return m.Header.MsgID
}

// reply waits for the reply to a request and for idle behind it.
func (f *front) reply(id string) *protocol.Message {
	f.t.Helper()
	f.wait(id, func() bool { return f.replies[id] != nil && f.idle[id] })
	return f.replies[id]
}

func (f *front) wait(id string, until func() bool) {
	f.t.Helper()
	timeout := time.AfterFunc(20*time.Second, f.changed.Broadcast)
	deadline := time.Now().Add(20 * time.Second)
	defer timeout.Stop()
	f.mu.Lock()
	defer f.mu.Unlock()
	for !until() {
		if time.Now().After(deadline) {
			f.t.Fatalf("no reply to %s, or no idle", id)
		}
		f.changed.Wait()
	}
}

// execute runs a cell and returns the content of the reply, and what iopub said
// of it as "type content" lines, status left out.
func (f *front) execute(code string, more map[string]any) (protocol.ExecuteReply, []string) {
	f.t.Helper()
	content := map[string]any{"code": code}
	for k, v := range more {
		content[k] = v
	}
	id := f.send(protocol.Shell, "execute_request", content)
	var reply protocol.ExecuteReply
	if err := f.reply(id).Decode(&reply); err != nil {
		f.t.Fatal(err)
	}
	return reply, f.published(id)
}

func (f *front) published(id string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var lines []string
	for _, m := range f.seen {
		if parent(m) == id && m.Header.MsgType != "status" {
			lines = append(lines, m.Header.MsgType+" "+string(m.Content))
		}
	}
	return lines
}

// states returns the states that iopub told of, as "state" lines, with those of
// one request only unless id is "".
func (f *front) states(id string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var states []string
	for _, m := range f.seen {
		var s protocol.Status
		if m.Header.MsgType == "status" && (id == "" || parent(m) == id) && m.Decode(&s) == nil {
			states = append(states, s.ExecutionState)
		}
	}
	return states
}

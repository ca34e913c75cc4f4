package zmq

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/channels"
	"github.com/lectern-go/lectern/kernel/protocol"
	"github.com/lectern-go/lectern/kernel/protocol/protocoltest"
)

// echo is a kernel whose cells have themselves for a value.
type echo struct {
	mu    sync.Mutex
	count int
}

func (e *echo) Execute(_ context.Context, req kernel.ExecuteRequest, show func(kernel.Output)) (kernel.Reply, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.count++
	show(kernel.ExecuteResult{ExecutionCount: e.count, Data: kernel.MIMEBundle{"text/plain": req.Code}})
	return kernel.Reply{ExecutionCount: e.count}, nil
}

func (e *echo) ExecutionCount() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.count
}

func (*echo) Evaluate(context.Context, string) (kernel.MIMEBundle, *kernel.Error, error) {
	return kernel.MIMEBundle{}, nil, nil
}
func (*echo) Complete(string, int) kernel.Completion             { return kernel.Completion{} }
func (*echo) Inspect(string, int, int) (kernel.MIMEBundle, bool) { return nil, false }
func (*echo) IsComplete(string) kernel.Completeness {
	return kernel.Completeness{Status: kernel.Complete}
}
func (*echo) HandleComm(context.Context, kernel.Comm, func(kernel.Output)) error { return nil }
func (*echo) Comms() map[string]string                                           { return nil }
func (*echo) Interrupt()                                                         {}

const key = "the key"

// serve serves an echo kernel.
func serve(t *testing.T, log *logged) *Server {
	t.Helper()
	s, err := Listen(protocol.Connection{Transport: "tcp", IP: "127.0.0.1", Key: key}, log.logger())
	if err != nil {
		t.Fatal(err)
	}
	c := channels.NewServer(channels.Config{Kernel: &echo{}, Log: log.logger()})
	s.Serve(c)
	t.Cleanup(func() {
		c.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// front is a front end with its own session.
type front struct {
	*dialed
	wire    *protocol.Wire
	session *protocol.Session
}

func open(t *testing.T, addr net.Addr, socketType, identity string) *front {
	return &front{dial(t, addr, socketType, identity), protocol.NewWire(key), protocol.NewSession(identity)}
}

func (f *front) request(msgType string, content any) *protocol.Message {
	f.t.Helper()
	m := f.session.New(msgType, nil, content)
	f.sendFrames(f.wire.Encode(m))
	return m
}

// message reads a message and validates it.
func (f *front) message() *protocol.Message {
	f.t.Helper()
	frames, _, err := readMessage(f.in)
	if err != nil {
		f.t.Fatal(err)
	}
	m, err := f.wire.Decode(frames)
	if err != nil {
		f.t.Fatalf("%q: %v", frames, err)
	}
	if err := protocoltest.Validate(m); err != nil {
		f.t.Error(err)
	}
	return m
}

func parentID(m *protocol.Message) string {
	var h protocol.Header
	if json.Unmarshal(m.Parent, &h) != nil {
		return ""
	}
	return h.MsgID
}

func TestServer(t *testing.T) {
	s := serve(t, &logged{})
	sub := open(t, s.iopub.Addr(), "SUB", "")
	sub.send("\x01")
	if m := sub.message(); m.Header.MsgType != "iopub_welcome" || string(m.Content) != `{"subscription":""}` {
		t.Errorf("first message %s %s, want iopub_welcome", m.Header.MsgType, m.Content)
	}
	shell := open(t, s.shell.Addr(), "DEALER", "one")
	req := shell.request("execute_request", protocol.ExecuteRequest{Code: "hello"})
	if m := shell.message(); m.Header.MsgType != "execute_reply" || parentID(m) != req.Header.MsgID {
		t.Errorf("reply %s to %s, want execute_reply to %s", m.Header.MsgType, parentID(m), req.Header.MsgID)
	}
	var got []string
	for range 4 {
		m := sub.message()
		if parentID(m) != req.Header.MsgID {
			t.Errorf("%s belongs to %q, want %q", m.Header.MsgType, parentID(m), req.Header.MsgID)
		}
		got = append(got, m.Header.MsgType)
	}
	if want := "status execute_input execute_result status"; strings.Join(got, " ") != want {
		t.Errorf("iopub: %v, want %s", got, want)
	}
	hb := dial(t, s.heartbeat.Addr(), "REQ", "")
	hb.send("", "beat")
	if got := hb.receive(); got[1] != "beat" {
		t.Errorf("heartbeat %q", got)
	}
}

// TestTenClients has ten clients run 1,000 cells each at once: every reply
// belongs to its own client's request, in order, and a subscriber sees all
// results under the right requests.
func TestTenClients(t *testing.T) {
	const clients, cells = 10, 1000
	s := serve(t, &logged{})
	sub := open(t, s.iopub.Addr(), "SUB", "")
	sub.send("\x01")
	sub.message()
	var mu sync.Mutex
	code := map[string]string{} // by msg_id
	var running sync.WaitGroup
	for c := range clients {
		f := open(t, s.shell.Addr(), "DEALER", fmt.Sprint("client ", c))
		var ids []string
		running.Go(func() {
			for i := range cells {
				text := fmt.Sprintf("%d of %d", i, c)
				m := f.session.New("execute_request", nil, protocol.ExecuteRequest{Code: text})
				mu.Lock()
				ids = append(ids, m.Header.MsgID)
				code[m.Header.MsgID] = text
				mu.Unlock()
				f.sendFrames(f.wire.Encode(m))
			}
		})
		running.Go(func() {
			for i := range cells {
				m := f.message()
				mu.Lock()
				if got := parentID(m); got != ids[i] {
					t.Errorf("client %d: reply %d belongs to %s, want %s", c, i, got, ids[i])
				}
				mu.Unlock()
			}
		})
	}
	results := 0
	for results < clients*cells {
		m := sub.message()
		if m.Header.MsgType != "execute_result" {
			continue
		}
		results++
		mu.Lock()
		if want := code[parentID(m)]; !strings.Contains(string(m.Content), `"`+want+`"`) {
			t.Errorf("result %s under the request to run %q", m.Content, want)
		}
		mu.Unlock()
	}
	running.Wait()
}

// TestHostileMessages sends messages that are not signed with the key, or no
// messages at all: each is dropped and logged, and the kernel lives.
func TestHostileMessages(t *testing.T) {
	var log logged
	s := serve(t, &log)
	shell := open(t, s.shell.Addr(), "DEALER", "one")
	encode := func(wire *protocol.Wire) [][]byte {
		return wire.Encode(shell.session.New("shutdown_request", nil, protocol.ShutdownRequest{}))
	}
	good := shell.wire.Encode(shell.session.New("kernel_info_request", nil, nil))
	shell.sendFrames(good)
	shell.message()
	wrong := encode(shell.wire)
	wrong[0] = []byte("<IDS|MSG]")
	for _, tt := range []struct {
		name   string
		frames [][]byte
		want   string
	}{
		{"another key", encode(protocol.NewWire("guessed")), "invalid signature"},
		{"unsigned", encode(protocol.NewWire("")), "invalid signature"},
		{"wrong delimiter", wrong, "there is no <IDS|MSG>"},
		{"truncated", encode(shell.wire)[:4], "want at least 5"},
		{"no JSON", [][]byte{[]byte("hello")}, "there is no <IDS|MSG>"},
		{"replayed", good, "replayed"},
	} {
		shell.sendFrames(tt.frames)
		log.waitFor(t, tt.want)
	}
	shell.request("kernel_info_request", nil)
	if m := shell.message(); m.Header.MsgType != "kernel_info_reply" {
		t.Errorf("reply %s, want kernel_info_reply alone", m.Header.MsgType)
	}
}

func TestListenTaken(t *testing.T) {
	s := serve(t, &logged{})
	c := s.Connection()
	if _, err := Listen(c, (&logged{}).logger()); err == nil || !strings.Contains(err.Error(), "bind ROUTER socket") {
		t.Errorf("Listen on ports that are taken: error %v", err)
	}
}

func TestIPC(t *testing.T) {
	s, err := Listen(protocol.Connection{
		Transport: "ipc", IP: t.TempDir() + "/k", ShellPort: 1, IOPubPort: 2, StdinPort: 3, ControlPort: 4, HBPort: 5,
	}, (&logged{}).logger())
	if err != nil {
		t.Fatal(err)
	}
	hb := dial(t, s.heartbeat.Addr(), "REQ", "")
	hb.send("", "beat")
	if got := hb.receive(); got[1] != "beat" {
		t.Errorf("heartbeat %q", got)
	}
	hb.Close()
	if err := s.Close(); err != nil { // without Serve
		t.Error(err)
	}
}

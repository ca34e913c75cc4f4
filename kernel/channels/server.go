package channels

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/protocol"
)

// A Kernel is what a Server needs of a kernel; [kernel.Kernel] has it.
type Kernel interface {
	Execute(ctx context.Context, req kernel.ExecuteRequest, show func(kernel.Output)) (kernel.Reply, error)
	ExecutionCount() int
	Evaluate(ctx context.Context, expr string) (kernel.MIMEBundle, *kernel.Error, error)
	Complete(code string, cursor int) kernel.Completion
	Inspect(code string, cursor, detail int) (kernel.MIMEBundle, bool)
	IsComplete(code string) kernel.Completeness
	HandleComm(ctx context.Context, c kernel.Comm, show func(kernel.Output)) error
	Comms() map[string]string
	Interrupt()
}

var _ Kernel = (*kernel.Kernel)(nil)

// Config says what a [Server] serves.
type Config struct {
	Kernel Kernel
	// Version is the version of the program, for kernel_info_reply.
	Version string
	// History remembers the cells, or is nil.
	History kernel.History
	// Connect is the answer to connect_request.
	Connect protocol.ConnectReply
	// Shutdown, if not nil, is called in a goroutine of its own after the reply
	// to a shutdown_request was sent. It is to call Server.Close.
	Shutdown func(restart bool)
	// Log is told what is wrong with requests; nil is slog.Default().
	Log *slog.Logger
}

// A Client is the front end that sent a request.
type Client interface {
	// Send must not wait for the front end to read.
	Send(ch protocol.Channel, m *protocol.Message)
	// Gone returns a channel that is closed when the front end does not have
	// the channel ch, or not any more.
	Gone(ch protocol.Channel) <-chan struct{}
}

// A Server answers the requests to one kernel. It is safe for concurrent use.
type Server struct {
	config  Config
	session *protocol.Session
	queue   *queue
	input   input
	ctx     context.Context // ends with Close
	cancel  context.CancelFunc
	stopped chan struct{} // closed when no cell runs any more

	mu          sync.Mutex // guards what follows; held while publishing, which keeps iopub in order
	subscribers map[int]func(*protocol.Message)
	subscribed  int
	running     *protocol.Message // the execute_request whose cell runs, or nil
}

// NewServer returns a server that is ready for requests. Close it.
func NewServer(config Config) *Server {
	if config.Log == nil {
		config.Log = slog.Default()
	}
	s := &Server{
		config: config, session: protocol.NewSession(rand.Text()), queue: newQueue(),
		stopped: make(chan struct{}), subscribers: map[int]func(*protocol.Message){},
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	go s.run()
	return s
}

// Session returns the session of the kernel's messages.
func (s *Server) Session() *protocol.Session { return s.session }

// Subscribe has f called with every message for iopub, in order, until cancel is
// called. f must not wait for a front end, nor call the server.
func (s *Server) Subscribe(f func(*protocol.Message)) (cancel func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.subscribed++
	id := s.subscribed
	s.subscribers[id] = f
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.subscribers, id)
	}
}

// Close aborts the cells that wait, interrupts the one that runs and returns
// when all have had their replies.
func (s *Server) Close() {
	s.cancel()
	s.queue.close()
	<-s.stopped
}

// Handle handles a message of a client. It answers requests before it returns,
// except for an execute_request and the messages of comms, which it queues; where
// very many wait in the queue, it waits for room.
func (s *Server) Handle(ch protocol.Channel, client Client, m *protocol.Message) {
	r := &request{channel: ch, client: client, Message: m}
	switch {
	case ch == protocol.Stdin:
		if err := s.input.reply(m); err != nil {
			s.config.Log.Warn("channels: input", "type", m.Header.MsgType, "err", err)
		}
	case r.isCell() || isComm(m.Header.MsgType):
		if !s.queue.put(r) {
			s.abort(r)
		}
	default:
		s.answer(r)
	}
}

// request is a message and where it came from.
type request struct {
	*protocol.Message
	channel protocol.Channel
	client  Client
}

func (r *request) isCell() bool { return r.Header.MsgType == "execute_request" }

// reply sends the reply to a request. Its type is that of the request with
// _reply for _request.
func (s *Server) reply(r *request, content any) *protocol.Message {
	msgType, _ := protocol.ReplyType(r.Header.MsgType)
	m := s.session.New(msgType, r.Message, content)
	r.client.Send(r.channel, m)
	return m
}

// publish tells everybody.
func (s *Server) publish(msgType string, parent *protocol.Message, content any) {
	m := s.session.New(msgType, parent, content)
	m.Identities = nil
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tell(m)
}

// tell passes m to the subscribers. The caller holds mu.
func (s *Server) tell(m *protocol.Message) {
	for _, f := range s.subscribers {
		f(m)
	}
}

func (s *Server) status(state string, parent *protocol.Message) *protocol.Message {
	m := s.session.New("status", parent, protocol.Status{ExecutionState: state})
	m.Identities = nil
	return m
}

// answer answers a request other than to execute.
func (s *Server) answer(r *request) {
	s.publish("status", r.Message, protocol.Status{ExecutionState: protocol.Busy})
	content, after := s.content(r)
	if content != nil {
		m := s.reply(r, content)
		if r.Header.MsgType == "shutdown_request" { // which concerns everybody
			s.mu.Lock()
			s.tell(m)
			s.mu.Unlock()
		}
	}
	s.mu.Lock()
	s.tell(s.status(protocol.Idle, r.Message))
	if s.running != nil {
		// Front ends show the last state they heard of, whatever its parent.
		s.tell(s.status(protocol.Busy, s.running))
	}
	s.mu.Unlock()
	if after != nil {
		go after()
	}
}

// content returns the content of the reply to a request, or nil if there is no
// reply to it, and what is to be done when it has been sent.
func (s *Server) content(r *request) (content any, after func()) {
	defer func() {
		if p := recover(); p != nil {
			s.config.Log.Error("channels: panic", "request", r.Header.MsgType, "panic", p, "stack", string(debug.Stack()))
			content, after = failed("internal error", fmt.Sprint(p)), nil
		}
	}()
	content, after, err := s.dispatch(r)
	if err != nil {
		s.config.Log.Warn("channels: request", "type", r.Header.MsgType, "err", err)
		if _, ok := protocol.ReplyType(r.Header.MsgType); ok {
			return failed("request error", err.Error()), nil
		}
	}
	return content, after
}

// dispatch has a request handled by the method for its type.
func (s *Server) dispatch(r *request) (content any, after func(), err error) {
	switch r.Header.MsgType {
	case "kernel_info_request":
		return info(s.config.Version), nil, nil
	case "connect_request":
		s.config.Connect.Status = protocol.OK
		return s.config.Connect, nil, nil
	case "complete_request":
		content, err = s.complete(r)
	case "inspect_request":
		content, err = s.inspect(r)
	case "is_complete_request":
		content, err = s.isComplete(r)
	case "history_request":
		content, err = s.history(r)
	case "comm_info_request":
		content, err = s.commInfo(r)
	case "debug_request":
		content, err = debugReply(r)
	case "interrupt_request":
		s.config.Kernel.Interrupt()
		return protocol.StatusReply{Status: protocol.OK}, nil, nil
	case "shutdown_request":
		return s.shutdown(r)
	default:
		return nil, nil, fmt.Errorf("there is no request of type %q", r.Header.MsgType)
	}
	return content, nil, err
}

func (s *Server) shutdown(r *request) (content any, after func(), err error) {
	var req protocol.ShutdownRequest
	if err := r.Decode(&req); err != nil {
		return nil, nil, err
	}
	if s.config.Shutdown != nil {
		after = func() { s.config.Shutdown(req.Restart) }
	}
	return protocol.ShutdownReply{Status: protocol.OK, Restart: req.Restart}, after, nil
}

// debugReply says politely that there is no debugger.
func debugReply(r *request) (any, error) {
	var req protocol.DebugRequest
	if err := r.Decode(&req); err != nil {
		return nil, err
	}
	return protocol.DebugReply{
		Type: "response", RequestSeq: req.Seq, Seq: req.Seq, Command: req.Command,
		Message: "this kernel has no debugger", Body: map[string]any{},
	}, nil
}

func failed(ename, evalue string) protocol.ErrorReply {
	return protocol.ErrorReply{
		Status: protocol.Failed,
		Error:  protocol.Error{Ename: ename, Evalue: evalue, Traceback: []string{ename + ": " + evalue}},
	}
}

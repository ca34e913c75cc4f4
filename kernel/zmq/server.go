package zmq

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"

	"github.com/lectern-go/lectern/kernel/channels"
	"github.com/lectern-go/lectern/kernel/protocol"
)

// A Server carries the five channels of one kernel.
type Server struct {
	wire       *protocol.Wire
	log        *slog.Logger
	shell      *Socket
	control    *Socket
	stdin      *Socket
	iopub      *Socket
	heartbeat  *Socket
	connection protocol.Connection
	begin      sync.Once
	begun      chan struct{} // closed by Serve or Close
	channels   *channels.Server
	cancel     func() // ends the subscription to channels
}

// Listen binds the sockets of a connection. A port 0 becomes one that is free;
// [Server.Connection] says which. Peers may connect at once, but their requests
// wait until Serve.
func Listen(c protocol.Connection, log *slog.Logger) (*Server, error) {
	if log == nil {
		log = slog.Default()
	}
	s := &Server{wire: protocol.NewWire(c.Key), log: log, connection: c, begun: make(chan struct{})}
	s.shell = &Socket{Type: Router, Message: s.receive(protocol.Shell)}
	s.control = &Socket{Type: Router, Message: s.receive(protocol.Control)}
	s.stdin = &Socket{Type: Router, Message: s.receive(protocol.Stdin)}
	s.iopub = &Socket{Type: XPub, Subscribed: s.welcome}
	s.heartbeat = &Socket{Type: Rep, Message: func(p *Peer, frames [][]byte) { p.Send(frames) }}
	for _, b := range []struct {
		socket *Socket
		port   *int
	}{
		{s.shell, &s.connection.ShellPort},
		{s.control, &s.connection.ControlPort},
		{s.stdin, &s.connection.StdinPort},
		{s.iopub, &s.connection.IOPubPort},
		{s.heartbeat, &s.connection.HBPort},
	} {
		b.socket.Log = log
		if err := b.socket.Listen(c.Address(*b.port)); err != nil {
			return nil, errors.Join(err, s.Close())
		}
		if addr, ok := b.socket.Addr().(*net.TCPAddr); ok {
			*b.port = addr.Port
		}
	}
	if c.Key == "" {
		log.Warn("zmq: the connection has no key: whoever can connect can run code")
	}
	return s, nil
}

// Connection returns the connection with the ports that the sockets are bound
// to.
func (s *Server) Connection() protocol.Connection { return s.connection }

// Serve passes requests to the channels and what they publish to the
// subscribers. It is called once.
func (s *Server) Serve(c *channels.Server) {
	s.begin.Do(func() {
		s.channels = c
		s.cancel = c.Subscribe(s.publish)
		close(s.begun)
	})
}

// ready waits for the channels. It returns nil if the server closes without.
func (s *Server) ready() *channels.Server {
	<-s.begun
	return s.channels
}

// Close sends what is queued for the peers and closes the sockets. The channels
// are closed before, so that nobody is left without a reply.
func (s *Server) Close() error {
	s.begin.Do(func() { close(s.begun) })
	if s.cancel != nil {
		s.cancel()
	}
	var closing sync.WaitGroup
	errs := make([]error, 5)
	for i, socket := range []*Socket{s.shell, s.control, s.stdin, s.iopub, s.heartbeat} {
		if socket.listener != nil {
			closing.Go(func() { errs[i] = socket.Close() })
		}
	}
	closing.Wait()
	return errors.Join(errs...)
}

// receive returns the function that takes the messages of a channel. What is
// no message, or not signed with the key, is dropped and logged.
func (s *Server) receive(ch protocol.Channel) func(*Peer, [][]byte) {
	return func(p *Peer, frames [][]byte) {
		m, err := s.wire.Decode(frames)
		if err != nil {
			s.log.Warn("zmq: a message was dropped", "channel", ch, "peer", p.conn.RemoteAddr(), "err", err)
			return
		}
		if c := s.ready(); c != nil {
			c.Handle(ch, &client{server: s, peer: p, channel: ch}, m)
		}
	}
}

// topic is the first frame of what is published: subscribers filter by it.
func topic(m *protocol.Message) []byte {
	return fmt.Appendf(nil, "kernel.%s.%s", m.Header.Session, m.Header.MsgType)
}

func (s *Server) publish(m *protocol.Message) {
	s.iopub.Publish(append([][]byte{topic(m)}, s.wire.Encode(m)...))
}

// welcome tells a new subscriber that its subscription is in force.
func (s *Server) welcome(p *Peer, topic []byte) {
	c := s.ready()
	if c == nil {
		return
	}
	subscription := string(bytes.ToValidUTF8(topic, []byte("?")))
	m := c.Session().New("iopub_welcome", nil, protocol.Welcome{Subscription: subscription})
	p.Send(append([][]byte{topic}, s.wire.Encode(m)...))
}

// client is the front end at a peer of the shell or control socket.
type client struct {
	server  *Server
	peer    *Peer
	channel protocol.Channel
}

var _ channels.Client = (*client)(nil)

// on returns the front end's peer on a channel, or nil: its sockets have the same
// identity on every channel.
func (c *client) on(ch protocol.Channel) *Peer {
	if ch != c.channel && ch == protocol.Stdin {
		return c.server.stdin.Peer(c.peer.Identity())
	}
	return c.peer
}

// Gone returns a channel that is closed when the front end has left.
func (c *client) Gone(ch protocol.Channel) <-chan struct{} {
	if p := c.on(ch); p != nil {
		return p.written
	}
	gone := make(chan struct{})
	close(gone)
	return gone
}

// Send sends a message to the front end.
func (c *client) Send(ch protocol.Channel, m *protocol.Message) {
	p := c.on(ch)
	if p == nil {
		c.server.log.Warn("zmq: the front end has no such channel", "channel", ch, "type", m.Header.MsgType)
		return
	}
	p.Send(c.server.wire.Encode(m))
}

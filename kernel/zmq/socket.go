package zmq

import (
	"bufio"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"
)

// DefaultQueueLimit is how many bytes may wait for one peer if a [Socket] does
// not say.
const DefaultQueueLimit = 64 << 20

// maxPeers is how many connections one socket may have.
const maxPeers = 1024

// A Socket listens and talks to the peers that connect. The exported fields
// are set before [Socket.Listen] and do not change after it. A Socket is safe
// for concurrent use.
type Socket struct {
	Type Type
	// Message is called with each message of a peer of a ROUTER or REP, from a
	// goroutine of the peer: while it does not return, no more is read from this
	// peer. A message of a REQ begins with an empty frame, and so must the reply.
	Message func(p *Peer, frames [][]byte)
	// Subscribed, if not nil, is called after a peer of an XPUB has subscribed
	// to a topic.
	Subscribed func(p *Peer, topic []byte)
	// QueueLimit is how many bytes may wait for one peer before it is
	// disconnected; 0 means [DefaultQueueLimit].
	QueueLimit int
	// Log is told of peers that are disconnected; nil is slog.Default().
	Log *slog.Logger

	listener net.Listener
	running  sync.WaitGroup
	mu       sync.Mutex
	peers    map[*Peer]bool
	admitted int // how many peers have shaken hands so far
	closed   bool
}

// Listen binds the socket and accepts peers in the background. The networks
// are those of net.Listen.
func (s *Socket) Listen(network, address string) error {
	l, err := net.Listen(network, address)
	if err != nil {
		return fmt.Errorf("bind %s socket: %w", s.Type, err)
	}
	if s.Log == nil {
		s.Log = slog.Default()
	}
	if s.QueueLimit == 0 {
		s.QueueLimit = DefaultQueueLimit
	}
	s.listener = l
	s.peers = map[*Peer]bool{}
	s.running.Go(s.accept)
	return nil
}

// Addr returns the address that the socket is bound to.
func (s *Socket) Addr() net.Addr { return s.listener.Addr() }

func (s *Socket) accept() {
	for {
		conn, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of file descriptors, say: peers that leave free some
			s.Log.Warn("zmq: accept", "socket", s.Type, "err", err)
			time.Sleep(100 * time.Millisecond)
			continue
		}
		s.running.Go(func() { s.serve(conn) })
	}
}

// serve talks to one peer until its connection ends.
func (s *Socket) serve(conn net.Conn) {
	defer conn.Close()
	p := &Peer{
		socket: s, conn: conn, in: bufio.NewReaderSize(conn, 64<<10),
		queue: newQueue(s.QueueLimit), written: make(chan struct{}),
	}
	if !s.add(p) {
		return
	}
	defer s.remove(p)
	conn.SetDeadline(time.Now().Add(handshakeTimeout)) //nolint:errcheck // a broken connection shows in the handshake
	identity, err := handshake(conn, p.in, s.Type)
	if err != nil {
		close(p.written)
		s.ended(p, fmt.Errorf("handshake: %w", err))
		return
	}
	conn.SetDeadline(time.Time{}) //nolint:errcheck // a broken connection shows at the next read
	if !s.admit(p, identity) {
		close(p.written)
		return
	}
	go p.write()
	s.ended(p, p.read())
	p.queue.close(true)
	conn.Close()
	<-p.written
}

// ended logs why a connection ended, unless the peer just left.
func (s *Socket) ended(p *Peer, err error) {
	if (errors.Is(err, ErrFrame) || errors.Is(err, errSlow)) && !s.closing() {
		s.Log.Warn("zmq: a peer was disconnected", "socket", s.Type, "peer", p.conn.RemoteAddr(), "err", err)
	}
}

func (s *Socket) add(p *Peer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.peers) >= maxPeers {
		return false
	}
	s.peers[p] = true
	return true
}

// admit makes a peer that has shaken hands known, unless the socket closes.
func (s *Socket) admit(p *Peer, identity string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.admitted++
	p.ready, p.identity, p.number = true, identity, s.admitted
	return true
}

func (s *Socket) remove(p *Peer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.peers, p)
}

// Peer returns the connected peer that gave itself the identity, the newest if
// there are several, or nil.
func (s *Socket) Peer(identity string) *Peer {
	s.mu.Lock()
	defer s.mu.Unlock()
	var newest *Peer
	for p := range s.peers {
		if p.ready && p.identity == identity && (newest == nil || p.number > newest.number) {
			newest = p
		}
	}
	return newest
}

// Publish queues a message for every peer that subscribed to a prefix of its
// first frame, in the order of the calls. It never waits.
func (s *Socket) Publish(frames [][]byte) {
	pieces, size := encode(frames)
	for _, p := range s.list() {
		if p.wants(frames[0]) {
			p.send(pieces, size)
		}
	}
}

func (s *Socket) list() []*Peer {
	s.mu.Lock()
	defer s.mu.Unlock()
	peers := make([]*Peer, 0, len(s.peers))
	for p := range s.peers {
		peers = append(peers, p)
	}
	return peers
}

func (s *Socket) closing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// Close stops listening, sends every peer what is queued for it and closes the
// connections. A peer that does not read holds it up for two seconds.
func (s *Socket) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	err := s.listener.Close()
	for _, p := range s.list() {
		go p.finish()
	}
	s.running.Wait()
	return err
}

package zmq

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// handshakeTimeout is how long a peer may take to say who it is.
const handshakeTimeout = 10 * time.Second

// stallTimeout is how long a peer may take, at the end, to read a chunk or to
// close its side.
const stallTimeout = 2 * time.Second

// errSlow ends the connection of a peer whose queue is full.
var errSlow = errors.New("the peer does not read what is sent to it")

// A Peer is a socket of a front end that is connected. It is safe for
// concurrent use.
type Peer struct {
	socket   *Socket
	conn     net.Conn
	in       *bufio.Reader
	identity string
	number   int  // in the order of the handshakes
	ready    bool // the handshake is over; guarded by socket.mu until the socket closes
	queue    *queue
	written  chan struct{} // closed when the writer has ended

	mu     sync.Mutex
	topics [][]byte // subscriptions, each as often as it was made
	err    error    // why this side ended the connection
}

// Identity returns the name that the peer gave itself, or "".
func (p *Peer) Identity() string { return p.identity }

// Send queues a message for the peer. It never waits: a peer that does not read
// is disconnected when its queue is full.
func (p *Peer) Send(frames [][]byte) {
	p.send(encode(frames))
}

func (p *Peer) send(pieces [][]byte, size int) {
	if !p.queue.put(pieces, size) {
		p.drop(errSlow)
	}
}

// drop ends the connection at once.
func (p *Peer) drop(err error) {
	p.mu.Lock()
	if p.err == nil {
		p.err = err
	}
	p.mu.Unlock()
	p.queue.close(true)
	p.conn.Close()
}

// finish sends what is queued and then closes the connection. Where the peer
// still reads, it reads everything: closing a connection at which unread bytes
// have arrived would throw away what is on its way.
func (p *Peer) finish() {
	if !p.ready {
		p.conn.Close()
		return
	}
	p.queue.close(false)
	p.conn.SetWriteDeadline(time.Now().Add(stallTimeout)) //nolint:errcheck // of a write that waits already
	<-p.written
	if c, ok := p.conn.(interface{ CloseWrite() error }); ok && c.CloseWrite() == nil {
		p.conn.SetReadDeadline(time.Now().Add(stallTimeout)) //nolint:errcheck // the reader then ends by itself
		return
	}
	p.conn.Close()
}

// write writes the queue until it is closed.
func (p *Peer) write() {
	defer close(p.written)
	for {
		pieces, ok := p.queue.take()
		if !ok {
			return
		}
		if p.socket.closing() {
			p.conn.SetWriteDeadline(time.Now().Add(stallTimeout)) //nolint:errcheck // the write then fails by itself
		}
		n, err := pieces.WriteTo(p.conn)
		p.queue.written(int(n))
		if err != nil {
			p.drop(err)
			return
		}
	}
}

// read handles what the peer sends until the connection ends.
func (p *Peer) read() error {
	for {
		frames, isCommand, err := readMessage(p.in)
		switch {
		case err != nil:
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.err != nil {
				return p.err
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		case p.socket.closing():
			// The socket answers no more; the bytes are read so that the
			// connection can close without loss.
		case isCommand:
			if err := p.command(frames[0]); err != nil {
				return err
			}
		case p.socket.Type == XPub:
			p.subscription(frames)
		default:
			p.socket.Message(p, frames)
		}
	}
}

// command handles a command. Those of ZMTP 3.1 come from peers that do not mind
// that this side said 3.0.
func (p *Peer) command(body []byte) error {
	name, data, err := parseCommand(body)
	if err != nil {
		return err
	}
	switch name {
	case "PING": // two bytes for the time to live, then what PONG repeats
		if len(data) < 2 {
			return fmt.Errorf("%w: PING", ErrFrame)
		}
		pong := command("PONG", data[2:])
		p.send([][]byte{pong}, len(pong))
	case "SUBSCRIBE":
		p.subscribe(data)
	case "CANCEL":
		p.cancel(data)
	case "ERROR":
		return fmt.Errorf("the peer reports an error: %q", data)
	}
	return nil
}

// subscription handles a message to a publisher: 1 or 0 and a topic.
func (p *Peer) subscription(frames [][]byte) {
	if len(frames) != 1 || len(frames[0]) == 0 {
		return // ZMTP lets a publisher ignore other messages
	}
	switch frames[0][0] {
	case 1:
		p.subscribe(frames[0][1:])
	case 0:
		p.cancel(frames[0][1:])
	}
}

// maxTopics is how many subscriptions one peer may have.
const maxTopics = 1024

func (p *Peer) subscribe(topic []byte) {
	p.mu.Lock()
	ok := p.socket.Type == XPub && len(p.topics) < maxTopics
	if ok {
		p.topics = append(p.topics, topic)
	}
	p.mu.Unlock()
	if ok && p.socket.Subscribed != nil {
		p.socket.Subscribed(p, topic)
	}
}

func (p *Peer) cancel(topic []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, t := range p.topics {
		if bytes.Equal(t, topic) {
			p.topics = append(p.topics[:i:i], p.topics[i+1:]...)
			return
		}
	}
}

// wants reports whether the peer subscribed to the topic or to a prefix of it.
func (p *Peer) wants(topic []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range p.topics {
		if bytes.HasPrefix(topic, t) {
			return true
		}
	}
	return false
}

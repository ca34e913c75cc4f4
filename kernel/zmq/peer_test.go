package zmq

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// dialed is the other side of a connection, as a test plays it.
type dialed struct {
	t testing.TB
	net.Conn
	in *bufio.Reader
}

// dial connects and shakes hands as a socket of the type.
func dial(t testing.TB, addr net.Addr, socketType, identity string) *dialed {
	t.Helper()
	d := dialRaw(t, addr)
	d.write(greeting())
	ready := property(nil, "Socket-Type", socketType)
	ready = property(ready, "Identity", identity)
	d.write(command("READY", ready))
	if _, err := io.ReadFull(d.in, make([]byte, greetingSize)); err != nil {
		t.Fatal(err)
	}
	frames, isCommand, err := readMessage(d.in)
	if err != nil || !isCommand || !bytes.HasPrefix(frames[0], []byte("\x05READY")) {
		t.Fatalf("handshake: %q, %v, %v; want READY", frames, isCommand, err)
	}
	return d
}

func dialRaw(t testing.TB, addr net.Addr) *dialed {
	t.Helper()
	conn, err := net.Dial(addr.Network(), addr.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(60 * time.Second)) //nolint:errcheck // a test that hangs fails by itself
	return &dialed{t, conn, bufio.NewReader(conn)}
}

func (d *dialed) write(b []byte) {
	d.t.Helper()
	if _, err := d.Write(b); err != nil {
		d.t.Fatal(err)
	}
}

func (d *dialed) send(frames ...string) {
	d.t.Helper()
	var list [][]byte
	for _, f := range frames {
		list = append(list, []byte(f))
	}
	d.sendFrames(list)
}

func (d *dialed) sendFrames(frames [][]byte) {
	d.t.Helper()
	pieces, _ := encode(frames)
	d.write(bytes.Join(pieces, nil))
}

func (d *dialed) receive() []string {
	d.t.Helper()
	frames, _, err := readMessage(d.in)
	if err != nil {
		d.t.Fatal(err)
	}
	var list []string
	for _, f := range frames {
		list = append(list, string(f))
	}
	return list
}

// ends waits for the connection to end.
func (d *dialed) ends() {
	d.t.Helper()
	if _, err := io.Copy(io.Discard, d.in); err != nil && !strings.Contains(err.Error(), "reset") {
		d.t.Errorf("the connection did not end: %v", err)
	}
}

// listen binds a socket to a free port.
func listen(t testing.TB, s *Socket) *Socket {
	t.Helper()
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if err := s.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// logged is a log to read later.
type logged struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logged) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

// waitFor waits until the log holds text.
func (l *logged) waitFor(t testing.TB, text string) {
	t.Helper()
	for range 2000 {
		l.mu.Lock()
		found := strings.Contains(l.b.String(), text)
		l.mu.Unlock()
		if found {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("the log does not say %q", text)
}

package zmq

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRouter(t *testing.T) {
	s := listen(t, &Socket{Type: Router, Message: func(p *Peer, frames [][]byte) {
		p.Send(append(frames, []byte(p.Identity())))
	}})
	a, b := dial(t, s.Addr(), "DEALER", "a"), dial(t, s.Addr(), "REQ", "b")
	a.send("x", "y")
	b.send("", "z")
	if diff := cmp.Diff([]string{"x", "y", "a"}, a.receive()); diff != "" {
		t.Errorf("a (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"", "z", "b"}, b.receive()); diff != "" {
		t.Errorf("b (-want +got)\n%s", diff)
	}
	again := dial(t, s.Addr(), "DEALER", "a")
	again.send("1")
	again.receive()
	s.Peer("a").Send([][]byte{[]byte("to the newest")})
	if got := again.receive(); got[0] != "to the newest" {
		t.Errorf("got %q", got)
	}
	if p := s.Peer("nobody"); p != nil {
		t.Errorf("Peer(nobody) = %v", p)
	}
}

func TestHeartbeat(t *testing.T) {
	s := listen(t, &Socket{Type: Rep, Message: func(p *Peer, frames [][]byte) { p.Send(frames) }})
	d := dial(t, s.Addr(), "REQ", "")
	for range 3 {
		d.send("", "ping")
		if diff := cmp.Diff([]string{"", "ping"}, d.receive()); diff != "" {
			t.Errorf("echo (-want +got)\n%s", diff)
		}
	}
}

func TestPublish(t *testing.T) {
	subscribed := make(chan string, 9)
	s := listen(t, &Socket{Type: XPub, Subscribed: func(_ *Peer, topic []byte) { subscribed <- string(topic) }})
	all, some, none := dial(t, s.Addr(), "SUB", ""), dial(t, s.Addr(), "SUB", ""), dial(t, s.Addr(), "XSUB", "")
	all.send("\x01")
	some.write(command("SUBSCRIBE", []byte("b"))) // as ZMTP 3.1 has it
	none.send("\x01b")
	none.send("\x00b")
	none.send("\x02 what nobody knows")
	none.send("\x01never")
	for range 4 {
		<-subscribed
	}
	for _, topic := range []string{"a", "b", "bc"} {
		s.Publish([][]byte{[]byte(topic), []byte("body")})
	}
	for _, want := range []string{"a", "b", "bc"} {
		if got := all.receive(); got[0] != want {
			t.Errorf("all: %q, want %s", got, want)
		}
	}
	for _, want := range []string{"b", "bc"} {
		if got := some.receive(); got[0] != want {
			t.Errorf("some: %q, want %s", got, want)
		}
	}
	none.write(command("PING", []byte("\x00\x10ctx")))
	if got := none.receive(); got[0] != "\x04PONGctx" {
		t.Errorf("none: %q, want PONG and nothing published", got)
	}
}

// TestHostilePeers sends what is not ZMTP: the peer is disconnected and the log
// says why; the others do not notice.
func TestHostilePeers(t *testing.T) {
	ready := string(command("READY", property(nil, "Socket-Type", "DEALER")))
	hello := string(greeting())
	for _, tt := range []struct{ name, data, want string }{
		{"HTTP", "GET / HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nUser-Agent: browser\r\n\r\n", "not a ZMTP greeting"},
		{"old version", strings.Replace(hello, "\x7f\x03", "\x7f\x01", 1), "ZMTP 1"},
		{"another mechanism", strings.Replace(hello, "NULL", "PLAI", 1), "PLAI"},
		{"a message before READY", hello + "\x00\x01a", "a message before READY"},
		{"another command", hello + string(command("HELLO", nil)), "HELLO"},
		{"a socket of another kind", hello + string(command("READY", property(nil, "Socket-Type", "PUB"))), "PUB"},
		{"no socket type", hello + string(command("READY", nil)), "does not talk to"},
		{"broken properties", hello + string(command("READY", []byte("\x0bSocket-Type\xff\xff\xff\xffX"))), "property"},
		{"reserved flags", hello + ready + "\xf0\x00", "flags 0xf0"},
		{"huge frame", hello + ready + "\x02\x00\x00\x01\x00\x00\x00\x00\x00", "the limit is"},
		{"command without a name", hello + ready + "\x04\x00", "without a name"},
		{"PING without a time", hello + ready + string(command("PING", nil)), "PING"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var log logged
			s := listen(t, &Socket{Type: Router, Log: log.logger(), Message: func(p *Peer, frames [][]byte) { p.Send(frames) }})
			good := dial(t, s.Addr(), "DEALER", "good")
			bad := dialRaw(t, s.Addr())
			bad.write([]byte(tt.data))
			bad.ends()
			log.waitFor(t, tt.want)
			good.send("still there")
			if got := good.receive(); got[0] != "still there" {
				t.Errorf("got %q", got)
			}
		})
	}
}

// TestSlowSubscriber has one subscriber that never reads and one that does: the
// second gets everything, in time; the first is disconnected when its queue is
// full.
func TestSlowSubscriber(t *testing.T) {
	var log logged
	subscribed := make(chan struct{}, 2)
	s := listen(t, &Socket{Type: XPub, QueueLimit: 8 << 20, Log: log.logger(), Subscribed: func(*Peer, []byte) { subscribed <- struct{}{} }})
	slow, quick := dial(t, s.Addr(), "SUB", ""), dial(t, s.Addr(), "SUB", "")
	slow.send("\x01")
	quick.send("\x01")
	<-subscribed
	<-subscribed
	const messages = 20000
	body := []byte(strings.Repeat("x", 2000))
	published := make(chan time.Duration)
	go func() {
		var longest time.Duration
		for i := range messages {
			begin := time.Now()
			s.Publish([][]byte{fmt.Appendf(nil, "%d", i), body})
			longest = max(longest, time.Since(begin))
			if i%100 == 0 {
				time.Sleep(time.Millisecond) // the quick one needs the processor too
			}
		}
		published <- longest
	}()
	for i := range messages {
		if got := quick.receive(); got[0] != fmt.Sprint(i) {
			t.Fatalf("message %d is %.20q", i, got)
		}
	}
	log.waitFor(t, errSlow.Error())
	if longest := <-published; longest > 2*time.Second {
		t.Errorf("a publish took %v: it waited for the subscriber that does not read", longest)
	}
}

// TestCloseLosesNothing closes a socket with 20,000 messages queued.
func TestCloseLosesNothing(t *testing.T) {
	subscribed := make(chan struct{}, 1)
	s := listen(t, &Socket{Type: XPub, Subscribed: func(*Peer, []byte) { subscribed <- struct{}{} }})
	d := dial(t, s.Addr(), "SUB", "")
	d.send("\x01")
	<-subscribed
	const messages = 20000
	for i := range messages {
		s.Publish([][]byte{fmt.Appendf(nil, "%d", i), []byte(strings.Repeat("y", 500))})
	}
	var closing sync.WaitGroup
	closing.Go(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	for i := range messages {
		if got := d.receive(); got[0] != fmt.Sprint(i) {
			t.Fatalf("message %d is %.20q", i, got)
		}
	}
	d.ends()
	d.Close()
	closing.Wait()
}

// TestCloseDoesNotWait shows how long a peer that does not read holds up Close.
func TestCloseDoesNotWait(t *testing.T) {
	subscribed := make(chan struct{}, 1)
	s := listen(t, &Socket{Type: XPub, Subscribed: func(*Peer, []byte) { subscribed <- struct{}{} }})
	d := dial(t, s.Addr(), "SUB", "")
	dialRaw(t, s.Addr()) // never shakes hands
	d.send("\x01")
	<-subscribed
	for range 300 {
		s.Publish([][]byte{[]byte(strings.Repeat("z", 100_000))})
	}
	begin := time.Now()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > 2*stallTimeout+time.Second {
		t.Errorf("Close took %v, want at most %v", took, 2*stallTimeout)
	}
}

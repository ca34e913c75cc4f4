package track

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// signals ends all runs of a tracker when the process is told to stop.
type signals struct {
	received chan os.Signal
}

// catch begins to listen. The caller holds the tracker's lock.
func (s *signals) catch(t *Tracker) {
	if s.received != nil {
		return
	}
	received := make(chan os.Signal, 1)
	s.received = received
	signal.Notify(received, os.Interrupt, syscall.SIGTERM)
	go func() {
		sig, ok := <-received
		if !ok {
			return
		}
		if err := t.endAll(context.Canceled); err != nil {
			t.warn(err)
		}
		// Stop listening, so that the signal does now what it would have done.
		signal.Stop(received)
		if p, err := os.FindProcess(os.Getpid()); err == nil {
			_ = p.Signal(sig) // there is no one left to tell
		}
	}()
}

// release stops listening. The caller holds the tracker's lock.
func (s *signals) release() {
	if s.received == nil {
		return
	}
	select {
	case sig := <-s.received: // came just now: give it back to the goroutine
		s.received <- sig
		return
	default:
	}
	signal.Stop(s.received)
	close(s.received)
	s.received = nil
}

package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/lectern-go/lectern/kernel/display"
	"github.com/lectern-go/lectern/kernel/worker/pipe"
)

// failure describes a recovered panic; it is nil if there was none. An exit, which
// deferred functions cannot recover, was where it began.
func failure(v any, frames func(first bool) []pipe.Frame) *pipe.Failure {
	if v == nil {
		return nil
	}
	if code, ok := v.(exit); ok {
		return &pipe.Failure{Ename: "exit", Evalue: code.Error(), Frames: frames(true)}
	}
	return &pipe.Failure{Ename: "panic", Evalue: panicText(v), Frames: frames(false)}
}

// panicText says what a program panicked with, in the words of Go's runtime.
func panicText(v any) string {
	switch v := goValue(v).(type) {
	case error:
		return v.Error()
	case string:
		return v
	case fmt.Stringer:
		return v.String()
	}
	return fmt.Sprintf("%v", v)
}

// frames returns the frames of the panic that is being recovered, or only of the
// first of several, in code of whatever engine.
func (s *session) frames(first bool) []pipe.Frame {
	frames := s.calls.frames(first)
	if s.units != nil { // called from the others
		frames = append(s.units.frames(), frames...)
	}
	return frames
}

// call calls the function of a cell's package. An interrupt reaches what asks
// for it; a call that is blocked is left behind as a goroutine, one that is
// busy keeps the cell running.
func (s *session) call(ctx context.Context, run func()) *pipe.Failure {
	finished := make(chan *pipe.Failure, 1)
	goroutine := make(chan string, 1)
	s.stop.Store(&ctx)
	go func() {
		defer func() { finished <- failure(recover(), s.frames) }()
		goroutine <- s.worker.owners.enter()
		run()
	}()
	id := <-goroutine
	select {
	case f := <-finished:
		if s.interrupted(ctx) {
			return interrupted(ctx)
		}
		return f
	case <-ctx.Done():
	}
	await(finished, id)
	return interrupted(ctx)
}

// await waits until the code of an interrupted cell has ended, or is blocked: then
// it is left behind. It is taken for blocked when it is each time it is looked at:
// what trains on several goroutines waits for them now and then.
func await(finished <-chan *pipe.Failure, goroutine string) {
	blocked := 0
	for looks := 0; blocked < 4; looks++ {
		wait := 10 * time.Millisecond
		if looks > 10 { // looking stops all goroutines
			wait = 100 * time.Millisecond
		}
		select {
		case <-finished:
			return
		case <-time.After(wait):
		}
		if blocked++; busy(goroutine) {
			blocked = 0
		}
	}
}

// interrupted reports whether the running cell has been interrupted. Its code may
// end before the context tells.
func (s *session) interrupted(ctx context.Context) bool {
	if r := s.worker.owners.of(); r == nil || !r.interrupted.Load() {
		return false
	}
	<-ctx.Done()
	return true
}

func interrupted(ctx context.Context) *pipe.Failure {
	cause := context.Cause(ctx)
	if errors.Is(cause, display.ErrNoInput) {
		return &pipe.Failure{Ename: "input error", Evalue: cause.Error()}
	}
	var status exit
	if errors.As(cause, &status) {
		return &pipe.Failure{Ename: "exit", Evalue: status.Error()}
	}
	return &pipe.Failure{Ename: "interrupt", Evalue: cause.Error()}
}

// goroutineID returns "goroutine N " of the caller.
func goroutineID() string {
	var buf [64]byte
	id, _, _ := strings.Cut(string(buf[:runtime.Stack(buf[:], false)]), "[")
	return id
}

// busy reports whether a goroutine is running rather than blocked.
func busy(id string) bool {
	buf := make([]byte, 1<<20)
	for n := runtime.Stack(buf, true); ; n = runtime.Stack(buf, true) {
		if n < len(buf) {
			buf = buf[:n]
			break
		}
		buf = make([]byte, 2*len(buf))
	}
	i := bytes.Index(buf, []byte(id+"["))
	if i < 0 {
		return false
	}
	state := buf[i+len(id)+1:]
	return bytes.HasPrefix(state, []byte("run")) // running, runnable
}

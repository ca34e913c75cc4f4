package ssainterp

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"
)

// deferred is the calls that a frame has deferred, the last first.
type deferred struct {
	calls []record
}

// record is a call whose function and arguments are evaluated.
type record struct {
	base unsafe.Pointer
	run  op
}

// runRecord makes a recorded call on behalf of fr.
func (fr *frame) runRecord(r record) {
	fr.g.depth = fr.depth + 1
	run := &frame{base: r.base, g: fr.g, depth: fr.depth, fn: fr.fn, pass: fr}
	if !fr.panicking {
		run.calledBy = fr.calledBy // a deferred recover is as one called by fr
	}
	r.run(run)
}

// callDeferring runs a function that defers calls.
func (fr *frame) callDeferring() {
	for b := 0; !fr.guarded(b); {
		fr.g.depth = fr.depth + 1
		if b = fr.fn.recover; b < 0 {
			if fr.fn.result != nil {
				fr.fn.result.clear(fr.ret)
			}
			return
		}
	}
}

// guarded runs the function from a block and reports whether it came to its
// end; otherwise a deferred call has recovered a panic.
func (fr *frame) guarded(b int) (ended bool) {
	defer func() {
		if ended {
			return
		}
		v := recover()
		if v == nil { // runtime.Goexit goes on after this
			fr.runDefers()
			return
		}
		fr.panicking, fr.panicked = true, v
		fr.g.trace = fr.g.unwound()
		for len(fr.defers.calls) > 0 {
			fr.runDefersPanicking()
		}
		if fr.panicking {
			fr.panicking = false
			v, fr.panicked = fr.panicked, nil
			panic(v)
		}
	}()
	fr.panicking, fr.panicked = false, nil
	fr.exec(b)
	return true
}

// runDefers runs the deferred calls of a frame that does not panic.
func (fr *frame) runDefers() {
	for {
		n := len(fr.defers.calls)
		if n == 0 {
			return
		}
		r := fr.defers.calls[n-1]
		fr.defers.calls = fr.defers.calls[:n-1]
		fr.runRecord(r)
	}
}

// runDefersPanicking runs deferred calls until one panics; then that panic is
// the frame's.
func (fr *frame) runDefersPanicking() {
	ended := false
	defer func() {
		if ended {
			return
		}
		if v := recover(); v != nil {
			fr.panicking, fr.panicked = true, v
			fr.g.trace = nil
			fr.g.trace = fr.g.unwound()
		}
	}()
	fr.runDefers()
	ended = true
}

// handedOver has the frames whose deferred call is a function that compiled code
// made, by package reflect, of an interpreted one, which may recover.
var handedOver struct {
	count atomic.Int32
	sync.Mutex
	frames map[string]*frame // by goroutine
}

// handOver lets the next interpreted function that compiled code calls in this
// goroutine be fr's deferred call. The returned function ends that.
func handOver(fr *frame) (end func()) {
	h, id := &handedOver, goroutineID()
	h.Lock()
	defer h.Unlock()
	if h.frames == nil {
		h.frames = map[string]*frame{}
	}
	h.frames[id] = fr
	h.count.Add(1)
	return func() {
		h.Lock()
		defer h.Unlock()
		delete(h.frames, id)
		h.count.Add(-1)
	}
}

// takeOver returns the frame that was handed over in this goroutine, once.
func takeOver() *frame {
	h := &handedOver
	if h.count.Load() == 0 {
		return nil
	}
	id := goroutineID()
	h.Lock()
	defer h.Unlock()
	fr := h.frames[id]
	delete(h.frames, id)
	return fr
}

// goroutineID returns "goroutine N" of the caller.
func goroutineID() string {
	var buf [64]byte
	id, _, _ := strings.Cut(string(buf[:runtime.Stack(buf[:], false)]), " [")
	return id
}

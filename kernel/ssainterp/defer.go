package ssainterp

import (
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

// stopper stops interpreted code.
type stopper struct{ stopped atomic.Bool }

// runRecord makes a recorded call on behalf of fr.
func (fr *frame) runRecord(r record) {
	fr.g.depth = fr.depth + 1
	r.run(&frame{base: r.base, g: fr.g, depth: fr.depth, fn: fr.fn, pass: fr})
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
		if _, ok := v.(*stopper); ok {
			panic(v)
		}
		if v == nil { // runtime.Goexit goes on after this
			fr.runDefers()
			return
		}
		fr.panicking, fr.panicked = true, v
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
		}
	}()
	fr.runDefers()
	ended = true
}

package worker

import (
	"path"
	"runtime"
	"slices"
	"sync"
	"unsafe"

	"github.com/lectern-go/lectern/kernel/lower"
	"github.com/lectern-go/lectern/kernel/worker/pipe"
)

// stackFrame is what Go's functions leave on the stack: the frame of the caller
// and where the caller goes on.
type stackFrame struct {
	caller *stackFrame
	pc     uintptr
}

// runCfg is the interpreter's function that runs each interpreted function.
const runCfg = "github.com/traefik/yaegi/interp.runCfg"

// activations are the calls of interpreted functions, by goroutine. A call is
// known by how deep in the stack the frame of its runCfg is. Calls that have
// returned are dropped when their place is needed: nothing is to be done at a
// return.
type activations struct {
	calls    sync.Map // address of the goroutine -> *[]activation, the deepest last
	once     sync.Once
	from, to uintptr // the code of runCfg
}

type activation struct {
	depth uintptr
	cell  string
	line  *int // of the last statement that may panic
}

// enter notes the call of an interpreted function, which calls it first.
func (a *activations) enter(line *int, cell string) {
	a.once.Do(a.findCode)
	frame, depth, goroutine := stack()
	own, parent := uintptr(0), uintptr(0)
	for f := frame; f != nil && parent == 0; f = f.caller {
		switch {
		case f.pc < a.from || f.pc >= a.to:
		case own == 0:
			own = depth - (uintptr(unsafe.Pointer(f.caller)) - uintptr(unsafe.Pointer(frame)))
		default:
			parent = depth - (uintptr(unsafe.Pointer(f.caller)) - uintptr(unsafe.Pointer(frame)))
		}
	}
	v, ok := a.calls.Load(goroutine)
	if !ok {
		v, _ = a.calls.LoadOrStore(goroutine, new([]activation))
	}
	calls := v.(*[]activation)
	for n := len(*calls); n > 0 && (*calls)[n-1].depth > parent; n-- {
		*calls = (*calls)[:n-1]
	}
	*calls = append(*calls, activation{own, cell, line})
}

// findCode finds where the code of runCfg lies, which runs the caller.
func (a *activations) findCode() {
	frames := runtime.CallersFrames(callers())
	for {
		f, more := frames.Next()
		if f.Function == runCfg {
			a.from = f.Entry
			for a.to = f.PC; runtime.FuncForPC(a.to).Entry() == f.Entry; {
				a.to++
			}
			return
		}
		if !more {
			return
		}
	}
}

// frames returns the frames of the panic that is being recovered, those in cells. A
// deferred function that panicked stands above the panic before, or is left out if
// only the first panic counts.
func (a *activations) frames(first bool) []pipe.Frame {
	depths := a.depths()
	var frames []pipe.Frame
	all := runtime.CallersFrames(callers())
	for {
		f, more := all.Next()
		switch {
		case f.Function == "runtime.gopanic" && first:
			frames = nil
		case f.Function == runCfg && len(depths) > 0:
			if call, ok := a.find(depths[0]); ok {
				frames = append(frames, pipe.Frame{Cell: call.cell, Line: *call.line})
			}
			depths = depths[1:]
		case path.Base(f.File) == lower.FileName:
			frames = append(frames, pipe.Frame{Cell: path.Base(path.Dir(f.File)), Line: f.Line})
		}
		if !more {
			return shorten(frames)
		}
	}
}

// framesShown is how many frames of a panic are shown at either end.
const framesShown = 50

func shorten(frames []pipe.Frame) []pipe.Frame {
	if n := len(frames); n > 2*framesShown {
		frames = slices.Delete(frames, framesShown, n-framesShown)
	}
	return frames
}

// depths returns how deep the frames of runCfg are that are on the stack, the
// deepest first.
func (a *activations) depths() (depths []uintptr) {
	frame, depth, _ := stack()
	for f := frame; f != nil; f = f.caller {
		if f.pc >= a.from && f.pc < a.to {
			depths = append(depths, depth-(uintptr(unsafe.Pointer(f.caller))-uintptr(unsafe.Pointer(frame))))
		}
	}
	return depths
}

func (a *activations) find(depth uintptr) (activation, bool) {
	_, _, goroutine := stack()
	v, ok := a.calls.Load(goroutine)
	if !ok {
		return activation{}, false
	}
	calls := *v.(*[]activation)
	i := slices.IndexFunc(calls, func(c activation) bool { return c.depth == depth })
	if i < 0 {
		return activation{}, false
	}
	return calls[i], true
}

// callers returns the whole stack.
func callers() []uintptr {
	pcs := make([]uintptr, 256)
	for {
		if n := runtime.Callers(2, pcs); n < len(pcs) {
			return pcs[:n]
		}
		pcs = make([]uintptr, 4*len(pcs))
	}
}

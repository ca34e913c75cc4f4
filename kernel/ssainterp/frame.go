package ssainterp

import (
	"go/token"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"
)

// An op runs one instruction.
type op func(*frame)

// function is a translated function.
type function struct {
	name    string
	base    *typ // the memory of its frames
	params  []place
	free    []place
	hold    *typ      // what a closure holds for free
	held    []uintptr // where in it
	results []place   // in the memory for results
	result  *typ      // all results together; nil if there are none
	blocks  []block
	defers  bool // it has defer statements, or lends its deferred calls to a closure
	wrapper bool // it stands in for a method, and is not seen by recover
	recover int  // the block that runs after a recovered panic, or -1
	program *Program
	typ     reflect.Type // as a function value
}

type block struct {
	ops  []op
	next func(*frame) int // the next block, -1 at the end of the function
	pos  []token.Pos      // of the instructions and of the end
}

// place is a value in a frame's memory.
type place struct {
	off uintptr
	typ *typ
}

// frame is the call of a function.
type frame struct {
	base    unsafe.Pointer
	ret     unsafe.Pointer // where the results go
	fn      *function
	g       *goroutine
	depth   int
	blk, pc int // the instruction that runs
	// calledBy is the frame whose deferred call this is, or nil; pass is what
	// it hands on as such to those that it calls.
	calledBy, pass *frame
	defers         *deferred
	panicking      bool
	panicked       any
}

// goroutine is a stack of frames. Frames stay where they are after a call, for
// the next one, with the memory of the function that they were last for.
type goroutine struct {
	frames []*frame
	depth  int
	trace  []token.Pos  // where the panic under way began
	stop   *atomic.Bool // set when the goroutine is to stop
}

// enter returns the frame for a call of fn.
func (g *goroutine) enter(fn *function) *frame {
	if g.depth == len(g.frames) {
		g.frames = append(g.frames, &frame{g: g, depth: g.depth})
	}
	fr := g.frames[g.depth]
	g.depth++
	if fr.fn != fn {
		fr.fn, fr.base = fn, fn.base.new()
	}
	fr.calledBy, fr.pass = nil, nil
	return fr
}

// call runs a frame whose parameters are set.
func (fr *frame) call() {
	if fr.fn.defers {
		fr.defers = &deferred{}
		fr.callDeferring()
	} else {
		fr.exec(0)
	}
	fr.g.depth = fr.depth
}

func (fr *frame) exec(b int) {
	blocks := fr.fn.blocks
	stop := fr.g.stop
	for b >= 0 {
		fr.blk = b
		blk := &blocks[b]
		for i, op := range blk.ops {
			fr.pc = i
			op(fr)
		}
		fr.pc = len(blk.ops)
		b = blk.next(fr)
		if stop.Load() {
			fr.fn.program.Interrupts.Check()
		}
	}
}

// idle has goroutines for calls from compiled code.
var idle = sync.Pool{New: func() any { return &goroutine{} }}

// callValues calls fn from compiled code.
func (fn *function) callValues(free unsafe.Pointer, args []reflect.Value) []reflect.Value {
	g := idle.Get().(*goroutine)
	g.stop = fn.program.Interrupts.Flag()
	fr := g.enter(fn)
	fr.calledBy = takeOver()
	if fn.wrapper {
		fr.pass = fr.calledBy
	}
	for i, p := range fn.params {
		p.typ.value(unsafe.Add(fr.base, p.off)).Set(args[i])
	}
	fn.setFree(fr, free)
	var out []reflect.Value
	if fn.result != nil {
		fr.ret = fn.result.new()
		for _, r := range fn.results {
			out = append(out, r.typ.value(unsafe.Add(fr.ret, r.off)))
		}
	}
	ended := false
	defer func() {
		if !ended {
			fn.program.noteTrace(g.unwound())
		}
	}()
	fr.call()
	ended = true
	g.depth = 0
	idle.Put(g)
	return out
}

// setFree copies the values that a closure holds into its frame.
func (fn *function) setFree(fr *frame, free unsafe.Pointer) {
	for i, p := range fn.free {
		p.typ.move(unsafe.Add(fr.base, p.off), unsafe.Add(free, fn.held[i]))
	}
}

// closure is a function value. It begins as those of reflect.MakeFunc do, so that
// compiled code can call it.
type closure struct {
	makeFunc
	fn   *function
	free unsafe.Pointer // the values that it holds
}

// makeFunc is makeFuncImpl of package reflect.
type makeFunc struct {
	code    uintptr
	stack   unsafe.Pointer
	argLen  uintptr
	regPtrs [2]uint8
	ftyp    unsafe.Pointer
	call    func([]reflect.Value) []reflect.Value
}

// prototypes has what reflect.MakeFunc makes for a type.
var prototypes sync.Map // reflect.Type -> makeFunc

// newClosure returns a function value of type t.
func newClosure(fn *function, t reflect.Type, free unsafe.Pointer) *closure {
	prototype, ok := prototypes.Load(t)
	if !ok {
		variable := reflect.New(t)
		variable.Elem().Set(reflect.MakeFunc(t, func([]reflect.Value) []reflect.Value { return nil }))
		prototype = **(**makeFunc)(variable.UnsafePointer())
		prototypes.Store(t, prototype)
	}
	c := &closure{makeFunc: prototype.(makeFunc), fn: fn, free: free}
	c.call = c.callValues
	return c
}

func (c *closure) callValues(args []reflect.Value) []reflect.Value {
	return c.fn.callValues(c.free, args)
}

// closureCode and closureMethod tell closures of this package from other function
// values: their own code, and that of their call method.
var closureCode, closureMethod = func() (uintptr, uintptr) {
	c := newClosure(nil, reflect.TypeFor[func()](), nil)
	return c.code, **(**uintptr)(unsafe.Pointer(&c.call))
}()

// asClosure returns the closure that a function value is, or nil.
func asClosure(f unsafe.Pointer) *closure {
	if *(*uintptr)(f) != closureCode { // other function values are smaller
		return nil
	}
	m := (*makeFunc)(f)
	if **(**uintptr)(unsafe.Pointer(&m.call)) != closureMethod {
		return nil
	}
	return (*closure)(f)
}

package ssainterp

import (
	"fmt"
	"go/token"
	"os"
	"sync/atomic"
)

// Run initializes the package's variables and runs its init functions.
func (pkg *Package) Run() { pkg.program.run(pkg.init) }

// Call calls a function of the package that has no parameters and no results. A
// panic goes on to the caller; [Program.Trace] says where it began.
func (pkg *Package) Call(name string) {
	pkg.program.run(pkg.program.function(pkg.ssa.Func(name)))
}

// run calls a function without parameters and results.
func (p *Program) run(f *function) {
	g := p.goroutine()
	ended := false
	defer func() {
		if !ended {
			p.noteTrace(g.unwound())
		}
	}()
	p.ForgetTrace()
	g.enter(f).call()
	ended = true
}

// start makes a recorded call in a goroutine of its own. A panic there ends the
// process, as it has to, but with a trace of the program instead of one of the
// interpreter.
func (p *Program) start(r record, fn *function) {
	g := p.goroutine()
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		p.noteTrace(g.unwound())
		p.Crash(v)
	}()
	r.run(&frame{base: r.base, g: g, fn: fn, depth: -1})
}

// Crash ends the process, as Program.Crash does.
func (pkg *Package) Crash(v any) { pkg.program.Crash(v) }

// Crash ends the process as a panic with the value does that nothing recovers.
func (p *Program) Crash(v any) {
	fmt.Fprintf(os.Stderr, "panic: %s\n\ngoroutine [running]:\n", panicText(v))
	for _, pos := range p.Trace() {
		fmt.Fprintf(os.Stderr, "\t%v\n", pos)
	}
	os.Exit(2)
}

// panicText writes the value of a panic as the run time does.
func panicText(v any) string {
	switch v := v.(type) {
	case error:
		return v.Error()
	case fmt.Stringer:
		return v.String()
	case string, bool, int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		return fmt.Sprint(v)
	}
	return fmt.Sprintf("%T(%#v)", v, v)
}

// Interrupts says when code is to stop.
type Interrupts struct {
	// Flag returns what is set when the calling goroutine is to stop.
	Flag func() *atomic.Bool
	// Check is called by a goroutine whose flag is set, at the end of each basic
	// block, and ends it by runtime.Goexit. Deferred calls run then; Check lets
	// them.
	Check func()
}

// never is a flag that nothing sets.
var never = new(atomic.Bool)

// goroutine returns an empty stack for the calling goroutine.
func (p *Program) goroutine() *goroutine { return &goroutine{stop: p.Interrupts.Flag()} }

// traceLimit is how many frames a trace has.
const traceLimit = 50

// unwound returns where the frames of a panicking goroutine are.
func (g *goroutine) unwound() []token.Pos {
	if g.trace != nil {
		return g.trace
	}
	var trace []token.Pos
	for i := g.depth - 1; i >= 0 && len(trace) < traceLimit; i-- {
		fr := g.frames[i]
		if fr.fn.wrapper {
			continue // it has the place of what it stands for
		}
		if blk := &fr.fn.blocks[fr.blk]; fr.pc < len(blk.pos) && blk.pos[fr.pc].IsValid() {
			trace = append(trace, blk.pos[fr.pc])
		}
	}
	return trace
}

func (p *Program) noteTrace(trace []token.Pos) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trace = append(p.trace, trace...)
	if len(p.trace) > traceLimit {
		p.trace = p.trace[:traceLimit]
	}
}

// ForgetTrace begins a new trace.
func (p *Program) ForgetTrace() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trace = nil
}

// Trace returns where the last panic that left the program began, the deepest
// place first.
func (p *Program) Trace() []token.Position {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []token.Position
	for _, pos := range p.trace {
		out = append(out, p.fset.Position(pos))
	}
	return out
}

package ssainterp

import (
	"go/types"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// call translates a call; its results go to dst.
func (tr *translator) call(c *ssa.CallCommon, dst operand) op {
	if c.IsInvoke() {
		return tr.invoke(c, dst)
	}
	if b, ok := c.Value.(*ssa.Builtin); ok {
		return tr.builtin(b, c, dst)
	}
	var args []operand
	for _, a := range c.Args {
		args = append(args, tr.operand(a))
	}
	if fn, ok := c.Value.(*ssa.Function); ok {
		if fn.Pkg != nil && !tr.user[fn.Pkg.Pkg] && fn == fn.Pkg.Func("init") {
			return nil // a compiled package has been initialized
		}
		if v, ok := tr.compiled(fn); ok {
			if !v.IsValid() {
				return nil
			}
			return callCompiled(func(*frame) reflect.Value { return v }, args, dst)
		}
		return callFunction(tr.function(fn), args, dst)
	}
	f := tr.operand(c.Value)
	other := callCompiled(func(fr *frame) reflect.Value { return f.typ.value(f.in(fr)) }, args, dst)
	return func(fr *frame) {
		p := *(*unsafe.Pointer)(f.in(fr))
		if p == nil {
			nilDereference()
		}
		c := asClosure(p)
		if c == nil {
			if fr.pass != nil && fr.pass.panicking {
				defer handOver(fr.pass)()
			}
			other(fr)
			return
		}
		callee := fr.callee(c.fn, args, dst)
		c.fn.setFree(callee, c.free)
		callee.call()
	}
}

// callee returns the frame for a call with its arguments.
func (fr *frame) callee(f *function, args []operand, dst operand) *frame {
	callee := fr.g.enter(f)
	for i := range args {
		p := &f.params[i]
		p.typ.move(unsafe.Add(callee.base, p.off), args[i].in(fr))
	}
	callee.ret = nil
	if dst.typ != nil {
		callee.ret = dst.in(fr)
	}
	callee.calledBy = fr.pass
	if f.wrapper {
		callee.pass = fr.pass
	}
	return callee
}

func callFunction(f *function, args []operand, dst operand) op {
	return func(fr *frame) { fr.callee(f, args, dst).call() }
}

// callCompiled translates a call of a function value that compiled code made.
func callCompiled(f func(*frame) reflect.Value, args []operand, dst operand) op {
	return func(fr *frame) {
		fn := f(fr)
		in := make([]reflect.Value, len(args))
		for i := range args {
			in[i] = args[i].typ.value(args[i].in(fr))
		}
		var out []reflect.Value
		if fn.Type().IsVariadic() {
			out = fn.CallSlice(in)
		} else {
			out = fn.Call(in)
		}
		fr.g.depth = max(fr.depth+1, 0)
		store(out, dst, fr)
	}
}

// store puts results where they go.
func store(out []reflect.Value, dst operand, fr *frame) {
	switch {
	case dst.typ == nil:
	case len(out) == 1:
		dst.typ.value(dst.in(fr)).Set(out[0])
	default:
		for i, v := range out {
			f := dst.typ.Field(i)
			reflect.NewAt(f.Type, unsafe.Add(dst.in(fr), f.Offset)).Elem().Set(v)
		}
	}
}

// invoke translates a call of an interface's method.
func (tr *translator) invoke(c *ssa.CallCommon, dst operand) op {
	x := tr.operand(c.Value)
	var args []operand
	for _, a := range c.Args {
		args = append(args, tr.operand(a))
	}
	other := callCompiled(tr.compiledMethod(c.Method, x), args, dst)
	type target struct {
		rtype  unsafe.Pointer
		f      *function
		direct bool
	}
	var last atomic.Pointer[target]
	return func(fr *frame) {
		from := x.in(fr)
		rtype := dynamic(from, true)
		if rtype == nil {
			nilDereference()
		}
		t := last.Load()
		if t == nil || t.rtype != rtype {
			t = &target{rtype, tr.findMethod(rtype, c.Method), isDirect(rtype)}
			last.Store(t)
		}
		if t.f == nil {
			other(fr)
			return
		}
		w := *(*words)(from)
		callee := fr.g.enter(t.f)
		recv := &t.f.params[0]
		if t.direct {
			*(*unsafe.Pointer)(unsafe.Add(callee.base, recv.off)) = w.data
		} else {
			recv.typ.move(unsafe.Add(callee.base, recv.off), w.data)
		}
		for i := range args {
			p := &t.f.params[i+1]
			p.typ.move(unsafe.Add(callee.base, p.off), args[i].in(fr))
		}
		callee.ret = nil
		if dst.typ != nil {
			callee.ret = dst.in(fr)
		}
		callee.calledBy = fr.pass
		if t.f.wrapper {
			callee.pass = fr.pass
		}
		callee.call()
	}
}

// compiledMethod returns how to find the method on values of compiled types.
func (tr *translator) compiledMethod(m *types.Func, x operand) func(*frame) reflect.Value {
	name := m.Name()
	if tr.name != nil && m.Pkg() != nil && tr.user[m.Pkg()] {
		name = tr.name(name)
	}
	for i := range x.typ.NumMethod() {
		if x.typ.Method(i).Name == name {
			return func(fr *frame) reflect.Value { return x.typ.value(x.in(fr)).Method(i) }
		}
	}
	tr.refuse(tr.pos, "the method %s of %s", m.Name(), x.typ)
	return nil
}

// recorded translates a call that is made later: the returned function
// evaluates the function and its arguments.
func (tr *translator) recorded(c *ssa.CallCommon) func(*frame) record {
	later := &translator{Program: tr.Program, f: tr.f, fn: tr.fn, at: map[ssa.Value]int{}}
	type move struct {
		src operand
		off int
	}
	var moves []move
	add := func(v ssa.Value) {
		if _, ok := tr.at[v]; !ok {
			return // it does not change
		}
		if _, ok := later.at[v]; ok {
			return
		}
		src := tr.operand(v)
		moves = append(moves, move{src, len(later.fields)})
		later.reserve(v, src.typ)
	}
	add(c.Value)
	for _, a := range c.Args {
		add(a)
	}
	result, _ := tr.resultTyp(c.Signature().Results())
	at := len(later.fields)
	if result != nil {
		later.fields = append(later.fields, reflect.StructField{Name: "F" + strconv.Itoa(at), Type: result.Type})
	}
	memory := newTyp(reflect.StructOf(later.fields))
	later.frame = memory
	var dst operand
	if result != nil {
		dst = operand{off: memory.Field(at).Offset, typ: result}
	}
	run := later.call(c, dst)
	var nilCheck func(*frame)
	if c.IsInvoke() { // a nil interface fails at once
		x := tr.operand(c.Value)
		nilCheck = func(fr *frame) {
			if (*words)(x.in(fr)).typ == nil {
				nilDereference()
			}
		}
	}
	offs := make([]uintptr, len(moves))
	for i, m := range moves {
		offs[i] = memory.Field(m.off).Offset
	}
	return func(fr *frame) record {
		if nilCheck != nil {
			nilCheck(fr)
		}
		r := record{base: memory.new(), run: run}
		for i := range moves {
			src := &moves[i].src
			src.typ.move(unsafe.Add(r.base, offs[i]), src.in(fr))
		}
		return r
	}
}

func (tr *translator) goes(instr *ssa.Go) op {
	prepare := tr.recorded(&instr.Call)
	var f operand
	checked := false
	if !instr.Call.IsInvoke() {
		switch instr.Call.Value.(type) {
		case *ssa.Builtin, *ssa.Function:
		default:
			f, checked = tr.operand(instr.Call.Value), true
		}
	}
	return func(fr *frame) {
		if checked && *(*unsafe.Pointer)(f.in(fr)) == nil {
			nilDereference()
		}
		r := prepare(fr)
		go tr.start(r, fr.fn)
	}
}

func (tr *translator) defers(instr *ssa.Defer) op {
	if fn := instr.Call.StaticCallee(); fn != nil && fn.Object() != nil && strings.HasPrefix(fn.String(), "(reflect.Value).Call") {
		tr.refuse(instr.Pos(), "a deferred call by reflection") // in which recover would find no panic
	}
	prepare := tr.recorded(&instr.Call)
	tr.f.defers = true
	if instr.DeferStack != nil {
		stack := tr.operand(instr.DeferStack)
		return func(fr *frame) {
			d := at[*deferred](&stack, fr)
			d.calls = append(d.calls, prepare(fr))
		}
	}
	return func(fr *frame) { fr.defers.calls = append(fr.defers.calls, prepare(fr)) }
}

func (tr *translator) makeClosure(instr *ssa.MakeClosure) op {
	dst := tr.dst(instr)
	fn := instr.Fn.(*ssa.Function)
	f := tr.function(fn)
	var bindings []operand
	for _, b := range instr.Bindings {
		bindings = append(bindings, tr.operand(b))
	}
	return func(fr *frame) {
		free := f.hold.new()
		for i := range bindings {
			bindings[i].typ.move(unsafe.Add(free, f.held[i]), bindings[i].in(fr))
		}
		set(&dst, fr, newClosure(f, dst.typ.Type, free))
	}
}

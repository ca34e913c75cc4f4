package ssainterp

import (
	"go/constant"
	"go/token"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// position returns where an instruction fails: the select statement of one channel
// is an operation on it, and a range over a function calls it where its body is made.
func position(instr ssa.Instruction) token.Pos {
	switch instr := instr.(type) {
	case *ssa.Select:
		if len(instr.States) == 1 {
			return instr.States[0].Pos
		}
	case *ssa.MakeClosure:
		if fn := instr.Fn.(*ssa.Function); isRangeFuncBody(fn) {
			return fn.Pos()
		}
	}
	return instr.Pos()
}

// block translates a basic block.
func (tr *translator) block(b *ssa.BasicBlock) block {
	var out block
	last := len(b.Instrs) - 1
	for i, instr := range b.Instrs {
		if pos := position(instr); pos.IsValid() {
			tr.pos = pos
		}
		if i == last {
			out.next = tr.next(b, instr)
			out.pos = append(out.pos, tr.pos)
			break
		}
		if o := tr.instruction(instr); o != nil {
			out.ops = append(out.ops, o)
			out.pos = append(out.pos, tr.pos)
		}
	}
	return out
}

// next translates the end of a block.
func (tr *translator) next(b *ssa.BasicBlock, instr ssa.Instruction) func(*frame) int {
	switch instr := instr.(type) {
	case *ssa.Jump:
		return tr.edge(b, b.Succs[0])
	case *ssa.If:
		return tr.branch(tr.operand(instr.Cond), tr.edge(b, b.Succs[0]), tr.edge(b, b.Succs[1]), b)
	case *ssa.Return:
		return tr.returns(instr)
	case *ssa.Panic:
		if fail := tr.rangeFuncPanic(instr); fail != nil {
			return fail
		}
		x := tr.operand(instr.X)
		return func(fr *frame) int { panic(*(*any)(x.in(fr))) }
	}
	tr.refuse(instr.Pos(), "%T", instr)
	return nil
}

// rangeFuncPanic translates the panics that package ssa adds to a range over a
// function, in the words of the run time; it is nil for other panics.
func (tr *translator) rangeFuncPanic(instr *ssa.Panic) func(*frame) int {
	made, ok := instr.X.(*ssa.MakeInterface)
	if !ok || instr.Pos().IsValid() {
		return nil
	}
	text, ok := made.X.(*ssa.Const)
	if !ok {
		return nil
	}
	if constant.StringVal(text.Value) == "iterator call did not preserve panic" {
		return func(*frame) int {
			panic(runtimeError("range function recovered a loop body panic and did not resume panicking"))
		}
	}
	check, ok := tr.fn.Blocks[0].Instrs[len(tr.fn.Blocks[0].Instrs)-1].(*ssa.If)
	if !ok || !isRangeFuncBody(tr.fn) {
		return nil
	}
	tr.pos = tr.fn.Pos()
	state := tr.operand(check.Cond.(*ssa.BinOp).X)
	return func(fr *frame) int {
		after := "function for loop body returned false"
		switch at[int](&state, fr) {
		case -1:
			after = "loop body panic"
		case -2:
			after = "whole loop exit"
		}
		panic(runtimeError("range function continued iteration after " + after))
	}
}

// isRangeFuncBody reports whether fn is the body of a range over a function.
func isRangeFuncBody(fn *ssa.Function) bool { return fn.Synthetic == "range-over-func yield" }

func (tr *translator) branch(cond operand, yes, no func(*frame) int, b *ssa.BasicBlock) func(*frame) int {
	y, n := b.Succs[0], b.Succs[1]
	if !hasPhi(y) && !hasPhi(n) {
		yi, ni := y.Index, n.Index
		return func(fr *frame) int {
			if *(*bool)(cond.in(fr)) {
				return yi
			}
			return ni
		}
	}
	return func(fr *frame) int {
		if *(*bool)(cond.in(fr)) {
			return yes(fr)
		}
		return no(fr)
	}
}

func hasPhi(b *ssa.BasicBlock) bool {
	_, ok := b.Instrs[0].(*ssa.Phi)
	return ok
}

// edge goes to a block and sets its phis, all at once.
func (tr *translator) edge(from, to *ssa.BasicBlock) func(*frame) int {
	type move struct{ dst, src operand }
	var moves []move
	clash := false
	for _, instr := range to.Instrs {
		phi, ok := instr.(*ssa.Phi)
		if !ok {
			break
		}
		for i, pred := range to.Preds {
			if pred == from {
				m := move{tr.dst(phi), tr.operand(phi.Edges[i])}
				for _, before := range moves {
					clash = clash || m.src.ptr == nil && before.dst.off == m.src.off
				}
				moves = append(moves, m)
				break
			}
		}
	}
	target := to.Index
	switch {
	case len(moves) == 0:
		return func(*frame) int { return target }
	case len(moves) == 1:
		m := moves[0]
		return func(fr *frame) int {
			m.dst.typ.move(m.dst.in(fr), m.src.in(fr))
			return target
		}
	case !clash:
		return func(fr *frame) int {
			for i := range moves {
				m := &moves[i]
				m.dst.typ.move(m.dst.in(fr), m.src.in(fr))
			}
			return target
		}
	}
	return func(fr *frame) int {
		temps := make([]unsafe.Pointer, len(moves))
		for i := range moves {
			m := &moves[i]
			temps[i] = m.dst.typ.new()
			m.dst.typ.move(temps[i], m.src.in(fr))
		}
		for i := range moves {
			m := &moves[i]
			m.dst.typ.move(m.dst.in(fr), temps[i])
		}
		return target
	}
}

func (tr *translator) returns(instr *ssa.Return) func(*frame) int {
	var srcs []operand
	for _, r := range instr.Results {
		srcs = append(srcs, tr.operand(r))
	}
	places := tr.f.results
	if next := tr.returnsLate(instr, srcs); next != nil {
		return next
	}
	switch len(srcs) {
	case 0:
		return func(*frame) int { return -1 }
	case 1:
		src, t := srcs[0], places[0].typ
		return func(fr *frame) int {
			if fr.ret != nil {
				t.move(fr.ret, src.in(fr))
			}
			return -1
		}
	}
	return func(fr *frame) int {
		if fr.ret != nil {
			for i := range srcs {
				places[i].typ.move(unsafe.Add(fr.ret, places[i].off), srcs[i].in(fr))
			}
		}
		return -1
	}
}

// returnsLate translates the return of a function of which only the bodies of its
// range-over-func loops defer calls. Package ssa drops the instruction that runs
// these (x/tools v0.52.0, lift.go).
func (tr *translator) returnsLate(instr *ssa.Return, srcs []operand) func(*frame) int {
	lends := false
	for _, b := range tr.fn.Blocks {
		for _, i := range b.Instrs {
			switch i := i.(type) {
			case *ssa.RunDefers:
				return nil
			case *ssa.Call:
				if b, ok := i.Call.Value.(*ssa.Builtin); ok && b.Name() == "ssa:deferstack" {
					lends = true
				}
			}
		}
	}
	if !lends {
		return nil
	}
	results := tr.fn.Signature.Results()
	variables := make([]*operand, len(srcs)) // pointers to named results, which deferred calls may change
	for i, r := range instr.Results {
		if load, ok := r.(*ssa.UnOp); ok && load.Op == token.MUL && results.At(i).Name() != "" {
			o := tr.operand(load.X)
			variables[i] = &o
		}
	}
	places := tr.f.results
	return func(fr *frame) int {
		fr.runDefers()
		if fr.ret == nil {
			return -1
		}
		for i := range srcs {
			from := srcs[i].in(fr)
			if variables[i] != nil {
				from = *(*unsafe.Pointer)(variables[i].in(fr))
			}
			places[i].typ.move(unsafe.Add(fr.ret, places[i].off), from)
		}
		return -1
	}
}

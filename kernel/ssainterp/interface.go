package ssainterp

import (
	"go/types"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// makeInterface translates the conversion of a concrete value to an interface.
func (tr *translator) makeInterface(instr *ssa.MakeInterface) op {
	x, dst := tr.operand(instr.X), tr.dst(instr)
	word := tr.typeWord(x.typ.Type, dst.typ.Type)
	if word == nil {
		tr.refuse(instr.Pos(), "the conversion of %s to %s", x.typ, dst.typ)
		return nil
	}
	if x.typ.direct() {
		return func(fr *frame) { set(&dst, fr, words{word, *(*unsafe.Pointer)(x.in(fr))}) }
	}
	if x.ptr != nil { // a constant
		return func(fr *frame) { set(&dst, fr, words{word, x.ptr}) }
	}
	return func(fr *frame) {
		p := x.typ.new()
		x.typ.move(p, x.in(fr))
		set(&dst, fr, words{word, p})
	}
}

// typeWord returns the first word of interface values of type inter that hold a
// t, or nil if t does not implement inter.
func (p *Program) typeWord(t, inter reflect.Type) unsafe.Pointer {
	if inter.NumMethod() == 0 {
		return rtypeOf(t)
	}
	if !t.Implements(inter) {
		return nil
	}
	v := reflect.New(inter)
	v.Elem().Set(reflect.Zero(t))
	return (*words)(v.UnsafePointer()).typ
}

// typeWords remembers what typeWord said for the type seen last, of an
// instruction.
type typeWords struct {
	program *Program
	inter   reflect.Type
	last    atomic.Pointer[[2]unsafe.Pointer]
}

// of returns typeWord for a type.
func (w *typeWords) of(rtype unsafe.Pointer) unsafe.Pointer {
	if last := w.last.Load(); last != nil && last[0] == rtype {
		return last[1]
	}
	word := w.program.typeWord(typeOfRtype(rtype), w.inter)
	w.last.Store(&[2]unsafe.Pointer{rtype, word})
	return word
}

func (tr *translator) changeInterface(instr *ssa.ChangeInterface) op {
	x, dst := tr.operand(instr.X), tr.dst(instr)
	hasMethods := x.typ.NumMethod() > 0
	cache := &typeWords{program: tr.Program, inter: dst.typ.Type}
	return func(fr *frame) {
		t := dynamic(x.in(fr), hasMethods)
		if t == nil {
			set(&dst, fr, words{})
			return
		}
		set(&dst, fr, words{cache.of(t), (*words)(x.in(fr)).data})
	}
}

// isMethodValueCheck reports whether package ssa added an assertion so that the
// method value x.M of a nil interface x fails: the closure follows at its place.
func isMethodValueCheck(instr *ssa.TypeAssert) bool {
	if instr.CommaOk || !types.Identical(instr.X.Type(), instr.AssertedType) {
		return false
	}
	rest := instr.Block().Instrs
	rest = rest[slices.Index(rest, ssa.Instruction(instr))+1:]
	i := slices.IndexFunc(rest, func(next ssa.Instruction) bool {
		made, ok := next.(*ssa.MakeClosure)
		return ok && strings.HasPrefix(made.Fn.(*ssa.Function).Synthetic, "bound method")
	})
	return i >= 0 && (rest[i].Pos() == instr.Pos() || !instr.Pos().IsValid())
}

// typeAssert translates x.(T).
func (tr *translator) typeAssert(instr *ssa.TypeAssert) op {
	x, dst := tr.operand(instr.X), tr.dst(instr)
	want := tr.typ(instr.AssertedType)
	hasMethods := x.typ.NumMethod() > 0
	toInterface := types.IsInterface(instr.AssertedType)
	cache := &typeWords{program: tr.Program, inter: want.Type}
	direct := want.direct()
	forMethod := isMethodValueCheck(instr)
	var okAt uintptr
	if instr.CommaOk {
		okAt = dst.typ.Field(1).Offset
	}
	return func(fr *frame) {
		from, to := x.in(fr), dst.in(fr)
		t := dynamic(from, hasMethods)
		data := (*words)(from).data
		ok := t != nil
		if ok && toInterface {
			word := cache.of(t)
			if ok = word != nil; ok {
				*(*any)(to) = *(*any)(unsafe.Pointer(&words{word, data}))
			}
		} else if ok {
			if ok = t == want.rtype; ok && direct {
				*(*unsafe.Pointer)(to) = data
			} else if ok {
				want.move(to, data)
			}
		}
		switch {
		case instr.CommaOk:
			if !ok {
				want.clear(to)
			}
			*(*bool)(unsafe.Add(to, okAt)) = ok
		case !ok && forMethod:
			nilDereference()
		case !ok:
			var concrete reflect.Type
			if t != nil {
				concrete = typeOfRtype(t)
			}
			PanicTypeAssertion(x.typ.Type, concrete, want.Type)
		}
	}
}

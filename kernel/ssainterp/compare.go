package ssainterp

import (
	"go/token"
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// binary translates an operator with two operands.
func (tr *translator) binary(instr *ssa.BinOp) op {
	x, y, dst := tr.operand(instr.X), tr.operand(instr.Y), tr.dst(instr)
	if o := arithmetic(instr.Op, x.typ.Kind(), x, y, dst); o != nil {
		return o
	}
	equal := tr.equal(instr, x, y)
	switch {
	case equal == nil:
		tr.refuse(instr.Pos(), "the operator %s on %s", instr.Op, x.typ)
		return nil
	case instr.Op == token.EQL:
		return func(fr *frame) { set(&dst, fr, equal(fr)) }
	case instr.Op == token.NEQ:
		return func(fr *frame) { set(&dst, fr, !equal(fr)) }
	}
	tr.refuse(instr.Pos(), "the operator %s on %s", instr.Op, x.typ)
	return nil
}

// equal returns the comparison of values that are not numbers or strings.
func (tr *translator) equal(instr *ssa.BinOp, x, y operand) func(*frame) bool {
	switch x.typ.Kind() {
	case reflect.Bool:
		return func(fr *frame) bool { return at[bool](&x, fr) == at[bool](&y, fr) }
	case reflect.Pointer, reflect.UnsafePointer, reflect.Chan, reflect.Map, reflect.Func:
		return func(fr *frame) bool { return at[unsafe.Pointer](&x, fr) == at[unsafe.Pointer](&y, fr) }
	case reflect.Slice: // with nil
		return func(fr *frame) bool { return at[unsafe.Pointer](&x, fr) == at[unsafe.Pointer](&y, fr) }
	case reflect.Interface:
		return func(fr *frame) bool { return eface(&x, fr) == eface(&y, fr) }
	case reflect.Struct, reflect.Array:
		if types.IsInterface(instr.Y.Type()) {
			return nil
		}
		return func(fr *frame) bool { return x.typ.eface(x.in(fr)) == x.typ.eface(y.in(fr)) }
	}
	return nil
}

// eface returns the value of an interface operand as an any.
func eface(o *operand, fr *frame) any {
	w := *(*words)(o.in(fr))
	if o.typ.NumMethod() > 0 && w.typ != nil {
		w.typ = (*itab)(w.typ).typ
	}
	return *(*any)(unsafe.Pointer(&w))
}

// eface returns the value at p as an any that must not outlive it.
func (t *typ) eface(p unsafe.Pointer) any {
	w := words{t.rtype, p}
	if t.direct() {
		w.data = *(*unsafe.Pointer)(p)
	}
	return *(*any)(unsafe.Pointer(&w))
}

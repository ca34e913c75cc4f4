package ssainterp

import (
	"go/token"
	"reflect"
	"unsafe"
)

type integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}

type float interface{ ~float32 | ~float64 }

type complexes interface{ ~complex64 | ~complex128 }

// at returns the value of an operand.
func at[T any](o *operand, fr *frame) T { return *(*T)(o.in(fr)) }

// set stores the value of an instruction, which is always in the frame.
func set[T any](dst *operand, fr *frame, v T) { *(*T)(unsafe.Add(fr.base, dst.off)) = v }

// arithmetic returns the operation on numbers and strings, or nil.
func arithmetic(o token.Token, kind reflect.Kind, x, y, dst operand) op {
	switch kind {
	case reflect.Int:
		return integers[int](o, x, y, dst)
	case reflect.Int8:
		return integers[int8](o, x, y, dst)
	case reflect.Int16:
		return integers[int16](o, x, y, dst)
	case reflect.Int32:
		return integers[int32](o, x, y, dst)
	case reflect.Int64:
		return integers[int64](o, x, y, dst)
	case reflect.Uint:
		return integers[uint](o, x, y, dst)
	case reflect.Uint8:
		return integers[uint8](o, x, y, dst)
	case reflect.Uint16:
		return integers[uint16](o, x, y, dst)
	case reflect.Uint32:
		return integers[uint32](o, x, y, dst)
	case reflect.Uint64:
		return integers[uint64](o, x, y, dst)
	case reflect.Uintptr:
		return integers[uintptr](o, x, y, dst)
	case reflect.Float32:
		return floats[float32](o, x, y, dst)
	case reflect.Float64:
		return floats[float64](o, x, y, dst)
	case reflect.Complex64:
		return complexNumbers[complex64](o, x, y, dst)
	case reflect.Complex128:
		return complexNumbers[complex128](o, x, y, dst)
	case reflect.String:
		return texts(o, x, y, dst)
	}
	return nil
}

func integers[T integer](o token.Token, x, y, dst operand) op {
	switch o {
	case token.ADD:
		if y.ptr != nil && x.ptr == nil {
			c := *(*T)(y.ptr)
			return func(fr *frame) { set(&dst, fr, *(*T)(unsafe.Add(fr.base, x.off))+c) }
		}
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr)+at[T](&y, fr)) }
	case token.SUB:
		if y.ptr != nil && x.ptr == nil {
			c := *(*T)(y.ptr)
			return func(fr *frame) { set(&dst, fr, *(*T)(unsafe.Add(fr.base, x.off))-c) }
		}
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr)-at[T](&y, fr)) }
	case token.MUL:
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr)*at[T](&y, fr)) }
	case token.QUO:
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr)/at[T](&y, fr)) }
	case token.REM:
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr)%at[T](&y, fr)) }
	case token.AND:
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr)&at[T](&y, fr)) }
	case token.OR:
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr)|at[T](&y, fr)) }
	case token.XOR:
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr)^at[T](&y, fr)) }
	case token.AND_NOT:
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr)&^at[T](&y, fr)) }
	case token.SHL:
		count := shiftCount(y)
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr)<<count(fr)) }
	case token.SHR:
		count := shiftCount(y)
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr)>>count(fr)) }
	}
	return ordered[T](o, x, y, dst)
}

type orderable interface{ integer | float | ~string }

func ordered[T orderable](o token.Token, x, y, dst operand) op {
	constant := y.ptr != nil && x.ptr == nil
	var c T
	if constant {
		c = *(*T)(y.ptr)
	}
	switch o {
	case token.EQL:
		if constant {
			return func(fr *frame) { set(&dst, fr, *(*T)(unsafe.Add(fr.base, x.off)) == c) }
		}
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr) == at[T](&y, fr)) }
	case token.NEQ:
		if constant {
			return func(fr *frame) { set(&dst, fr, *(*T)(unsafe.Add(fr.base, x.off)) != c) }
		}
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr) != at[T](&y, fr)) }
	case token.LSS:
		if constant {
			return func(fr *frame) { set(&dst, fr, *(*T)(unsafe.Add(fr.base, x.off)) < c) }
		}
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr) < at[T](&y, fr)) }
	case token.LEQ:
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr) <= at[T](&y, fr)) }
	case token.GTR:
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr) > at[T](&y, fr)) }
	case token.GEQ:
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr) >= at[T](&y, fr)) }
	}
	return nil
}

func floats[T float](o token.Token, x, y, dst operand) op {
	switch o {
	case token.ADD:
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr)+at[T](&y, fr)) }
	case token.SUB:
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr)-at[T](&y, fr)) }
	case token.MUL:
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr)*at[T](&y, fr)) }
	case token.QUO:
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr)/at[T](&y, fr)) }
	}
	return ordered[T](o, x, y, dst)
}

func complexNumbers[T complexes](o token.Token, x, y, dst operand) op {
	switch o {
	case token.ADD:
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr)+at[T](&y, fr)) }
	case token.SUB:
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr)-at[T](&y, fr)) }
	case token.MUL:
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr)*at[T](&y, fr)) }
	case token.QUO:
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr)/at[T](&y, fr)) }
	case token.EQL:
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr) == at[T](&y, fr)) }
	case token.NEQ:
		return func(fr *frame) { set(&dst, fr, at[T](&x, fr) != at[T](&y, fr)) }
	}
	return nil
}

func texts(o token.Token, x, y, dst operand) op {
	if o == token.ADD {
		return func(fr *frame) { set(&dst, fr, at[string](&x, fr)+at[string](&y, fr)) }
	}
	return ordered[string](o, x, y, dst)
}

// shiftCount returns how to read the count of a shift; a negative one panics.
func shiftCount(y operand) func(*frame) uint64 {
	signed := func(n int64) uint64 {
		if n < 0 {
			one := 1
			_ = one << n // panics
		}
		return uint64(n)
	}
	read := readInt(y.typ.Kind())
	switch y.typ.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(fr *frame) uint64 { return signed(read(y.in(fr))) }
	}
	return func(fr *frame) uint64 { return uint64(read(y.in(fr))) }
}

// readInt returns how to read an integer of the kind; large unsigned ones come
// out negative.
func readInt(kind reflect.Kind) func(unsafe.Pointer) int64 {
	switch kind {
	case reflect.Int8:
		return func(p unsafe.Pointer) int64 { return int64(*(*int8)(p)) }
	case reflect.Int16:
		return func(p unsafe.Pointer) int64 { return int64(*(*int16)(p)) }
	case reflect.Int32:
		return func(p unsafe.Pointer) int64 { return int64(*(*int32)(p)) }
	case reflect.Uint8:
		return func(p unsafe.Pointer) int64 { return int64(*(*uint8)(p)) }
	case reflect.Uint16:
		return func(p unsafe.Pointer) int64 { return int64(*(*uint16)(p)) }
	case reflect.Uint32:
		return func(p unsafe.Pointer) int64 { return int64(*(*uint32)(p)) }
	}
	return func(p unsafe.Pointer) int64 { return *(*int64)(p) } // int, uint and uintptr have 64 bits where stubs exist
}

// negate returns the operation -x.
func negate(x, dst operand) op {
	switch x.typ.Kind() {
	case reflect.Float32:
		return func(fr *frame) { set(&dst, fr, -at[float32](&x, fr)) }
	case reflect.Float64:
		return func(fr *frame) { set(&dst, fr, -at[float64](&x, fr)) }
	case reflect.Complex64:
		return func(fr *frame) { set(&dst, fr, -at[complex64](&x, fr)) }
	case reflect.Complex128:
		return func(fr *frame) { set(&dst, fr, -at[complex128](&x, fr)) }
	}
	return bits(x, dst, func(v uint64) uint64 { return -v })
}

// complement returns the operation ^x.
func complement(x, dst operand) op { return bits(x, dst, func(v uint64) uint64 { return ^v }) }

// bits returns an operation on integers whose low bits do not depend on the
// high ones.
func bits(x, dst operand, f func(uint64) uint64) op {
	switch x.typ.size {
	case 1:
		return func(fr *frame) { set(&dst, fr, uint8(f(uint64(at[uint8](&x, fr))))) }
	case 2:
		return func(fr *frame) { set(&dst, fr, uint16(f(uint64(at[uint16](&x, fr))))) }
	case 4:
		return func(fr *frame) { set(&dst, fr, uint32(f(uint64(at[uint32](&x, fr))))) }
	}
	return func(fr *frame) { set(&dst, fr, f(at[uint64](&x, fr))) }
}

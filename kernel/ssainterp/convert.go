package ssainterp

import (
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// convert translates a conversion that changes the value.
func (tr *translator) convert(instr ssa.Value, from ssa.Value) op {
	x, dst := tr.operand(from), tr.dst(instr)
	switch kx, kd := x.typ.Kind(), dst.typ.Kind(); {
	case kx == reflect.UnsafePointer && isInteger(kd) || isInteger(kx) && kd == reflect.UnsafePointer:
		if obj := tr.fn.Object(); obj == nil || tr.importer.sources[obj.Pkg()] == nil {
			tr.refuse(instr.Pos(), "pointers as numbers")
			return nil
		}
		return func(fr *frame) { dst.typ.move(dst.in(fr), x.in(fr)) }
	case kx == reflect.UnsafePointer || kd == reflect.UnsafePointer:
		return func(fr *frame) { set(&dst, fr, at[unsafe.Pointer](&x, fr)) }
	case isInteger(kx) && isInteger(kd):
		read, write := readInt(kx), writeInt(kd)
		return func(fr *frame) { write(dst.in(fr), read(x.in(fr))) }
	case isFloat(kx) && isFloat(kd):
		if kx == kd {
			return func(fr *frame) { dst.typ.move(dst.in(fr), x.in(fr)) }
		}
		if kx == reflect.Float32 {
			return func(fr *frame) { set(&dst, fr, float64(at[float32](&x, fr))) }
		}
		return func(fr *frame) { set(&dst, fr, float32(at[float64](&x, fr))) }
	case isInteger(kx) && isFloat(kd):
		return intToFloat(x, dst)
	case isFloat(kx) && isInteger(kd):
		return floatToInt(x, dst)
	case isInteger(kx) && kd == reflect.String:
		read := readInt(kx)
		return func(fr *frame) {
			n := read(x.in(fr))
			if n != int64(rune(n)) {
				n = -1
			}
			set(&dst, fr, string(rune(n)))
		}
	}
	if o := convertText(x, dst); o != nil {
		return o
	}
	if !x.typ.ConvertibleTo(dst.typ.Type) {
		tr.refuse(instr.Pos(), "the conversion of %s to %s", x.typ, dst.typ)
		return nil
	}
	return func(fr *frame) {
		dst.typ.value(dst.in(fr)).Set(x.typ.value(x.in(fr)).Convert(dst.typ.Type))
	}
}

// convertText translates conversions between strings and slices of bytes or runes,
// whatever the names of these types; nil for others.
func convertText(x, dst operand) op {
	switch kx, kd := x.typ.Kind(), dst.typ.Kind(); {
	case kx == reflect.String && kd == reflect.String:
		return func(fr *frame) { set(&dst, fr, at[string](&x, fr)) }
	case kx == reflect.String && kd == reflect.Slice && dst.typ.Elem().Kind() == reflect.Uint8:
		return func(fr *frame) { set(&dst, fr, []byte(at[string](&x, fr))) }
	case kx == reflect.String && kd == reflect.Slice && dst.typ.Elem().Kind() == reflect.Int32:
		return func(fr *frame) { set(&dst, fr, []rune(at[string](&x, fr))) }
	case kd == reflect.String && kx == reflect.Slice && x.typ.Elem().Kind() == reflect.Uint8:
		return func(fr *frame) { set(&dst, fr, string(at[[]byte](&x, fr))) }
	case kd == reflect.String && kx == reflect.Slice && x.typ.Elem().Kind() == reflect.Int32:
		return func(fr *frame) { set(&dst, fr, string(at[[]rune](&x, fr))) }
	}
	return nil
}

func isInteger(k reflect.Kind) bool { return k >= reflect.Int && k <= reflect.Uintptr }

func isFloat(k reflect.Kind) bool { return k == reflect.Float32 || k == reflect.Float64 }

// writeInt returns how to store the low bits of an integer.
func writeInt(kind reflect.Kind) func(unsafe.Pointer, int64) {
	switch kind {
	case reflect.Int8, reflect.Uint8:
		return func(p unsafe.Pointer, n int64) { *(*int8)(p) = int8(n) }
	case reflect.Int16, reflect.Uint16:
		return func(p unsafe.Pointer, n int64) { *(*int16)(p) = int16(n) }
	case reflect.Int32, reflect.Uint32:
		return func(p unsafe.Pointer, n int64) { *(*int32)(p) = int32(n) }
	}
	return func(p unsafe.Pointer, n int64) { *(*int64)(p) = n }
}

func intToFloat(x, dst operand) op {
	read := readInt(x.typ.Kind())
	large := x.typ.Kind() == reflect.Uint64 || x.typ.Kind() == reflect.Uint || x.typ.Kind() == reflect.Uintptr
	switch single := dst.typ.Kind() == reflect.Float32; {
	case single && large:
		return func(fr *frame) { set(&dst, fr, float32(uint64(read(x.in(fr))))) }
	case single:
		return func(fr *frame) { set(&dst, fr, float32(read(x.in(fr)))) }
	case large:
		return func(fr *frame) { set(&dst, fr, float64(uint64(read(x.in(fr))))) }
	}
	return func(fr *frame) { set(&dst, fr, float64(read(x.in(fr)))) }
}

func floatToInt(x, dst operand) op {
	read := func(fr *frame) float64 { return at[float64](&x, fr) }
	if x.typ.Kind() == reflect.Float32 {
		read = func(fr *frame) float64 { return float64(at[float32](&x, fr)) }
	}
	switch dst.typ.Kind() {
	case reflect.Int8:
		return func(fr *frame) { set(&dst, fr, int8(read(fr))) }
	case reflect.Int16:
		return func(fr *frame) { set(&dst, fr, int16(read(fr))) }
	case reflect.Int32:
		return func(fr *frame) { set(&dst, fr, int32(read(fr))) }
	case reflect.Int, reflect.Int64:
		return func(fr *frame) { set(&dst, fr, int64(read(fr))) }
	case reflect.Uint8:
		return func(fr *frame) { set(&dst, fr, uint8(read(fr))) }
	case reflect.Uint16:
		return func(fr *frame) { set(&dst, fr, uint16(read(fr))) }
	case reflect.Uint32:
		return func(fr *frame) { set(&dst, fr, uint32(read(fr))) }
	}
	return func(fr *frame) { set(&dst, fr, uint64(read(fr))) }
}

// sliceToArray translates the conversion of a slice to a pointer to an array.
func (tr *translator) sliceToArray(instr *ssa.SliceToArrayPointer) op {
	x, dst := tr.operand(instr.X), tr.dst(instr)
	return func(fr *frame) {
		dst.typ.value(dst.in(fr)).Set(arrayPointer(x.typ.value(x.in(fr)), dst.typ))
	}
}

// arrayPointer converts a slice; where it is too short, compiled Go's own
// conversion fails.
func arrayPointer(s reflect.Value, t *typ) reflect.Value {
	if n := t.Elem().Len(); s.Len() < n {
		panicSliceConvert(s.Len(), n)
	}
	return s.Convert(t.Type)
}

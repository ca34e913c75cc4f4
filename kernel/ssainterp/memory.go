package ssainterp

import (
	"reflect"
	"unsafe"
)

// typ is a type as the interpreter's memory has it.
type typ struct {
	reflect.Type
	rtype unsafe.Pointer // its descriptor
	size  uintptr
	copy  copying
}

// copying is how values of a type are copied: the cheap way for most, with
// the write barriers of the collector.
type copying uint8

const (
	copyTyped copying = iota
	copyNothing
	copy8
	copy16
	copy32
	copy64
	copyPointer
	copyString
	copySlice
	copyInterface
)

func newTyp(t reflect.Type) *typ {
	r := &typ{Type: t, rtype: rtypeOf(t), size: t.Size()}
	switch t.Kind() {
	case reflect.Bool, reflect.Int8, reflect.Uint8:
		r.copy = copy8
	case reflect.Int16, reflect.Uint16:
		r.copy = copy16
	case reflect.Int32, reflect.Uint32, reflect.Float32:
		r.copy = copy32
	case reflect.Int, reflect.Uint, reflect.Int64, reflect.Uint64, reflect.Float64, reflect.Uintptr:
		r.copy = copy64
	case reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func:
		r.copy = copyPointer
	case reflect.String:
		r.copy = copyString
	case reflect.Slice:
		r.copy = copySlice
	case reflect.Interface:
		r.copy = copyInterface
	default:
		if r.size == 0 {
			r.copy = copyNothing
		}
	}
	return r
}

func (t *typ) move(dst, src unsafe.Pointer) {
	switch t.copy {
	case copy64:
		*(*uint64)(dst) = *(*uint64)(src)
	case copyPointer:
		*(*unsafe.Pointer)(dst) = *(*unsafe.Pointer)(src)
	case copyString:
		*(*string)(dst) = *(*string)(src)
	case copySlice:
		*(*[]byte)(dst) = *(*[]byte)(src)
	case copyInterface:
		*(*any)(dst) = *(*any)(src)
	case copy8:
		*(*uint8)(dst) = *(*uint8)(src)
	case copy16:
		*(*uint16)(dst) = *(*uint16)(src)
	case copy32:
		*(*uint32)(dst) = *(*uint32)(src)
	case copyNothing:
	default:
		typedmemmove(t.rtype, dst, src)
	}
}

func (t *typ) clear(p unsafe.Pointer) { typedmemclr(t.rtype, p) }

// new returns zeroed memory for a value.
func (t *typ) new() unsafe.Pointer { return unsafeNew(t.rtype) }

// value returns the value at p, settable.
func (t *typ) value(p unsafe.Pointer) reflect.Value { return reflect.NewAt(t.Type, p).Elem() }

// direct reports whether interfaces hold a value itself and not a pointer to it.
func (t *typ) direct() bool { return isDirect(t.rtype) }

func isDirect(rtype unsafe.Pointer) bool {
	const flagDirectIface = 1 << 5 // internal/abi.TFlagDirectIface
	return (*struct {
		size, ptrBytes uintptr
		hash           uint32
		tflag          uint8
	})(rtype).tflag&flagDirectIface != 0
}

// words is an interface value.
type words struct{ typ, data unsafe.Pointer }

// itab is the first word of a value of an interface with methods.
type itab struct{ inter, typ unsafe.Pointer }

// slice is a slice value.
type slice struct {
	data     unsafe.Pointer
	len, cap int
}

func rtypeOf(t reflect.Type) unsafe.Pointer { return (*words)(unsafe.Pointer(&t)).data }

func typeOfRtype(rtype unsafe.Pointer) reflect.Type {
	w := words{typ: rtype}
	return reflect.TypeOf(*(*any)(unsafe.Pointer(&w)))
}

// dynamic returns the type word of the interface value at p; hasMethods says
// whether it is of an interface with methods.
func dynamic(p unsafe.Pointer, hasMethods bool) unsafe.Pointer {
	t := (*words)(p).typ
	if hasMethods && t != nil {
		return (*itab)(t).typ
	}
	return t
}

//go:linkname unsafeNew reflect.unsafe_New
func unsafeNew(rtype unsafe.Pointer) unsafe.Pointer

//go:linkname unsafeNewArray reflect.unsafe_NewArray
func unsafeNewArray(rtype unsafe.Pointer, n int) unsafe.Pointer

//go:linkname typedmemmove reflect.typedmemmove
func typedmemmove(rtype, dst, src unsafe.Pointer)

//go:linkname typedmemclr reflect.typedmemclr
func typedmemclr(rtype, p unsafe.Pointer)

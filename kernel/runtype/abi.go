package runtype

import (
	"reflect"
	"runtime"
	"strings"
	"unsafe"
)

// release is the Go release whose descriptors this package writes.
const release = "go1.26"

// supported reports whether the program was built with that release.
func supported() bool {
	v := runtime.Version()
	return v == release || strings.HasPrefix(v, release+".") || strings.HasPrefix(v, release+"-") || strings.HasPrefix(v, release+" ")
}

// The descriptors below are those of internal/abi, type.go.

type abiType struct {
	size, ptrBytes uintptr
	hash           uint32
	tflag          uint8
	align          uint8
	fieldAlign     uint8
	kind           uint8
	equal          func(unsafe.Pointer, unsafe.Pointer) bool
	gcData         *byte
	str            int32
	ptrToThis      int32
}

const (
	flagUncommon      = 1 << 0
	flagExtraStar     = 1 << 1
	flagNamed         = 1 << 2
	flagRegularMemory = 1 << 3
	flagDirectIface   = 1 << 5
)

type uncommonType struct {
	pkgPath int32
	mcount  uint16
	xcount  uint16
	moff    uint32
	_       uint32
}

type method struct{ name, mtyp, ifn, tfn int32 }

type ptrType struct {
	abiType
	elem *abiType
}

type sliceType struct {
	abiType
	elem *abiType
}

type arrayType struct {
	abiType
	elem, slice *abiType
	len         uintptr
}

type chanType struct {
	abiType
	elem *abiType
	dir  int
}

type funcType struct {
	abiType
	inCount, outCount uint16
}

type mapType struct {
	abiType
	key, elem, group             *abiType
	hasher                       func(unsafe.Pointer, uintptr) uintptr
	groupSize, slotSize, elemOff uintptr
	flags                        uint32
}

type interfaceType struct {
	abiType
	pkgPath *byte
	methods []imethod
}

type imethod struct{ name, typ int32 }

type structType struct {
	abiType
	pkgPath *byte
	fields  []structField
}

type structField struct {
	name   *byte
	typ    *abiType
	offset uintptr
}

//go:linkname addReflectOff reflect.addReflectOff
//go:noescape
func addReflectOff(ptr unsafe.Pointer) int32

func init() {
	addReflectOff(unsafe.Pointer(&kept)) // the first one gets -1, which stands for a method that was not linked
}

// kept has what the run time holds only in places where the garbage collector
// does not look.
var kept []any

// descriptor returns the descriptor of t.
func descriptor(t reflect.Type) *abiType {
	return (*abiType)((*[2]unsafe.Pointer)(unsafe.Pointer(&t))[1])
}

// typeOf returns the type of a descriptor.
func typeOf(d *abiType) reflect.Type {
	// A nil value of the type, in an interface, as reflect.TypeOf takes it.
	words := [2]unsafe.Pointer{unsafe.Pointer(d), nil}
	return reflect.TypeOf(*(*any)(unsafe.Pointer(&words)))
}

func typeOff(t reflect.Type) int32 { return addReflectOff(unsafe.Pointer(descriptor(t))) }

// name encodes the name of a type, field or method.
func encodeName(name, tag string, exported, embedded bool) *byte {
	var bits byte
	if exported {
		bits |= 1 << 0
	}
	if tag != "" {
		bits |= 1 << 1
	}
	if embedded {
		bits |= 1 << 3
	}
	b := appendString([]byte{bits}, name)
	if tag != "" {
		b = appendString(b, tag)
	}
	return &b[0]
}

func appendString(b []byte, s string) []byte {
	n := len(s)
	for n >= 0x80 {
		b = append(b, byte(n)|0x80)
		n >>= 7
	}
	return append(append(b, byte(n)), s...)
}

func nameOff(name string, exported bool) int32 {
	b := encodeName(name, "", exported, false)
	kept = append(kept, b)
	return addReflectOff(unsafe.Pointer(b))
}

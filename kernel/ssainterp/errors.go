package ssainterp

import (
	"fmt"
	"reflect"
	"runtime"
	"unsafe"
)

// runtimeError is a run-time error that only the run time's own code can raise.
type runtimeError string

func (e runtimeError) Error() string { return "runtime error: " + string(e) }

// RuntimeError marks it as a [runtime.Error].
func (runtimeError) RuntimeError() {}

// plainError is such an error whose text stands for itself.
type plainError string

func (e plainError) Error() string { return string(e) }

// RuntimeError marks it as a [runtime.Error].
func (plainError) RuntimeError() {}

func panicSliceConvert(have, want int) {
	panic(runtimeError(fmt.Sprintf("cannot convert slice with length %d to array or pointer to array with length %d", have, want)))
}

// typeAssertionError is runtime.TypeAssertionError, error.go.
type typeAssertionError struct {
	inter, concrete, asserted unsafe.Pointer
	missing                   string
}

// PanicTypeAssertion panics as x.(asserted) does for an x of the interface type
// inter that holds a value of type concrete, or nil.
func PanicTypeAssertion(inter, concrete, asserted reflect.Type) {
	e := new(runtime.TypeAssertionError)
	text := (*typeAssertionError)(unsafe.Pointer(e))
	text.asserted = rtypeOf(asserted)
	if concrete != nil {
		text.concrete = rtypeOf(concrete)
	}
	switch {
	case asserted.Kind() != reflect.Interface:
		text.inter = rtypeOf(inter)
	case concrete != nil:
		text.missing = missingMethod(asserted, concrete)
	}
	panic(e)
}

// missingMethod returns the first method of an interface that a type lacks.
func missingMethod(inter, t reflect.Type) string {
	for i := range inter.NumMethod() {
		name := inter.Method(i).Name
		if m, ok := t.MethodByName(name); !ok || inter.Method(i).PkgPath == "" && m.Type.NumIn() == 0 {
			return name
		}
	}
	return inter.Method(0).Name
}

// panicIndex fails as the index expression does.
func panicIndex(i int64, unsigned bool, n int) {
	s := unsafe.Slice((*struct{})(unsafe.Pointer(&zero)), n)
	if unsigned {
		_ = s[uint64(i)]
	}
	_ = s[i]
}

var zero uintptr

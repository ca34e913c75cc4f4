package worker

import (
	"reflect"
	"runtime"
	"unsafe"

	"github.com/lectern-go/lectern/kernel/lower"
	"github.com/lectern-go/lectern/kernel/ssainterp"
)

// failing returns the functions that fail in Go's words.
func failing() map[string]reflect.Value {
	return map[string]reflect.Value{
		lower.Index:      reflect.ValueOf(index),
		lower.SliceLow:   reflect.ValueOf(sliceLow),
		lower.StringLow:  reflect.ValueOf(stringLow),
		lower.Assert:     reflect.ValueOf(assert),
		lower.Match:      reflect.ValueOf(match),
		lower.PanicValue: reflect.ValueOf(panicValue),
	}
}

// index returns i, which indexes something of the length.
func index(i int64, unsigned bool, length int) int {
	s := make([]struct{}, length)
	if unsigned {
		_ = s[uint64(i)] //nolint:gosec // it has been one
	}
	_ = s[i]
	return int(i)
}

// sliceLow returns the low bound of a slice expression of a slice.
func sliceLow(low, high, maximum, length, capacity int) int {
	s := make([]struct{}, length, capacity)
	if maximum == capacity {
		_ = s[low:high]
	} else {
		_ = s[low:high:maximum]
	}
	return low
}

// stringLow returns the low bound of a slice expression of a string or an array.
func stringLow(low, high, length int) int {
	s := unsafe.String((*byte)(unsafe.Pointer(&noBytes)), length) // of which only the length is looked at
	_ = s[low:high]
	return low
}

var noBytes [1]byte

// assert returns x if it is of the type that want points to, or implements it;
// inter points to the interface type that x has in the source.
func assert(x, inter, want any) any {
	asserted := reflect.TypeOf(want).Elem()
	switch concrete := reflect.TypeOf(x); {
	case concrete == asserted:
	case concrete != nil && asserted.Kind() == reflect.Interface && concrete.Implements(asserted):
	default:
		ssainterp.PanicTypeAssertion(reflect.TypeOf(inter).Elem(), concrete, asserted)
	}
	return x
}

// match returns x if it is of the type that want points to, else nil.
func match(x, want any) any {
	if reflect.TypeOf(x) == reflect.TypeOf(want).Elem() {
		return x
	}
	return nil
}

// panicValue returns what panic panics with when it is given the value, if any.
func panicValue(value ...any) any {
	if len(value) == 0 || value[0] == nil {
		return new(runtime.PanicNilError)
	}
	return value[0]
}

// recovered returns what compiled Go would recover where the interpreter has
// panicked with v. It lets a cell end that is to end.
func recovered(v any) any {
	if code, ok := v.(exit); ok {
		panic(code)
	}
	return goValue(v)
}

// goValue returns what Go would panic with in place of the interpreter's v.
func goValue(v any) any {
	if r, ok := v.(reflect.Value); ok && r.IsValid() && r.CanInterface() {
		return r.Interface()
	}
	var text string
	switch v := v.(type) {
	case string:
		text = v
	case *reflect.ValueError:
		text = v.Error()
	case error:
		if place.MatchString(v.Error()) {
			text = v.Error()
		}
	}
	if words := goWords(text); words != text {
		return runtimeError(words)
	}
	return v
}

// runtimeError is a run-time error of interpreted code.
type runtimeError string

func (e runtimeError) Error() string { return string(e) }

// RuntimeError marks it as a [runtime.Error].
func (runtimeError) RuntimeError() {}

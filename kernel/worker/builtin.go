package worker

import (
	"cmp"
	"reflect"

	"github.com/lectern-go/lectern/kernel/lower"
)

// builtins returns the functions for the builtins that the interpreter lacks.
func builtins() map[string]reflect.Value {
	m := map[string]reflect.Value{
		lower.Clear:      reflect.ValueOf(func(v any) { reflect.ValueOf(v).Clear() }),
		lower.Defers:     reflect.ValueOf(newDefers),
		lower.ShiftCount: reflect.ValueOf(shiftCount),
		lower.Runes:      reflect.ValueOf(runes),
		lower.Print:      reflect.ValueOf(printBasic),
		lower.Println:    reflect.ValueOf(printlnBasic),
	}
	addOrdered[int](m)
	addOrdered[int8](m)
	addOrdered[int16](m)
	addOrdered[int32](m)
	addOrdered[int64](m)
	addOrdered[uint](m)
	addOrdered[uint8](m)
	addOrdered[uint16](m)
	addOrdered[uint32](m)
	addOrdered[uint64](m)
	addOrdered[float32](m)
	addOrdered[float64](m)
	addOrdered[string](m)
	return m
}

// addOrdered adds min and max of a type.
func addOrdered[T cmp.Ordered](m map[string]reflect.Value) {
	name := reflect.TypeFor[T]().Name()
	m[lower.Builtin("min", name)] = reflect.ValueOf(func(x T, ys ...T) T {
		for _, y := range ys {
			x = min(x, y)
		}
		return x
	})
	m[lower.Builtin("max", name)] = reflect.ValueOf(func(x T, ys ...T) T {
		for _, y := range ys {
			x = max(x, y)
		}
		return x
	})
}

// printBasic is the builtin print for values of basic types.
func printBasic(values ...any) {
	for _, value := range values {
		switch v := reflect.ValueOf(value); {
		case v.Kind() == reflect.Bool:
			print(v.Bool())
		case v.Kind() == reflect.String:
			print(v.String())
		case v.CanInt():
			print(v.Int())
		case v.CanUint():
			print(v.Uint())
		case v.Kind() == reflect.Float32:
			print(float32(v.Float()))
		case v.CanFloat():
			print(v.Float())
		case v.Kind() == reflect.Complex64:
			print(complex64(v.Complex()))
		case v.CanComplex():
			print(v.Complex())
		}
	}
}

// printlnBasic is the builtin println for values of basic types.
func printlnBasic(values ...any) {
	for i, value := range values {
		if i > 0 {
			print(" ")
		}
		printBasic(value)
	}
	print("\n")
}

// newDefers returns a function that takes deferred calls and one that runs them,
// the last first; a panic in one does not keep the others from running.
func newDefers() (push func(func()), run func()) {
	var calls []func()
	push = func(f func()) { calls = append(calls, f) }
	run = func() {
		if len(calls) == 0 {
			return
		}
		last := calls[len(calls)-1]
		calls = calls[:len(calls)-1]
		defer run()
		last()
	}
	return push, run
}

// shiftCount checks the count of a shift as the compiled program does.
func shiftCount(n int64) uint {
	if n < 0 {
		one, count := 1, n
		_ = one << count // panics with Go's own error
	}
	return uint(n)
}

// runes decodes a string as range does.
func runes(s string) []lower.RuneAt {
	list := make([]lower.RuneAt, 0, len(s))
	for i, r := range s {
		list = append(list, lower.RuneAt{Pos: i, Rune: r})
	}
	return list
}

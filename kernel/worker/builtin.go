package worker

import (
	"cmp"
	"reflect"

	"github.com/lectern-go/lectern/kernel/lower"
)

// builtins returns the functions for the builtins that the interpreter lacks.
func builtins() map[string]reflect.Value {
	m := map[string]reflect.Value{
		lower.Clear: reflect.ValueOf(func(v any) { reflect.ValueOf(v).Clear() }),
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

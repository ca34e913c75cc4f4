package ssainterp

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"

	"golang.org/x/tools/go/ssa"
)

// instance returns an instance of a generic function of a compiled package, made
// by reflection; it is invalid for functions that are not known here.
func (p *Program) instance(name string, fn *ssa.Function) (v reflect.Value) {
	t := p.typ(fn.Signature).Type
	out := func(values ...any) []reflect.Value {
		list := make([]reflect.Value, len(values))
		for i, v := range values {
			list[i] = reflect.New(t.Out(i)).Elem()
			list[i].Set(reflect.ValueOf(v))
		}
		return list
	}
	var call func([]reflect.Value) []reflect.Value
	switch name {
	case "reflect.TypeFor":
		arg := p.typ(fn.TypeArgs()[0]).Type
		call = func([]reflect.Value) []reflect.Value { return out(arg) }
	case "errors.AsType":
		call = func(args []reflect.Value) []reflect.Value {
			target := reflect.New(t.Out(0))
			err, _ := args[0].Interface().(error)
			ok := errors.As(err, target.Interface())
			return []reflect.Value{target.Elem(), reflect.ValueOf(ok)}
		}
	case "math/rand/v2.N":
		call = func(args []reflect.Value) []reflect.Value { return []reflect.Value{randN(args[0])} }
	case "sync.OnceValue", "sync.OnceValues":
		call = func(args []reflect.Value) []reflect.Value {
			var results []reflect.Value
			once := sync.OnceFunc(func() { results = args[0].Call(nil) })
			return []reflect.Value{reflect.MakeFunc(t.Out(0), func([]reflect.Value) []reflect.Value {
				once()
				return results
			})}
		}
	default:
		return reflect.Value{}
	}
	return reflect.MakeFunc(t, call)
}

// randN is rand.N for an integer of any type.
func randN(n reflect.Value) reflect.Value {
	out := reflect.New(n.Type()).Elem()
	if n.CanInt() {
		if n.Int() <= 0 {
			panic("invalid argument to N")
		}
		out.SetInt(int64(rand.Uint64N(uint64(n.Int()))))
	} else {
		if n.Uint() == 0 {
			panic("invalid argument to N")
		}
		out.SetUint(rand.Uint64N(n.Uint()))
	}
	return out
}

// instanceUsers are the packages of the standard library that have instances of
// generic types, iter.Seq[string] say, among their functions' parameters and results.
var instanceUsers = []string{"bytes", "go/ast", "go/types", "reflect", "strings"}

// learn notes the instances of generic types among the parameters and results of
// a compiled package's functions and methods: those exist.
func (p *Program) learn(table map[string]reflect.Value) {
	note := func(t reflect.Type) {
		if strings.HasSuffix(t.Name(), "]") {
			p.instances[t.PkgPath()+"."+t.Name()] = t
		}
	}
	signature := func(f reflect.Type) {
		for t := range f.Ins() {
			note(t)
		}
		for t := range f.Outs() {
			note(t)
		}
	}
	for _, v := range table {
		t := v.Type()
		switch {
		case t.Kind() == reflect.Func:
			signature(t)
		case t.Kind() == reflect.Pointer && v.IsNil():
			if t.Elem().Kind() == reflect.Interface {
				t = t.Elem()
			}
			for m := range t.Methods() {
				signature(m.Type)
			}
		}
	}
}

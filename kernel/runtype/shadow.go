package runtype

import (
	"go/types"
	"reflect"
	"strconv"
	"unsafe"
)

// shadow returns a type of the layout of t that can be made before the types
// that t points to.
func (ts *Types) shadow(t types.Type) reflect.Type {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if t.Obj().Pkg() == nil || !ts.config.User(t.Obj().Pkg()) {
			return ts.of(t)
		}
		return ts.shadow(t.Underlying())
	case *types.Pointer:
		return reflect.TypeFor[*byte]()
	case *types.Slice:
		return reflect.TypeFor[[]byte]()
	case *types.Map:
		return reflect.TypeFor[map[int]int]()
	case *types.Chan:
		return reflect.TypeFor[chan int]()
	case *types.Signature:
		return reflect.TypeFor[func()]()
	case *types.Interface:
		if t.NumMethods() > 0 {
			return reflect.TypeFor[interface{ M() }]()
		}
		return reflect.TypeFor[any]()
	case *types.Array:
		return reflect.ArrayOf(int(t.Len()), ts.shadow(t.Elem()))
	case *types.Struct:
		fields := make([]reflect.StructField, t.NumFields())
		for i := range fields {
			fields[i] = reflect.StructField{Name: "F" + strconv.Itoa(i), Type: ts.shadow(t.Field(i).Type())}
		}
		return reflect.StructOf(fields)
	}
	return ts.of(t)
}

// equal returns how values of type t are compared if that leaves out fields
// named _, which package reflect would compare.
func (ts *Types) equal(t types.Type) (equal func(p, q unsafe.Pointer) bool, blank bool) {
	if !types.Comparable(t) {
		return nil, false
	}
	if n, ok := types.Unalias(t).(*types.Named); ok && (n.Obj().Pkg() == nil || !ts.config.User(n.Obj().Pkg())) {
		return descriptor(ts.of(t)).equal, false
	}
	switch u := t.Underlying().(type) {
	case *types.Array:
		elem, blank := ts.equal(u.Elem())
		if !blank {
			break
		}
		size := ts.shadow(u.Elem()).Size()
		return func(p, q unsafe.Pointer) bool {
			for i := range uintptr(u.Len()) {
				if !elem(unsafe.Add(p, i*size), unsafe.Add(q, i*size)) {
					return false
				}
			}
			return true
		}, true
	case *types.Struct:
		return ts.equalFields(u)
	}
	return descriptor(ts.shadow(t)).equal, false
}

func (ts *Types) equalFields(t *types.Struct) (func(p, q unsafe.Pointer) bool, bool) {
	type field struct {
		offset uintptr
		equal  func(p, q unsafe.Pointer) bool
	}
	var fields []field
	shadow := ts.shadow(t)
	blank := false
	for i := range t.NumFields() {
		if t.Field(i).Name() == "_" {
			blank = true
			continue
		}
		f, inside := ts.equal(t.Field(i).Type())
		blank = blank || inside
		fields = append(fields, field{shadow.Field(i).Offset, f})
	}
	if !blank {
		return descriptor(shadow).equal, false
	}
	return func(p, q unsafe.Pointer) bool {
		for _, f := range fields {
			if !f.equal(unsafe.Add(p, f.offset), unsafe.Add(q, f.offset)) {
				return false
			}
		}
		return true
	}, true
}

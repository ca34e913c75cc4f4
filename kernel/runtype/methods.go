package runtype

import (
	"go/types"
	"reflect"
	"slices"
)

// methods returns the method set of a type in the order of descriptors. Methods
// that a foreign package hides are not in it.
func (ts *Types) methods(t types.Type) []*types.Selection {
	if types.IsInterface(t) {
		return nil
	}
	var list []*types.Selection
	set := ts.sets.MethodSet(t)
	for i := range set.Len() {
		if f := set.At(i).Obj(); f.Exported() || ts.config.User(f.Pkg()) {
			list = append(list, set.At(i))
		}
	}
	slices.SortFunc(list, func(a, b *types.Selection) int {
		return ts.compare(a.Obj().(*types.Func), b.Obj().(*types.Func))
	})
	return list
}

// fillMethods writes the methods of r into its descriptor.
func (ts *Types) fillMethods(r reflect.Type, set []*types.Selection, uncommon *uncommonType, methods []method) {
	for i, sel := range set {
		name := ts.config.Name(sel.Obj().Name())
		isExported := exported(name)
		call := ts.config.Method(sel)
		sig := ts.of(withoutRecv(sel.Obj().(*types.Func).Signature()))
		m := method{name: nameOff(name, isExported), mtyp: typeOff(sig)}
		m.tfn = ts.stub(sel, r, sig, call)
		m.ifn = m.tfn
		if descriptor(r).tflag&flagDirectIface == 0 { // an interface has a pointer to the value
			m.ifn = ts.stub(sel, reflect.PointerTo(r), sig, func(args []reflect.Value) []reflect.Value {
				args[0] = args[0].Elem()
				return call(args)
			})
		}
		if isExported {
			uncommon.xcount++
		}
		methods[i] = m
	}
	uncommon.mcount = uint16(len(set))
}

// stub returns the code of a function that takes the receiver first.
func (ts *Types) stub(sel *types.Selection, recv, sig reflect.Type, call func([]reflect.Value) []reflect.Value) int32 {
	in := []reflect.Type{recv}
	for p := range sig.Ins() {
		in = append(in, p)
	}
	code := newStub(reflect.MakeFunc(reflect.FuncOf(in, slices.Collect(sig.Outs()), sig.IsVariadic()), call))
	if code == nil {
		ts.unsupported(sel.Recv(), "no room for more methods: there can be %d, on amd64 and arm64", stubLimit)
	}
	return addReflectOff(code)
}

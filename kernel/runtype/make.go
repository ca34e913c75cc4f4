package runtype

import (
	"go/token"
	"go/types"
	"hash/fnv"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unsafe"
)

// pkgPath is the package path of unnamed types.
const pkgPath = "main"

func exported(name string) bool { return token.IsExported(name) }

// declare writes the descriptor of t, a declared type or an unnamed struct or
// interface that package reflect cannot make, and that of *t. While what is inside
// t is made, of t perhaps, t has the fields or elements of its shadow: package
// reflect looks at them for where the pointers are. Methods come last.
func (ts *Types) declare(t types.Type) reflect.Type {
	shadow := descriptor(ts.shadow(t))
	named, isNamed := t.(*types.Named)
	path := pkgPath
	if isNamed {
		path = ts.path(named.Obj().Pkg())
	}
	set := ts.methods(t)
	d, uncommon, methods := newDescriptor(reflect.Kind(shadow.kind), len(set), ts.numParams(t))
	*d = *shadow
	d.tflag &^= flagUncommon | flagExtraStar | flagNamed
	if isNamed {
		d.tflag |= flagNamed
	}
	if equal, blank := ts.equal(t); blank {
		d.equal = equal
		d.tflag &^= flagRegularMemory
	}
	text := ts.text(t)
	ts.serial++
	ts.finish(d, text, path, uncommon, isNamed || len(set) > 0)
	r := typeOf(d)
	ts.made.Set(t, r)
	ts.source[r] = t

	pointer := types.NewPointer(t)
	pointerSet := ts.methods(pointer)
	pd, pointerUncommon, pointerMethods := newDescriptor(reflect.Pointer, len(pointerSet), 0)
	*pd = *descriptor(reflect.TypeFor[*struct{ _ int }]())
	pd.tflag &^= flagUncommon | flagExtraStar | flagNamed
	(*ptrType)(unsafe.Pointer(pd)).elem = d
	ts.finish(pd, "*"+text, path, pointerUncommon, isNamed || len(pointerSet) > 0)
	d.ptrToThis = addReflectOff(unsafe.Pointer(pd))
	pr := typeOf(pd)
	ts.made.Set(pointer, pr)
	ts.source[pr] = pointer

	switch reflect.Kind(d.kind) {
	case reflect.Struct:
		(*structType)(unsafe.Pointer(d)).fields = (*structType)(unsafe.Pointer(shadow)).fields
	case reflect.Array:
		from, to := (*arrayType)(unsafe.Pointer(shadow)), (*arrayType)(unsafe.Pointer(d))
		to.elem, to.slice, to.len = from.elem, from.slice, from.len
	}
	ts.inside(d, t, shadow)
	ts.todo = append(ts.todo, func() {
		ts.fillMethods(r, set, uncommon, methods)
		ts.fillMethods(pr, pointerSet, pointerUncommon, pointerMethods)
	})
	return r
}

// newDescriptor allocates the descriptor of a type of the kind, with n methods.
func newDescriptor(kind reflect.Kind, n, params int) (*abiType, *uncommonType, []method) {
	var head reflect.Type
	switch kind {
	case reflect.Struct:
		head = reflect.TypeFor[structType]()
	case reflect.Pointer:
		head = reflect.TypeFor[ptrType]()
	case reflect.Slice:
		head = reflect.TypeFor[sliceType]()
	case reflect.Array:
		head = reflect.TypeFor[arrayType]()
	case reflect.Chan:
		head = reflect.TypeFor[chanType]()
	case reflect.Func:
		head = reflect.TypeFor[funcType]()
	case reflect.Map:
		head = reflect.TypeFor[mapType]()
	case reflect.Interface:
		head = reflect.TypeFor[interfaceType]()
	default:
		head = reflect.TypeFor[abiType]()
	}
	all := reflect.StructOf([]reflect.StructField{
		{Name: "Head", Type: head},
		{Name: "Uncommon", Type: reflect.TypeFor[uncommonType]()},
		{Name: "Params", Type: reflect.ArrayOf(params, reflect.TypeFor[*abiType]())},
		{Name: "Methods", Type: reflect.ArrayOf(n, reflect.TypeFor[method]())},
	})
	v := reflect.New(all)
	kept = append(kept, v.Interface())
	p := v.UnsafePointer()
	uncommon := (*uncommonType)(unsafe.Add(p, all.Field(1).Offset))
	uncommon.moff = uint32(all.Field(3).Offset - all.Field(1).Offset)
	var methods []method
	if n > 0 {
		methods = unsafe.Slice((*method)(unsafe.Add(p, all.Field(3).Offset)), n)
	}
	return (*abiType)(p), uncommon, methods
}

// finish gives a descriptor its name and its own hash.
func (ts *Types) finish(d *abiType, text, path string, uncommon *uncommonType, hasUncommon bool) {
	h := fnv.New32a()
	h.Write([]byte(text + "·" + strconv.Itoa(int(ts.serial))))
	d.hash = h.Sum32()
	d.str = nameOff(text, false)
	d.ptrToThis = 0
	if hasUncommon {
		d.tflag |= flagUncommon
		uncommon.pkgPath = nameOff(path, false)
	}
}

func (ts *Types) numParams(t types.Type) int {
	if sig, ok := t.Underlying().(*types.Signature); ok {
		return sig.Params().Len() + sig.Results().Len()
	}
	return 0
}

// inside completes a descriptor with the types that t is made of.
func (ts *Types) inside(d *abiType, t types.Type, shadow *abiType) {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		ts.fillFields((*structType)(unsafe.Pointer(d)), u, (*structType)(unsafe.Pointer(shadow)))
	case *types.Interface:
		ts.fillInterface((*interfaceType)(unsafe.Pointer(d)), u)
	case *types.Basic:
	case *types.Signature:
		ts.fillFunc((*funcType)(unsafe.Pointer(d)), ts.of(u))
	case *types.Pointer:
		(*ptrType)(unsafe.Pointer(d)).elem = descriptor(ts.of(u.Elem()))
	case *types.Slice:
		(*sliceType)(unsafe.Pointer(d)).elem = descriptor(ts.of(u.Elem()))
	case *types.Array:
		a := (*arrayType)(unsafe.Pointer(d))
		r := (*arrayType)(unsafe.Pointer(descriptor(ts.of(u))))
		a.elem, a.slice, a.len = r.elem, r.slice, r.len
	case *types.Chan:
		c := (*chanType)(unsafe.Pointer(d))
		r := (*chanType)(unsafe.Pointer(descriptor(ts.of(u))))
		c.elem, c.dir = r.elem, r.dir
	case *types.Map:
		m := (*mapType)(unsafe.Pointer(d))
		r := (*mapType)(unsafe.Pointer(descriptor(ts.of(u))))
		common := m.abiType
		*m = *r
		m.abiType = common
	default:
		ts.unsupported(t, "no values have such a type")
	}
}

func (ts *Types) fillFields(d *structType, t *types.Struct, shadow *structType) {
	fields := make([]structField, t.NumFields())
	d.pkgPath = nil
	for i := range fields {
		f := t.Field(i)
		name := ts.config.Name(f.Name())
		isExported := f.Exported() && exported(name)
		if !isExported {
			d.pkgPath = encodeName(pkgPath, "", false, false)
		}
		fields[i] = structField{
			name:   encodeName(name, t.Tag(i), isExported, f.Embedded()),
			typ:    descriptor(ts.of(f.Type())),
			offset: shadow.fields[i].offset,
		}
	}
	d.fields = fields
}

func (ts *Types) fillFunc(d *funcType, r reflect.Type) {
	d.inCount = uint16(r.NumIn())
	d.outCount = uint16(r.NumOut())
	if r.IsVariadic() {
		d.outCount |= 1 << 15
	}
	if r.NumIn()+r.NumOut() == 0 {
		return
	}
	at := unsafe.Add(unsafe.Pointer(d), unsafe.Sizeof(funcType{})+unsafe.Sizeof(uncommonType{}))
	params := unsafe.Slice((**abiType)(at), r.NumIn()+r.NumOut())
	for i := range params {
		if i < r.NumIn() {
			params[i] = descriptor(r.In(i))
		} else {
			params[i] = descriptor(r.Out(i - r.NumIn()))
		}
	}
}

// interfaceOf returns an unnamed interface type.
func (ts *Types) interfaceOf(t *types.Interface) reflect.Type {
	if !t.IsMethodSet() {
		ts.unsupported(t, "it is a constraint")
	}
	if t.NumMethods() == 0 {
		return reflect.TypeFor[any]()
	}
	return ts.declare(t)
}

func (ts *Types) fillInterface(d *interfaceType, t *types.Interface) {
	if !t.IsMethodSet() {
		ts.unsupported(t, "it is a constraint")
	}
	var list []*types.Func
	d.pkgPath = nil
	for m := range t.Methods() {
		list = append(list, m)
		if p := m.Pkg(); p != nil && !exported(ts.config.Name(m.Name())) {
			d.pkgPath = encodeName(ts.path(p), "", false, false)
		}
	}
	slices.SortFunc(list, ts.compare)
	d.methods = make([]imethod, len(list))
	for i, m := range list {
		name := ts.config.Name(m.Name())
		d.methods[i] = imethod{name: nameOff(name, exported(name)), typ: typeOff(ts.of(withoutRecv(m.Signature())))}
	}
}

// path returns the package path that programs see.
func (ts *Types) path(p *types.Package) string {
	switch {
	case !ts.config.User(p):
		return p.Path()
	case ts.config.Path != nil:
		return ts.config.Path(p)
	}
	return pkgPath
}

// compare orders methods as descriptors have them: exported ones first.
func (ts *Types) compare(a, b *types.Func) int {
	x, y := ts.config.Name(a.Name()), ts.config.Name(b.Name())
	if exported(x) != exported(y) {
		if exported(x) {
			return -1
		}
		return 1
	}
	return strings.Compare(x, y)
}

func withoutRecv(sig *types.Signature) *types.Signature {
	return types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
}

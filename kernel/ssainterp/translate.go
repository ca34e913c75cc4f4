package ssainterp

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"strconv"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// translator translates one function.
type translator struct {
	*Program
	f      *function
	fn     *ssa.Function
	fields []reflect.StructField // of the frame's memory
	typs   []*typ
	at     map[ssa.Value]int // which field has a value
	frame  *typ
}

// operand is where the value of an operand is: at a place in the frame, or, for
// what does not change, in memory of its own.
type operand struct {
	ptr unsafe.Pointer
	off uintptr
	typ *typ
}

func (o *operand) in(fr *frame) unsafe.Pointer {
	if o.ptr != nil {
		return o.ptr
	}
	return unsafe.Add(fr.base, o.off)
}

// fixed returns the address of a package's variable, or nil if the operand is
// another pointer.
func (o *operand) fixed() unsafe.Pointer {
	if o.ptr == nil {
		return nil
	}
	return *(*unsafe.Pointer)(o.ptr)
}

// translate fills in the function for fn.
func (p *Program) translate(fn *ssa.Function) {
	f := p.function(fn)
	p.pos = fn.Pos()
	if fn.Blocks == nil {
		p.refuse(fn.Pos(), "the function %s, which has no body", fn.Name())
		return
	}
	p.generic = false
	for f := fn; f != nil; f = f.Parent() {
		p.generic = p.generic || f.Origin() != nil
	}
	tr := &translator{Program: p, f: f, fn: fn, at: map[ssa.Value]int{}}
	f.wrapper = fn.Synthetic != "" && fn.Parent() == nil && fn.Origin() == nil && fn.Name() != "init"
	f.typ = p.typ(withoutRecv(fn.Signature)).Type
	for _, v := range fn.Params {
		tr.reserve(v, p.typ(v.Type()))
	}
	for _, v := range fn.FreeVars {
		tr.reserve(v, p.typ(v.Type()))
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if v, ok := instr.(ssa.Value); ok {
				p.pos = instr.Pos()
				tr.reserve(v, tr.valueTyp(v.Type()))
			}
		}
	}
	tr.layout()
	for _, v := range fn.Params {
		f.params = append(f.params, tr.place(v))
	}
	var held []reflect.StructField
	for i, v := range fn.FreeVars {
		f.free = append(f.free, tr.place(v))
		held = append(held, reflect.StructField{Name: "F" + strconv.Itoa(i), Type: tr.place(v).typ.Type})
	}
	f.hold = newTyp(reflect.StructOf(held))
	for i := range held {
		f.held = append(f.held, f.hold.Field(i).Offset)
	}
	f.result, f.results = p.resultTyp(fn.Signature.Results())
	if fn.Recover != nil {
		f.recover = fn.Recover.Index
	}
	for _, b := range fn.Blocks {
		f.blocks = append(f.blocks, tr.block(b))
	}
}

// valueTyp is typ for the types of instructions, which may be tuples; nil for
// the empty one.
func (p *Program) valueTyp(t types.Type) *typ {
	u, ok := t.(*types.Tuple)
	if !ok {
		return p.typ(t)
	}
	if u.Len() == 0 {
		return nil
	}
	fields := make([]reflect.StructField, u.Len())
	for i := range fields {
		field := reflect.TypeFor[struct{}]()
		if t := u.At(i).Type(); t != types.Typ[types.Invalid] {
			field = p.typ(t).Type
		}
		fields[i] = reflect.StructField{Name: "F" + strconv.Itoa(i), Type: field}
	}
	return newTyp(reflect.StructOf(fields))
}

// resultTyp returns the memory for results.
func (p *Program) resultTyp(t *types.Tuple) (*typ, []place) {
	switch t.Len() {
	case 0:
		return nil, nil
	case 1:
		one := p.typ(t.At(0).Type())
		return one, []place{{0, one}}
	}
	all := p.valueTyp(t)
	places := make([]place, t.Len())
	for i := range places {
		places[i] = place{all.Field(i).Offset, p.typ(t.At(i).Type())}
	}
	return all, places
}

// reserve gives a value a place in the frame.
func (tr *translator) reserve(v ssa.Value, t *typ) {
	if t == nil {
		return
	}
	tr.at[v] = len(tr.fields)
	tr.fields = append(tr.fields, reflect.StructField{Name: "F" + strconv.Itoa(len(tr.fields)), Type: t.Type})
	tr.typs = append(tr.typs, t)
}

func (tr *translator) layout() {
	tr.frame = newTyp(reflect.StructOf(tr.fields))
	tr.f.base = tr.frame
}

func (tr *translator) place(v ssa.Value) place {
	i := tr.at[v]
	return place{tr.frame.Field(i).Offset, tr.typs[i]}
}

// operand returns where v is.
func (tr *translator) operand(v ssa.Value) operand {
	if _, ok := tr.at[v]; ok {
		p := tr.place(v)
		return operand{off: p.off, typ: p.typ}
	}
	switch v := v.(type) {
	case *ssa.Const:
		if v.Type() == types.Typ[types.UntypedNil] { // as long as any nil value
			return operand{ptr: unsafe.Pointer(new([3]unsafe.Pointer)), typ: newTyp(reflect.TypeFor[any]())}
		}
		t := tr.typ(v.Type())
		return operand{ptr: tr.constant(v, t), typ: t}
	case *ssa.Global:
		t := tr.typ(v.Type())
		cell := new(unsafe.Pointer)
		*cell = tr.global(v).UnsafePointer()
		return operand{ptr: unsafe.Pointer(cell), typ: t}
	case *ssa.Function:
		t := tr.typ(withoutRecv(v.Signature))
		if v.Signature.Recv() != nil {
			t = tr.typ(thunk(v))
		}
		return operand{ptr: tr.funcValue(v, t), typ: t}
	}
	tr.refuse(tr.pos, "%T", v)
	return operand{off: 0, typ: newTyp(reflect.TypeFor[struct{}]())}
}

// dst returns where the value of an instruction goes; its type is nil for a call
// without results.
func (tr *translator) dst(v ssa.Value) operand {
	if _, ok := tr.at[v]; !ok {
		return operand{}
	}
	return tr.operand(v)
}

func withoutRecv(sig *types.Signature) *types.Signature {
	return types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
}

// thunk returns the type of a method as a function of its receiver.
func thunk(fn *ssa.Function) *types.Signature {
	sig := fn.Signature
	params := []*types.Var{sig.Recv()}
	for v := range sig.Params().Variables() {
		params = append(params, v)
	}
	return types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), sig.Results(), sig.Variadic())
}

// instruction translates one that is not the last of its block; nil if it does
// nothing.
func (tr *translator) instruction(instr ssa.Instruction) op {
	switch instr := instr.(type) {
	case *ssa.Phi, *ssa.DebugRef:
		return nil
	case *ssa.Alloc:
		return tr.alloc(instr)
	case *ssa.BinOp:
		return tr.binary(instr)
	case *ssa.UnOp:
		return tr.unary(instr)
	case *ssa.Call:
		return tr.call(&instr.Call, tr.dst(instr))
	case *ssa.Go:
		return tr.goes(instr)
	case *ssa.Defer:
		return tr.defers(instr)
	case *ssa.RunDefers:
		if !tr.f.defers {
			tr.f.defers = true
		}
		return func(fr *frame) { fr.runDefers() }
	case *ssa.ChangeType:
		dst, src := tr.dst(instr), tr.operand(instr.X)
		return func(fr *frame) { dst.typ.move(dst.in(fr), src.in(fr)) }
	case *ssa.Convert:
		return tr.convert(instr, instr.X)
	case *ssa.MultiConvert:
		return tr.convert(instr, instr.X)
	case *ssa.SliceToArrayPointer:
		return tr.sliceToArray(instr)
	case *ssa.ChangeInterface:
		return tr.changeInterface(instr)
	case *ssa.MakeInterface:
		return tr.makeInterface(instr)
	case *ssa.TypeAssert:
		return tr.typeAssert(instr)
	case *ssa.MakeClosure:
		return tr.makeClosure(instr)
	case *ssa.MakeMap:
		return tr.makeMap(instr)
	case *ssa.MakeChan:
		return tr.makeChan(instr)
	case *ssa.MakeSlice:
		return tr.makeSlice(instr)
	case *ssa.Slice:
		return tr.slice(instr)
	case *ssa.FieldAddr:
		return tr.fieldAddr(instr)
	case *ssa.Field:
		src, dst := tr.operand(instr.X), tr.dst(instr)
		off := src.typ.Field(instr.Field).Offset
		return func(fr *frame) { dst.typ.move(dst.in(fr), unsafe.Add(src.in(fr), off)) }
	case *ssa.Extract:
		src, dst := tr.operand(instr.Tuple), tr.dst(instr)
		off := src.typ.Field(instr.Index).Offset
		return func(fr *frame) { dst.typ.move(dst.in(fr), unsafe.Add(src.in(fr), off)) }
	case *ssa.IndexAddr:
		return tr.indexAddr(instr)
	case *ssa.Index:
		return tr.index(instr)
	case *ssa.Lookup:
		return tr.lookup(instr)
	case *ssa.MapUpdate:
		return tr.mapUpdate(instr)
	case *ssa.Range:
		return tr.ranges(instr)
	case *ssa.Next:
		return tr.iterate(instr)
	case *ssa.Send:
		return tr.send(instr)
	case *ssa.Store:
		return tr.store(instr)
	case *ssa.Select:
		return tr.selects(instr)
	}
	tr.refuse(instr.Pos(), "%s", fmt.Sprintf("%T", instr))
	return nil
}

func (tr *translator) alloc(instr *ssa.Alloc) op {
	dst := tr.dst(instr)
	elem := tr.typ(instr.Type().Underlying().(*types.Pointer).Elem())
	return func(fr *frame) { *(*unsafe.Pointer)(dst.in(fr)) = elem.new() }
}

func (tr *translator) store(instr *ssa.Store) op {
	addr, val := tr.operand(instr.Addr), tr.operand(instr.Val)
	t := val.typ
	if fa, ok := instr.Addr.(*ssa.FieldAddr); ok && fieldName(fa) == "_" {
		return nil // a literal leaves blank fields zero
	}
	if to := addr.fixed(); to != nil {
		return func(fr *frame) { t.move(to, val.in(fr)) }
	}
	return func(fr *frame) {
		p := *(*unsafe.Pointer)(addr.in(fr))
		if p == nil {
			nilDereference()
		}
		t.move(p, val.in(fr))
	}
}

// nilDereference panics as the use of a nil pointer does.
func nilDereference() {
	var p *int
	*p = 0 // it is meant to fail
}

func (tr *translator) fieldAddr(instr *ssa.FieldAddr) op {
	x, dst := tr.operand(instr.X), tr.dst(instr)
	elem := tr.typ(instr.X.Type().Underlying().(*types.Pointer).Elem())
	off := elem.Field(instr.Field).Offset
	return func(fr *frame) {
		p := *(*unsafe.Pointer)(x.in(fr))
		if p == nil {
			nilDereference()
		}
		*(*unsafe.Pointer)(dst.in(fr)) = unsafe.Add(p, off)
	}
}

func fieldName(fa *ssa.FieldAddr) string {
	return fa.X.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct).Field(fa.Field).Name()
}

func (tr *translator) unary(instr *ssa.UnOp) op {
	x, dst := tr.operand(instr.X), tr.dst(instr)
	switch instr.Op {
	case token.MUL:
		if from := x.fixed(); from != nil {
			return func(fr *frame) { dst.typ.move(dst.in(fr), from) }
		}
		t := dst.typ
		return func(fr *frame) {
			p := *(*unsafe.Pointer)(x.in(fr))
			if p == nil {
				nilDereference()
			}
			t.move(dst.in(fr), p)
		}
	case token.ARROW:
		return tr.receive(instr, x, dst)
	case token.NOT:
		return func(fr *frame) { *(*bool)(dst.in(fr)) = !*(*bool)(x.in(fr)) }
	case token.SUB:
		return negate(x, dst)
	case token.XOR:
		return complement(x, dst)
	}
	tr.refuse(instr.Pos(), "the operator %s", instr.Op)
	return nil
}

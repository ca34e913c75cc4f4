package plan

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

// expr checks one expression and says whether to look inside.
func (p *planner) expr(x ast.Expr) bool {
	tv, typed := p.Info.Types[x]
	if typed && tv.Value != nil {
		if tv.Value.Kind() == constant.Complex {
			p.refuse(x, "complex numbers")
		}
		if why := p.badType(types.Default(tv.Type)); why != "" {
			p.refuse(x, why)
		}
		return false // folded
	}
	if typed && tv.Type != nil && !tv.IsBuiltin() && !tv.IsVoid() {
		if why := p.badType(tv.Type); why != "" {
			p.refuse(x, why)
			return false
		}
	}
	switch x := x.(type) {
	case *ast.Ident:
		if _, generic := p.Info.Instances[x]; generic {
			p.refuse(x, "generic functions and types")
		}
		p.defined(x)
	case *ast.SelectorExpr:
		return p.selector(x)
	case *ast.CallExpr:
		p.call(x)
	case *ast.BinaryExpr:
		p.binary(x)
	case *ast.IndexExpr:
		p.arrayPointer(x.X)
		if isNil(p.Info.TypeOf(x.Index)) {
			p.refuse(x, "nil as the key of a map")
		}
	case *ast.SliceExpr:
		p.arrayPointer(x.X)
	case *ast.CompositeLit:
		p.compositeLit(x)
	case *ast.TypeAssertExpr:
		if x.Type != nil {
			p.assertion(x)
		}
	case *ast.StarExpr:
		if tv := p.Info.Types[x]; tv.IsValue() && isString(tv.Type) {
			p.refuse(x, "a string behind a pointer") // a nil one has the text "<invalid Value>"
		}
	case *ast.BasicLit, *ast.ParenExpr,
		*ast.UnaryExpr, *ast.KeyValueExpr, *ast.FuncLit, *ast.FuncType, *ast.ArrayType, *ast.MapType,
		*ast.ChanType, *ast.InterfaceType, *ast.StructType, *ast.Ellipsis:
	default:
		p.refuse(x, fmt.Sprintf("%T", x)[len("*ast."):])
	}
	return true
}

// assertion refuses assertions to interfaces, which fail otherwise than in Go for
// nil, and to the structs that the interpreter takes for its own, which begin with a
// field IValue: it looks at the first one even where there is none.
func (p *planner) assertion(x *ast.TypeAssertExpr) {
	switch t := p.Info.TypeOf(x.Type).Underlying().(type) {
	case *types.Interface:
		p.refuse(x, "type assertions to interfaces")
	case *types.Struct:
		if t.NumFields() == 0 || t.Field(0).Name() == "IValue" {
			p.refuse(x, "type assertions to structs without fields")
		}
	}
}

// defined refuses local names that hide what the lowered cell means by them:
// types, new, len, cap, nil and constants.
func (p *planner) defined(x *ast.Ident) {
	obj := p.Info.Defs[x]
	if obj == nil || p.Ref(obj) != nil {
		return
	}
	switch types.Universe.Lookup(x.Name).(type) {
	case *types.TypeName, *types.Nil, *types.Const:
	default:
		if x.Name != "new" && x.Name != "len" && x.Name != "cap" {
			return
		}
	}
	p.refuse(x, "a local declaration of "+x.Name)
}

func isString(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsString != 0
}

func (p *planner) selector(x *ast.SelectorExpr) bool {
	if id, ok := x.X.(*ast.Ident); ok {
		if _, ok := p.Info.Uses[id].(*types.PkgName); ok {
			if _, generic := p.Info.Instances[x.Sel]; generic {
				p.refuse(x, "generic functions and types")
			}
			return false
		}
	}
	if sel := p.Info.Selections[x]; sel != nil {
		switch {
		case !sel.Obj().Exported() && sel.Obj().Pkg() != nil:
			p.refuse(x, "unexported fields and methods")
		case sel.Kind() == types.MethodExpr:
			p.refuse(x, "method expressions")
		case sel.Kind() == types.MethodVal && !p.called[x]:
			p.refuse(x, "method values") // they would use the receiver's later value
		}
	}
	ast.Inspect(x.X, p.visit)
	return false
}

// compositeLit refuses literals of structs with unexported fields, which the
// interpreter cannot set, unless they leave those out.
func (p *planner) compositeLit(x *ast.CompositeLit) {
	for _, e := range x.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			e = kv.Value
		}
		if star, ok := ast.Unparen(e).(*ast.StarExpr); ok { // nil would be no element
			p.refuse(star, "what a pointer points to, as an element")
		}
	}
	t := p.Info.TypeOf(x)
	if pointer, ok := t.Underlying().(*types.Pointer); ok { // &T is left out
		t = pointer.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || len(x.Elts) == 0 {
		return
	}
	if _, keyed := x.Elts[0].(*ast.KeyValueExpr); !keyed {
		for f := range st.Fields() {
			if !f.Exported() {
				p.refuse(x, "unexported fields and methods")
			}
		}
		return
	}
	for _, e := range x.Elts {
		if key, ok := e.(*ast.KeyValueExpr).Key.(*ast.Ident); ok && !key.IsExported() {
			p.refuse(x, "unexported fields and methods")
		}
	}
}

// call checks calls of builtins; other calls are on the list.
func (p *planner) call(x *ast.CallExpr) {
	if sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok {
		p.called[sel] = true
	}
	if !p.Info.Types[x.Fun].IsBuiltin() {
		p.spread(x)
		return
	}
	id, ok := ast.Unparen(x.Fun).(*ast.Ident)
	if !ok {
		p.refuse(x, "this builtin")
		return
	}
	switch id.Name {
	case "append":
		p.appends(x)
	case "make":
		if c, ok := p.Info.TypeOf(x).Underlying().(*types.Chan); ok && c.Dir() != types.SendRecv {
			p.refuse(x, "make of a channel of one direction")
		}
	case "panic":
		if star, ok := ast.Unparen(x.Args[0]).(*ast.StarExpr); ok {
			p.refuse(star, "panic with what a pointer points to") // nil would not fail
		}
	case "cap", "clear", "close", "copy", "delete", "len":
	case "print", "println":
		for _, arg := range x.Args {
			if _, ok := p.Info.TypeOf(arg).Underlying().(*types.Basic); !ok {
				p.refuse(arg, id.Name+" of what is not of a basic type")
			}
		}
	case "new":
		if !p.Info.Types[x.Args[0]].IsType() {
			p.refuse(x, "new of a value")
		}
	case "min", "max":
		if _, ok := p.Info.TypeOf(x).(*types.Basic); !ok {
			p.refuse(x, id.Name+" of a named type")
		}
	default:
		p.refuse(x, "the builtin "+id.Name)
	}
}

// spread refuses the results of a call as variable arguments, which the lowering
// passes as a slice.
func (p *planner) spread(x *ast.CallExpr) {
	sig, ok := p.Info.TypeOf(x.Fun).Underlying().(*types.Signature)
	if !ok || !sig.Variadic() || len(x.Args) != 1 {
		return
	}
	if _, ok := p.Info.TypeOf(x.Args[0]).(*types.Tuple); !ok {
		return
	}
	if sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok && p.Info.Selections[sel] == nil {
		return // of a package
	}
	p.refuse(x, "the results of a call as variable arguments")
}

// binary refuses comparisons whose operands are not plain values: the
// interpreter compares interfaces with its own wrappers.
func (p *planner) binary(x *ast.BinaryExpr) {
	if x.Op == token.LAND || x.Op == token.LOR {
		p.logical(x)
	}
	if x.Op != token.EQL && x.Op != token.NEQ {
		return
	}
	p.comparison(x, p.Info.TypeOf(x.X), p.Info.TypeOf(x.Y))
}

func (p *planner) comparison(x ast.Expr, a, b types.Type) {
	if isNil(a) || isNil(b) {
		return
	}
	for _, t := range []types.Type{a, b} {
		switch t.Underlying().(type) {
		case *types.Basic, *types.Pointer, *types.Chan:
		default:
			p.refuse(x, "comparisons of interfaces, structs and arrays")
			return
		}
	}
}

func isNil(t types.Type) bool { return t == types.Typ[types.UntypedNil] }

// arrayPointer refuses pointers to arrays used as arrays.
func (p *planner) arrayPointer(x ast.Expr) {
	if pointer, ok := p.Info.TypeOf(x).Underlying().(*types.Pointer); ok {
		if _, ok := pointer.Elem().Underlying().(*types.Array); ok {
			p.refuse(x, "pointers to arrays used as arrays")
		}
	}
}

// badType returns what keeps values of type t out of the interpreter, or "".
func (p *planner) badType(t types.Type) string {
	if p.seen[t] {
		return ""
	}
	p.seen[t] = true
	defer delete(p.seen, t)
	switch t := t.(type) {
	case *types.Basic:
		if t.Info()&types.IsComplex != 0 {
			return "complex numbers"
		}
		if t.Kind() == types.UnsafePointer || t.Kind() == types.Uintptr {
			return "uintptr and unsafe pointers"
		}
		return ""
	case *types.Alias:
		return p.badType(types.Unalias(t))
	case *types.Named:
		return p.badNamed(t)
	case *types.Pointer:
		return p.badType(t.Elem())
	case *types.Slice:
		return p.badType(t.Elem())
	case *types.Array:
		return p.badType(t.Elem())
	case *types.Chan:
		return p.badType(t.Elem())
	case *types.Map:
		return first(p.badType(t.Key()), p.badType(t.Elem()))
	case *types.Signature:
		if t.TypeParams().Len() > 0 {
			return "generic functions and types"
		}
		return first(p.badType(t.Params()), p.badType(t.Results()))
	case *types.Tuple:
		for v := range t.Variables() {
			if why := p.badType(v.Type()); why != "" {
				return why
			}
		}
		return ""
	case *types.Struct:
		return p.badStruct(t)
	case *types.Interface:
		if t.NumMethods() > 0 {
			return "interface literals with methods"
		}
		return ""
	}
	return fmt.Sprintf("values of type %s", t)
}

func (p *planner) badNamed(t *types.Named) string {
	obj := t.Obj()
	switch {
	case obj.Pkg() == nil: // error, any, comparable
		return ""
	case t.TypeArgs().Len() > 0:
		return "generic functions and types"
	case obj.Pkg().Path() == "main":
		if o := p.Ref(obj); o == nil || o.Package == "" {
			return "types that no compiled cell has declared"
		}
	case !obj.Exported() && obj.Pkg().Path() != "main":
		return fmt.Sprintf("values of the unexported type %s", t)
	}
	return ""
}

func (p *planner) badStruct(t *types.Struct) string {
	for f := range t.Fields() {
		if !f.Exported() || f.Embedded() {
			return "struct types with unexported or embedded fields"
		}
		if why := p.badType(f.Type()); why != "" {
			return why
		}
	}
	return ""
}

func first(whys ...string) string {
	for _, why := range whys {
		if why != "" {
			return why
		}
	}
	return ""
}

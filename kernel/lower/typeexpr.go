package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"

	"github.com/lectern-go/lectern/kernel/compile"
)

// typeExpr writes a type as the compiled package names it.
func (u *unit) typeExpr(t types.Type) (ast.Expr, error) {
	switch t := t.(type) {
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			return nil, fmt.Errorf("type %s is not available in cells", t)
		}
		return ast.NewIdent(t.Name()), nil
	case *types.Alias:
		return u.typeExpr(types.Unalias(t))
	case *types.Named:
		return u.namedExpr(t)
	case *types.Pointer:
		return u.elemExpr(t.Elem(), func(x ast.Expr) ast.Expr { return &ast.StarExpr{X: x} })
	case *types.Slice:
		return u.elemExpr(t.Elem(), func(x ast.Expr) ast.Expr { return &ast.ArrayType{Elt: x} })
	case *types.Array:
		n := &ast.BasicLit{Kind: token.INT, Value: strconv.FormatInt(t.Len(), 10)}
		return u.elemExpr(t.Elem(), func(x ast.Expr) ast.Expr { return &ast.ArrayType{Len: n, Elt: x} })
	case *types.Chan:
		dir := map[types.ChanDir]ast.ChanDir{
			types.SendRecv: ast.SEND | ast.RECV, types.SendOnly: ast.SEND, types.RecvOnly: ast.RECV,
		}[t.Dir()]
		return u.elemExpr(t.Elem(), func(x ast.Expr) ast.Expr { return &ast.ChanType{Dir: dir, Value: &ast.ParenExpr{X: x}} })
	case *types.Map:
		key, err := u.typeExpr(t.Key())
		if err != nil {
			return nil, err
		}
		return u.elemExpr(t.Elem(), func(x ast.Expr) ast.Expr { return &ast.MapType{Key: key, Value: x} })
	case *types.Signature:
		return u.funcExpr(t)
	case *types.Struct:
		return u.structExpr(t)
	case *types.Interface:
		return u.interfaceExpr(t)
	}
	return nil, fmt.Errorf("type %s cannot be written in another cell", t)
}

func (u *unit) elemExpr(elem types.Type, wrap func(ast.Expr) ast.Expr) (ast.Expr, error) {
	x, err := u.typeExpr(elem)
	if err != nil {
		return nil, err
	}
	return wrap(x), nil
}

func (u *unit) namedExpr(t *types.Named) (ast.Expr, error) {
	obj := t.Obj()
	var x ast.Expr
	switch {
	case obj.Pkg() == nil:
		x = ast.NewIdent(obj.Name())
	case obj.Pkg().Path() == "main":
		o := u.Ref(obj)
		if o == nil || o.Package == "" {
			return nil, fmt.Errorf("type %s is local to a function", obj.Name())
		}
		x = u.declared(o, token.NoPos)
	case !obj.Exported():
		return nil, fmt.Errorf("type %s is not exported by its package, so no variable of a cell can have it", t)
	default:
		x = &ast.SelectorExpr{X: ast.NewIdent(u.packageName(obj.Pkg().Path())), Sel: ast.NewIdent(obj.Name())}
	}
	if t.TypeArgs().Len() == 0 {
		return x, nil
	}
	inst := &ast.IndexListExpr{X: x}
	for arg := range t.TypeArgs().Types() {
		a, err := u.typeExpr(arg)
		if err != nil {
			return nil, err
		}
		inst.Indices = append(inst.Indices, a)
	}
	return inst, nil
}

func (u *unit) funcExpr(t *types.Signature) (ast.Expr, error) {
	params, err := u.fieldsExpr(t.Params(), t.Variadic())
	if err != nil {
		return nil, err
	}
	results, err := u.fieldsExpr(t.Results(), false)
	if err != nil {
		return nil, err
	}
	return &ast.FuncType{Params: params, Results: results}, nil
}

func (u *unit) fieldsExpr(tuple *types.Tuple, variadic bool) (*ast.FieldList, error) {
	list := &ast.FieldList{}
	for i := range tuple.Len() {
		x, err := u.typeExpr(tuple.At(i).Type())
		if err != nil {
			return nil, err
		}
		if slice, ok := x.(*ast.ArrayType); ok && variadic && i == tuple.Len()-1 {
			x = &ast.Ellipsis{Elt: slice.Elt}
		}
		list.List = append(list.List, &ast.Field{Type: x})
	}
	return list, nil
}

func (u *unit) structExpr(t *types.Struct) (ast.Expr, error) {
	list := &ast.FieldList{}
	for i := range t.NumFields() {
		f := t.Field(i)
		x, err := u.typeExpr(f.Type())
		if err != nil {
			return nil, err
		}
		field := &ast.Field{Type: x}
		if id, ok := x.(*ast.Ident); ok && f.Embedded() && types.Universe.Lookup(id.Name) != nil {
			u.aliases = append(u.aliases, id.Name)
			field.Type = ast.NewIdent(compile.Marker + id.Name)
		}
		if !f.Embedded() {
			field.Names = []*ast.Ident{ast.NewIdent(namer.Name(f))}
		}
		if tag := t.Tag(i); tag != "" {
			field.Tag = &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(tag)}
		}
		list.List = append(list.List, field)
	}
	return &ast.StructType{Fields: list}, nil
}

func (u *unit) interfaceExpr(t *types.Interface) (ast.Expr, error) {
	if !t.IsMethodSet() {
		return nil, fmt.Errorf("type %s is a constraint", t)
	}
	list := &ast.FieldList{}
	for m := range t.Methods() {
		x, err := u.funcExpr(m.Signature())
		if err != nil {
			return nil, err
		}
		list.List = append(list.List, &ast.Field{Names: []*ast.Ident{ast.NewIdent(namer.Name(m))}, Type: x})
	}
	return &ast.InterfaceType{Methods: list}, nil
}

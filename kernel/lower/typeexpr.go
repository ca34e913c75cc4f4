package lower

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/printer"
	"go/token"
	"go/types"
	"strconv"

	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/kernel/compile"
)

// typeExpr writes a type as the compiled package names it.
func (l *lowering) typeExpr(t types.Type) (ast.Expr, error) {
	switch t := t.(type) {
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			return nil, fmt.Errorf("type %s is not available in cells", t)
		}
		return ast.NewIdent(t.Name()), nil
	case *types.Alias:
		return l.typeExpr(types.Unalias(t))
	case *types.Named:
		return l.namedExpr(t)
	case *types.Pointer:
		return l.elemExpr(t.Elem(), func(x ast.Expr) ast.Expr { return &ast.StarExpr{X: x} })
	case *types.Slice:
		return l.elemExpr(t.Elem(), func(x ast.Expr) ast.Expr { return &ast.ArrayType{Elt: x} })
	case *types.Array:
		n := &ast.BasicLit{Kind: token.INT, Value: strconv.FormatInt(t.Len(), 10)}
		return l.elemExpr(t.Elem(), func(x ast.Expr) ast.Expr { return &ast.ArrayType{Len: n, Elt: x} })
	case *types.Chan:
		dir := map[types.ChanDir]ast.ChanDir{
			types.SendRecv: ast.SEND | ast.RECV, types.SendOnly: ast.SEND, types.RecvOnly: ast.RECV,
		}[t.Dir()]
		return l.elemExpr(t.Elem(), func(x ast.Expr) ast.Expr { return &ast.ChanType{Dir: dir, Value: &ast.ParenExpr{X: x}} })
	case *types.Map:
		key, err := l.typeExpr(t.Key())
		if err != nil {
			return nil, err
		}
		return l.elemExpr(t.Elem(), func(x ast.Expr) ast.Expr { return &ast.MapType{Key: key, Value: x} })
	case *types.Signature:
		return l.funcExpr(t)
	case *types.Struct:
		return l.structExpr(t)
	case *types.Interface:
		return l.interfaceExpr(t)
	}
	return nil, fmt.Errorf("type %s cannot be written in another cell", t)
}

func (l *lowering) elemExpr(elem types.Type, wrap func(ast.Expr) ast.Expr) (ast.Expr, error) {
	x, err := l.typeExpr(elem)
	if err != nil {
		return nil, err
	}
	return wrap(x), nil
}

func (l *lowering) namedExpr(t *types.Named) (ast.Expr, error) {
	obj := t.Obj()
	var x ast.Expr
	switch {
	case obj.Pkg() == nil:
		x = ast.NewIdent(obj.Name())
	case obj.Pkg().Path() == "main":
		o := l.Ref(obj)
		if o == nil || o.Package == "" {
			return nil, fmt.Errorf("type %s is local to a function", obj.Name())
		}
		x = l.declared(o, token.NoPos)
	case !obj.Exported():
		return nil, fmt.Errorf("type %s is not exported by its package, so no variable of a cell can have it", t)
	default:
		x = &ast.SelectorExpr{X: ast.NewIdent(l.packageName(obj.Pkg().Path())), Sel: ast.NewIdent(obj.Name())}
	}
	if t.TypeArgs().Len() == 0 {
		return x, nil
	}
	inst := &ast.IndexListExpr{X: x}
	for arg := range t.TypeArgs().Types() {
		a, err := l.typeExpr(arg)
		if err != nil {
			return nil, err
		}
		inst.Indices = append(inst.Indices, a)
	}
	return inst, nil
}

func (l *lowering) funcExpr(t *types.Signature) (ast.Expr, error) {
	params, err := l.fieldsExpr(t.Params(), t.Variadic())
	if err != nil {
		return nil, err
	}
	results, err := l.fieldsExpr(t.Results(), false)
	if err != nil {
		return nil, err
	}
	return &ast.FuncType{Params: params, Results: results}, nil
}

func (l *lowering) fieldsExpr(tuple *types.Tuple, variadic bool) (*ast.FieldList, error) {
	list := &ast.FieldList{}
	for i := range tuple.Len() {
		x, err := l.typeExpr(tuple.At(i).Type())
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

func (l *lowering) structExpr(t *types.Struct) (ast.Expr, error) {
	list := &ast.FieldList{}
	for i := range t.NumFields() {
		f := t.Field(i)
		x, err := l.typeExpr(f.Type())
		if err != nil {
			return nil, err
		}
		field := &ast.Field{Type: x}
		if id, ok := x.(*ast.Ident); ok && f.Embedded() && types.Universe.Lookup(id.Name) != nil {
			l.aliases = append(l.aliases, id.Name)
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

func (l *lowering) interfaceExpr(t *types.Interface) (ast.Expr, error) {
	if !t.IsMethodSet() {
		return nil, fmt.Errorf("type %s is a constraint", t)
	}
	list := &ast.FieldList{}
	for m := range t.Methods() {
		x, err := l.funcExpr(m.Signature())
		if err != nil {
			return nil, err
		}
		list.List = append(list.List, &ast.Field{Names: []*ast.Ident{ast.NewIdent(namer.Name(m))}, Type: x})
	}
	return &ast.InterfaceType{Methods: list}, nil
}

// declared names what a compiled package declares.
func (l *lowering) declared(o *check.Object, pos token.Pos) ast.Expr {
	name := &ast.Ident{NamePos: pos, Name: namer.Name(o.Object)}
	if o.Package == l.path {
		return name
	}
	return &ast.SelectorExpr{X: &ast.Ident{NamePos: pos, Name: l.packageName(o.Package)}, Sel: name}
}

// sessionTypeText writes a type that a compiled cell declares, or that is made of
// one. Package plan has made sure that it can be written.
func (l *lowering) sessionTypeText(t types.Type) string {
	x, err := l.typeExpr(t)
	if err != nil {
		panic(fmt.Sprintf("lower %s: %v", l.Name, err))
	}
	var buf bytes.Buffer
	if err := printer.Fprint(&buf, token.NewFileSet(), x); err != nil {
		panic(fmt.Sprintf("lower %s: %v", l.Name, err))
	}
	return buf.String()
}

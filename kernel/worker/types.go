package worker

import (
	"fmt"
	"go/ast"
	"go/parser"
	"reflect"
	"strconv"
	"strings"
)

// basicTypes are the predeclared types of slots.
var basicTypes = map[string]reflect.Type{
	"bool": reflect.TypeFor[bool](), "string": reflect.TypeFor[string](),
	"int": reflect.TypeFor[int](), "int8": reflect.TypeFor[int8](), "int16": reflect.TypeFor[int16](),
	"int32": reflect.TypeFor[int32](), "int64": reflect.TypeFor[int64](), "rune": reflect.TypeFor[rune](),
	"uint": reflect.TypeFor[uint](), "uint8": reflect.TypeFor[uint8](), "uint16": reflect.TypeFor[uint16](),
	"uint32": reflect.TypeFor[uint32](), "uint64": reflect.TypeFor[uint64](), "byte": reflect.TypeFor[byte](),
	"float32": reflect.TypeFor[float32](), "float64": reflect.TypeFor[float64](),
	"error": reflect.TypeFor[error](), "any": reflect.TypeFor[any](),
}

// typeOf returns the type that text writes in Go, with packages by their names
// in lowered source. All its named types are in the symbols.
func (s *session) typeOf(text string) (reflect.Type, error) {
	x, err := parser.ParseExpr(text)
	if err != nil {
		return nil, fmt.Errorf("type %s: %w", text, err)
	}
	t, err := s.exprType(x)
	if err != nil {
		return nil, fmt.Errorf("type %s: %w", text, err)
	}
	return t, nil
}

func (s *session) exprType(x ast.Expr) (reflect.Type, error) {
	switch x := x.(type) {
	case *ast.Ident:
		if t, ok := basicTypes[x.Name]; ok {
			return t, nil
		}
		return nil, fmt.Errorf("no basic type %s", x.Name)
	case *ast.SelectorExpr:
		return s.namedType(x)
	case *ast.ParenExpr:
		return s.exprType(x.X)
	case *ast.InterfaceType:
		if x.Methods.NumFields() == 0 {
			return reflect.TypeFor[any](), nil
		}
		return nil, fmt.Errorf("interface literals with methods have no storage")
	case *ast.FuncType:
		return s.funcType(x)
	case *ast.StructType:
		return s.structType(x)
	case *ast.MapType:
		key, err := s.exprType(x.Key)
		if err != nil {
			return nil, err
		}
		elem, err := s.exprType(x.Value)
		if err != nil {
			return nil, err
		}
		return reflect.MapOf(key, elem), nil
	case *ast.StarExpr:
		return s.compose(x.X, reflect.PointerTo)
	case *ast.ChanType:
		dir := map[ast.ChanDir]reflect.ChanDir{ast.SEND: reflect.SendDir, ast.RECV: reflect.RecvDir}[x.Dir]
		if dir == 0 {
			dir = reflect.BothDir
		}
		return s.compose(x.Value, func(t reflect.Type) reflect.Type { return reflect.ChanOf(dir, t) })
	case *ast.ArrayType:
		lit, ok := x.Len.(*ast.BasicLit)
		if !ok {
			return s.compose(x.Elt, reflect.SliceOf)
		}
		n, err := strconv.Atoi(lit.Value)
		if err != nil {
			return nil, err
		}
		return s.compose(x.Elt, func(t reflect.Type) reflect.Type { return reflect.ArrayOf(n, t) })
	}
	return nil, fmt.Errorf("no storage for %T", x)
}

// compose applies of to the type of x.
func (s *session) compose(x ast.Expr, of func(reflect.Type) reflect.Type) (reflect.Type, error) {
	t, err := s.exprType(x)
	if err != nil {
		return nil, err
	}
	return of(t), nil
}

// namedType finds pkg.Name among the loaded symbols, where a type is a nil
// pointer to it.
func (s *session) namedType(x *ast.SelectorExpr) (reflect.Type, error) {
	pkg, ok := x.X.(*ast.Ident)
	if !ok {
		return nil, fmt.Errorf("no package for %s", x.Sel.Name)
	}
	v, ok := s.packages[s.names[pkg.Name]][x.Sel.Name]
	if !ok || v.Kind() != reflect.Pointer || !v.IsNil() {
		return nil, fmt.Errorf("no type %s in %s", x.Sel.Name, s.names[pkg.Name])
	}
	return v.Type().Elem(), nil
}

func (s *session) funcType(x *ast.FuncType) (reflect.Type, error) {
	in, variadic, err := s.fieldTypes(x.Params)
	if err != nil {
		return nil, err
	}
	out, _, err := s.fieldTypes(x.Results)
	if err != nil {
		return nil, err
	}
	return reflect.FuncOf(in, out, variadic), nil
}

func (s *session) fieldTypes(list *ast.FieldList) (types []reflect.Type, variadic bool, err error) {
	if list == nil {
		return nil, false, nil
	}
	for _, f := range list.List {
		x := f.Type
		if e, ok := x.(*ast.Ellipsis); ok {
			x, variadic = &ast.ArrayType{Elt: e.Elt}, true
		}
		t, err := s.exprType(x)
		if err != nil {
			return nil, false, err
		}
		for range max(1, len(f.Names)) {
			types = append(types, t)
		}
	}
	return types, variadic, nil
}

func (s *session) structType(x *ast.StructType) (reflect.Type, error) {
	var fields []reflect.StructField
	for _, f := range x.Fields.List {
		t, err := s.exprType(f.Type)
		if err != nil {
			return nil, err
		}
		tag := ""
		if f.Tag != nil {
			if tag, err = strconv.Unquote(f.Tag.Value); err != nil {
				return nil, err
			}
		}
		for _, name := range f.Names {
			fields = append(fields, reflect.StructField{Name: strings.TrimSpace(name.Name), Type: t, Tag: reflect.StructTag(tag)})
		}
	}
	return reflect.StructOf(fields), nil
}

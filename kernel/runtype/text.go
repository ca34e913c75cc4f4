package runtype

import (
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// text writes a type as the run time does.
func (ts *Types) text(t types.Type) string {
	switch t := t.(type) {
	case *types.Named:
		return t.Obj().Pkg().Name() + "." + ts.nameWithArgs(t)
	case *types.Struct:
		label := func(f *types.Var) string {
			if f.Embedded() {
				return ""
			}
			return ts.config.Name(f.Name()) + " "
		}
		return ts.structText(t, label, func(t types.Type) string { return ts.of(t).String() })
	case *types.Interface:
		return ts.interfaceText(t, func(t types.Type) string { return ts.of(t).String() })
	}
	return t.String()
}

// structText writes a struct type, label what stands before the type of a field.
func (ts *Types) structText(t *types.Struct, label func(*types.Var) string, text func(types.Type) string) string {
	if t.NumFields() == 0 {
		return "struct {}"
	}
	fields := make([]string, t.NumFields())
	for i := range fields {
		f := t.Field(i)
		fields[i] = label(f) + text(f.Type())
		if tag := t.Tag(i); tag != "" {
			fields[i] += " " + strconv.Quote(tag)
		}
	}
	return "struct { " + strings.Join(fields, "; ") + " }"
}

func (ts *Types) interfaceText(t *types.Interface, text func(types.Type) string) string {
	if t.NumMethods() == 0 {
		return "interface {}"
	}
	list := slices.SortedFunc(t.Methods(), ts.compare)
	methods := make([]string, len(list))
	for i, m := range list {
		methods[i] = ts.qualified(m.Name(), m.Pkg()) + strings.TrimPrefix(text(withoutRecv(m.Signature())), "func")
	}
	return "interface { " + strings.Join(methods, "; ") + " }"
}

// qualified writes the name of a member, with its package if it is not exported.
func (ts *Types) qualified(name string, pkg *types.Package) string {
	name = ts.config.Name(name)
	if !exported(name) {
		name = ts.path(pkg) + "." + name
	}
	return name
}

// nameWithArgs returns the name of a type with its type arguments.
func (ts *Types) nameWithArgs(t *types.Named) string {
	name := ts.config.Name(t.Obj().Name())
	args := t.TypeArgs()
	if args.Len() == 0 {
		return name
	}
	list := make([]string, args.Len())
	for i := range list {
		list[i] = ts.argText(args.At(i))
	}
	return name + "[" + strings.Join(list, ",") + "]"
}

// argText writes a type argument: packages with their whole paths, and the names
// that are not exported of a struct's fields with their package.
func (ts *Types) argText(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if pkg := t.Obj().Pkg(); pkg != nil {
			return ts.path(pkg) + "." + ts.nameWithArgs(t)
		}
	case *types.Basic:
		return types.Typ[t.Kind()].Name() // of byte and rune
	case *types.Pointer:
		return "*" + ts.argText(t.Elem())
	case *types.Slice:
		return "[]" + ts.argText(t.Elem())
	case *types.Array:
		return "[" + strconv.FormatInt(t.Len(), 10) + "]" + ts.argText(t.Elem())
	case *types.Map:
		return "map[" + ts.argText(t.Key()) + "]" + ts.argText(t.Elem())
	case *types.Chan:
		elem := ts.argText(t.Elem())
		if t.Dir() == types.SendRecv && strings.HasPrefix(elem, "<-") {
			elem = "(" + elem + ")"
		}
		return [...]string{"chan ", "chan<- ", "<-chan "}[t.Dir()] + elem
	case *types.Signature:
		return ts.funcText(t)
	case *types.Struct:
		return ts.structText(t, ts.argLabel, ts.argText)
	case *types.Interface:
		return ts.interfaceText(t, ts.argText)
	}
	return types.TypeString(t, ts.path)
}

// argLabel writes the name of a field in a type argument; of an embedded one only
// if its type has another name, as aliases, instances and predeclared types have.
func (ts *Types) argLabel(f *types.Var) string {
	name := ts.qualified(f.Name(), f.Pkg())
	if !f.Embedded() {
		return name + " "
	}
	t := types.Unalias(f.Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if t, ok := t.(*types.Named); ok && t.TypeArgs().Len() == 0 && t.Obj().Pkg() != nil && t.Obj().Name() == f.Name() {
		return ""
	}
	return name + " = "
}

func (ts *Types) funcText(t *types.Signature) string {
	list := func(tuple *types.Tuple) string {
		var texts []string
		for v := range tuple.Variables() {
			texts = append(texts, ts.argText(v.Type()))
		}
		if n := len(texts); t.Variadic() && tuple == t.Params() {
			texts[n-1] = "..." + strings.TrimPrefix(texts[n-1], "[]")
		}
		return strings.Join(texts, ", ")
	}
	text := "func(" + list(t.Params()) + ")"
	switch t.Results().Len() {
	case 0:
		return text
	case 1:
		return text + " " + list(t.Results())
	}
	return text + " (" + list(t.Results()) + ")"
}

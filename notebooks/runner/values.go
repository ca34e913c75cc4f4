package runner

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"strconv"
	"strings"
	"time"
)

// assignment returns the Go statement that sets the parameter to what the user
// wrote.
func (p Parameter) assignment(text string) (string, error) {
	switch {
	case p.constant:
		return "", &ParameterError{fmt.Sprintf("parameter %s is a constant; declare it as a variable to set it", p.Name)}
	case p.Type == "":
		return "", &ParameterError{fmt.Sprintf(
			"the parameters cell does not tell the type of %s; declare it with one, such as var %[1]s float64 = …", p.Name)}
	}
	expr, ok := literal(p.typ, text)
	if !ok {
		return "", &ParameterError{fmt.Sprintf("parameter %s is %s and cannot be %q; write it %s",
			p.Name, p.Type, text, example(p))}
	}
	if isDuration(p.typ) {
		expr += " // " + strings.Join(strings.Fields(text), " ") // the number of nanoseconds says little
	}
	return p.Name + " = " + expr, nil
}

// literal returns the Go expression of a type for what the user wrote, and
// whether there is one.
func literal(typ types.Type, text string) (string, bool) {
	if isDuration(typ) {
		if d, err := time.ParseDuration(text); err == nil {
			return strconv.FormatInt(d.Nanoseconds(), 10), true
		}
	}
	switch u := typ.Underlying().(type) {
	case *types.Basic:
		if u.Info()&types.IsString != 0 {
			return stringLiteral(text), true
		}
	case *types.Slice:
		if !strings.Contains(text, "{") {
			return listLiteral(typ, u.Elem(), text)
		}
	}
	if _, err := parser.ParseExpr(text); err != nil || !fits(typ, text) {
		return "", false
	}
	return strings.TrimSpace(text), true
}

// stringLiteral quotes a text, unless it is a Go string literal already.
func stringLiteral(text string) string {
	if strings.HasPrefix(text, `"`) || strings.HasPrefix(text, "`") {
		if s, err := strconv.Unquote(text); err == nil {
			text = s
		}
	}
	return strconv.Quote(text)
}

// listLiteral returns the slice of the elements that stand between commas.
func listLiteral(list, elem types.Type, text string) (string, bool) {
	var elems []string
	if strings.TrimSpace(text) != "" {
		for part := range strings.SplitSeq(text, ",") {
			e, ok := literal(elem, strings.TrimSpace(part))
			if !ok {
				return "", false
			}
			elems = append(elems, e)
		}
	}
	return types.TypeString(list, qualifier) + "{" + strings.Join(elems, ", ") + "}", true
}

// fits reports whether an expression can be assigned to a variable of the type.
// Only the universe and package time are in scope, so it is made of literals.
func fits(typ types.Type, text string) bool {
	if named, ok := typ.(*types.Named); ok && !isDuration(named) {
		typ = typ.Underlying()
	}
	src := fmt.Sprintf("package p; import \"time\"; var _ time.Duration; var _ %s = (%s)", types.TypeString(typ, qualifier), text)
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.SkipObjectResolution)
	if err != nil {
		return false
	}
	return typeCheck(fset, file, nil) == nil
}

// example says how a value of the parameter's type is written.
func example(p Parameter) string {
	if isDuration(p.typ) {
		return "as in 1m30s"
	}
	switch u := p.typ.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsBoolean != 0:
			return "true or false"
		case u.Info()&types.IsInteger != 0:
			return "as in 10"
		case u.Info()&types.IsFloat != 0:
			return "as in 0.1"
		}
	case *types.Slice:
		return "with commas: a,b,c"
	}
	return "as a Go literal"
}

func isDuration(typ types.Type) bool {
	return types.TypeString(typ, qualifier) == "time.Duration"
}

// qualifier names packages in types as Go code does.
func qualifier(pkg *types.Package) string {
	if pkg.Path() == "p" {
		return ""
	}
	return pkg.Name()
}

// typeCheck checks a file as far as that goes and returns its first error.
func typeCheck(fset *token.FileSet, file *ast.File, info *types.Info) (first error) {
	conf := types.Config{
		Importer: timeImporter{},
		Error: func(err error) {
			if first == nil {
				first = err
			}
		},
	}
	_, _ = conf.Check("p", fset, []*ast.File{file}, info) // the error went to conf.Error
	return first
}

// A timeImporter knows one package: of time, the type Duration and its units. A
// parameters cell needs no more, and so no export data.
type timeImporter struct{}

func (timeImporter) Import(path string) (*types.Package, error) {
	if path != "time" {
		return nil, fmt.Errorf("package %s is not known here", path)
	}
	pkg := types.NewPackage("time", "time")
	name := types.NewTypeName(token.NoPos, pkg, "Duration", nil)
	duration := types.NewNamed(name, types.Typ[types.Int64], nil)
	pkg.Scope().Insert(name)
	for unit, d := range map[string]time.Duration{
		"Nanosecond": time.Nanosecond, "Microsecond": time.Microsecond, "Millisecond": time.Millisecond,
		"Second": time.Second, "Minute": time.Minute, "Hour": time.Hour,
	} {
		pkg.Scope().Insert(types.NewConst(token.NoPos, pkg, unit, duration, constant.MakeInt64(int64(d))))
	}
	pkg.MarkComplete()
	return pkg, nil
}

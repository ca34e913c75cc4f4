package compile

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"strings"
)

// A Namer gives objects of a session the names they have in compiled packages.
type Namer struct {
	// Session reports whether a package is one of the session's own. All other
	// packages keep their names.
	Session func(*types.Package) bool
}

// Name returns the name of an object in compiled packages: with [Marker] for
// unexported types, fields and methods, with [ObjectMarker] for unexported
// functions, variables and constants at package level, and otherwise its own.
// The names of local variables, labels, type parameters and parameters stay, as
// do _, init and main.
func (n Namer) Name(obj types.Object) string {
	name := obj.Name()
	if obj.Exported() || name == "_" || obj.Pkg() == nil || !n.Session(obj.Pkg()) {
		return name
	}
	switch obj := obj.(type) {
	case *types.TypeName:
		if _, ok := obj.Type().(*types.TypeParam); !ok {
			return Marker + name
		}
	case *types.Var:
		if obj.IsField() {
			return Marker + name
		}
		if obj.Parent() == obj.Pkg().Scope() {
			return ObjectMarker + name
		}
	case *types.Const:
		if obj.Parent() == obj.Pkg().Scope() {
			return ObjectMarker + name
		}
	case *types.Func:
		if obj.Signature().Recv() != nil {
			return Marker + name
		}
		if name != "init" && name != "main" {
			return ObjectMarker + name
		}
	}
	return name
}

// Rename gives the identifiers of a type-checked file of the session the names
// that they have in compiled packages. It changes the file in place; info must
// have Defs, Uses and Implicits.
//
// A struct that embeds a predeclared type, error or int, has an unexported field
// of that name, which the type's name cannot be given: such a type is embedded
// by an alias. Rename returns the names of the types for which the package needs
// one; see [Aliases].
func (n Namer) Rename(file *ast.File, info *types.Info) (aliases []string) {
	embedded := map[*ast.Ident]bool{}
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.StructType:
			for _, field := range node.Fields.List {
				if len(field.Names) == 0 {
					embedded[typeIdent(field.Type)] = true
				}
			}
		case *ast.Ident:
			obj := info.Defs[node]
			if obj == nil {
				obj = info.Uses[node]
			}
			switch {
			case obj == nil:
			case embedded[node] && obj.Pkg() == nil && !obj.Exported():
				aliases = append(aliases, obj.Name())
				node.Name = Marker + obj.Name()
			default:
				node.Name = n.Name(obj)
			}
		}
		return true
	})
	return aliases
}

// typeIdent returns the identifier of an embedded type that names the field.
func typeIdent(expr ast.Expr) *ast.Ident {
	switch expr := expr.(type) {
	case *ast.Ident:
		return expr
	case *ast.StarExpr:
		return typeIdent(expr.X)
	case *ast.ParenExpr:
		return typeIdent(expr.X)
	case *ast.IndexExpr:
		return typeIdent(expr.X)
	case *ast.IndexListExpr:
		return typeIdent(expr.X)
	case *ast.SelectorExpr:
		return expr.Sel
	}
	return nil
}

// Aliases returns declarations of the aliases that [Namer.Rename] asked for, on
// one line.
func Aliases(names []string) string {
	var out strings.Builder
	seen := map[string]bool{}
	for _, name := range names {
		if !seen[name] {
			out.WriteString("type " + Marker + name + " = " + name + "; ")
		}
		seen[name] = true
	}
	return out.String()
}

var sessionPath = regexp.MustCompile(`\bsession/\w+\.`)

// Readable returns text in which the user's names stand for those of compiled
// packages: stack traces, which name functions "session/c7.(*𞤀_point).𞤀_area".
func Readable(text string) string {
	if !strings.Contains(text, "session/") && !strings.Contains(text, Marker[:3]) {
		return text
	}
	text = sessionPath.ReplaceAllString(text, mainPath+".")
	return strings.NewReplacer(Marker, "", ObjectMarker, "").Replace(text)
}

var _ = token.IsExported

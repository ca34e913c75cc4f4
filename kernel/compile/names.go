package compile

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// A Namer gives objects of a session the names they have in compiled packages.
type Namer struct {
	// Session reports whether a package of the checker is one of the session's
	// own. All other packages keep their names.
	Session func(*types.Package) bool
	// Qualifier returns the name by which the package under construction imports
	// the one where an object of the session is, "" for its own objects. It is
	// asked only for objects at package level. Nil: all are its own.
	Qualifier func(types.Object) string
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

// An Edit replaces source text.
type Edit struct {
	Ident    *ast.Ident
	Pos, End token.Pos
	New      string
}

// Edits returns the changes that give the identifiers below a type-checked node
// of the session the names that they have in the compiled package, in the order
// of their positions; info must have Defs and Uses. Only identifiers change, so
// lines stay what they are.
//
// A struct that embeds a predeclared type, error or int, has an unexported field
// of that name, which the type cannot be given: such a type is embedded by an
// alias. Edits returns the names of the types for which the package needs one;
// see [Aliases].
func (n Namer) Edits(node ast.Node, info *types.Info) (edits []Edit, aliases []string) {
	embedded := map[*ast.Ident]bool{}
	ast.Inspect(node, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.StructType:
			for _, field := range node.Fields.List {
				if len(field.Names) == 0 {
					embedded[typeIdent(field.Type)] = true
				}
			}
		case *ast.Ident:
			obj := info.Uses[node] // of an embedded field, the type; Defs has the field
			if obj == nil {
				obj = info.Defs[node]
			}
			if obj == nil {
				return true
			}
			name := n.qualified(obj)
			if embedded[node] && obj.Pkg() == nil {
				aliases = append(aliases, obj.Name())
				name = Marker + obj.Name()
			}
			if name != node.Name {
				edits = append(edits, Edit{node, node.Pos(), node.End(), name})
			}
		}
		return true
	})
	slices.SortFunc(edits, func(a, b Edit) int { return int(a.Pos - b.Pos) })
	return edits, aliases
}

// qualified returns an object's name with that of the package to import it from.
func (n Namer) qualified(obj types.Object) string {
	name := n.Name(obj)
	if n.Qualifier == nil || obj.Pkg() == nil || obj.Parent() != obj.Pkg().Scope() || !n.Session(obj.Pkg()) {
		return name
	}
	if pkg := n.Qualifier(obj); pkg != "" {
		return pkg + "." + name
	}
	return name
}

// Apply returns src, whose first byte is at position base, with edits that are
// sorted and do not overlap.
func Apply(src string, base token.Pos, edits []Edit) string {
	var out strings.Builder
	done := base
	for _, e := range edits {
		out.WriteString(src[done-base : e.Pos-base])
		out.WriteString(e.New)
		done = e.End
	}
	out.WriteString(src[done-base:])
	return out.String()
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

// Aliases returns declarations of the aliases that [Namer.Edits] asked for, on
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

// pathPrefix begins the import path of every package of a session.
const pathPrefix = "session/"

var sessionPath = regexp.MustCompile(`\b` + pathPrefix + `\w+\.`)

// Readable returns text in which the user's names stand for those of compiled
// packages, such as "session/c7.(*𞤀_point).𞤀_area". Few texts have those: errors
// of the linker, of plugin.Open, and stack traces where a plugin is not an ELF
// file.
func Readable(text string) string {
	if !strings.Contains(text, pathPrefix) && !strings.Contains(text, Marker[:3]) {
		return text
	}
	text = sessionPath.ReplaceAllString(text, mainPath+".")
	return strings.NewReplacer(Marker, "", ObjectMarker, "").Replace(text)
}

package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// TestDocumented wants a doc comment on every exported name of the module: types,
// functions, methods of exported types, constants and variables.
func TestDocumented(t *testing.T) {
	eachPackage(t, func(pkg string, files []string) {
		if strings.HasSuffix(pkg, "/symbols") {
			return // generated tables
		}
		for _, file := range files {
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, file, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			for _, decl := range f.Decls {
				for name, doc := range exportedNames(decl) {
					if doc == nil {
						t.Errorf("%s: %s has no doc comment", fset.Position(name.Pos()), name.Name)
					}
				}
			}
		}
	})
}

// exportedNames returns the exported names of a declaration with their comments:
// those of the name itself, else those of its group.
func exportedNames(decl ast.Decl) map[*ast.Ident]*ast.CommentGroup {
	names := map[*ast.Ident]*ast.CommentGroup{}
	add := func(name *ast.Ident, docs ...*ast.CommentGroup) {
		if !name.IsExported() {
			return
		}
		names[name] = nil
		for _, doc := range docs {
			if doc != nil {
				names[name] = doc
			}
		}
	}
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil || ast.IsExported(receiver(d.Recv.List[0].Type)) {
			add(d.Name, d.Doc)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				add(s.Name, d.Doc, s.Doc)
			case *ast.ValueSpec:
				for _, name := range s.Names {
					add(name, d.Doc, s.Doc, s.Comment)
				}
			}
		}
	}
	return names
}

// receiver returns the name of the type of a method's receiver.
func receiver(typ ast.Expr) string {
	switch t := typ.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.IndexListExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}

package ssainterp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
)

// Main checks, translates and returns a whole program given as text. name is
// what positions call it. An error is a syntax or type error, or [RefusedError].
func Main(importer *Importer, symbols Symbols, name, text string) (*Package, error) {
	fset := importer.FileSet()
	file, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution|parser.ParseComments)
	if err != nil {
		return nil, err
	}
	info := NewInfo()
	pkg, err := checker(importer).Check("main", fset, []*ast.File{file}, info)
	if err != nil {
		return nil, err
	}
	if refusals := Directives(fset, file); len(refusals) > 0 {
		return nil, refusals
	}
	p, err := New(importer, symbols, nil)
	if err != nil {
		return nil, err
	}
	return p.Load(pkg, []*ast.File{file}, info)
}

// NewInfo returns what the translation needs to know of checked source.
func NewInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{},
		Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Scopes: map[ast.Node]*types.Scope{}, FileVersions: map[*ast.File]string{},
	}
}

// Directives refuses comments that tell the compiler what no interpreter does.
func Directives(fset *token.FileSet, file *ast.File) (refusals RefusedError) {
	for _, group := range file.Comments {
		for _, c := range group.List {
			if strings.HasPrefix(c.Text, "//go:linkname") {
				refusals = append(refusals, Refusal{fset.Position(c.Pos()), "//go:linkname"})
			}
		}
	}
	return refusals
}

// uses refuses what a program names and would get wrong without calling it.
func (p *Program) uses(info *types.Info) {
	for id, obj := range info.Uses {
		if obj.Pkg() == nil {
			continue
		}
		switch name := obj.Pkg().Path() + "." + obj.Name(); {
		case name == "log.Lshortfile", name == "log.Llongfile", name == "log/slog.AddSource":
			p.refuse(id.Pos(), "%s, which would name the interpreter's files", name)
		}
	}
}

// unevaluated refuses expressions that package ssa evaluates and the compiler does
// not, because only their type counts: *p of an array, in len, cap and range.
func (p *Program) unevaluated(files []*ast.File, info *types.Info) {
	check := func(x ast.Expr) {
		star, ok := ast.Unparen(x).(*ast.StarExpr)
		if !ok {
			return
		}
		if id, ok := star.X.(*ast.Ident); ok && p.name != nil && info.Uses[id].Parent() == info.Uses[id].Pkg().Scope() {
			return // the slot of a variable, which is never nil
		}
		if _, ok := info.TypeOf(star).Underlying().(*types.Array); ok {
			p.refuse(x.Pos(), "the length of an array behind a pointer, written with *")
		}
	}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.RangeStmt:
				if n.Value == nil {
					check(n.X)
				}
			case *ast.CallExpr:
				if id, ok := n.Fun.(*ast.Ident); ok && len(n.Args) == 1 && (id.Name == "len" || id.Name == "cap") {
					check(n.Args[0])
				}
			}
			return true
		})
	}
}

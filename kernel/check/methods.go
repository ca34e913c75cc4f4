package check

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"maps"
	"slices"

	"github.com/lectern-go/lectern/kernel/cell"
)

// source is a declared type's text, for cells that add methods to it.
type source struct {
	cell    string
	line    int
	spec    string            // the declaration
	methods map[string]string // by name
}

// pull adds to the cell the declaration and the other methods of each type of an
// earlier cell for which this cell declares methods: a type and its methods are
// declared together, so this declares the type again.
func (s *Session) pull(c *cell.Cell) {
	declared := map[string]bool{}
	mine := map[string]map[string]bool{} // type -> its methods here
	for _, d := range c.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			eachSpecName(d, func(id *ast.Ident) { declared[id.Name] = true })
		case *ast.FuncDecl:
			if base := receiverBase(d); base != "" {
				if mine[base] == nil {
					mine[base] = map[string]bool{}
				}
				mine[base][d.Name.Name] = true
			}
		}
	}
	for _, base := range slices.Sorted(maps.Keys(mine)) {
		src := s.sources[base]
		if declared[base] || src == nil {
			continue
		}
		c.Decls = append(c.Decls, s.reparse(src, src.spec)...)
		for _, name := range slices.Sorted(maps.Keys(src.methods)) {
			if !mine[base][name] {
				c.Decls = append(c.Decls, s.reparse(src, src.methods[name])...)
			}
		}
	}
}

func (s *Session) reparse(src *source, text string) []ast.Decl {
	file, err := parser.ParseFile(s.fset, src.cell, fmt.Sprintf("package main\n//line %s:%d:1\n%s", src.cell, src.line, text), parser.SkipObjectResolution)
	if err != nil {
		return nil // it was printed from syntax that parsed
	}
	return file.Decls
}

// keepSources remembers the text of the types that the cell declares, before
// lowering changes their syntax.
func (s *Session) keepSources(c *Checked) map[string]*source {
	out := map[string]*source{}
	for _, d := range c.Decls {
		gen, ok := d.(*ast.GenDecl)
		if !ok || gen.Tok != token.TYPE {
			continue
		}
		for _, spec := range gen.Specs {
			spec := spec.(*ast.TypeSpec)
			out[spec.Name.Name] = &source{
				cell: c.Name, line: s.fset.Position(spec.Pos()).Line, methods: map[string]string{},
				spec: s.text(&ast.GenDecl{Tok: token.TYPE, Specs: []ast.Spec{spec}}),
			}
		}
	}
	for _, d := range c.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			if src := out[receiverBase(f)]; src != nil {
				src.methods[f.Name.Name] = s.text(f)
			}
		}
	}
	return out
}

func (s *Session) text(n ast.Node) string {
	var buf bytes.Buffer
	if err := printer.Fprint(&buf, s.fset, n); err != nil {
		return ""
	}
	return buf.String()
}

// receiverBase returns the name of the type that a method belongs to, or "".
func receiverBase(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) != 1 {
		return ""
	}
	x := f.Recv.List[0].Type
	for {
		switch t := x.(type) {
		case *ast.StarExpr:
			x = t.X
		case *ast.ParenExpr:
			x = t.X
		case *ast.IndexExpr:
			x = t.X
		case *ast.IndexListExpr:
			x = t.X
		case *ast.Ident:
			return t.Name
		default:
			return ""
		}
	}
}

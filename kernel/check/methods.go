package check

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"go/types"
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
	consts  []constants       // of the type
}

// constants is a declaration of constants.
type constants struct {
	cell  string
	line  int
	text  string
	names []string
}

// pull adds to the cell the declaration, the other methods and the constants of each
// type of an earlier cell for which this cell declares methods: a type and its methods
// are declared together, so this declares the type again.
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
		c.Decls = append(c.Decls, s.reparse(src.cell, src.line, src.spec)...)
		for _, name := range slices.Sorted(maps.Keys(src.methods)) {
			if !mine[base][name] {
				c.Decls = append(c.Decls, s.reparse(src.cell, src.line, src.methods[name])...)
			}
		}
		for _, group := range src.consts {
			another := func(name string) bool {
				return declared[name] || s.objects[name] == nil || s.objects[name].Cell != group.cell
			}
			if !slices.ContainsFunc(group.names, another) {
				c.Decls = append(c.Decls, s.reparse(group.cell, group.line, group.text)...)
				for _, name := range group.names { // of two types, perhaps
					declared[name] = true
				}
			}
		}
	}
}

func (s *Session) reparse(cell string, line int, text string) []ast.Decl {
	file, err := parser.ParseFile(s.fset, cell, fmt.Sprintf("package main\n//line %s:%d:1\n%s", cell, line, text), parser.SkipObjectResolution)
	if err != nil {
		return nil // it was printed from syntax that parsed
	}
	return file.Decls
}

// keepSources remembers the text of the types that the cell declares, and of the
// types to which it adds constants, before lowering changes their syntax.
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
	for _, d := range c.Decls {
		if gen, ok := d.(*ast.GenDecl); ok && gen.Tok == token.CONST {
			s.keepConstants(c, gen, out)
		}
	}
	return out
}

// keepConstants remembers a declaration of constants with each type that they have.
func (s *Session) keepConstants(c *Checked, gen *ast.GenDecl, out map[string]*source) {
	group := constants{cell: c.Name, line: s.fset.Position(gen.Pos()).Line, text: s.text(gen)}
	ofTypes := map[string]bool{}
	eachSpecName(gen, func(id *ast.Ident) {
		if id.Name == "_" {
			return
		}
		group.names = append(group.names, id.Name)
		if named, ok := types.Unalias(c.Info.Defs[id].Type()).(*types.Named); ok {
			name := named.Obj().Name()
			o := c.Ref(named.Obj())
			ofTypes[name] = ofTypes[name] || o != nil && (o == s.objects[name] || o == c.object(name))
		}
	})
	for name, current := range ofTypes {
		if !current {
			continue
		}
		src := out[name]
		if old := s.sources[name]; src == nil && old != nil {
			clone := *old
			clone.consts = slices.Clip(clone.consts)
			src = &clone
			out[name] = src
		}
		if src != nil {
			src.consts = append(src.consts, group)
		}
	}
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

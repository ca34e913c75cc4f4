package check

import (
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/lectern-go/lectern/kernel/cell"
)

const noUnsafe = "unsafe is not available in cells: it could corrupt the session; put such code into a package of a module"

// restrict finds what Go allows but a cell does not.
func (s *Session) restrict(c *cell.Cell) []Diagnostic {
	ds := s.directives(c)
	for _, spec := range c.Imports {
		switch spec.Path.Value {
		case `"unsafe"`, "`unsafe`":
			ds = append(ds, s.at(spec, noUnsafe))
		case `"C"`, "`C`":
			ds = append(ds, s.at(spec, "cgo is not available in cells; put such code into a package of a module"))
		}
	}
	for _, st := range c.Stmts {
		if ret, ok := st.(*ast.ReturnStmt); ok {
			ds = append(ds, s.at(ret, "return outside of a function"))
		}
	}
	return ds
}

// directives finds the comments that would have the compiler fill variables with
// files, of which there are none where cells and programs of one file are compiled.
func (s *Session) directives(c *cell.Cell) (ds []Diagnostic) {
	const embed = "//go:embed "
	if !strings.Contains(c.Text, embed) {
		return nil
	}
	var sc scanner.Scanner
	file := token.NewFileSet().AddFile(c.Name, -1, len(c.Text))
	sc.Init(file, []byte(c.Text), nil, scanner.ScanComments)
	for pos, tok, text := sc.Scan(); tok != token.EOF; pos, tok, text = sc.Scan() {
		if tok == token.COMMENT && strings.HasPrefix(text, embed) {
			ds = append(ds, Diagnostic{Pos: file.Position(pos), Msg: "//go:embed is not available in cells; read the file with os.ReadFile"})
		}
	}
	return ds
}

// restrictProgram finds what Go allows but a cell that is a whole program does not.
func (s *Session) restrictProgram(c *cell.Cell, pkg *types.Package) []Diagnostic {
	ds := s.directives(c)
	switch {
	case c.Package.Name != "main":
		ds = append(ds, s.at(c.Package, "package "+c.Package.Name+" is no program; without the clause, the cell declares in the session"))
	case pkg.Scope().Lookup("main") == nil:
		ds = append(ds, s.at(c.Package, "function main is undeclared in the main package"))
	}
	return ds
}

// merge returns the diagnostics in both lists, without those of the second that are
// about the line of one in the first.
func merge(first, second []Diagnostic) []Diagnostic {
	told := map[int]bool{}
	for _, d := range first {
		told[d.Pos.Line] = true
	}
	return append(first, slices.DeleteFunc(second, func(d Diagnostic) bool { return told[d.Pos.Line] || !d.Pos.IsValid() && len(first) > 0 })...)
}

func (s *Session) at(n ast.Node, msg string) Diagnostic {
	return Diagnostic{Pos: s.fset.Position(n.Pos()), Msg: msg}
}

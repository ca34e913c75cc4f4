package check

import (
	"go/ast"

	"github.com/lectern-go/lectern/kernel/cell"
)

// restrict finds what Go allows but a cell does not.
func (s *Session) restrict(c *cell.Cell) []Diagnostic {
	var ds []Diagnostic
	for _, spec := range c.Imports {
		switch spec.Path.Value {
		case `"unsafe"`, "`unsafe`":
			ds = append(ds, s.at(spec, "unsafe is not available in cells: it could corrupt the session; put such code into a package of a module"))
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

func (s *Session) at(n ast.Node, msg string) Diagnostic {
	return Diagnostic{Pos: s.fset.Position(n.Pos()), Msg: msg}
}

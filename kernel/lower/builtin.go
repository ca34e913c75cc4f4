package lower

import (
	"go/ast"
	"go/types"
)

// The session's functions for builtins; min and max are [Builtin] with the type
// of their operands.
const (
	Clear   = "Clear"
	Print   = "Print"
	Println = "Println"
)

// Builtin returns the name of the session's function for the builtin name
// with operands of the basic type typ.
func Builtin(name, typ string) string {
	if name == "min" {
		return "Min_" + typ
	}
	return "Max_" + typ
}

// builtin returns the session's function for a call of min, max or clear,
// which came to Go after the interpreter, and of print or println, which it
// writes to standard output; "" for other calls.
func (l *lowering) builtin(n *ast.CallExpr) string {
	id, ok := ast.Unparen(n.Fun).(*ast.Ident)
	if !ok {
		return ""
	}
	if _, ok := l.Info.Uses[id].(*types.Builtin); !ok || l.Info.Types[n].Value != nil {
		return ""
	}
	switch id.Name {
	case "clear":
		return Clear
	case "print":
		return Print
	case "println":
		return Println
	case "min", "max":
		if basic, ok := l.Info.TypeOf(n).(*types.Basic); ok {
			return Builtin(id.Name, types.Typ[basic.Kind()].Name()) // not byte or rune
		}
	}
	return ""
}

// rewriteArgs lowers the arguments of a call.
func (l *lowering) rewriteArgs(n *ast.CallExpr) {
	for i, x := range n.Args {
		p := &ast.ParenExpr{X: x}
		l.rewrite(p)
		n.Args[i] = p.X
	}
}

func isInteger(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsInteger != 0
}

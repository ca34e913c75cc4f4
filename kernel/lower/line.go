package lower

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

// Line and Top are variables of the session package: the line of the last
// statement that may panic, and of the last outermost one. The interpreter
// itself knows of a panic's frames only where their functions begin.
const (
	Line = "Line"
	Top  = "Top"
)

// trackLines notes the line before each statement below n that may panic, but not
// in goroutines: a panic in one ends the worker, and the lines of those that go on
// would be taken for the cell's.
func (l *lowering) trackLines(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return !l.goroutines[n]
		case *ast.BlockStmt:
			if len(n.List) > 0 {
				switch n.List[0].(type) {
				case *ast.CaseClause, *ast.CommClause:
					return true // no statement may stand before them
				}
			}
			n.List = l.tracked(n.List, Line)
		case *ast.CaseClause:
			n.Body = l.tracked(n.Body, Line)
		}
		return true
	})
}

// tracked returns the statements with their lines noted in the variable.
func (l *lowering) tracked(list []ast.Stmt, variable string) []ast.Stmt {
	out := make([]ast.Stmt, 0, len(list))
	for _, st := range list {
		if st.Pos().IsValid() && mayPanic(st) {
			out = append(out, l.note(st.Pos(), variable))
		}
		out = append(out, st)
	}
	return out
}

// note returns *session.variable = line.
func (l *lowering) note(pos token.Pos, variable string) ast.Stmt {
	line := strconv.Itoa(l.fset.Position(pos).Line)
	return &ast.AssignStmt{
		Lhs: []ast.Expr{&ast.StarExpr{Star: pos, X: &ast.SelectorExpr{
			X: &ast.Ident{NamePos: pos, Name: Session}, Sel: &ast.Ident{NamePos: pos, Name: variable},
		}}},
		TokPos: pos, Tok: token.ASSIGN,
		Rhs: []ast.Expr{&ast.BasicLit{ValuePos: pos, Kind: token.INT, Value: line}},
	}
}

// mayPanic reports whether a statement's own expressions may panic; blocks in
// it note their own lines.
func mayPanic(st ast.Stmt) bool {
	found := false
	ast.Inspect(st, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			return false
		case *ast.StarExpr:
			found = found || !isOurs(n.X)
			return found
		case *ast.SelectorExpr:
			found = found || !isOurs(n)
		case *ast.IndexExpr, *ast.SliceExpr, *ast.CallExpr, *ast.TypeAssertExpr, *ast.SendStmt:
			found = true
		case *ast.BinaryExpr:
			found = found || n.Op == token.QUO || n.Op == token.REM || n.Op == token.SHL || n.Op == token.SHR
		}
		return !found
	})
	return found
}

// isOurs reports whether x selects from a package of the lowered source: a slot
// or an imported name, which cannot panic.
func isOurs(x ast.Expr) bool {
	sel, ok := x.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	id, ok := sel.X.(*ast.Ident)
	return ok && strings.HasSuffix(id.Name, "ꞏ")
}

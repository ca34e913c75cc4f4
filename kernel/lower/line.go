package lower

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

// Enter is a function of the session package that a function calls first, with the
// address of its variable [line] and the name of the cell: the worker finds in it
// where the function is when something below it panics. The interpreter itself
// knows of a panic's frames only where their functions begin.
const Enter = "Enter"

// line is the variable of each interpreted function that holds the line of its
// last statement that may panic.
const line = "lineꞏ"

// trackLines has the function note the line before each statement that may panic,
// and begin with [Enter] if there are any or noted ones already. Where deferred
// calls run, the function is at its return or its end.
func (l *lowering) trackLines(fn *ast.FuncLit, noted bool) {
	t := tracker{lowering: l, noted: noted}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		_, deferred := n.(*ast.DeferStmt)
		t.defers = t.defers || deferred
		lit, ok := n.(*ast.FuncLit)
		return !ok || l.functions[lit] == 0
	})
	ast.Inspect(fn.Body, t.visit)
	if t.defers && fn.Type.Results == nil {
		fn.Body.List = append(fn.Body.List, l.note(fn.Body.Rbrace))
	}
	if t.noted || t.defers {
		fn.Body.List = append(l.enter(fn.Body.Pos()), fn.Body.List...)
	}
}

// Which function literals have lines of their own; those that the lowering made
// are a part of the function around them.
const (
	written = iota + 1 // in the cell
	later              // runs where the function around it is at another line
)

// tracker adds notes to one function.
type tracker struct {
	*lowering
	defers, noted bool
}

func (t *tracker) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncLit:
		switch t.functions[n] {
		case written:
			t.trackLines(n, false)
			return false
		case later:
			return false
		}
	case *ast.BlockStmt:
		if len(n.List) > 0 {
			switch n.List[0].(type) {
			case *ast.CaseClause, *ast.CommClause:
				return true // no statement may stand before them
			}
		}
		n.List = t.tracked(n.List)
	case *ast.CaseClause:
		n.Body = t.tracked(n.Body)
	}
	return true
}

// tracked returns the statements with their lines noted.
func (t *tracker) tracked(list []ast.Stmt) []ast.Stmt {
	out := make([]ast.Stmt, 0, len(list))
	for _, st := range list {
		_, returns := st.(*ast.ReturnStmt)
		if st.Pos().IsValid() && (mayPanic(st) || returns && t.defers) {
			out = append(out, t.note(st.Pos()))
			t.noted = true
		}
		out = append(out, st)
	}
	return out
}

// enter returns the statements var line int; session.Enter(&line, cell).
func (l *lowering) enter(pos token.Pos) []ast.Stmt {
	variable := func() *ast.Ident { return &ast.Ident{NamePos: pos, Name: line} }
	return []ast.Stmt{
		&ast.DeclStmt{Decl: &ast.GenDecl{Tok: token.VAR, TokPos: pos, Specs: []ast.Spec{
			&ast.ValueSpec{Names: []*ast.Ident{variable()}, Type: &ast.Ident{NamePos: pos, Name: "int"}},
		}}},
		&ast.ExprStmt{X: &ast.CallExpr{Fun: l.sessionFunc(Enter, pos), Lparen: pos, Rparen: pos, Args: []ast.Expr{
			&ast.UnaryExpr{OpPos: pos, Op: token.AND, X: variable()},
			&ast.BasicLit{ValuePos: pos, Kind: token.STRING, Value: strconv.Quote(l.Name)},
		}}},
	}
}

// note returns line = the line of pos.
func (l *lowering) note(pos token.Pos) ast.Stmt {
	return &ast.AssignStmt{
		Lhs: []ast.Expr{&ast.Ident{NamePos: pos, Name: line}}, TokPos: pos, Tok: token.ASSIGN,
		Rhs: []ast.Expr{&ast.BasicLit{ValuePos: pos, Kind: token.INT, Value: strconv.Itoa(l.fset.Position(pos).Line)}},
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

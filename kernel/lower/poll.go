package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/astutil"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/lectern-go/lectern/kernel/compile"
)

// StopVar and CheckVar are variables of a compiled package, which the worker sets:
// a *uint32 that is not 0 once a cell has been interrupted, and the function to
// call then, as [Check]. Compiled code looks behind what may wait, before it uses
// the result, and in loops that do more than calculate.
const (
	StopVar  = compile.ObjectMarker + "stopꞏ"
	CheckVar = compile.ObjectMarker + "checkꞏ"
)

// Functions of a compiled package that check: as statements, behind expressions
// with one and with two values, and behind a receive with two.
const (
	checkFunc   = compile.ObjectMarker + "waitꞏ"
	check1Func  = compile.ObjectMarker + "wait1ꞏ"
	check2Func  = compile.ObjectMarker + "wait2ꞏ"
	receiveFunc = compile.ObjectMarker + "receiveꞏ"
)

const checkFuncs = `
var (
	` + StopVar + ` = new(uint32)
	` + CheckVar + ` func()
)

func ` + checkFunc + `() {
	if *` + StopVar + ` != 0 {
		` + CheckVar + `()
	}
}

func ` + check1Func + `[A any](a A) A {
	` + checkFunc + `()
	return a
}

func ` + check2Func + `[A, B any](a A, b B) (A, B) {
	` + checkFunc + `()
	return a, b
}

func ` + receiveFunc + `[A any](c <-chan A) (A, bool) {
	a, ok := <-c
	` + checkFunc + `()
	return a, ok
}

`

// noteLoops notes that the loops among the cell's own statements check.
func (u *unit) noteLoops(body *ast.BlockStmt) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt:
			u.polls[n] = true
		case *ast.RangeStmt:
			u.polls[n] = true
		}
		return true
	})
}

// noteWaits notes, before the parts of n are rewritten, where [unit.post] is to
// check.
func (u *unit) noteWaits(n ast.Node) {
	switch n := n.(type) {
	case *ast.CallExpr:
		u.waiting[n] = waits(u.Info, n)
	case *ast.ForStmt:
		u.polls[n] = u.polls[n] || u.works(n.Body)
	case *ast.RangeStmt:
		u.chans[n] = isChan(u.Info.TypeOf(n.X))
		u.polls[n] = u.polls[n] || u.chans[n] || u.works(n.Body)
	case *ast.CommClause:
		switch comm := n.Comm.(type) {
		case *ast.ExprStmt:
			u.keepReceive(comm.X)
		case *ast.AssignStmt:
			u.keepReceive(comm.Rhs[0])
		}
	case *ast.AssignStmt:
		if len(n.Lhs) == 2 && len(n.Rhs) == 1 && !takesBool(u.Info.TypeOf(n.Lhs[1])) {
			u.keepReceive(n.Rhs[0])
		}
	case *ast.ValueSpec:
		if len(n.Names) == 2 && len(n.Values) == 1 && n.Type != nil {
			u.keepReceive(n.Values[0])
		}
	}
}

// keepReceive leaves a receive as it is: a select statement wants it, or its second
// value goes to a place that is no bool.
func (u *unit) keepReceive(x ast.Expr) {
	if receive, ok := ast.Unparen(x).(*ast.UnaryExpr); ok {
		u.plain[receive] = true
	}
}

// takesBool reports whether a bool can be assigned to a place of type t, which is
// nil for the blank name.
func takesBool(t types.Type) bool { return t == nil || types.AssignableTo(types.Typ[types.Bool], t) }

// works reports whether the body of a loop does more than calculate: its loops and
// calls may take long.
func (u *unit) works(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt, *ast.RangeStmt:
			found = true
		case *ast.CallExpr:
			switch callee := typeutil.Callee(u.Info, n).(type) {
			case *types.Func: // those of package math are a few instructions
				found = found || callee.Pkg() == nil || !strings.HasPrefix(callee.Pkg().Path(), "math")
			case *types.Var:
				found = true
			}
		}
		return !found
	})
	return found
}

// post checks behind what may wait, and in loops.
func (u *unit) post(c *astutil.Cursor) bool {
	check := &ast.ExprStmt{X: &ast.CallExpr{Fun: ast.NewIdent(checkFunc)}}
	behind := false
	switch n := c.Node().(type) {
	case *ast.CallExpr:
		u.checkResults(c, n)
	case *ast.UnaryExpr:
		if n.Op == token.ARROW && !u.plain[n] {
			u.checkReceive(c, n)
		}
	case *ast.ExprStmt:
		call, ok := n.X.(*ast.CallExpr)
		behind = ok && u.waiting[call]
	case *ast.SendStmt:
		behind = true
	case *ast.CommClause:
		n.Body = append([]ast.Stmt{check}, n.Body...)
	case *ast.ForStmt:
		if u.polls[n] {
			n.Body.List = append([]ast.Stmt{check}, n.Body.List...)
		}
	case *ast.RangeStmt:
		if u.polls[n] {
			n.Body.List = append([]ast.Stmt{check}, n.Body.List...)
		}
		behind = u.chans[n]
	}
	if behind && c.Index() >= 0 {
		c.InsertAfter(check)
	}
	return true
}

// checkResults passes the results of a call through a check, if it is not a
// statement.
func (u *unit) checkResults(c *astutil.Cursor, n *ast.CallExpr) {
	switch c.Parent().(type) {
	case *ast.ExprStmt, *ast.GoStmt, *ast.DeferStmt:
		return
	}
	if !u.waiting[n] {
		return
	}
	name := check1Func
	if tuple, ok := u.Info.TypeOf(n).(*types.Tuple); ok {
		if tuple.Len() != 2 {
			return
		}
		name = check2Func
	}
	c.Replace(&ast.CallExpr{Fun: &ast.Ident{NamePos: n.Pos(), Name: name}, Args: []ast.Expr{n}})
}

// checkReceive passes what is received through a check, or has a function receive.
func (u *unit) checkReceive(c *astutil.Cursor, n *ast.UnaryExpr) {
	name, arg := check1Func, ast.Expr(n)
	if _, ok := u.Info.TypeOf(n).(*types.Tuple); ok {
		name, arg = receiveFunc, n.X
	}
	c.Replace(&ast.CallExpr{Fun: &ast.Ident{NamePos: n.Pos(), Name: name}, Args: []ast.Expr{arg}})
}

func isChan(t types.Type) bool {
	_, ok := t.Underlying().(*types.Chan)
	return ok
}

package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/astutil"

	"github.com/lectern-go/lectern/kernel/cell"
)

// topLevel lowers one of the cell's outermost statements: definitions become
// assignments to slots, and the last expression is shown.
func (l *lowering) topLevel(st ast.Stmt) []ast.Stmt {
	switch st := st.(type) {
	case *ast.ExprStmt:
		if st.X == l.Result {
			return []ast.Stmt{l.show(st)}
		}
	case *ast.DeclStmt:
		return l.declaration(st.Decl.(*ast.GenDecl))
	case *ast.AssignStmt:
		if st.Tok == token.DEFINE {
			if out, changed := l.assign(st); changed {
				return out
			}
		}
	}
	block := &ast.BlockStmt{List: []ast.Stmt{st}}
	l.rewrite(block)
	return block.List
}

// show passes the result to the session. A constant whose type is decided only
// here gets its default type.
func (l *lowering) show(st *ast.ExprStmt) ast.Stmt {
	l.rewrite(st)
	show := &ast.SelectorExpr{X: &ast.Ident{NamePos: st.Pos(), Name: Session}, Sel: ast.NewIdent(Show)}
	if call, ok := st.X.(*ast.CallExpr); ok {
		if id, ok := call.Fun.(*ast.Ident); ok && id.Name == cell.Results {
			call.Fun = show
			return st
		}
	}
	return &ast.ExprStmt{X: &ast.CallExpr{Fun: show, Args: []ast.Expr{st.X}}}
}

// declaration lowers var at the top level: var x T = e becomes var temp T = e;
// *slot = temp.
func (l *lowering) declaration(gen *ast.GenDecl) []ast.Stmt {
	var out []ast.Stmt
	for _, spec := range gen.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok || gen.Tok != token.VAR {
			continue // constants are folded, types are not interpreted
		}
		var want []types.Type
		for _, id := range v.Names {
			t := l.Info.TypeOf(id)
			if v.Type != nil {
				t = l.Info.TypeOf(v.Type)
			}
			want = append(want, t)
		}
		temps, defs := l.evaluate(v.Values, want, v.Pos())
		out = append(out, defs...)
		for i, id := range v.Names {
			if l.object(id) != nil {
				out = append(out, l.store(id, temps[i], token.ASSIGN, id.Pos()))
			}
		}
	}
	return out
}

// assignStmt lowers an assignment inside another statement.
func (l *lowering) assignStmt(c *astutil.Cursor, n *ast.AssignStmt) bool {
	if n.Tok == token.SHL_ASSIGN || n.Tok == token.SHR_ASSIGN {
		if y := l.shiftCount(n.Rhs[0]); y != nil {
			n.Lhs[0], n.Rhs[0] = l.rewriteExpr(n.Lhs[0]), y
			return false
		}
		return true
	}
	if _, ok := c.Parent().(*ast.ForStmt); ok {
		return true // plan lets only plain ones stand there
	}
	out, changed := l.assign(n)
	if changed {
		replaceWith(c, out)
	}
	return !changed
}

// post lowers statements whose parts are lowered already.
func (l *lowering) post(c *astutil.Cursor) bool {
	switch n := c.Node().(type) {
	case *ast.FuncLit:
		n.Body.List = append(l.before[n], n.Body.List...)
		if l.Info.TypeOf(n) != nil { // not made by the lowering itself
			l.functions[n] = written
			c.Replace(fresh(n, l.signature(n)))
		}
	case *ast.LabeledStmt:
		if _, ok := c.Parent().(*ast.CaseClause); ok { // the interpreter knows the labels of blocks only
			c.Replace(&ast.BlockStmt{Lbrace: n.Pos(), List: []ast.Stmt{n}, Rbrace: n.End()})
		}
	case *ast.RangeStmt:
		if t, ok := l.integers[n]; ok {
			c.Replace(l.rangeInteger(n, t))
		} else if l.strings[n] {
			l.rangeString(n)
		} else {
			l.rangeStmt(n)
		}
	}
	return true
}

// rangeInteger counts in a variable of its own: for i := range n became Go
// after the interpreter, and assignments to i do not change the count.
func (l *lowering) rangeInteger(n *ast.RangeStmt, t types.Type) ast.Stmt {
	name := func(s string) *ast.Ident { return &ast.Ident{NamePos: n.Pos(), Name: s} }
	i, end := l.temp().Name, l.temp().Name
	typ := l.typeText(t)
	convert := func(x ast.Expr) ast.Expr { return &ast.CallExpr{Fun: name(typ), Args: []ast.Expr{x}} }
	if id, ok := n.Key.(*ast.Ident); ok && id.Name != "_" {
		n.Body.List = append([]ast.Stmt{&ast.AssignStmt{
			Lhs: []ast.Expr{name(id.Name)}, TokPos: n.Pos(), Tok: token.DEFINE, Rhs: []ast.Expr{name(i)},
		}}, n.Body.List...)
	}
	return &ast.ForStmt{
		For: n.For,
		Init: &ast.AssignStmt{
			Lhs: []ast.Expr{name(i), name(end)}, TokPos: n.Pos(), Tok: token.DEFINE,
			Rhs: []ast.Expr{convert(&ast.BasicLit{ValuePos: n.Pos(), Kind: token.INT, Value: "0"}), convert(n.X)},
		},
		Cond: &ast.BinaryExpr{X: name(i), OpPos: n.Pos(), Op: token.LSS, Y: name(end)},
		Post: &ast.IncDecStmt{X: name(i), TokPos: n.Pos(), Tok: token.INC},
		Body: n.Body,
	}
}

// send names channel and value first: the interpreter cannot send to a
// dereferenced pointer.
func (l *lowering) send(n *ast.SendStmt) []ast.Stmt {
	t := l.Info.TypeOf(n.Chan).Underlying()
	temps, out := l.evaluate(nil, []types.Type{t}, n.Pos())
	out = append(out, &ast.AssignStmt{
		Lhs: []ast.Expr{ast.NewIdent(temps[0].Name)}, TokPos: n.Pos(), Tok: token.ASSIGN, Rhs: []ast.Expr{l.rewriteExpr(n.Chan)},
	})
	value, more := l.evaluate([]ast.Expr{n.Value}, []types.Type{t.(*types.Chan).Elem()}, n.Pos())
	out = append(out, more...)
	channel := &ast.Ident{NamePos: n.Pos(), Name: temps[0].Name}
	return append(out, &ast.SendStmt{Chan: channel, Arrow: n.Arrow, Value: ast.NewIdent(value[0].Name)})
}

// noteRange notes what a range statement ranges over, before its parts are
// rewritten.
func (l *lowering) noteRange(n *ast.RangeStmt) {
	t := l.Info.TypeOf(n.X)
	basic, ok := t.Underlying().(*types.Basic)
	if ok && basic.Info()&types.IsString != 0 {
		l.strings[n] = true
	}
	if isInteger(t) {
		if key, ok := n.Key.(*ast.Ident); ok && l.Info.Defs[key] != nil {
			t = l.Info.Defs[key].Type() // an untyped constant gets its type from the variable
		}
		l.integers[n] = types.Default(t)
	}
}

// rangeStmt copies the loop's variables at the start of the body where a
// closure keeps them: the interpreter has one variable for all iterations.
func (l *lowering) rangeStmt(n *ast.RangeStmt) {
	if n.Tok != token.DEFINE {
		return
	}
	var copies []ast.Stmt
	for _, x := range []ast.Expr{n.Key, n.Value} {
		id, ok := x.(*ast.Ident)
		if !ok || id.Name == "_" || !Captured(l.Info, l.Info.Defs[id], n.Body) {
			continue
		}
		copies = append(copies, &ast.AssignStmt{
			Lhs: []ast.Expr{ast.NewIdent(id.Name)}, TokPos: id.Pos(), Tok: token.DEFINE, Rhs: []ast.Expr{ast.NewIdent(id.Name)},
		})
	}
	n.Body.List = append(copies, n.Body.List...)
}

// Captured reports whether a function literal in body uses obj or its address
// is taken there, also by a slice of an array or by the call of a pointer's method, so
// that it may outlive an iteration.
func Captured(info *types.Info, obj types.Object, body ast.Node) bool {
	captured := false
	uses := func(n ast.Node) bool {
		found := false
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && info.Uses[id] == obj {
				found = true
			}
			return !found
		})
		return found
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			captured = captured || uses(n)
		case *ast.UnaryExpr:
			captured = captured || n.Op == token.AND && uses(n.X)
		case *ast.SliceExpr:
			captured = captured || underlies[*types.Array](info, n.X) && uses(n.X)
		case *ast.SelectorExpr:
			if sel := info.Selections[n]; sel != nil && sel.Kind() == types.MethodVal {
				_, pointer := sel.Obj().(*types.Func).Signature().Recv().Type().(*types.Pointer)
				captured = captured || pointer && !underlies[*types.Pointer](info, n.X) && uses(n.X)
			}
		}
		return !captured
	})
	return captured
}

// underlies reports whether the type of x, if known, is a T underneath.
func underlies[T types.Type](info *types.Info, x ast.Expr) bool {
	t := info.TypeOf(x)
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(T)
	return ok
}

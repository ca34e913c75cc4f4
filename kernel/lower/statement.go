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
			return l.define(st)
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
		var after []ast.Stmt
		for i, id := range v.Names {
			o := l.object(id)
			if o == nil {
				continue
			}
			temp := l.temp()
			temp.NamePos = id.Pos()
			v.Names[i] = temp
			after = append(after, &ast.AssignStmt{
				Lhs: []ast.Expr{l.deref(o, id.Pos())}, Tok: token.ASSIGN, Rhs: []ast.Expr{ast.NewIdent(temp.Name)},
			})
		}
		l.rewrite(v)
		out = append(out, &ast.DeclStmt{Decl: &ast.GenDecl{Tok: token.VAR, TokPos: v.Pos(), Specs: []ast.Spec{v}}})
		out = append(out, after...)
	}
	return out
}

// define lowers x, y := e at the top level. The values go through temporaries:
// the interpreter loses composite literals that are assigned to a dereferenced
// pointer, and has no parallel assignment to them.
func (l *lowering) define(st *ast.AssignStmt) []ast.Stmt {
	if len(st.Lhs) == 1 && l.object(st.Lhs[0]) == nil {
		l.rewrite(st)
		return []ast.Stmt{st}
	}
	return l.throughTemps(st)
}

// needsTemps reports whether an assignment must go through temporaries.
func (l *lowering) needsTemps(a *ast.AssignStmt) bool {
	if a.Tok != token.ASSIGN {
		return false
	}
	for _, x := range a.Lhs {
		id, local := x.(*ast.Ident)
		if local && (id.Name == "_" || l.object(x) == nil) {
			continue
		}
		if len(a.Lhs) > 1 {
			return true
		}
		if t := l.Info.TypeOf(x); t != nil {
			_, basic := t.Underlying().(*types.Basic)
			return !basic
		}
	}
	return false
}

// throughTemps turns an assignment to several places into a definition of
// temporaries and one assignment each.
func (l *lowering) throughTemps(st *ast.AssignStmt) []ast.Stmt {
	var decls, after []ast.Stmt
	temps := &ast.AssignStmt{TokPos: st.TokPos, Tok: token.ASSIGN, Rhs: st.Rhs}
	for _, lhs := range st.Lhs {
		if id, ok := lhs.(*ast.Ident); ok && id.Name == "_" {
			temps.Lhs = append(temps.Lhs, id)
			continue
		}
		temp := l.temp()
		temp.NamePos = lhs.Pos()
		temps.Lhs = append(temps.Lhs, temp)
		decls = append(decls, &ast.DeclStmt{Decl: &ast.GenDecl{Tok: token.VAR, TokPos: lhs.Pos(), Specs: []ast.Spec{
			&ast.ValueSpec{Names: []*ast.Ident{ast.NewIdent(temp.Name)}, Type: &ast.Ident{NamePos: lhs.Pos(), Name: l.typeText(l.Info.TypeOf(lhs))}},
		}}})
		place := &ast.ParenExpr{X: lhs}
		if o := l.object(lhs); o != nil {
			place.X = l.deref(o, lhs.Pos())
		} else {
			l.rewrite(place)
		}
		after = append(after, &ast.AssignStmt{Lhs: []ast.Expr{place.X}, Tok: token.ASSIGN, Rhs: []ast.Expr{ast.NewIdent(temp.Name)}})
	}
	for i := range temps.Rhs {
		x := &ast.ParenExpr{X: temps.Rhs[i]}
		l.rewrite(x)
		temps.Rhs[i] = x.X
	}
	return append(append(decls, temps), after...)
}

// post lowers statements whose parts are lowered already.
func (l *lowering) post(c *astutil.Cursor) bool {
	switch n := c.Node().(type) {
	case *ast.SendStmt:
		l.send(c, n)
	case *ast.RangeStmt:
		if t, ok := l.integers[n]; ok {
			c.Replace(l.rangeInteger(n, t))
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

// send names the channel first: the interpreter cannot send to a dereferenced
// pointer.
func (l *lowering) send(c *astutil.Cursor, n *ast.SendStmt) {
	if _, ok := n.Chan.(*ast.Ident); ok {
		return
	}
	temp := l.temp()
	c.Replace(&ast.BlockStmt{List: []ast.Stmt{
		&ast.AssignStmt{Lhs: []ast.Expr{temp}, TokPos: n.Pos(), Tok: token.DEFINE, Rhs: []ast.Expr{n.Chan}},
		&ast.SendStmt{Chan: ast.NewIdent(temp.Name), Arrow: n.Arrow, Value: n.Value},
	}})
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
// is taken there, so that it may outlive an iteration.
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
		}
		return !captured
	})
	return captured
}

package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/astutil"

	"github.com/lectern-go/lectern/kernel/check"
)

// assign lowers an assignment or definition in a list of statements. Values go
// through temporaries, one at a time, unless the assignment is plain: the
// interpreter drops all of a parallel assignment if one value is a composite
// literal, a call or a receive, because it lets that value write to its place by
// itself; it writes composite literals into the old variable even where closures
// and pointers keep it; and it evaluates places before values.
func (l *lowering) assign(n *ast.AssignStmt) (out []ast.Stmt, changed bool) {
	if n.Tok != token.ASSIGN && n.Tok != token.DEFINE || l.plain(n) {
		return nil, false
	}
	var want []types.Type
	for _, x := range n.Lhs {
		want = append(want, l.Info.TypeOf(x)) // nil for the blank name
	}
	temps, out := l.evaluate(n.Rhs, want, n.TokPos)
	for i, x := range n.Lhs {
		if id, ok := x.(*ast.Ident); ok && id.Name == "_" {
			continue
		}
		out = append(out, l.store(x, temps[i], n.Tok, n.TokPos))
	}
	return out, true
}

// evaluate defines a temporary of type want[i] for each of the values, in order;
// without values it has its type's zero. Where the values are the results of one
// expression, the temporaries have the types of the results.
func (l *lowering) evaluate(values []ast.Expr, want []types.Type, pos token.Pos) (temps []*ast.Ident, out []ast.Stmt) {
	if len(values) == 0 {
		values = make([]ast.Expr, len(want))
	}
	if len(values) == 1 && len(want) > 1 {
		define := &ast.AssignStmt{TokPos: pos, Tok: token.DEFINE, Rhs: []ast.Expr{l.rewriteExpr(values[0])}}
		for range want {
			temp := l.temp()
			temp.NamePos = pos
			temps = append(temps, temp)
			define.Lhs = append(define.Lhs, temp)
		}
		switch ast.Unparen(define.Rhs[0]).(type) {
		case *ast.IndexExpr, *ast.TypeAssertExpr: // what fails leaves the place as it was
			results := l.Info.TypeOf(values[0]).(*types.Tuple)
			for i, temp := range temps {
				out = append(out, l.temporary(temp, nil, types.Default(results.At(i).Type()), pos)...)
			}
			define.Tok = token.ASSIGN
		}
		return temps, append(out, define)
	}
	for i, x := range values {
		temp := l.temp()
		temp.NamePos = pos
		temps = append(temps, temp)
		out = append(out, l.temporary(temp, x, want[i], pos)...)
	}
	return temps, out
}

// temporary defines temp with a value, which may be nil. Where the value has to
// be converted, declaration and assignment are two statements: the interpreter
// loses the values of some declarations with both type and value.
func (l *lowering) temporary(temp *ast.Ident, x ast.Expr, want types.Type, pos token.Pos) []ast.Stmt {
	name := func() []ast.Expr { return []ast.Expr{&ast.Ident{NamePos: pos, Name: temp.Name}} }
	if x != nil && (want == nil || types.Identical(l.Info.TypeOf(x), want)) {
		return []ast.Stmt{&ast.AssignStmt{Lhs: name(), TokPos: pos, Tok: token.DEFINE, Rhs: []ast.Expr{l.rewriteExpr(x)}}}
	}
	declare := &ast.DeclStmt{Decl: &ast.GenDecl{Tok: token.VAR, TokPos: pos, Specs: []ast.Spec{&ast.ValueSpec{
		Names: []*ast.Ident{temp}, Type: &ast.Ident{NamePos: pos, Name: l.typeText(want)},
	}}}}
	if x == nil {
		return []ast.Stmt{declare}
	}
	if tv := l.Info.Types[x]; tv.Value == nil && !tv.IsNil() { // some operators write to the place themselves
		own, out := l.evaluate([]ast.Expr{x}, []types.Type{nil}, pos)
		return append(out, declare, &ast.AssignStmt{
			Lhs: name(), TokPos: pos, Tok: token.ASSIGN, Rhs: []ast.Expr{&ast.Ident{NamePos: pos, Name: own[0].Name}},
		})
	}
	return []ast.Stmt{declare, &ast.AssignStmt{Lhs: name(), TokPos: pos, Tok: token.ASSIGN, Rhs: []ast.Expr{l.rewriteExpr(x)}}}
}

// store assigns a temporary to a place, or defines the variable there.
func (l *lowering) store(place ast.Expr, temp *ast.Ident, tok token.Token, pos token.Pos) ast.Stmt {
	a := &ast.AssignStmt{TokPos: pos, Tok: token.ASSIGN, Rhs: []ast.Expr{&ast.Ident{NamePos: pos, Name: temp.Name}}}
	id, isIdent := place.(*ast.Ident)
	switch o := l.object(place); {
	case o != nil:
		a.Lhs = []ast.Expr{l.deref(o, place.Pos())}
	case isIdent && tok == token.DEFINE && l.Info.Defs[id] != nil:
		a.Lhs, a.Tok = []ast.Expr{id}, token.DEFINE
	default:
		a.Lhs = []ast.Expr{l.rewriteExpr(place)}
	}
	return a
}

// plain reports whether the interpreter runs the assignment right as it stands.
func (l *lowering) plain(n *ast.AssignStmt) bool {
	if len(n.Lhs) > 1 {
		return l.plainResults(n)
	}
	id, isIdent := n.Lhs[0].(*ast.Ident)
	if isIdent && id.Name == "_" {
		return true
	}
	local := isIdent && l.object(id) == nil
	switch x := ast.Unparen(n.Rhs[0]).(type) {
	case *ast.CompositeLit, *ast.FuncLit:
		return false
	case *ast.UnaryExpr:
		if x.Op == token.ARROW {
			return false
		}
	case *ast.CallExpr:
		if !local || n.Tok == token.ASSIGN && !concrete(l.Info.TypeOf(id)) {
			return false
		}
	}
	if n.Tok == token.DEFINE {
		return local
	}
	t := l.Info.TypeOf(n.Lhs[0])
	if tv := l.Info.Types[n.Rhs[0]]; tv.Value == nil && !tv.IsNil() && !types.Identical(t, tv.Type) {
		return false
	}
	_, basic := t.Underlying().(*types.Basic)
	return local || basic && !hasCall(l.Info, n.Rhs[0])
}

// plainResults reports whether n defines new local variables from the results
// of one expression.
func (l *lowering) plainResults(n *ast.AssignStmt) bool {
	if n.Tok != token.DEFINE || len(n.Rhs) != 1 {
		return false
	}
	for _, x := range n.Lhs {
		id, ok := x.(*ast.Ident)
		if !ok || id.Name != "_" && (l.Info.Defs[id] == nil || l.object(id) != nil) {
			return false
		}
	}
	_, call := ast.Unparen(n.Rhs[0]).(*ast.CallExpr)
	return call
}

// concrete reports whether the interpreter stores results of type t in a
// variable's place, instead of replacing the place.
func concrete(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Signature, *types.Interface:
		return false
	}
	return true
}

// hasCall reports whether x calls a function or receives from a channel.
func hasCall(info *types.Info, x ast.Node) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			tv := info.Types[n.Fun]
			found = found || !tv.IsType() && !tv.IsBuiltin()
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		}
		return !found
	})
	return found
}

// returnStmt evaluates results before it returns them, or returns nil if that is
// not needed: the interpreter lets some expressions write their values to the
// place of another result.
func (l *lowering) returnStmt(n *ast.ReturnStmt) (out []ast.Stmt) {
	plain := true
	for _, x := range n.Results {
		if call, ok := ast.Unparen(x).(*ast.CallExpr); ok && waits(l.Info, call) {
			return l.returnLater(n)
		}
		switch x := ast.Unparen(x).(type) {
		case *ast.Ident: // the interpreter assigns to the results one after another
			v, ok := l.Info.Uses[x].(*types.Var)
			plain = plain && (len(n.Results) == 1 || !ok || v.Kind() != types.ResultVar)
		case *ast.CallExpr:
			_, tuple := l.Info.TypeOf(x).(*types.Tuple)
			plain = plain && (tuple || len(n.Results) == 1 && !l.Info.Types[x.Fun].IsBuiltin() && !l.Info.Types[x.Fun].IsType())
		default:
			plain = plain && l.Info.Types[x].Value != nil
		}
	}
	if plain {
		return nil
	}
	return l.returnLater(n)
}

// returnLater evaluates results in statements of their own.
func (l *lowering) returnLater(n *ast.ReturnStmt) (out []ast.Stmt) {
	ret := &ast.ReturnStmt{Return: n.Return}
	if tuple, ok := l.Info.TypeOf(n.Results[0]).(*types.Tuple); ok {
		temps, out := l.evaluate(n.Results, make([]types.Type, tuple.Len()), n.Return)
		for _, temp := range temps {
			ret.Results = append(ret.Results, ast.NewIdent(temp.Name))
		}
		return append(out, ret)
	}
	for _, x := range n.Results {
		if tv := l.Info.Types[x]; tv.Value != nil || tv.IsNil() {
			ret.Results = append(ret.Results, l.rewriteExpr(x))
			continue
		}
		temps, defs := l.evaluate([]ast.Expr{x}, []types.Type{nil}, x.Pos())
		out = append(out, defs...)
		ret.Results = append(ret.Results, ast.NewIdent(temps[0].Name))
	}
	return append(out, ret)
}

// localVars lowers a declaration of variables inside a function, for the same
// faults as [lowering.assign].
func (l *lowering) localVars(gen *ast.GenDecl) (out []ast.Stmt) {
	for _, spec := range gen.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok {
			continue
		}
		if len(v.Values) == 0 {
			l.rewrite(v)
			for _, id := range v.Names { // one each: a spec of several names resets only one
				out = append(out, &ast.DeclStmt{Decl: &ast.GenDecl{Tok: token.VAR, TokPos: v.Pos(), Specs: []ast.Spec{
					&ast.ValueSpec{Names: []*ast.Ident{id}, Type: v.Type},
				}}})
			}
			continue
		}
		var want []types.Type
		for _, id := range v.Names {
			t := l.Info.TypeOf(id)
			if id.Name == "_" && v.Type != nil {
				t = l.Info.TypeOf(v.Type)
			}
			want = append(want, t)
		}
		temps, defs := l.evaluate(v.Values, want, v.Pos())
		out = append(out, defs...)
		for i, id := range v.Names {
			if id.Name == "_" {
				continue
			}
			out = append(out, l.store(id, temps[i], token.DEFINE, v.Pos()))
		}
	}
	return out
}

// header moves an assignment out of the head of a statement if it needs several
// statements, and lowers the rest of the statement. It returns nil if nothing
// had to move.
func (l *lowering) header(n ast.Stmt) ast.Stmt {
	var init *ast.Stmt
	switch n := n.(type) {
	case *ast.IfStmt:
		init = &n.Init
	case *ast.SwitchStmt:
		init = &n.Init
	case *ast.ForStmt:
		init = &n.Init
	}
	a, ok := (*init).(*ast.AssignStmt)
	if !ok {
		return nil
	}
	out, changed := l.assign(a)
	if !changed {
		return nil
	}
	*init = nil
	rest := l.rewrite(n).(ast.Stmt)
	return &ast.BlockStmt{Lbrace: n.Pos(), List: append(out, rest), Rbrace: n.End()}
}

// rewriteExpr lowers an expression.
func (l *lowering) rewriteExpr(x ast.Expr) ast.Expr {
	p := &ast.ParenExpr{X: x}
	l.rewrite(p)
	return p.X
}

// replaceWith replaces the statement under the cursor by several.
func replaceWith(c *astutil.Cursor, out []ast.Stmt) {
	if len(out) == 0 {
		c.Replace(&ast.EmptyStmt{Implicit: true})
		return
	}
	if c.Index() < 0 { // not in a list: plan lets no definition stand there
		c.Replace(&ast.BlockStmt{List: out})
		return
	}
	last := len(out) - 1
	for _, st := range out[:last] {
		c.InsertBefore(st)
	}
	c.Replace(out[last])
}

// Plain reports whether an assignment may stand where lowering cannot put
// temporaries: behind the condition of a loop.
func Plain(c *check.Checked, n *ast.AssignStmt) bool {
	l := &lowering{Checked: c}
	if len(n.Lhs) == 1 {
		return n.Tok != token.ASSIGN || l.plain(n)
	}
	for _, x := range n.Lhs {
		id, ok := x.(*ast.Ident)
		if !ok || l.object(id) != nil {
			return false
		}
	}
	for _, x := range n.Rhs {
		if _, ok := l.Info.TypeOf(x).Underlying().(*types.Basic); !ok || hasCall(l.Info, x) {
			return false
		}
	}
	return len(n.Lhs) == len(n.Rhs)
}

// NeedsTemps reports whether lowering turns a statement in the head of another
// one into several, which then stand before it.
func NeedsTemps(c *check.Checked, st ast.Stmt) bool {
	n, ok := st.(*ast.AssignStmt)
	if !ok || n.Tok != token.ASSIGN && n.Tok != token.DEFINE {
		return false
	}
	l := &lowering{Checked: c}
	return !l.plain(n)
}

// HasCall reports whether x calls a function or receives from a channel.
func HasCall(info *types.Info, x ast.Node) bool { return hasCall(info, x) }

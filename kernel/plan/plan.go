package plan

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/kernel/lower"
)

// Interpretable returns a diagnostic for each part of the cell that the
// interpreter may not run; none means that it may run the whole cell.
func Interpretable(fset *token.FileSet, c *check.Checked) []check.Diagnostic {
	p := &planner{fset: fset, Checked: c, seen: map[types.Type]bool{}, called: map[*ast.SelectorExpr]bool{}}
	if c.Program {
		p.refuse(c.Decls[0], "programs (cells that begin with a package clause)")
		return p.refusals
	}
	for _, d := range c.Decls {
		p.decl(d)
	}
	ast.Inspect(c.Body, p.visit)
	for _, o := range c.Objects {
		if len(p.refusals) > 0 {
			break // an object of a refused type repeats its declaration's reason
		}
		if why := p.badType(o.Type()); why != "" {
			p.refuseAt(o.Pos(), why)
		}
	}
	return p.refusals
}

type planner struct {
	*check.Checked
	fset     *token.FileSet
	refusals []check.Diagnostic
	seen     map[types.Type]bool // types being looked at, against recursion
	called   map[*ast.SelectorExpr]bool
}

// refuse notes a construct that is not on the list, in the plural.
func (p *planner) refuse(n ast.Node, what string) { p.refuseAt(n.Pos(), what) }

func (p *planner) refuseAt(pos token.Pos, what string) {
	for _, d := range p.refusals {
		if d.Pos.Line == p.fset.Position(pos).Line && d.Msg == message(what) {
			return
		}
	}
	p.refusals = append(p.refusals, check.Diagnostic{Pos: p.fset.Position(pos), Msg: message(what)})
}

func message(what string) string {
	return fmt.Sprintf("the interpreter does not run %s", what)
}

func (p *planner) decl(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		switch {
		case d.Recv != nil:
			p.refuse(d, "methods")
		case d.Type.TypeParams != nil:
			p.refuse(d, "generic functions")
		case d.Body == nil:
			p.refuse(d, "functions without a body")
		default:
			ast.Inspect(d.Type, p.visit)
			ast.Inspect(d.Body, p.visit)
		}
	case *ast.GenDecl:
		if d.Tok == token.TYPE {
			p.refuse(d, "type declarations")
		}
	}
}

// visit checks one node; what it does not name is not on the list.
func (p *planner) visit(n ast.Node) bool {
	if n == nil {
		return false
	}
	if x, ok := n.(ast.Expr); ok {
		return p.expr(x)
	}
	switch n := n.(type) {
	case *ast.BlockStmt, *ast.ExprStmt, *ast.SendStmt, *ast.IncDecStmt, *ast.CaseClause, *ast.ReturnStmt, *ast.EmptyStmt, *ast.Field, *ast.FieldList,
		*ast.ValueSpec:
	case *ast.IfStmt:
		p.condition(n.Cond)
	case *ast.SwitchStmt:
		p.switchStmt(n)
	case *ast.CommentGroup, *ast.Comment:
		return false
	case *ast.LabeledStmt:
		p.labeled(n)
	case *ast.GoStmt:
		p.later(n.Call)
	case *ast.DeferStmt:
		p.later(n.Call)
		p.deferred(n.Call)
	case *ast.AssignStmt:
		p.assign(n)
	case *ast.DeclStmt:
		if gen := n.Decl.(*ast.GenDecl); gen.Tok == token.TYPE {
			p.refuse(n, "type declarations")
		}
	case *ast.GenDecl:
		return n.Tok != token.CONST // folded wherever they are used
	case *ast.BranchStmt:
		if n.Tok == token.GOTO {
			p.refuse(n, "goto")
		}
	case *ast.ForStmt:
		p.loop(n)
	case *ast.RangeStmt:
		p.rangeLoop(n)
	default:
		p.refuse(n, fmt.Sprintf("%T", n)[len("*ast."):])
	}
	return true
}

// assign refuses assignments in which one place depends on another place or a
// call, because the lowering evaluates the places after the values.
func (p *planner) assign(n *ast.AssignStmt) {
	p.pointed(n)
	if n.Tok == token.DEFINE {
		return
	}
	p.places(n)
	p.mapUpdate(n)
	calls := false
	for _, x := range n.Rhs {
		calls = calls || lower.HasCall(p.Info, x)
	}
	assigned := map[types.Object]bool{}
	for _, x := range n.Lhs {
		if id, ok := x.(*ast.Ident); ok {
			assigned[p.Info.ObjectOf(id)] = true
		}
	}
	for _, x := range n.Lhs {
		if _, ok := x.(*ast.Ident); ok {
			continue
		}
		if (calls || len(n.Lhs) > 1) && lower.HasCall(p.Info, x) {
			p.refuse(n, "calls on both sides of an assignment")
		}
		if len(n.Lhs) == 1 {
			continue
		}
		ast.Inspect(x, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && assigned[p.Info.Uses[id]] {
				p.refuse(n, "parallel assignments in which one place depends on another")
			}
			return true
		})
	}
}

// labeled refuses labels except those of loops and switches, and those whose
// head the lowering would put before the label.
func (p *planner) labeled(n *ast.LabeledStmt) {
	var init ast.Stmt
	switch st := n.Stmt.(type) {
	case *ast.RangeStmt:
	case *ast.ForStmt:
		init = st.Init
	case *ast.SwitchStmt:
		init = st.Init
	default:
		p.refuse(n, "labels of other statements than loops and switches")
	}
	if lower.NeedsTemps(p.Checked, init) {
		p.refuse(init, "parallel assignments in the head of a labeled statement")
	}
}

// switchStmt refuses switches over values that [planner.binary] does not compare,
// those whose tag the interpreter does not evaluate, or again for each case, and a
// default clause before others, which changes places with the last one.
func (p *planner) switchStmt(n *ast.SwitchStmt) {
	if n.Init != nil && n.Tag != nil {
		if _, name := ast.Unparen(n.Tag).(*ast.Ident); !name && p.Info.Types[n.Tag].Value == nil {
			p.refuse(n.Tag, "the value of a switch behind a statement")
		}
	}
	for i, c := range n.Body.List {
		clause := c.(*ast.CaseClause)
		if clause.List == nil && i+1 < len(n.Body.List) {
			p.refuse(clause, "a default clause before others")
		}
		for _, x := range clause.List {
			switch {
			case n.Tag == nil:
				p.condition(x)
			default:
				p.comparison(x, p.Info.TypeOf(n.Tag), p.Info.TypeOf(x))
				if p.Info.Types[n.Tag].Value == nil && p.mayChange(x) {
					p.refuse(x, "a case that may change the value of its switch")
				}
			}
			if len(clause.List) > 1 && (n.Tag == nil || p.Info.Types[x].Value == nil) {
				p.refuse(x, "a case with several values that are not constants") // all would be called, and some not compared
			}
		}
	}
}

// later refuses go and defer statements whose arguments are the results of one
// call.
func (p *planner) later(call *ast.CallExpr) {
	for _, x := range call.Args {
		if _, ok := p.Info.TypeOf(x).(*types.Tuple); ok {
			p.refuse(call, "go and defer with the results of a call as arguments")
		}
	}
}

// deferred refuses to defer what might recover: its caller is a closure then, for
// which recover returns nil. What packages and the cell's own literals have does
// not.
func (p *planner) deferred(call *ast.CallExpr) {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.FuncLit:
		return
	case *ast.SelectorExpr:
		sel := p.Info.Selections[fun]
		if sel == nil || sel.Kind() == types.MethodVal && sel.Obj().Pkg() != nil && sel.Obj().Pkg().Path() != "main" {
			return
		}
	}
	named, ok := types.Unalias(p.Info.TypeOf(call.Fun)).(*types.Named) // a context.CancelFunc
	if ok && named.Obj().Pkg().Path() != "main" {
		return
	}
	if !p.Info.Types[call.Fun].IsBuiltin() {
		p.refuse(call, "defer of a function that might recover")
	}
}

// loop refuses loops whose variable outlives an iteration: the interpreter has
// one variable for all of them.
func (p *planner) loop(n *ast.ForStmt) {
	if n.Cond != nil {
		p.condition(n.Cond)
	} else if n.Init != nil && n.Post == nil {
		p.refuse(n, "a loop that has nothing but a beginning") // which it would run again each time
	}
	if post, ok := n.Post.(*ast.AssignStmt); ok && !lower.Plain(p.Checked, post) {
		p.refuse(post, "such an assignment behind the condition of a loop")
	}
	init, ok := n.Init.(*ast.AssignStmt)
	if !ok || init.Tok != token.DEFINE {
		return
	}
	for _, x := range init.Lhs {
		if id, ok := x.(*ast.Ident); ok && lower.Captured(p.Info, p.Info.Defs[id], n) {
			p.refuse(n, "closures over the variable of a three-part loop; copy it inside the loop")
		}
	}
}

func (p *planner) rangeLoop(n *ast.RangeStmt) {
	switch t := p.Info.TypeOf(n.X).Underlying().(type) {
	case *types.Slice, *types.Map:
	case *types.Basic:
	default:
		p.refuse(n, "range over "+kindName(t))
	}
	if n.Tok == token.ASSIGN {
		p.refuse(n, "range into existing variables")
	}
	if key, ok := n.Key.(*ast.Ident); ok && p.assignsTo(p.Info.ObjectOf(key), n.Body) {
		p.refuse(n, "range whose body changes the key") // by which it counts
	}
}

func kindName(t types.Type) string {
	switch t.(type) {
	case *types.Signature:
		return "functions"
	case *types.Array, *types.Pointer:
		return "arrays"
	case *types.Chan:
		return "channels"
	}
	return "values of this type"
}

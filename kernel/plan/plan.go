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
	p := &planner{fset: fset, Checked: c, seen: map[types.Type]bool{}}
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
	case *ast.BlockStmt, *ast.ExprStmt, *ast.SendStmt, *ast.IncDecStmt, *ast.CaseClause, *ast.ReturnStmt, *ast.LabeledStmt, *ast.EmptyStmt, *ast.Field, *ast.FieldList,
		*ast.GoStmt, *ast.DeferStmt, *ast.ValueSpec:
	case *ast.CommentGroup, *ast.Comment:
		return false
	case *ast.IfStmt:
	case *ast.SwitchStmt:
		p.header(n.Init)
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

// assign refuses parallel assignments in which one place depends on another,
// because the lowering evaluates the places after the values.
func (p *planner) assign(n *ast.AssignStmt) {
	if n.Tok == token.DEFINE || len(n.Lhs) < 2 {
		return
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
		ast.Inspect(x, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				p.refuse(n, "calls on the left of parallel assignments")
			case *ast.Ident:
				if assigned[p.Info.Uses[n]] {
					p.refuse(n, "parallel assignments in which one place depends on another")
				}
			}
			return true
		})
	}
}

// header refuses, in the head of a switch or for, the assignments that the
// lowering turns into several statements.
func (p *planner) header(st ast.Stmt) {
	n, ok := st.(*ast.AssignStmt)
	if !ok || n.Tok == token.DEFINE || len(n.Lhs) < 2 {
		return
	}
	for _, x := range n.Lhs {
		id, ok := x.(*ast.Ident)
		if !ok || p.Ref(p.Info.ObjectOf(id)) != nil {
			p.refuse(n, "parallel assignments in the head of a statement")
			return
		}
	}
}

// loop refuses loops whose variable outlives an iteration: the interpreter has
// one variable for all of them.
func (p *planner) loop(n *ast.ForStmt) {
	p.header(n.Init)
	p.header(n.Post)
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

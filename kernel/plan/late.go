package plan

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lectern-go/lectern/kernel/lower"
)

// condition refuses conditions, and operands of && and ||, for which the interpreter
// takes the true branch or an old value: it neither looks at what a conversion or an
// assertion is, nor keeps a false value of a pointer or a channel.
func (p *planner) condition(x ast.Expr) {
	x = ast.Unparen(x)
	if p.Info.Types[x].Value != nil {
		return
	}
	switch x := x.(type) {
	case *ast.TypeAssertExpr, *ast.StarExpr:
		p.refuse(x, "conditions of this kind")
	case *ast.CallExpr:
		if p.Info.Types[x.Fun].IsType() {
			p.refuse(x, "conditions of this kind")
		}
	case *ast.UnaryExpr:
		if x.Op == token.ARROW {
			p.refuse(x, "conditions of this kind")
		}
	}
}

// logical refuses && and || whose right operand may change the left one: the
// interpreter reads both at the end.
func (p *planner) logical(x *ast.BinaryExpr) {
	p.condition(x.X)
	p.condition(x.Y)
	switch left := ast.Unparen(x.X).(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr:
		if p.Info.Types[left].Value == nil && p.mayChange(x.Y) {
			p.refuse(x, "a condition behind one that it may change")
		}
	}
}

// mayChange reports whether x may change variables: it has calls, apart from those of
// packages that are given no function and no pointer.
func (p *planner) mayChange(x ast.Node) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if found || !ok {
			return !found
		}
		if tv := p.Info.Types[call.Fun]; tv.IsType() || tv.IsBuiltin() {
			return true
		}
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		found = !ok || p.Info.Selections[sel] != nil
		for _, arg := range call.Args {
			switch p.Info.TypeOf(arg).Underlying().(type) {
			case *types.Signature, *types.Pointer, *types.Interface, *types.Tuple:
				found = true
			}
		}
		return !found
	})
	return found
}

// appends refuses calls of append that the interpreter takes for others: it spreads a
// lone slice or array, appends values one after another, so that later ones are read
// when earlier ones have been written, and does not know the type of nil.
func (p *planner) appends(x *ast.CallExpr) {
	values := x.Args[1:]
	for _, arg := range values {
		if isNil(p.Info.TypeOf(arg)) {
			p.refuse(x, "append of nil")
			return
		}
	}
	if x.Ellipsis.IsValid() {
		return
	}
	if len(values) == 1 {
		switch p.Info.TypeOf(values[0]).Underlying().(type) {
		case *types.Slice, *types.Array, *types.Tuple:
			p.refuse(x, "append of a slice or an array as an element")
		}
		return
	}
	for _, arg := range values {
		if p.reads(arg) {
			p.refuse(x, "append of several elements that are read through others")
			return
		}
	}
}

// reads reports whether x has an index, a selector or a pointer in it.
func (p *planner) reads(x ast.Node) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IndexExpr, *ast.StarExpr, *ast.SliceExpr:
			found = true
		case *ast.SelectorExpr:
			found = found || p.Info.Selections[n] != nil
		case *ast.FuncLit:
			return false
		}
		return !found
	})
	return found
}

// places refuses parallel assignments in which finding one place reads another.
func (p *planner) places(n *ast.AssignStmt) {
	if len(n.Lhs) < 2 {
		return
	}
	for _, place := range n.Lhs {
		wrong := false
		switch place := ast.Unparen(place).(type) {
		case *ast.StarExpr:
			wrong = true
		case *ast.IndexExpr:
			wrong = p.reads(place.X) || p.reads(place.Index)
		case *ast.SelectorExpr:
			wrong = p.reads(place.X)
		}
		if wrong {
			p.refuse(n, "parallel assignments in which one place depends on another")
			return
		}
	}
}

// assignsTo reports whether body assigns to the variable obj.
func (p *planner) assignsTo(obj types.Object, body ast.Node) bool {
	found := false
	is := func(x ast.Expr) bool {
		id, ok := ast.Unparen(x).(*ast.Ident)
		return ok && obj != nil && p.Info.ObjectOf(id) == obj
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, x := range n.Lhs {
				found = found || is(x)
			}
		case *ast.IncDecStmt:
			found = found || is(n.X)
		case *ast.RangeStmt:
			found = found || n.Key != nil && is(n.Key) || n.Value != nil && is(n.Value)
		}
		return !found
	})
	return found
}

// pointed refuses what a pointer points to as a value that is not used or becomes an
// element of a map: if it is nil, the interpreter does not fail.
func (p *planner) pointed(n *ast.AssignStmt) {
	if len(n.Lhs) != len(n.Rhs) {
		return
	}
	for i, x := range n.Lhs {
		star, ok := ast.Unparen(n.Rhs[i]).(*ast.StarExpr)
		if !ok {
			continue
		}
		switch x := ast.Unparen(x).(type) {
		case *ast.Ident:
			if x.Name == "_" {
				p.refuse(star, "what a pointer points to, as a value that is not used")
			}
		case *ast.IndexExpr:
			if _, isMap := p.Info.TypeOf(x.X).Underlying().(*types.Map); isMap {
				p.refuse(star, "what a pointer points to, as an element")
			}
		}
	}
}

// mapUpdate refuses m[k] op= f(), where f may change m[k].
func (p *planner) mapUpdate(n *ast.AssignStmt) {
	if n.Tok == token.ASSIGN || n.Tok == token.DEFINE {
		return
	}
	index, ok := ast.Unparen(n.Lhs[0]).(*ast.IndexExpr)
	if !ok {
		return
	}
	if _, isMap := p.Info.TypeOf(index.X).Underlying().(*types.Map); isMap && lower.HasCall(p.Info, n.Rhs[0]) {
		p.refuse(n, "a call in the update of a map's element")
	}
}

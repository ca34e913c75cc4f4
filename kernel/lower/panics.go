package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lectern-go/lectern/kernel/compile"
)

// Functions of the session package that fail as Go does, where the interpreter
// fails with fewer or other words, or not at all.
const (
	Index      = "Index"      // func(i int64, unsigned bool, length int) int
	SliceLow   = "SliceLow"   // func(low, high, max, length, capacity int) int; -1 for those left out
	StringLow  = "StringLow"  // func(low, high, length int) int
	Assert     = "Assert"     // func(x any, inter, want any) any, with nil pointers to the types
	Match      = "Match"      // func(x, want any) any, with a nil pointer to the type
	PanicValue = "PanicValue" // func(...any) any: what panic panics with
)

// Recovered is the hook around the builtin recover: the interpreter panics with
// other values than Go.
const Recovered = compile.ObjectMarker + "recoveredꞏ"

// checkIndexes notes the index and slice expressions below body that say which
// indexes were wrong, as Go does: those that run once for each call of their
// function. A loop would take several times as long.
func (l *lowering) checkIndexes(body ast.Node, inLoop bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt:
			if !inLoop {
				l.checkIndexes(n, true)
			}
			return inLoop
		case *ast.RangeStmt:
			if !inLoop {
				l.checkIndexes(n, true)
			}
			return inLoop
		case *ast.FuncLit:
			l.checkIndexes(n.Body, false)
			return false
		case *ast.IndexExpr, *ast.SliceExpr:
			l.checked[n.(ast.Expr)] = !inLoop
		}
		return true
	})
}

// index lowers x[i] to x[Index(i, …, len(x))] and reports whether it did.
func (l *lowering) index(n *ast.IndexExpr) bool {
	unsigned := false
	switch t := l.Info.TypeOf(n.X).Underlying().(type) {
	case *types.Slice:
	case *types.Basic:
		if t.Info()&types.IsString == 0 {
			return false
		}
	case *types.Array:
		if l.Info.Types[n.Index].Value != nil {
			return false
		}
	default:
		return false
	}
	if !l.checked[n] || !l.repeatable(n.X) {
		return false
	}
	if basic, ok := l.Info.TypeOf(n.Index).Underlying().(*types.Basic); ok {
		unsigned = basic.Info()&types.IsUnsigned != 0
	}
	pos := n.Pos()
	n.X = l.rewriteExpr(n.X)
	flag := &ast.Ident{NamePos: pos, Name: "false"}
	if unsigned {
		flag.Name = "true"
	}
	n.Index = &ast.CallExpr{Fun: l.sessionFunc(Index, pos), Lparen: pos, Rparen: pos, Args: []ast.Expr{
		conversion("int64", l.rewriteExpr(n.Index), pos), flag, conversion("len", n.X, pos),
	}}
	return true
}

// slice lowers x[low:high] to x[SliceLow(low, high, …):high] and reports whether
// it did.
func (l *lowering) slice(n *ast.SliceExpr) bool {
	if !l.checked[n] || !l.repeatable(n) {
		return false
	}
	_, isSlice := l.Info.TypeOf(n.X).Underlying().(*types.Slice)
	if n.Slice3 && !isSlice {
		return false
	}
	pos := n.Pos()
	n.X = l.rewriteExpr(n.X)
	call := &ast.CallExpr{Fun: l.sessionFunc(StringLow, pos), Lparen: pos, Rparen: pos}
	bounds := []*ast.Expr{&n.Low, &n.High}
	if isSlice {
		bounds = append(bounds, &n.Max)
	}
	for i, bound := range bounds {
		switch {
		case *bound != nil:
			*bound = conversion("int", l.rewriteExpr(*bound), pos)
			call.Args = append(call.Args, *bound)
		case i == 0:
			call.Args = append(call.Args, number("0", pos))
		case i == 1:
			call.Args = append(call.Args, conversion("len", n.X, pos))
		default:
			call.Args = append(call.Args, conversion("cap", n.X, pos))
		}
	}
	call.Args = append(call.Args, conversion("len", n.X, pos))
	if isSlice {
		call.Fun = l.sessionFunc(SliceLow, pos)
		call.Args = append(call.Args, conversion("cap", n.X, pos))
	}
	n.Low = call
	return true
}

// repeatable reports whether x may be evaluated twice.
func (l *lowering) repeatable(x ast.Expr) bool {
	ok := true
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.CompositeLit:
			ok = false
		case *ast.UnaryExpr:
			ok = ok && n.Op != token.ARROW
		case *ast.CallExpr:
			if tv := l.Info.Types[n.Fun]; tv.IsBuiltin() {
				id, named := n.Fun.(*ast.Ident)
				ok = ok && named && (id.Name == "len" || id.Name == "cap")
			} else {
				ok = ok && tv.IsType()
			}
		}
		return ok
	})
	return ok
}

// conversion returns the call name(x).
func conversion(name string, x ast.Expr, pos token.Pos) ast.Expr {
	return &ast.CallExpr{Fun: &ast.Ident{NamePos: pos, Name: name}, Lparen: pos, Rparen: pos, Args: []ast.Expr{x}}
}

func number(text string, pos token.Pos) ast.Expr {
	return &ast.BasicLit{ValuePos: pos, Kind: token.INT, Value: text}
}

// typeAssert lowers x.(T) to Assert(x, (*I)(nil), (*T)(nil)).(T), for the x of an
// interface type I, and with a second value to Match(x, (*T)(nil)).(T): the
// interpreter would accept all types that are assignable to T.
func (l *lowering) typeAssert(n *ast.TypeAssertExpr) bool {
	if n.Type == nil {
		return false
	}
	pos := n.Pos()
	want, name, pointers := l.Info.TypeOf(n.Type), Match, []types.Type{l.Info.TypeOf(n.Type)}
	if _, withOK := l.Info.TypeOf(n).(*types.Tuple); !withOK {
		name, pointers = Assert, []types.Type{l.Info.TypeOf(n.X), want}
	}
	args := []ast.Expr{l.rewriteExpr(n.X)}
	for _, t := range pointers {
		pointer := &ast.ParenExpr{Lparen: pos, Rparen: pos, X: &ast.StarExpr{Star: pos, X: &ast.Ident{NamePos: pos, Name: l.typeText(t)}}}
		args = append(args, &ast.CallExpr{Fun: pointer, Lparen: pos, Rparen: pos, Args: []ast.Expr{&ast.Ident{NamePos: pos, Name: "nil"}}})
	}
	n.X = &ast.CallExpr{Fun: l.sessionFunc(name, pos), Lparen: pos, Rparen: pos, Args: args}
	n.Type = &ast.Ident{NamePos: n.Type.Pos(), Name: l.typeText(want)}
	return true
}

// panicValue gives the builtin panic an error for nil, as Go does.
func (l *lowering) panicValue(n *ast.CallExpr) {
	id, ok := ast.Unparen(n.Fun).(*ast.Ident)
	if _, builtin := l.Info.Uses[id].(*types.Builtin); !ok || !builtin || id.Name != "panic" {
		return
	}
	pos := n.Args[0].Pos()
	value := &ast.CallExpr{Fun: l.sessionFunc(PanicValue, pos), Lparen: pos, Rparen: pos}
	switch {
	case l.Info.Types[n.Args[0]].IsNil():
	case types.IsInterface(l.Info.TypeOf(n.Args[0])):
		value.Args = n.Args
	default:
		return
	}
	n.Args = []ast.Expr{value}
}

// recover wraps the builtin recover in the hook. A deferred one has no value.
func (u *unit) recover(n *ast.CallExpr) ast.Expr {
	id, ok := n.Fun.(*ast.Ident)
	if !ok || id.Name != "recover" {
		return nil
	}
	if _, builtin := u.Info.Uses[id].(*types.Builtin); !builtin {
		return nil
	}
	value := func() *types.Tuple {
		return types.NewTuple(types.NewParam(token.NoPos, nil, "", types.Universe.Lookup("any").Type()))
	}
	u.hooks[Recovered] = types.NewSignatureType(nil, nil, nil, value(), value(), false)
	return &ast.CallExpr{Fun: &ast.Ident{NamePos: n.Pos(), Name: Recovered}, Lparen: n.Lparen, Rparen: n.Rparen, Args: []ast.Expr{n}}
}

package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/astutil"

	"github.com/lectern-go/lectern/kernel/cell"
)

// Functions of the session package for what the interpreter gets wrong.
const (
	Defers     = "Defers"     // func() (push func(func()), run func())
	ShiftCount = "ShiftCount" // func(int64) uint, which panics as a shift does
	Runes      = "Runes"      // func(string) []RuneAt
	Go         = "Go"         // func(func()), which starts a goroutine
)

// RuneAt is what one iteration over a string sees.
type RuneAt struct {
	Pos  int
	Rune rune
}

func (l *lowering) sessionFunc(name string, pos token.Pos) ast.Expr {
	return &ast.SelectorExpr{X: &ast.Ident{NamePos: pos, Name: Session}, Sel: &ast.Ident{NamePos: pos, Name: name}}
}

// later lowers the call of a go or defer statement to a closure without
// arguments in a variable: the interpreter would evaluate function, receiver and
// arguments only when the call runs. It returns the statements that evaluate them
// and the variable.
func (l *lowering) later(call *ast.CallExpr) (out []ast.Stmt, closure *ast.Ident) {
	pos := call.Pos()
	inner := &ast.CallExpr{Fun: call.Fun, Lparen: pos, Ellipsis: call.Ellipsis, Rparen: pos}
	define := func(x ast.Expr, t types.Type) *ast.Ident {
		temps, defs := l.evaluate([]ast.Expr{x}, []types.Type{t}, pos)
		out = append(out, defs...)
		return temps[0]
	}
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.SelectorExpr:
		sel := l.Info.Selections[fun]
		switch {
		case sel == nil: // of a package
			inner.Fun = l.rewriteExpr(fun)
		case sel.Kind() == types.MethodVal && byReference(sel) && l.object(fun.X) != nil, sel.Kind() == types.MethodVal && byReference(sel) && isIdent(fun.X):
			inner.Fun = l.rewriteExpr(fun)
		case sel.Kind() == types.MethodVal:
			l.receiver(fun)
			inner.Fun = &ast.SelectorExpr{X: define(fun.X, nil), Sel: fun.Sel}
		default:
			inner.Fun = define(fun, l.Info.TypeOf(fun))
		}
	default:
		if tv := l.Info.Types[call.Fun]; !tv.IsBuiltin() && !tv.IsType() {
			inner.Fun = define(call.Fun, l.Info.TypeOf(call.Fun))
		}
	}
	sig, _ := l.Info.TypeOf(call.Fun).Underlying().(*types.Signature)
	for i, x := range call.Args {
		t := types.Default(l.Info.TypeOf(x))
		if t == types.Typ[types.UntypedNil] && sig != nil {
			t = sig.Params().At(min(i, sig.Params().Len()-1)).Type()
		}
		inner.Args = append(inner.Args, define(x, t))
	}
	if sig != nil && l.spreads(call, sig) {
		l.spread(inner, sig)
	}
	if name := l.builtin(call); name != "" {
		inner.Fun = l.sessionFunc(name, pos)
	}
	lit := &ast.FuncLit{
		Type: &ast.FuncType{Func: pos, Params: &ast.FieldList{}},
		Body: &ast.BlockStmt{Lbrace: pos, List: []ast.Stmt{&ast.ExprStmt{X: inner}}, Rbrace: pos},
	}
	l.functions[lit] = later
	closure = l.temp()
	closure.NamePos = pos
	out = append(out, &ast.AssignStmt{
		Lhs: []ast.Expr{closure}, TokPos: pos, Tok: token.DEFINE, Rhs: []ast.Expr{fresh(lit, "func()")},
	})
	return out, closure
}

// byReference reports whether the method's receiver is a pointer to the
// selected variable, so that the variable itself, not its value, is meant.
func byReference(sel *types.Selection) bool {
	f, ok := sel.Obj().(*types.Func)
	if !ok {
		return false
	}
	_, pointer := f.Signature().Recv().Type().(*types.Pointer)
	_, isPointer := sel.Recv().Underlying().(*types.Pointer)
	return pointer && !isPointer
}

// isResults reports whether n is the call around a cell's results.
func isResults(n *ast.CallExpr) bool {
	id, ok := n.Fun.(*ast.Ident)
	return ok && id.Name == cell.Results
}

func isIdent(x ast.Expr) bool {
	_, ok := x.(*ast.Ident)
	return ok
}

// fresh makes the literal in a frame of its own. The interpreter keeps a
// function literal in one place of the frame that makes it, and puts the old
// value back after each call of it: calls in other goroutines would exchange the
// literals of a loop and tear what else reads the frame. A deferred call of a
// literal would wait for the frame's lock, which its own function holds.
func fresh(lit *ast.FuncLit, typ string) ast.Expr {
	return called(typ, lit.Pos(), &ast.ReturnStmt{Return: lit.Pos(), Results: []ast.Expr{lit}})
}

// goStmt lowers go f(x).
func (l *lowering) goStmt(n *ast.GoStmt) []ast.Stmt {
	out, closure := l.later(n.Call)
	return append(out, &ast.ExprStmt{X: &ast.CallExpr{
		Fun: l.sessionFunc(Go, n.Go), Lparen: n.Go, Args: []ast.Expr{ast.NewIdent(closure.Name)}, Rparen: n.Go,
	}})
}

// deferStmt lowers defer f(x). push is the function that takes the deferred
// calls of a function with several.
func (l *lowering) deferStmt(n *ast.DeferStmt) []ast.Stmt {
	out, closure := l.later(n.Call)
	if push := l.pushes[n]; push != "" {
		return append(out, &ast.ExprStmt{X: &ast.CallExpr{Fun: &ast.Ident{NamePos: n.Defer, Name: push}, Args: []ast.Expr{ast.NewIdent(closure.Name)}}})
	}
	return append(out, &ast.DeferStmt{Defer: n.Defer, Call: &ast.CallExpr{Fun: ast.NewIdent(closure.Name), Lparen: n.Defer, Rparen: n.Defer}})
}

// deferred prepares a function's body for its defer statements. Where there may
// be several calls, one compiled function runs them: the interpreter forgets
// the rest when one panics.
func (l *lowering) deferred(body *ast.BlockStmt) (before []ast.Stmt) {
	var defers []*ast.DeferStmt
	loop := false
	var inspect func(n ast.Node, inLoop bool)
	inspect = func(root ast.Node, inLoop bool) {
		ast.Inspect(root, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ForStmt:
				inspect(n.Body, true)
				return false
			case *ast.RangeStmt:
				inspect(n.Body, true)
				return false
			case *ast.DeferStmt:
				defers = append(defers, n)
				loop = loop || inLoop
			}
			return true
		})
	}
	inspect(body, false)
	if len(defers) < 2 && !loop {
		return nil
	}
	push, run := l.temp(), l.temp()
	for _, d := range defers {
		l.pushes[d] = push.Name
	}
	pos := body.List[0].Pos() // a cell's body has none itself
	push.NamePos = pos
	return []ast.Stmt{
		&ast.AssignStmt{
			Lhs: []ast.Expr{push, run}, TokPos: pos, Tok: token.DEFINE,
			Rhs: []ast.Expr{&ast.CallExpr{Fun: l.sessionFunc(Defers, pos)}},
		},
		&ast.DeferStmt{Defer: pos, Call: &ast.CallExpr{Fun: ast.NewIdent(run.Name)}},
	}
}

// spreads reports whether the variable arguments of a call must be passed as a
// slice: a function of the cells gets an empty slice from the interpreter where
// Go passes nil.
func (l *lowering) spreads(n *ast.CallExpr, sig *types.Signature) bool {
	if !sig.Variadic() || n.Ellipsis.IsValid() || isResults(n) {
		return false
	}
	switch fun := ast.Unparen(n.Fun).(type) {
	case *ast.SelectorExpr:
		sel := l.Info.Selections[fun]
		return sel != nil && sel.Kind() == types.FieldVal
	case *ast.Ident:
		return !l.Info.Types[n.Fun].IsBuiltin()
	}
	return true
}

// spread replaces the variable arguments of a call by a slice.
func (l *lowering) spread(n *ast.CallExpr, sig *types.Signature) {
	fixed := sig.Params().Len() - 1
	typ := &ast.Ident{NamePos: n.Pos(), Name: l.typeText(sig.Params().At(fixed).Type())}
	var slice ast.Expr = &ast.CompositeLit{Type: typ, Lbrace: n.Pos(), Elts: n.Args[fixed:], Rbrace: n.Pos()}
	if len(n.Args) == fixed {
		slice = &ast.StarExpr{Star: n.Pos(), X: &ast.CallExpr{Fun: ast.NewIdent("new"), Args: []ast.Expr{typ}}}
	}
	n.Args = append(n.Args[:fixed:fixed], slice)
	n.Ellipsis = n.Pos()
}

// call lowers a call whose parts are not lowered yet.
func (l *lowering) call(n *ast.CallExpr) bool {
	if name := l.builtin(n); name != "" {
		l.rewriteArgs(n)
		n.Fun = l.sessionFunc(name, n.Pos())
		return false
	}
	l.panicValue(n)
	if tv := l.Info.Types[n.Fun]; tv.IsType() && types.IsInterface(tv.Type) {
		l.conversion(n, tv.Type)
		return true
	}
	if fun, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok {
		l.receiver(fun)
	}
	sig, ok := l.Info.TypeOf(n.Fun).(*types.Signature)
	if ok {
		l.nilArguments(n, sig)
	}
	if ok && l.spreads(n, sig) {
		n.Fun = l.rewriteExpr(n.Fun)
		l.rewriteArgs(n)
		l.spread(n, sig)
		return false
	}
	return true
}

// conversion makes a function literal's result of a conversion to an interface:
// the interpreter asserts wrongly what it has converted itself.
func (l *lowering) conversion(n *ast.CallExpr, t types.Type) {
	n.Fun = called(l.typeText(t), n.Pos(), &ast.ReturnStmt{Return: n.Pos(), Results: n.Args}).(*ast.CallExpr).Fun
	n.Args = nil
}

// receiver dereferences the pointer through which a method of values is called:
// the interpreter calls the pointer's own method, later than Go copies the value
// and with other words where it is nil.
func (l *lowering) receiver(fun *ast.SelectorExpr) {
	sel := l.Info.Selections[fun]
	if sel == nil || sel.Kind() != types.MethodVal || len(sel.Index()) > 1 {
		return
	}
	_, fromPointer := sel.Recv().Underlying().(*types.Pointer)
	_, toPointer := sel.Obj().(*types.Func).Signature().Recv().Type().(*types.Pointer)
	if fromPointer && !toPointer {
		pos := fun.X.Pos()
		fun.X = &ast.ParenExpr{Lparen: pos, Rparen: pos, X: &ast.StarExpr{Star: pos, X: fun.X}}
	}
}

// shift lowers a shift by a signed count: the interpreter takes a negative one
// for a large one.
func (l *lowering) shiftCount(x ast.Expr) ast.Expr {
	tv := l.Info.Types[x]
	basic, ok := tv.Type.Underlying().(*types.Basic)
	if tv.Value != nil || !ok || basic.Info()&types.IsUnsigned != 0 {
		return nil
	}
	pos := x.Pos()
	return &ast.CallExpr{Fun: l.sessionFunc(ShiftCount, pos), Args: []ast.Expr{
		&ast.CallExpr{Fun: &ast.Ident{NamePos: pos, Name: "int64"}, Args: []ast.Expr{l.rewriteExpr(x)}},
	}}
}

// compositeLit writes out the types that an inner literal leaves out: the
// interpreter misses some.
func (l *lowering) compositeLit(c *astutil.Cursor, n *ast.CompositeLit) {
	l.elements(n)
	if n.Type != nil {
		return
	}
	t := l.Info.TypeOf(n)
	pointer, isPointer := t.Underlying().(*types.Pointer)
	if isPointer {
		t = pointer.Elem()
	}
	n.Type = &ast.Ident{NamePos: n.Pos(), Name: l.typeText(t)}
	if isPointer {
		c.Replace(&ast.UnaryExpr{OpPos: n.Pos(), Op: token.AND, X: n})
	}
}

// elements puts the elements of a composite literal that compute with variables
// of the session, and fields of what is not a variable, into function literals:
// the interpreter does not know the types of such expressions in time. Nor does it
// know those of expressions in parentheses, which need none here.
func (l *lowering) elements(n *ast.CompositeLit) {
	for i, x := range n.Elts {
		if kv, ok := x.(*ast.KeyValueExpr); ok {
			_, isStruct := l.Info.TypeOf(n).Underlying().(*types.Struct)
			if !isStruct {
				kv.Key = l.element(kv.Key)
			}
			kv.Value = l.element(kv.Value)
		} else {
			n.Elts[i] = l.element(x)
		}
	}
}

func (l *lowering) element(x ast.Expr) ast.Expr {
	x = ast.Unparen(x)
	sel, isSelector := x.(*ast.SelectorExpr)
	part := isSelector && !isIdent(sel.X)
	if tv := l.Info.Types[x]; tv.Value != nil || tv.IsNil() || !part && !l.selectsFromSession(x) {
		return x
	}
	return called(l.typeText(l.Info.TypeOf(x)), x.Pos(), &ast.ReturnStmt{Return: x.Pos(), Results: []ast.Expr{x}})
}

// called is the call of a function literal that returns a value of a type.
func called(typ string, pos token.Pos, body ...ast.Stmt) ast.Expr {
	return &ast.CallExpr{Lparen: pos, Rparen: pos, Fun: &ast.ParenExpr{Lparen: pos, Rparen: pos, X: &ast.FuncLit{
		Type: &ast.FuncType{
			Func: pos, Params: &ast.FieldList{},
			Results: &ast.FieldList{List: []*ast.Field{{Type: &ast.Ident{NamePos: pos, Name: typ}}}},
		},
		Body: &ast.BlockStmt{Lbrace: pos, List: body, Rbrace: pos},
	}}}
}

// nilArguments gives a type to each nil among the arguments: the interpreter
// breaks down over those of compiled functions.
func (l *lowering) nilArguments(n *ast.CallExpr, sig *types.Signature) {
	for i, x := range n.Args {
		if !l.Info.Types[x].IsNil() || sig.Variadic() && i >= sig.Params().Len()-1 {
			continue
		}
		temp := l.temp().Name
		typ := l.typeText(sig.Params().At(i).Type())
		n.Args[i] = called(typ, x.Pos(),
			&ast.DeclStmt{Decl: &ast.GenDecl{Tok: token.VAR, TokPos: x.Pos(), Specs: []ast.Spec{
				&ast.ValueSpec{Names: []*ast.Ident{ast.NewIdent(temp)}, Type: &ast.Ident{NamePos: x.Pos(), Name: typ}},
			}}},
			&ast.ReturnStmt{Return: x.Pos(), Results: []ast.Expr{ast.NewIdent(temp)}})
	}
}

// selectsFromSession reports whether x is an expression with a variable of the
// session in it, apart from function literals and other composite literals.
func (l *lowering) selectsFromSession(x ast.Expr) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.CompositeLit:
			return false
		case *ast.Ident:
			found = found || n != x && l.object(n) != nil
		}
		return !found
	})
	return found
}

// rangeString decodes the string first: the interpreter counts runes where Go
// counts bytes.
func (l *lowering) rangeString(n *ast.RangeStmt) {
	item := l.temp()
	var defs []ast.Stmt
	define := func(x ast.Expr, field, typ string) {
		id, ok := x.(*ast.Ident)
		if !ok || id.Name == "_" {
			return
		}
		defs = append(defs, &ast.AssignStmt{
			Lhs: []ast.Expr{ast.NewIdent(id.Name)}, TokPos: n.Pos(), Tok: token.DEFINE,
			Rhs: []ast.Expr{&ast.CallExpr{Fun: ast.NewIdent(typ), Args: []ast.Expr{
				&ast.SelectorExpr{X: ast.NewIdent(item.Name), Sel: ast.NewIdent(field)},
			}}},
		})
	}
	define(n.Key, "Pos", "int")
	define(n.Value, "Rune", "rune")
	if n.Key == nil {
		n.Tok = token.DEFINE
	}
	n.Key, n.Value = ast.NewIdent("_"), item
	n.X = &ast.CallExpr{Fun: l.sessionFunc(Runes, n.X.Pos()), Args: []ast.Expr{
		&ast.CallExpr{Fun: &ast.Ident{NamePos: n.X.Pos(), Name: "string"}, Args: []ast.Expr{n.X}},
	}}
	n.Body.List = append(defs, n.Body.List...)
}

// signature writes the type of a function literal.
func (l *lowering) signature(n *ast.FuncLit) string {
	return l.typeText(l.Info.TypeOf(n))
}

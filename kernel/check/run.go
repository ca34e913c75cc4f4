package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/lectern-go/lectern/kernel/cell"
)

// A Diagnostic is one error that the checks found.
type Diagnostic struct {
	Pos token.Position // in the cell
	Msg string
}

// run is one pass of the type checker over a cell.
type run struct {
	info        *types.Info
	pkg         *types.Package
	main        *ast.FuncDecl       // the statements
	lifted      []ast.Decl          // variables declared at the package's level
	byPosition  []*ast.CompositeLit // that set unexported fields of other cells' types
	diagnostics []Diagnostic
}

func newRun(lifted []ast.Decl, c *cell.Cell) *run {
	return &run{
		pkg:    types.NewPackage("main", "main"),
		lifted: lifted,
		info: &types.Info{
			Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{},
			Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
			Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
			Scopes: map[ast.Node]*types.Scope{},
		},
		main: &ast.FuncDecl{
			Name: ast.NewIdent("_"), Type: &ast.FuncType{Params: &ast.FieldList{}},
			Body: &ast.BlockStmt{List: c.Stmts},
		},
	}
}

// run checks the cell with the given imports; lifted are declarations of
// variables at the package's level.
func (s *Session) run(c *cell.Cell, imports map[string]string, lifted []ast.Decl) *run {
	return s.runWith(s.mentioned(c, lifted), c, imports, lifted)
}

// runWith is run for a cell that sees the given objects of earlier cells.
func (s *Session) runWith(objects []*Object, c *cell.Cell, imports map[string]string, lifted []ast.Decl) *run {
	r := newRun(lifted, c)
	file := &ast.File{Name: ast.NewIdent("main")}
	file.Decls = append(file.Decls, &ast.GenDecl{Tok: token.IMPORT, Specs: importSpecs(imports)})
	file.Decls = append(file.Decls, lifted...)
	file.Decls = append(file.Decls, c.Decls...)
	file.Decls = append(file.Decls, r.main)
	importer := earlier{s.importer, func() { s.fill(r.info.Scopes[file], objects, c, lifted, imports) }}
	r.check(s, importer, file, func(e types.Error) bool { return r.allowed(c, e) || r.isResult(c, e) })
	return r
}

// check type-checks a file and collects the errors that are not allowed.
func (r *run) check(s *Session, importer types.Importer, file *ast.File, allowed func(types.Error) bool) {
	var errs []types.Error
	report := func(e types.Error) { errs = append(errs, e) }
	func() {
		defer func() {
			if p := recover(); p != nil {
				errs = append(errs, types.Error{Fset: s.fset, Msg: fmt.Sprintf("the type checker failed on this cell: %v", p)})
			}
		}()
		// Errors have all been reported to the callback.
		_ = types.NewChecker(s.config(importer, report), s.fset, r.pkg, r.info).Files([]*ast.File{file})
	}()
	for _, e := range errs {
		if allowed(e) {
			continue
		}
		msg := s.inCellTerms(r, e.Msg)
		if rest, ok := strings.CutPrefix(msg, "\t"); ok && len(r.diagnostics) > 0 { // a continuation of the last error
			r.diagnostics[len(r.diagnostics)-1].Msg += "; " + rest
			continue
		}
		r.diagnostics = append(r.diagnostics, Diagnostic{Pos: s.fset.Position(e.Pos), Msg: msg})
	}
}

// resultsSignature is func(...any).
var resultsSignature = types.NewSignatureType(nil, nil, nil, types.NewTuple(
	types.NewParam(token.NoPos, nil, "", types.NewSlice(types.Universe.Lookup("any").Type()))), nil, true)

// allowed reports whether e is an error of compiled Go that cells may contain:
// imports that are not used, and variables of the session that this cell does
// not use.
func (r *run) allowed(c *cell.Cell, e types.Error) bool {
	if strings.HasPrefix(e.Msg, "implicit assignment to unexported field") {
		lit := r.ownLiteral(c, e.Pos)
		if lit != nil {
			r.byPosition = append(r.byPosition, lit)
		}
		return lit != nil
	}
	if !e.Soft {
		return false
	}
	if strings.HasSuffix(e.Msg, "imported and not used") || strings.Contains(e.Msg, " imported as ") && strings.HasSuffix(e.Msg, "and not used") {
		return true
	}
	mine := false
	for _, st := range c.Stmts {
		eachDefined(st, func(id *ast.Ident) { mine = mine || id.Pos() == e.Pos })
	}
	return mine && strings.HasPrefix(e.Msg, "declared and not used")
}

// ownLiteral returns the composite literal around pos if it is of a struct that
// cells declared, or nil. For the checker each cell is a package of its own, whose
// unexported fields others may not set without naming them.
func (r *run) ownLiteral(c *cell.Cell, pos token.Pos) *ast.CompositeLit {
	var own *ast.CompositeLit
	visit := func(n ast.Node) bool {
		if lit, ok := n.(*ast.CompositeLit); ok && lit.Lbrace < pos && pos <= lit.Rbrace {
			own = nil
			if st := structOf(r.info.Types[lit].Type); st != nil && st.NumFields() > 0 && st.Field(0).Pkg().Path() == r.pkg.Path() {
				own = lit
			}
		}
		return true
	}
	for _, d := range c.Decls {
		ast.Inspect(d, visit)
	}
	for _, st := range c.Stmts {
		ast.Inspect(st, visit)
	}
	return own
}

// keyLiterals names the fields in the literals that the checker did not look into
// because they set fields of another cell's type by position. It reports whether
// there were any.
func (r *run) keyLiterals() bool {
	found := false
	for _, lit := range r.byPosition {
		st := structOf(r.info.Types[lit].Type)
		if len(lit.Elts) != st.NumFields() {
			continue // an error of its own
		}
		for i, x := range lit.Elts {
			if _, keyed := x.(*ast.KeyValueExpr); !keyed {
				lit.Elts[i] = &ast.KeyValueExpr{Key: &ast.Ident{NamePos: x.Pos(), Name: st.Field(i).Name()}, Colon: x.Pos(), Value: x}
				found = true
			}
		}
	}
	return found
}

// isResult reports whether e complains that the value of the cell's last
// expression is not used: it is, as the cell's result.
func (r *run) isResult(c *cell.Cell, e types.Error) bool {
	x := lastExpr(c)
	return x != nil && x.Pos() <= e.Pos && e.Pos <= x.End() && strings.HasSuffix(e.Msg, "is not used")
}

func lastExpr(c *cell.Cell) ast.Expr {
	if len(c.Stmts) == 0 || c.Program {
		return nil
	}
	if st, ok := c.Stmts[len(c.Stmts)-1].(*ast.ExprStmt); ok {
		return st.X
	}
	return nil
}

// result returns the cell's last expression if it has a value to show; a
// semicolon behind it hides the value.
func (r *run) result(c *cell.Cell) ast.Expr {
	x := lastExpr(c)
	if x == nil || strings.HasSuffix(strings.TrimSpace(c.Text), ";") {
		return nil
	}
	call, ok := ast.Unparen(x).(*ast.CallExpr)
	if ok && isResults(call) {
		return x
	}
	if ok && r.prints(call) {
		return nil
	}
	if tv := r.info.Types[x]; tv.IsVoid() || !tv.IsValue() && !isTuple(tv.Type) {
		return nil
	}
	return x
}

// isResults reports whether call is the one around a list of expressions.
func isResults(call *ast.CallExpr) bool {
	id, ok := call.Fun.(*ast.Ident)
	return ok && id.Name == cell.Results
}

// prints reports whether call is one of fmt's printing functions, whose
// results nobody wants to see.
func (r *run) prints(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	f, ok := r.info.Uses[sel.Sel].(*types.Func)
	return ok && f.Pkg() != nil && f.Pkg().Path() == "fmt" &&
		(strings.HasPrefix(f.Name(), "Print") || strings.HasPrefix(f.Name(), "Fprint"))
}

func isTuple(t types.Type) bool {
	tuple, ok := t.(*types.Tuple)
	return ok && tuple.Len() > 0
}

// importMissing adds to imports the known packages whose names the run found
// undefined, and reports whether there were any.
func (s *Session) importMissing(r *run, imports map[string]string) bool {
	found := false
	for _, d := range r.diagnostics {
		m := undefinedName.FindStringSubmatch(d.Msg)
		if m == nil {
			continue
		}
		p, ok := s.known[m[1]]
		if _, have := imports[m[1]]; ok && !have {
			imports[m[1]] = p
			found = true
		}
	}
	return found
}

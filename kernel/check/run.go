package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"strconv"
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
	main        *ast.FuncDecl // the statements
	lifted      []ast.Decl    // variables declared at the package's level
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
	r := newRun(lifted, c)
	file := &ast.File{Name: ast.NewIdent("main")}
	if specs := importSpecs(imports); len(specs) > 0 {
		file.Decls = append(file.Decls, &ast.GenDecl{Tok: token.IMPORT, Specs: specs})
	}
	file.Decls = append(file.Decls, lifted...)
	file.Decls = append(file.Decls, c.Decls...)
	file.Decls = append(file.Decls, r.main)
	s.fill(r.pkg.Scope(), c, lifted, imports)
	r.check(s, file, func(e types.Error) bool { return allowed(c, e) || r.isResult(c, e) })
	return r
}

// check type-checks a file and collects the errors that are not allowed.
func (r *run) check(s *Session, file *ast.File, allowed func(types.Error) bool) {
	report := func(e types.Error) {
		if allowed(e) {
			return
		}
		msg := strings.TrimPrefix(e.Msg, "\t")
		if msg != e.Msg && len(r.diagnostics) > 0 { // a continuation of the last error
			last := &r.diagnostics[len(r.diagnostics)-1]
			last.Msg += "; " + msg
			return
		}
		r.diagnostics = append(r.diagnostics, Diagnostic{Pos: s.fset.Position(e.Pos), Msg: msg})
	}
	// Errors have all been reported to the callback.
	_ = types.NewChecker(s.config(report), s.fset, r.pkg, r.info).Files([]*ast.File{file})
}

func importSpecs(imports map[string]string) []ast.Spec {
	var specs []ast.Spec
	for name, p := range imports {
		specs = append(specs, &ast.ImportSpec{
			Name: ast.NewIdent(name), Path: &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(p)},
		})
	}
	return specs
}

// fill puts into the scope what earlier cells declared and this one does not.
func (s *Session) fill(scope *types.Scope, c *cell.Cell, lifted []ast.Decl, imports map[string]string) {
	mine := map[string]bool{}
	add := func(id *ast.Ident) { mine[id.Name] = true }
	for _, d := range append(lifted, c.Decls...) {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				add(d.Name)
			}
		case *ast.GenDecl:
			eachSpecName(d, add)
		}
	}
	scope.Insert(types.NewFunc(token.NoPos, nil, cell.Results, resultsSignature))
	for name, obj := range s.objects {
		if _, imported := imports[name]; !mine[name] && !imported {
			scope.Insert(obj.Object)
		}
	}
}

// resultsSignature is func(...any).
var resultsSignature = types.NewSignatureType(nil, nil, nil, types.NewTuple(
	types.NewParam(token.NoPos, nil, "", types.NewSlice(types.Universe.Lookup("any").Type()))), nil, true)

// otherCellsField matches what the checker says of a literal with the unexported
// fields of a type that an earlier cell declared: it takes that cell for another
// package.
var otherCellsField = regexp.MustCompile(`^implicit assignment to unexported field \w+ in struct literal of type (main\.|struct\{)`)

// allowed reports whether e is an error of compiled Go that cells may contain:
// imports that are not used, and variables of the session that this cell does
// not use.
func allowed(c *cell.Cell, e types.Error) bool {
	if otherCellsField.MatchString(e.Msg) {
		return true
	}
	if !e.Soft {
		return false
	}
	if strings.HasSuffix(e.Msg, "and not used") {
		return true
	}
	mine := false
	for _, st := range c.Stmts {
		eachDefined(st, func(id *ast.Ident) { mine = mine || id.Pos() == e.Pos })
	}
	return mine && strings.HasPrefix(e.Msg, "declared and not used")
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

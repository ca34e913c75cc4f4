package lower

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/printer"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ast/astutil"

	"github.com/lectern-go/lectern/kernel/cell"
	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/kernel/compile"
)

// Names in a compiled package that the worker looks up.
const (
	RunFunc = compile.ObjectMarker + "Run"  // func(): the cell's statements
	ShowVar = compile.ObjectMarker + "Show" // func(...any): takes the cell's result
	// TypesVar is a map[string]any with a nil pointer to each declared type that
	// is not generic, by its name in the package.
	TypesVar = compile.ObjectMarker + "Types"
)

// A Unit is a cell as a package for the compiler.
type Unit struct {
	Path    string          // the package's import path
	Package compile.Package `json:"-"`
	Slots   []string        // the storage that the package declares or uses, each a variable of type *T
	Hooks   []string        // the variables for functions that the worker replaces
}

// Compile lowers a cell to a package of the given path. It changes the cell's
// syntax. Functions become package functions that are called through their slots
// like any other, variables are their slots, and the statements are the body of
// [RunFunc]. An error names what cannot be written down in another package.
func Compile(fset *token.FileSet, c *check.Checked, path string) (*Unit, error) {
	u := &unit{
		lowering: newLowering(fset, c),
		slots:    map[string]*check.Object{}, hooks: map[string]types.Type{},
		polls: map[ast.Stmt]bool{}, chans: map[*ast.RangeStmt]bool{}, plain: map[*ast.UnaryExpr]bool{},
	}
	u.noteLoops(c.Body)
	u.path = path
	for _, o := range c.Objects {
		if o.Slot == "" {
			o.Package = path
		}
	}
	body := &ast.FuncDecl{Name: ast.NewIdent("_"), Type: &ast.FuncType{}, Body: c.Body}
	u.rename(&ast.File{Name: ast.NewIdent("main"), Decls: append(slices.Clone(c.Decls), body)})
	var decls []ast.Decl
	var run, inits []ast.Stmt
	for _, d := range c.Decls {
		f, isFunc := d.(*ast.FuncDecl)
		u.rewrite(d)
		if isFunc && isInit(f) {
			inits = append(inits, u.function(f)...)
		} else if isFunc && f.Recv == nil {
			run = append(run, u.function(f)...)
		}
		decls = append(decls, d)
	}
	for _, st := range c.Body.List[:c.Variables] {
		run = append(run, u.topLevel(st)...)
	}
	run = append(run, inits...)
	for _, st := range c.Body.List[c.Variables:] {
		run = append(run, u.topLevel(st)...)
	}
	decls = append(decls, &ast.FuncDecl{
		Name: ast.NewIdent(RunFunc), Type: &ast.FuncType{Params: &ast.FieldList{}}, Body: &ast.BlockStmt{List: run},
	})
	out := &Unit{Path: path, Slots: slices.Sorted(maps.Keys(u.slots))}
	vars, err := u.slotVars(out.Slots)
	if err != nil {
		return nil, err
	}
	hookVars, names, err := u.hookVars()
	if err != nil {
		return nil, err
	}
	out.Hooks = append(names, StopVar, CheckVar)
	text, err := u.file(slices.Concat(vars, hookVars, []ast.Decl{u.typeTable()}, decls))
	if err != nil {
		return nil, err
	}
	out.Package = compile.Package{Path: path, Files: map[string]string{"cell.go": text}}
	for p := range u.imports {
		out.Package.Imports = append(out.Package.Imports, p)
	}
	slices.Sort(out.Package.Imports)
	return out, nil
}

// unit is the lowering of one cell for the compiler.
type unit struct {
	*lowering
	hooks map[string]types.Type    // the hooks in use, by variable
	slots map[string]*check.Object // by name
	inits int                      // functions named init so far
	polls map[ast.Stmt]bool        // the loops that check in each iteration
	chans map[*ast.RangeStmt]bool  // the loops over channels
	plain map[*ast.UnaryExpr]bool  // the receives that stay
}

// namer gives the session's unexported names a mark with which the packages of
// later cells can use them.
var namer = compile.Namer{Session: func(p *types.Package) bool { return p.Path() == "main" }}

// rename gives the identifiers of the cell their names in the package.
func (u *unit) rename(file *ast.File) {
	edits, aliases := namer.Edits(file, u.Info)
	for _, e := range edits {
		e.Ident.Name = e.New
	}
	u.aliases = aliases
}

func (u *unit) rewrite(n ast.Node) { astutil.Apply(n, u.pre, u.post) }

func (u *unit) pre(c *astutil.Cursor) bool {
	u.noteWaits(c.Node())
	switch n := c.Node().(type) {
	case *ast.SelectorExpr:
		if id, ok := n.X.(*ast.Ident); ok {
			if pkg, ok := u.Info.Uses[id].(*types.PkgName); ok {
				if hook := u.hook(pkg.Imported(), n); hook != nil {
					c.Replace(hook)
					return false
				}
				n.X = &ast.Ident{NamePos: id.Pos(), Name: u.packageName(pkg.Imported().Path())}
				return false
			}
		}
	case *ast.CallExpr:
		if call := u.recover(n); call != nil && c.Name() != "Call" {
			c.Replace(call)
			return false
		}
	case *ast.UnaryExpr:
		if o := u.object(n.X); n.Op == token.AND && o != nil {
			c.Replace(u.useSlot(o, n.Pos()))
			return false
		}
	case *ast.Ident:
		return u.ident(c, n)
	}
	return true
}

// ident replaces variables, functions and what earlier cells declared.
func (u *unit) ident(c *astutil.Cursor, n *ast.Ident) bool {
	if o := u.object(n); o != nil {
		if u.Info.Uses[n] != nil {
			c.Replace(&ast.ParenExpr{Lparen: n.Pos(), X: &ast.StarExpr{Star: n.Pos(), X: u.useSlot(o, n.Pos())}, Rparen: n.Pos()})
			return false
		}
		return true
	}
	o := u.Ref(u.Info.Uses[n])
	if o == nil || o.Package == u.path {
		return true
	}
	if tv := u.Info.Types[n]; tv.Value != nil {
		c.Replace(u.constant(n, tv))
	} else {
		c.Replace(u.declared(o, n.Pos()))
	}
	return false
}

// useSlot returns the variable that points to an object's storage.
func (u *unit) useSlot(o *check.Object, pos token.Pos) ast.Expr {
	u.slots[o.Slot] = o
	return &ast.Ident{NamePos: pos, Name: o.Slot}
}

func (u *unit) derefSlot(o *check.Object, pos token.Pos) ast.Expr {
	return &ast.StarExpr{Star: pos, X: u.useSlot(o, pos)}
}

// function stores a function in its slot, or calls it if it is an init.
func (u *unit) function(f *ast.FuncDecl) []ast.Stmt {
	switch {
	case f.Name.Name == "init":
		u.inits++
		f.Name = ast.NewIdent(compile.ObjectMarker + "initꞏ" + strconv.Itoa(u.inits))
		return []ast.Stmt{&ast.ExprStmt{X: &ast.CallExpr{Fun: ast.NewIdent(f.Name.Name)}}}
	case f.Name.Name == "_" || f.Type.TypeParams != nil:
		return nil
	}
	o := u.object(f.Name)
	if f.Name.Name == "main" { // the package has one
		f.Name = ast.NewIdent(compile.ObjectMarker + "main")
	}
	return []ast.Stmt{&ast.AssignStmt{
		Lhs: []ast.Expr{u.derefSlot(o, token.NoPos)}, Tok: token.ASSIGN, Rhs: []ast.Expr{ast.NewIdent(f.Name.Name)},
	}}
}

// topLevel lowers one of the cell's outermost statements.
func (u *unit) topLevel(st ast.Stmt) []ast.Stmt {
	switch st := st.(type) {
	case *ast.ExprStmt:
		if st.X == u.Result {
			return u.result(st)
		}
		if !u.Info.Types[st.X].IsVoid() && !cell.MayStand(st.X) { // a result that a semicolon hides
			st := &ast.AssignStmt{Lhs: []ast.Expr{ast.NewIdent("_")}, TokPos: st.Pos(), Tok: token.ASSIGN, Rhs: []ast.Expr{st.X}}
			u.rewrite(st)
			return []ast.Stmt{st}
		}
	case *ast.DeclStmt:
		return u.variables(st.Decl.(*ast.GenDecl))
	case *ast.AssignStmt:
		if st.Tok == token.DEFINE {
			return u.defineSlots(st)
		}
	}
	block := &ast.BlockStmt{List: []ast.Stmt{st}}
	u.rewrite(block)
	return block.List
}

// result passes the values of the last expression to [ShowVar].
func (u *unit) result(st *ast.ExprStmt) []ast.Stmt {
	u.rewrite(st)
	show := &ast.Ident{NamePos: st.Pos(), Name: ShowVar}
	if call, ok := st.X.(*ast.CallExpr); ok {
		if id, ok := call.Fun.(*ast.Ident); ok && id.Name == cell.Results {
			call.Fun = show
			return []ast.Stmt{st}
		}
	}
	return []ast.Stmt{&ast.ExprStmt{X: &ast.CallExpr{Fun: show, Args: []ast.Expr{st.X}}}}
}

// defineSlots lowers x, y := e to *slot, *slot = e.
func (u *unit) defineSlots(st *ast.AssignStmt) []ast.Stmt {
	for i, x := range st.Rhs {
		p := &ast.ParenExpr{X: x}
		u.rewrite(p)
		st.Rhs[i] = p.X
	}
	for i, x := range st.Lhs {
		if o := u.object(x); o != nil {
			st.Lhs[i] = u.derefSlot(o, x.Pos())
		}
	}
	st.Tok = token.ASSIGN
	return []ast.Stmt{st}
}

// variables lowers var at the top level to assignments.
func (u *unit) variables(gen *ast.GenDecl) []ast.Stmt {
	var out []ast.Stmt
	for _, spec := range gen.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok || gen.Tok != token.VAR {
			continue
		}
		a := &ast.AssignStmt{TokPos: v.Pos(), Tok: token.ASSIGN}
		for _, id := range v.Names {
			var place ast.Expr = &ast.Ident{NamePos: id.Pos(), Name: "_"}
			if o := u.object(id); o != nil {
				place = u.derefSlot(o, id.Pos())
			}
			a.Lhs = append(a.Lhs, place)
		}
		values := &ast.ValueSpec{Type: v.Type, Values: v.Values}
		u.rewrite(values)
		a.Rhs = values.Values
		if len(a.Rhs) == 0 {
			for range v.Names {
				a.Rhs = append(a.Rhs, &ast.StarExpr{Star: v.Pos(), X: &ast.CallExpr{Fun: ast.NewIdent("new"), Args: []ast.Expr{values.Type}}})
			}
		}
		out = append(out, a)
	}
	return out
}

// slotVars declares the pointers to the slots. The worker sets those whose
// storage exists already.
func (u *unit) slotVars(names []string) ([]ast.Decl, error) {
	decls := []ast.Decl{&ast.GenDecl{Tok: token.VAR, Specs: []ast.Spec{&ast.ValueSpec{
		Names: []*ast.Ident{ast.NewIdent(ShowVar)},
		Type: &ast.FuncType{Params: &ast.FieldList{List: []*ast.Field{{
			Names: []*ast.Ident{ast.NewIdent("values")}, Type: &ast.Ellipsis{Elt: ast.NewIdent("any")},
		}}}},
	}}}}
	for _, name := range names {
		typ, err := u.typeExpr(u.slots[name].Type())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", u.slots[name].Name(), err)
		}
		decls = append(decls, &ast.GenDecl{Tok: token.VAR, Specs: []ast.Spec{&ast.ValueSpec{
			Names:  []*ast.Ident{ast.NewIdent(name)},
			Values: []ast.Expr{&ast.CallExpr{Fun: ast.NewIdent("new"), Args: []ast.Expr{typ}}},
		}}})
	}
	return decls, nil
}

// typeTable declares [TypesVar].
func (u *unit) typeTable() ast.Decl {
	table := &ast.CompositeLit{Type: &ast.MapType{Key: ast.NewIdent("string"), Value: ast.NewIdent("any")}}
	for _, o := range u.Objects {
		tn, ok := o.Object.(*types.TypeName)
		if !ok || tn.IsAlias() || generic(tn) || isConstraint(tn) {
			continue
		}
		name := namer.Name(tn)
		table.Elts = append(table.Elts, &ast.KeyValueExpr{
			Key: &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(name)},
			Value: &ast.CallExpr{
				Fun:  &ast.ParenExpr{X: &ast.StarExpr{X: ast.NewIdent(name)}},
				Args: []ast.Expr{ast.NewIdent("nil")},
			},
		})
	}
	return &ast.GenDecl{Tok: token.VAR, Specs: []ast.Spec{
		&ast.ValueSpec{Names: []*ast.Ident{ast.NewIdent(TypesVar)}, Values: []ast.Expr{table}},
	}}
}

// isConstraint reports whether a type is an interface for type parameters only.
func isConstraint(tn *types.TypeName) bool {
	i, ok := tn.Type().Underlying().(*types.Interface)
	return ok && !i.IsMethodSet()
}

func generic(tn *types.TypeName) bool {
	named, ok := tn.Type().(*types.Named)
	return ok && named.TypeParams().Len() > 0
}

// file prints the package's file.
func (u *unit) file(decls []ast.Decl) (string, error) {
	var imports []ast.Spec
	for _, path := range slices.Sorted(maps.Keys(u.imports)) {
		imports = append(imports, &ast.ImportSpec{
			Name: ast.NewIdent(u.imports[path]), Path: &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(path)},
		})
	}
	if len(imports) > 0 {
		decls = append([]ast.Decl{&ast.GenDecl{Tok: token.IMPORT, Lparen: 1, Specs: imports}}, decls...)
	}
	var buf bytes.Buffer
	buf.WriteString("package main\n\n")
	aliases := compile.Aliases(u.aliases) + "\n" + checkFuncs
	config := printer.Config{Mode: printer.SourcePos | printer.UseSpaces, Tabwidth: 1}
	for i, d := range decls {
		if i == min(len(imports), 1) { // behind the imports
			buf.WriteString(aliases)
		}
		if err := config.Fprint(&buf, u.fset, d); err != nil {
			return "", fmt.Errorf("lower %s: %w", u.Name, err)
		}
		buf.WriteString("\n")
	}
	return strings.TrimLeft(u.lines(buf.String()), "\n"), nil
}

package check

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/lectern-go/lectern/kernel/cell"
)

// A Session is what the cells checked so far have declared. It is not safe for
// concurrent use.
type Session struct {
	fset     *token.FileSet
	importer types.Importer
	known    map[string]string        // package name -> path, for imports left out
	imports  map[string]string        // name in cells -> path
	objects  map[string]*Object       // what names mean now
	all      map[types.Object]*Object // everything ever declared
	sources  map[string]*source       // of the types among objects
	records  []*record                // of the cells that ran, in order
	serial   int
}

// An Object is something a cell declared at the session's level.
type Object struct {
	types.Object
	Cell string // the cell that declared it
	// Slot names the storage of a variable or function; others have none. A
	// redeclaration with
	// the same type keeps the slot, so that code of earlier cells sees it.
	Slot string
	// Package is the import path of the compiled package that has the object,
	// or "" if it was not compiled.
	Package string
}

// NewSession returns an empty session whose positions go to fset, which the
// importer shares. paths are the packages that cells may
// use without importing them; where two have the same name the first wins.
func NewSession(fset *token.FileSet, importer types.Importer, paths []string) *Session {
	s := &Session{
		fset:     fset,
		importer: importer,
		known:    map[string]string{},
		imports:  map[string]string{},
		objects:  map[string]*Object{},
		all:      map[types.Object]*Object{},
		sources:  map[string]*source{},
	}
	for _, p := range paths {
		name := packageName(p)
		if _, ok := s.known[name]; !ok {
			s.known[name] = p
		}
	}
	return s
}

// packageName guesses the name of a package from its path: the last element
// that is not a major version.
func packageName(p string) string {
	base := path.Base(p)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		base = path.Base(path.Dir(p))
	}
	return base
}

// Fset returns the file set of all cells' positions.
func (s *Session) Fset() *token.FileSet { return s.fset }

// Lookup returns what name stands for at the session's level, or nil.
func (s *Session) Lookup(name string) *Object { return s.objects[name] }

// Checked is a cell that passed the checks. Its syntax may have been changed
// where variables were lifted; its positions are the cell's.
type Checked struct {
	*cell.Cell
	Info *types.Info
	Pkg  *types.Package
	Body *ast.BlockStmt // the cell's statements
	// Variables is how many of the statements declare variables before the others:
	// functions named init run behind them.
	Variables int
	Lifted    []ast.Decl        // variables of the statements that functions use
	Result    ast.Expr          // the last expression, if the cell ends in one with a value
	Objects   []*Object         // what the cell declares at the session's level, in order
	Imports   map[string]string // name -> path of every import that the cell sees
	// Warnings say what the cell's declarations leave behind in earlier cells.
	Warnings []string
	kept     []keptUse
	refs     map[types.Object]*Object
	sources  map[string]*source
	session  *Session
}

// Ref returns the session's object that obj is, or nil if obj is local to the
// cell's code, imported or predeclared.
func (c *Checked) Ref(obj types.Object) *Object {
	if o := c.refs[obj]; o != nil {
		return o
	}
	return c.session.all[obj]
}

// Check type-checks a cell. It returns all diagnostics, or the checked cell if
// there are none. The session does not change until [Session.Commit].
func (s *Session) Check(c *cell.Cell) (*Checked, []Diagnostic) {
	imports, ds := s.importsOf(c)
	ds = merge(s.restrict(c), ds)
	initOrder(c)
	variables := slices.IndexFunc(c.Stmts, func(st ast.Stmt) bool { return !isVar(st) })
	if variables < 0 {
		variables = len(c.Stmts)
	}
	s.pull(c)
	lifted := s.lift(c, imports)
	eachDeclared(lifted, func(id *ast.Ident) { delete(imports, id.Name) })
	r := s.run(c, imports, lifted)
	for s.importMissing(r, imports) || r.keyLiterals() {
		r = s.run(c, imports, lifted)
	}
	for i := range r.diagnostics {
		s.suggest(r, imports, &r.diagnostics[i])
	}
	if ds = merge(ds, r.diagnostics); len(ds) > 0 {
		return nil, ds
	}
	checked := &Checked{
		Cell: c, Info: r.info, Pkg: r.pkg, Body: r.main.Body, Variables: variables, Imports: imports,
		Lifted: r.lifted, refs: map[types.Object]*Object{}, session: s,
	}
	if slices.ContainsFunc(slices.Collect(maps.Keys(imports)), func(name string) bool { return strings.HasPrefix(name, dot) }) {
		r.qualify(c)
	}
	s.declare(checked, r.lifted)
	checked.Result = r.result(c)
	if ds := s.overflow(checked); len(ds) > 0 {
		return nil, ds
	}
	checked.sources = s.keepSources(checked)
	checked.kept = checked.keptUses()
	checked.Warnings = s.warnings(checked)
	return checked, nil
}

// CheckProgram type-checks a cell that is a whole program. It sees nothing of
// the session and adds nothing to it.
func (s *Session) CheckProgram(c *cell.Cell) (*Checked, []Diagnostic) {
	r := newRun(nil, &cell.Cell{})
	file := &ast.File{Name: ast.NewIdent("main"), Package: 1}
	if len(c.Imports) > 0 {
		gen := &ast.GenDecl{Tok: token.IMPORT}
		for _, spec := range c.Imports {
			gen.Specs = append(gen.Specs, spec)
		}
		file.Decls = append(file.Decls, gen)
	}
	file.Decls = append(file.Decls, c.Decls...)
	r.check(s, s.importer, file, func(types.Error) bool { return false })
	if len(r.diagnostics) > 0 {
		alone := &Session{fset: s.fset, importer: s.importer} // which sees no earlier cell
		imports, _ := alone.importsOf(c)                      // what is wrong with them is in the diagnostics
		for i := range r.diagnostics {
			alone.suggest(r, imports, &r.diagnostics[i])
		}
	}
	if ds := merge(s.restrictProgram(c, r.pkg), r.diagnostics); len(ds) > 0 {
		return nil, ds
	}
	return &Checked{Cell: c, Info: r.info, Pkg: r.pkg, Body: r.main.Body, session: s}, nil
}

// declare fills in the cell's objects and what it refers to.
func (s *Session) declare(c *Checked, lifted []ast.Decl) {
	serial := s.serial
	add := func(id *ast.Ident) {
		obj := c.Info.Defs[id]
		if obj == nil || id.Name == "_" {
			return
		}
		o := &Object{Object: obj, Cell: c.Name}
		if stored(obj) {
			serial++
			o.Slot = fmt.Sprintf("S%d_%s", serial, id.Name)
			if old := s.objects[id.Name]; old != nil && sameStorage(old.Object, obj) {
				o.Slot = old.Slot
			}
		}
		c.Objects = append(c.Objects, o)
		c.refs[obj] = o
	}
	eachDeclared(append(lifted, c.Decls...), add)
	for _, st := range c.Stmts {
		eachDefined(st, add)
	}
}

// eachDeclared calls f with the names that declarations declare, but for methods and
// functions named init.
func eachDeclared(decls []ast.Decl, f func(*ast.Ident)) {
	for _, d := range decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name != "init" {
				f(d.Name)
			}
		case *ast.GenDecl:
			eachSpecName(d, f)
		}
	}
}

// overflow finds a result that is a constant too large for its default type: to
// be shown it needs one.
func (s *Session) overflow(c *Checked) []Diagnostic {
	tv := c.Info.Types[c.Result]
	if c.Result == nil || tv.Value == nil || tv.Value.Kind() != constant.Int {
		return nil
	}
	t := types.Default(tv.Type)
	if basic, ok := t.(*types.Basic); !ok || basic.Kind() != types.Int {
		return nil
	}
	if _, exact := constant.Int64Val(tv.Value); exact {
		return nil
	}
	return []Diagnostic{s.at(c.Result, fmt.Sprintf("cannot show the untyped constant %s as an int (overflows)", tv.Value.ExactString()))}
}

// stored reports whether an object has storage: variables and functions that
// are not generic.
func stored(obj types.Object) bool {
	switch obj := obj.(type) {
	case *types.Var:
		return true
	case *types.Func:
		return obj.Signature().TypeParams().Len() == 0
	}
	return false
}

// sameStorage reports whether a redeclaration of old as obj keeps its storage:
// both are variables or both plain functions, of the same type.
func sameStorage(old, obj types.Object) bool {
	switch obj.(type) {
	case *types.Var:
		_, ok := old.(*types.Var)
		return ok && types.Identical(old.Type(), obj.Type())
	case *types.Func:
		_, ok := old.(*types.Func)
		return ok && types.Identical(old.Type(), obj.Type())
	}
	return false
}

// Commit makes what the cell declared visible to later cells. undo takes that
// back, for a cell that turns out not to run, before the next one is checked.
func (s *Session) Commit(c *Checked) (undo func()) {
	before, objects, sources := *s, map[string]*Object{}, map[string]*source{}
	set := func(name string, o *Object, src *source) {
		objects[name], sources[name] = s.objects[name], s.sources[name]
		replace(s.objects, name, o)
		replace(s.sources, name, src)
	}
	s.remember(c)
	c.Pkg.SetName(fmt.Sprintf("cell%dꞏ", s.serial))
	s.serial++
	for _, o := range c.Objects {
		set(o.Name(), o, c.sources[o.Name()])
		s.all[o.Object] = o
		s.serial++
	}
	for name, src := range c.sources {
		if o := s.objects[name]; o != nil && c.object(name) == nil {
			set(name, o, src) // the cell adds constants to it
		}
	}
	s.imports = maps.Clone(c.Imports)
	for _, o := range c.Objects {
		delete(s.imports, o.Name())
	}
	for name := range s.imports {
		if s.objects[name] != nil {
			set(name, nil, nil) // an import of this cell took the name
		}
	}
	return func() {
		s.imports, s.records, s.serial = before.imports, before.records, before.serial
		for name, o := range objects {
			replace(s.objects, name, o)
			replace(s.sources, name, sources[name])
		}
	}
}

// replace sets a name, or deletes it if there is nothing to set it to.
func replace[T any](m map[string]*T, name string, value *T) {
	if value == nil {
		delete(m, name)
		return
	}
	m[name] = value
}

// config returns the checker's settings; report gets every error.
func (s *Session) config(importer types.Importer, report func(types.Error)) *types.Config {
	return &types.Config{
		GoVersion: "go1.26",
		Importer:  importer,
		Sizes:     types.SizesFor("gc", runtime.GOARCH),
		Error: func(err error) {
			if e, ok := err.(types.Error); ok { //nolint:errorlint // the checker's documented type
				report(e)
			}
		},
	}
}

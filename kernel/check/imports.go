package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ast/astutil"

	"github.com/lectern-go/lectern/kernel/cell"
)

// dot begins the keys of dot imports among a cell's imports.
const dot = ". "

// importsOf returns the imports that a cell sees, name -> path, and what is wrong
// with its own. What the cell declares takes the name of an earlier import.
func (s *Session) importsOf(c *cell.Cell) (imports map[string]string, ds []Diagnostic) {
	imports = map[string]string{}
	maps.Copy(imports, s.imports)
	eachDeclared(c.Decls, func(id *ast.Ident) { delete(imports, id.Name) })
	for _, spec := range c.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			ds = append(ds, s.at(spec, "invalid import path "+spec.Path.Value))
			continue
		}
		name := packageName(p)
		if pkg, err := s.importer.Import(p); err == nil {
			name = pkg.Name()
		} else {
			ds = append(ds, s.at(spec.Path, s.missing(p, err)))
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		switch name {
		case ".":
			imports[dot+p] = p
		case "_":
		default:
			imports[name] = p
		}
	}
	return imports, ds
}

// missing says why a package is not to be had.
func (s *Session) missing(path string, err error) string {
	var paths []string
	for _, known := range s.known {
		paths = append(paths, known)
	}
	if best := Nearest(path, paths); best != "" {
		return err.Error() + "; did you mean " + best + "?"
	}
	return err.Error()
}

// importSpecs returns the declarations of imports. The first one makes the
// checker ask for [earlier].
func importSpecs(imports map[string]string) []ast.Spec {
	specs := []ast.Spec{importSpec("_", earlierPath)}
	for name, p := range imports {
		if !strings.HasPrefix(name, dot) {
			specs = append(specs, importSpec(name, p))
		}
	}
	return specs
}

func importSpec(name, path string) *ast.ImportSpec {
	return &ast.ImportSpec{Name: ast.NewIdent(name), Path: &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(path)}}
}

// earlierPath stands for what earlier cells declared.
const earlierPath = "session"

// earlier is an importer that puts what earlier cells declared, and the names of
// dot imports, into the scope of the cell's file. In that of the package, where
// the checker expects nothing but what is declared in the syntax it is given, it
// would look for their declarations.
type earlier struct {
	types.Importer
	fill func()
}

func (e earlier) Import(path string) (*types.Package, error) {
	if path != earlierPath {
		return e.Importer.Import(path)
	}
	e.fill()
	pkg := types.NewPackage(earlierPath, earlierPath)
	pkg.MarkComplete()
	return pkg, nil
}

// mentioned returns the objects of earlier cells that the cell names: of a long
// session, few.
func (s *Session) mentioned(c *cell.Cell, lifted []ast.Decl) []*Object {
	var objects []*Object
	visit := func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if o := s.objects[id.Name]; o != nil {
				objects = append(objects, o)
			}
		}
		return true
	}
	for _, d := range append(lifted, c.Decls...) {
		ast.Inspect(d, visit)
	}
	for _, st := range c.Stmts {
		ast.Inspect(st, visit)
	}
	return objects
}

// fill puts into the scope those of the objects that the cell does not declare,
// and the names of its dot imports.
func (s *Session) fill(scope *types.Scope, objects []*Object, c *cell.Cell, lifted []ast.Decl, imports map[string]string) {
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
	insert := func(obj types.Object) {
		if _, imported := imports[obj.Name()]; !mine[obj.Name()] && !imported {
			scope.Insert(obj) // unless there is one of the name
		}
	}
	insert(types.NewFunc(token.NoPos, nil, cell.Results, resultsSignature))
	for _, obj := range objects {
		insert(obj.Object)
	}
	for name, path := range imports {
		if !strings.HasPrefix(name, dot) {
			continue
		}
		if pkg, err := s.importer.Import(path); err == nil {
			for _, obj := range exported(pkg) {
				insert(obj)
			}
		}
	}
}

// qualify writes the names of dot imports with their packages, for the lowering.
func (r *run) qualify(c *cell.Cell) {
	pre := func(cursor *astutil.Cursor) bool {
		switch n := cursor.Node().(type) {
		case *ast.Ident:
			obj := r.info.Uses[n]
			if obj == nil || obj.Pkg() == nil || obj.Pkg().Path() == r.pkg.Path() || obj.Parent() != obj.Pkg().Scope() {
				return true
			}
			if sel, ok := cursor.Parent().(*ast.SelectorExpr); ok && sel.Sel == n {
				return true
			}
			x := &ast.Ident{NamePos: n.Pos(), Name: obj.Pkg().Name()}
			r.info.Uses[x] = types.NewPkgName(n.Pos(), r.pkg, x.Name, obj.Pkg())
			sel := &ast.SelectorExpr{X: x, Sel: n}
			r.info.Types[sel] = r.info.Types[n]
			cursor.Replace(sel)
			return false
		}
		return true
	}
	for _, d := range c.Decls {
		astutil.Apply(d, pre, nil)
	}
	for _, st := range c.Stmts {
		astutil.Apply(st, pre, nil)
	}
}

package check

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lectern-go/lectern/kernel/cell"
)

// A Query is a cell that was checked as far as it goes, in order to ask what its
// names mean. It is valid until the session changes.
type Query struct {
	Cell *cell.Cell
	Info *types.Info
	Pkg  *types.Package
	body *ast.FuncDecl // the statements
}

// Query type-checks a cell that may have errors. The session does not change.
func (s *Session) Query(c *cell.Cell) *Query {
	imports, _ := s.importsOf(c) // of what is wrong, the rest can be asked
	initOrder(c)
	s.pull(c)
	lifted := s.lift(c, imports)
	r := s.runWith(s.Objects(), c, imports, lifted)
	for s.importMissing(r, imports) {
		r = s.runWith(s.Objects(), c, imports, lifted)
	}
	return &Query{Cell: c, Info: r.info, Pkg: r.pkg, body: r.main}
}

// Known returns the import path of the package that cells mean by name without
// importing it, or "".
func (s *Session) Known(name string) string { return s.known[name] }

// KnownNames returns the names of the packages that cells may use, with their
// import paths. The caller must not change it.
func (s *Session) KnownNames() map[string]string { return s.known }

// Visible returns the objects that a name at pos may stand for, the innermost of
// each name: local ones, those of the cell and the session, imports and what is
// predeclared.
func (q *Query) Visible(pos token.Pos) map[string]types.Object {
	visible := map[string]types.Object{}
	for scope := q.innermost(pos); scope != nil; scope = scope.Parent() {
		for _, name := range scope.Names() {
			obj := scope.Lookup(name)
			local := scope.Parent() != nil && scope.Parent() != types.Universe && obj.Parent() != q.Pkg.Scope()
			if _, isPkg := obj.(*types.PkgName); local && !isPkg && obj.Pos() >= pos {
				continue // declared behind pos
			}
			if _, taken := visible[name]; !taken && name != "_" && name != cell.Results {
				visible[name] = obj
			}
		}
	}
	return visible
}

// innermost returns the smallest scope around pos. Outside of all blocks that is
// the scope of the cell's statements.
func (q *Query) innermost(pos token.Pos) *types.Scope {
	inner := q.Info.Scopes[q.body.Type]
	var size token.Pos
	for _, scope := range q.Info.Scopes {
		if scope.Pos().IsValid() && scope.Contains(pos) {
			if n := scope.End() - scope.Pos(); size == 0 || n < size {
				inner, size = scope, n
			}
		}
	}
	return inner
}

// Find returns the innermost node of the cell that match accepts, with the nodes
// around it, outermost first.
func (q *Query) Find(match func(ast.Node) bool) (found ast.Node, around []ast.Node) {
	var path []ast.Node
	visit := func(n ast.Node) bool {
		if n == nil {
			path = path[:len(path)-1]
			return true
		}
		if match(n) {
			found, around = n, append([]ast.Node(nil), path...)
		}
		path = append(path, n)
		return true
	}
	for _, d := range q.Cell.Decls {
		ast.Inspect(d, visit)
	}
	for _, st := range q.Cell.Stmts {
		ast.Inspect(st, visit)
	}
	return found, around
}

// Members returns what may stand behind the dot of x: the exported names of a
// package; the fields and methods of a value, those of embedded fields included;
// the methods of a type.
func (q *Query) Members(x ast.Expr) []types.Object {
	if id, ok := ast.Unparen(x).(*ast.Ident); ok {
		if pkg, ok := q.Info.Uses[id].(*types.PkgName); ok {
			return exported(pkg.Imported())
		}
	}
	tv := q.Info.Types[x]
	if tv.Type == nil || tv.Type == types.Typ[types.Invalid] {
		return nil
	}
	members := methods(tv.Type)
	if !tv.IsType() {
		members = append(members, fields(tv.Type)...)
	}
	return members
}

func exported(pkg *types.Package) []types.Object {
	var out []types.Object
	for _, name := range pkg.Scope().Names() {
		if obj := pkg.Scope().Lookup(name); obj.Exported() {
			out = append(out, obj)
		}
	}
	return out
}

// methods returns the methods that cells may call on a variable of type t.
func methods(t types.Type) []types.Object {
	if !types.IsInterface(t) && !isPointer(t) {
		t = types.NewPointer(t)
	}
	var out []types.Object
	for m := range types.NewMethodSet(t).Methods() {
		if obj := m.Obj(); reachable(obj) {
			out = append(out, obj)
		}
	}
	return out
}

// fields returns the fields of a struct and of what it embeds, the nearest of
// each name.
func fields(t types.Type) []types.Object {
	var out []types.Object
	names := map[string]bool{}
	seen := map[types.Type]bool{}
	for level := []types.Type{t}; len(level) > 0; {
		var next []types.Type
		for _, t := range level {
			if p, ok := t.Underlying().(*types.Pointer); ok {
				t = p.Elem()
			}
			st, ok := t.Underlying().(*types.Struct)
			if !ok || seen[t] {
				continue
			}
			seen[t] = true
			for f := range st.Fields() {
				if f.Embedded() {
					next = append(next, f.Type())
				}
				if reachable(f) && !names[f.Name()] {
					names[f.Name()] = true
					out = append(out, f)
				}
			}
		}
		level = next
	}
	return out
}

// reachable reports whether cells may name a member: all those of the session's
// types, the exported ones of packages.
func reachable(obj types.Object) bool {
	return obj.Exported() || obj.Pkg() != nil && obj.Pkg().Path() == "main"
}

// Literal returns the struct type of the composite literal among the nodes
// around a name where the name may be a field's, or nil, and the names of the
// fields that the literal sets.
func (q *Query) Literal(around []ast.Node) (st *types.Struct, set map[string]bool) {
	if len(around) == 0 {
		return nil, nil
	}
	lit, ok := around[len(around)-1].(*ast.CompositeLit)
	if !ok {
		return nil, nil
	}
	set = map[string]bool{}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok {
				set[key.Name] = true
			}
		}
	}
	return structOf(q.Info.Types[lit].Type), set
}

// structOf returns the struct type of a literal of type t, which may be a pointer
// where the literal stands in another one. It is nil if there is none.
func structOf(t types.Type) *types.Struct {
	if t == nil {
		return nil
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, _ := t.Underlying().(*types.Struct)
	return st
}

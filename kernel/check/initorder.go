package check

import (
	"go/ast"
	"go/token"

	"github.com/lectern-go/lectern/kernel/cell"
)

// initOrder puts the var declarations that stand together in the cell into the
// order in which a package would initialize them: each behind those that it
// depends on, through functions of the cell too, and otherwise as written.
func initOrder(c *cell.Cell) {
	for from := 0; from < len(c.Stmts); from++ {
		var specs []*ast.ValueSpec
		to := from
		for ; to < len(c.Stmts) && isVar(c.Stmts[to]); to++ {
			for _, spec := range c.Stmts[to].(*ast.DeclStmt).Decl.(*ast.GenDecl).Specs {
				specs = append(specs, spec.(*ast.ValueSpec))
			}
		}
		if sorted, changed := sortSpecs(c, specs); changed {
			stmts := append([]ast.Stmt(nil), c.Stmts[:from]...)
			for _, spec := range sorted {
				stmts = append(stmts, &ast.DeclStmt{Decl: &ast.GenDecl{TokPos: spec.Pos(), Tok: token.VAR, Specs: []ast.Spec{spec}}})
			}
			c.Stmts = append(stmts, c.Stmts[to:]...)
			from += len(sorted)
			continue
		}
		from = to
	}
}

func isVar(st ast.Stmt) bool {
	d, ok := st.(*ast.DeclStmt)
	if !ok {
		return false
	}
	gen, ok := d.Decl.(*ast.GenDecl)
	return ok && gen.Tok == token.VAR
}

// sortSpecs returns the specs in the order of their initialization, by the
// algorithm of the specification: the first one that is ready comes next.
func sortSpecs(c *cell.Cell, specs []*ast.ValueSpec) (sorted []*ast.ValueSpec, changed bool) {
	if len(specs) < 2 {
		return specs, false
	}
	waiting := map[string]*ast.ValueSpec{} // the spec that will initialize a name
	for _, spec := range specs {
		for _, id := range spec.Names {
			waiting[id.Name] = spec
		}
	}
	bodies := functionBodies(c)
	ready := func(spec *ast.ValueSpec) bool {
		for name := range mentioned(spec, bodies) {
			if other := waiting[name]; other != nil && other != spec {
				return false
			}
		}
		return true
	}
	rest := append([]*ast.ValueSpec(nil), specs...)
	for len(rest) > 0 {
		next := 0
		for next < len(rest) && !ready(rest[next]) {
			next++
		}
		if next == len(rest) {
			return specs, false // a cycle
		}
		spec := rest[next]
		changed = changed || next > 0
		sorted = append(sorted, spec)
		rest = append(rest[:next], rest[next+1:]...)
		for _, id := range spec.Names {
			delete(waiting, id.Name)
		}
	}
	return sorted, changed
}

// functionBodies returns the bodies of the cell's functions and methods by name.
func functionBodies(c *cell.Cell) map[string][]*ast.BlockStmt {
	bodies := map[string][]*ast.BlockStmt{}
	for _, d := range c.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
			bodies[f.Name.Name] = append(bodies[f.Name.Name], f.Body)
		}
	}
	return bodies
}

// mentioned returns the names in the values of a spec, and in the functions and
// methods that these name.
func mentioned(spec *ast.ValueSpec, bodies map[string][]*ast.BlockStmt) map[string]bool {
	names := map[string]bool{}
	var visit func(ast.Node) bool
	visit = func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !names[id.Name] {
			names[id.Name] = true
			for _, body := range bodies[id.Name] {
				ast.Inspect(body, visit)
			}
		}
		return true
	}
	for _, x := range spec.Values {
		ast.Inspect(x, visit)
	}
	return names
}

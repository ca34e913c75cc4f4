package check

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/lectern-go/lectern/kernel/cell"
)

// initOrder puts the var declarations that stand together in the cell into the
// order in which a package would initialize them: each behind those that it
// depends on, through functions of the cell too, and otherwise as written.
func initOrder(c *cell.Cell) {
	for from := 0; from < len(c.Stmts); from++ {
		var specs []*ast.ValueSpec
		apart := false
		to := from
		for ; to < len(c.Stmts) && isVar(c.Stmts[to]); to++ {
			for _, spec := range c.Stmts[to].(*ast.DeclStmt).Decl.(*ast.GenDecl).Specs {
				singles := single(spec.(*ast.ValueSpec))
				specs, apart = append(specs, singles...), apart || len(singles) > 1
			}
		}
		if sorted := sortSpecs(c, specs); sorted != nil && (apart || !slices.Equal(sorted, specs)) {
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

// single returns a spec as one for each variable, if one of its values mentions
// another of its variables: they are initialized one by one.
func single(spec *ast.ValueSpec) (singles []*ast.ValueSpec) {
	together := true
	for i, x := range spec.Values {
		names := mentioned([]ast.Expr{x}, nil)
		for j, id := range spec.Names {
			together = together && (i == j || !names[id.Name])
		}
	}
	if together || len(spec.Values) != len(spec.Names) {
		return []*ast.ValueSpec{spec}
	}
	for i, id := range spec.Names {
		singles = append(singles, &ast.ValueSpec{Names: []*ast.Ident{id}, Type: spec.Type, Values: spec.Values[i : i+1]})
	}
	return singles
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
// algorithm of the specification: the first one that is ready comes next. It returns
// nil if they go in a circle.
func sortSpecs(c *cell.Cell, specs []*ast.ValueSpec) (sorted []*ast.ValueSpec) {
	if len(specs) < 2 {
		return specs
	}
	waiting := map[string]*ast.ValueSpec{} // the spec that will initialize a name
	for _, spec := range specs {
		for _, id := range spec.Names {
			waiting[id.Name] = spec
		}
	}
	bodies := functionBodies(c)
	ready := func(spec *ast.ValueSpec) bool {
		for name := range mentioned(spec.Values, bodies) {
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
			return nil
		}
		spec := rest[next]
		sorted = append(sorted, spec)
		rest = append(rest[:next], rest[next+1:]...)
		for _, id := range spec.Names {
			delete(waiting, id.Name)
		}
	}
	return sorted
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

// mentioned returns the names in values, and in the functions and methods that these
// name.
func mentioned(values []ast.Expr, bodies map[string][]*ast.BlockStmt) map[string]bool {
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
	for _, x := range values {
		ast.Inspect(x, visit)
	}
	return names
}

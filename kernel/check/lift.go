package check

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/lectern-go/lectern/kernel/cell"
)

// lift declares at the package's level the variables of the cell's statements
// that its functions use, and turns their definitions into assignments. Their
// types come from a check without function bodies.
func (s *Session) lift(c *cell.Cell, imports map[string]string) []ast.Decl {
	names := s.toLift(c)
	if len(names) == 0 {
		return nil
	}
	bodies := map[*ast.FuncDecl]*ast.BlockStmt{}
	for _, d := range c.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			bodies[f], f.Body = f.Body, nil
		}
	}
	r := s.run(c, imports, nil)
	for s.importMissing(r, imports) {
		r = s.run(c, imports, nil)
	}
	for f, body := range bodies {
		f.Body = body
	}
	var decls []ast.Decl
	for i, st := range c.Stmts {
		if !slices.ContainsFunc(defined(st), func(id *ast.Ident) bool { return names[id.Name] }) {
			continue
		}
		if vars := liftedVars(defined(st), r, imports); vars != nil {
			decls = append(decls, vars...)
			c.Stmts[i] = assignment(st)
		}
	}
	return decls
}

// toLift returns the names that statements define and function bodies mention.
func (s *Session) toLift(c *cell.Cell) map[string]bool {
	vars := map[string]bool{}
	for _, st := range c.Stmts {
		eachDefined(st, func(id *ast.Ident) { vars[id.Name] = true })
	}
	names := map[string]bool{}
	if len(vars) == 0 {
		return names
	}
	for _, d := range c.Decls {
		ast.Inspect(d, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && vars[id.Name] {
				names[id.Name] = true
			}
			return true
		})
	}
	return names
}

// liftedVars declares the variables with their inferred types, or returns nil
// if a type is not known or cannot be written.
func liftedVars(ids []*ast.Ident, r *run, imports map[string]string) []ast.Decl {
	var decls []ast.Decl
	for _, id := range ids {
		obj, ok := r.info.Defs[id].(*types.Var)
		if !ok { // the statement assigns to a variable it did not declare
			continue
		}
		text, ok := typeText(obj.Type(), imports)
		if !ok {
			return nil
		}
		typ, err := parser.ParseExpr(text)
		if err != nil {
			return nil
		}
		decls = append(decls, &ast.GenDecl{Tok: token.VAR, TokPos: id.Pos(), Specs: []ast.Spec{
			&ast.ValueSpec{Names: []*ast.Ident{{NamePos: id.Pos(), Name: id.Name}}, Type: rebase(typ, id.Pos())},
		}})
	}
	return decls
}

// rebase moves a parsed expression to a position of the cell.
func rebase(x ast.Expr, pos token.Pos) ast.Expr {
	ast.Inspect(x, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			id.NamePos = pos
		}
		return true
	})
	return x
}

// typeText writes a type in the words of a cell with the given imports.
func typeText(t types.Type, imports map[string]string) (text string, ok bool) {
	if t == types.Typ[types.Invalid] {
		return "", false
	}
	ok = true
	text = types.TypeString(t, func(p *types.Package) string {
		if p.Path() == "main" {
			return ""
		}
		for name, path := range imports {
			if path == p.Path() && !strings.HasPrefix(name, dot) {
				return name
			}
		}
		if _, taken := imports[p.Name()]; taken {
			ok = false
		}
		imports[p.Name()] = p.Path()
		return p.Name()
	})
	return text, ok
}

// assignment returns the statement with its definitions as assignments.
func assignment(st ast.Stmt) ast.Stmt {
	if a, ok := st.(*ast.AssignStmt); ok {
		a.Tok = token.ASSIGN
		return a
	}
	block := &ast.BlockStmt{}
	for _, spec := range st.(*ast.DeclStmt).Decl.(*ast.GenDecl).Specs {
		v := spec.(*ast.ValueSpec)
		a := &ast.AssignStmt{TokPos: v.Pos(), Tok: token.ASSIGN, Rhs: v.Values}
		for _, id := range v.Names {
			a.Lhs = append(a.Lhs, id)
			if len(v.Values) == 0 {
				a.Rhs = append(a.Rhs, zero(v.Type))
			}
		}
		if v.Type != nil && len(v.Values) == len(v.Names) {
			for i, x := range v.Values {
				a.Rhs[i] = &ast.CallExpr{Fun: &ast.ParenExpr{X: v.Type}, Args: []ast.Expr{x}}
			}
		}
		block.List = append(block.List, a)
	}
	if len(block.List) == 1 {
		return block.List[0]
	}
	return block
}

// zero returns *new(T).
func zero(typ ast.Expr) ast.Expr {
	return &ast.StarExpr{Star: typ.Pos(), X: &ast.CallExpr{Fun: ast.NewIdent("new"), Args: []ast.Expr{typ}}}
}

// defined returns the identifiers that a top-level statement may define.
func defined(st ast.Stmt) []*ast.Ident {
	var ids []*ast.Ident
	eachDefined(st, func(id *ast.Ident) { ids = append(ids, id) })
	return ids
}

// eachDefined calls f with the identifiers that a top-level statement may
// define.
func eachDefined(st ast.Stmt, f func(*ast.Ident)) {
	switch st := st.(type) {
	case *ast.LabeledStmt:
		eachDefined(st.Stmt, f)
	case *ast.DeclStmt:
		if gen, ok := st.Decl.(*ast.GenDecl); ok {
			eachSpecName(gen, f)
		}
	case *ast.AssignStmt:
		if st.Tok != token.DEFINE {
			return
		}
		for _, x := range st.Lhs {
			if id, ok := x.(*ast.Ident); ok && id.Name != "_" {
				f(id)
			}
		}
	}
}

func eachSpecName(gen *ast.GenDecl, f func(*ast.Ident)) {
	for _, spec := range gen.Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			for _, id := range spec.Names {
				f(id)
			}
		case *ast.TypeSpec:
			f(spec.Name)
		}
	}
}

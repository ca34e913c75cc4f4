package kerneltest_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/kernel/kerneltest"
	"github.com/lectern-go/lectern/kernel/plan"
)

// ungenerated are the entries of package plan's list that only the table of
// TestDifferential has, and why.
var ungenerated = map[string]string{
	"builtin print":   "standard error has no place among the lines of standard output",
	"builtin println": "standard error has no place among the lines of standard output",
}

// TestGenerateCovers checks that random cells have every construct that package plan
// lets pass and that the table of TestDifferential tries.
func TestGenerateCovers(t *testing.T) {
	want, got := entries{}, entries{}
	paths, err := filepath.Glob("../testdata/differential/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, path := range paths {
		if filepath.Base(path) == "generated.txtar" {
			continue
		}
		for _, s := range readDifferential(t, path).snippets {
			_ = s.Valid(want.add) // some are for the engines only
		}
	}
	for seed := range uint64(120) {
		s := kerneltest.Generate(seed)
		_ = s.Valid(got.add) // most are valid
	}
	for _, entry := range slices.Sorted(maps.Keys(want)) {
		why, listed := ungenerated[entry]
		switch {
		case got[entry] == 0 && !listed:
			t.Errorf("no random cell that package plan lets pass has: %s", entry)
		case got[entry] > 0 && listed:
			t.Errorf("random cells have %s, so it is not ungenerated because %s", entry, why)
		}
		t.Logf("%6d %s", got[entry], entry)
	}
}

// entries counts the constructs in the cells that package plan lets pass.
type entries map[string]int

func (e entries) add(fset *token.FileSet, checked *check.Checked) {
	if len(plan.Interpretable(fset, checked)) > 0 {
		return
	}
	nodes := []ast.Node{checked.Body}
	for _, d := range checked.Decls {
		nodes = append(nodes, d)
	}
	for _, n := range nodes {
		ast.Inspect(n, func(n ast.Node) bool {
			if n != nil {
				e.node(checked.Info, n)
			}
			return true
		})
	}
}

func (e entries) node(info *types.Info, n ast.Node) {
	name := strings.TrimPrefix(fmt.Sprintf("%T", n), "*ast.")
	e[name]++
	switch n := n.(type) {
	case *ast.AssignStmt:
		e[fmt.Sprint(name, " ", n.Tok)]++
	case *ast.IncDecStmt:
		e[fmt.Sprint(name, " ", n.Tok)]++
	case *ast.BranchStmt:
		e[fmt.Sprint(name, " ", n.Tok, map[bool]string{true: " label"}[n.Label != nil])]++
	case *ast.UnaryExpr:
		e[fmt.Sprint(name, " ", n.Op)]++
	case *ast.BinaryExpr:
		e[fmt.Sprint(name, " ", n.Op)]++
	case *ast.LabeledStmt:
		e[fmt.Sprintf("%s of %T", name, n.Stmt)]++
	case *ast.RangeStmt:
		e[fmt.Sprintf("%s over %s", name, kind(info.TypeOf(n.X)))]++
	case *ast.IndexExpr:
		e[fmt.Sprintf("%s of %s", name, kind(info.TypeOf(n.X)))]++
	case *ast.CallExpr:
		if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok && info.Types[n.Fun].IsBuiltin() {
			e["builtin "+id.Name]++
		}
	}
	if x, ok := n.(ast.Expr); ok && info.TypeOf(x) != nil {
		e["a value of "+kind(types.Default(info.TypeOf(x)))]++
	}
}

// kind describes a type without the types in it.
func kind(t types.Type) string {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Name()
	case *types.Chan:
		return fmt.Sprint("*types.Chan ", u.Dir())
	default:
		return fmt.Sprintf("%T", u)
	}
}

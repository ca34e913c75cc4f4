package lower

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

// Check is a function of the session package that ends the goroutine if its cell
// has been interrupted. Statements that may wait for something outside of the
// interpreter are followed by it: the interpreter itself does not know, when such a
// call returns, that its cell was interrupted long ago.
const Check = "Check"

// waitingPackages are those of the standard library, beside net and os, with
// functions that may wait for something.
var waitingPackages = []string{
	"archive/tar", "archive/zip", "bufio", "compress/bzip2", "compress/flate", "compress/gzip", "compress/lzw", "compress/zlib",
	"database/sql", "encoding/csv", "encoding/gob", "encoding/json", "encoding/xml", "html/template", "io", "log", "mime/multipart",
	"sync", "syscall", "testing", "text/template",
}

// waits reports whether a call may wait for something in code that is not the
// session's own.
func waits(info *types.Info, call *ast.CallExpr) bool {
	fn, ok := typeutil.Callee(info, call).(*types.Func)
	if !ok || fn.Pkg() == nil {
		return false
	}
	path := fn.Pkg().Path()
	switch first, _, _ := strings.Cut(path, "/"); {
	case path == "main" || first == "gonum.org":
		return false
	case path == "fmt":
		return strings.Contains(fn.Name(), "Scan") && !strings.HasPrefix(fn.Name(), "Ss")
	case first == "net" || first == "os" || strings.Contains(first, "."):
		return true
	default:
		return slices.Contains(waitingPackages, path)
	}
}

// addChecks adds checks to the statements below n.
func (l *lowering) addChecks(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			if len(n.List) > 0 {
				switch n.List[0].(type) {
				case *ast.CaseClause, *ast.CommClause:
					return true // no statement may stand behind them
				}
			}
			n.List = l.withChecks(n.List)
		case *ast.CaseClause:
			n.Body = l.withChecks(n.Body)
		case *ast.CommClause:
			n.Body = l.withChecks(n.Body)
		}
		return true
	})
}

// withChecks returns the statements with a [Check] behind those that may wait, and
// in the blocks of those whose head may.
func (l *lowering) withChecks(list []ast.Stmt) []ast.Stmt {
	out := make([]ast.Stmt, 0, len(list))
	for _, st := range list {
		out = append(out, st)
		if !l.mayWait(st) {
			continue
		}
		check := &ast.ExprStmt{X: &ast.CallExpr{Fun: l.sessionFunc(Check, st.Pos())}}
		switch st := st.(type) {
		case *ast.ReturnStmt:
			continue
		case *ast.IfStmt:
			st.Body.List = append([]ast.Stmt{check}, st.Body.List...)
		case *ast.ForStmt:
			st.Body.List = append([]ast.Stmt{check}, st.Body.List...)
		}
		out = append(out, check)
	}
	return out
}

// mayWait reports whether a statement's own expressions may wait; blocks in it have
// their own checks.
func (l *lowering) mayWait(st ast.Stmt) bool {
	found := false
	ast.Inspect(st, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			return false
		case *ast.CallExpr:
			found = found || l.waiting[n]
		}
		return !found
	})
	return found
}

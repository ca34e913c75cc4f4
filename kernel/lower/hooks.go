package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"

	"github.com/lectern-go/lectern/kernel/compile"
)

// hooks are the functions of the standard library that would end the worker, could
// not be interrupted, or print for a cell that has ended. Compiled cells call variables
// of these names in their place, which the worker sets. As all names that a compiled
// cell has of the kernel, they end in ꞏ, or a function check of the user would clash.
var hooks = map[string]string{
	"os.Exit":     compile.ObjectMarker + "osExitꞏ",
	"time.Sleep":  compile.ObjectMarker + "timeSleepꞏ",
	"log.Fatal":   compile.ObjectMarker + "logFatalꞏ",
	"log.Fatalf":  compile.ObjectMarker + "logFatalfꞏ",
	"log.Fatalln": compile.ObjectMarker + "logFatallnꞏ",
	"fmt.Print":   compile.ObjectMarker + "fmtPrintꞏ",
	"fmt.Printf":  compile.ObjectMarker + "fmtPrintfꞏ",
	"fmt.Println": compile.ObjectMarker + "fmtPrintlnꞏ",
}

// Hook returns the name of the variable for a function, "os.Exit".
func Hook(function string) string { return hooks[function] }

// hook returns the variable to call instead of the package's function sel, or
// nil.
func (u *unit) hook(pkg *types.Package, sel *ast.SelectorExpr) ast.Expr {
	name, ok := hooks[pkg.Path()+"."+sel.Sel.Name]
	if !ok {
		return nil
	}
	u.hooks[name] = u.Info.TypeOf(sel)
	return &ast.Ident{NamePos: sel.Pos(), Name: name}
}

// hookVars declares the variables that are used.
func (u *unit) hookVars() (decls []ast.Decl, names []string, err error) {
	names = slices.Sorted(maps.Keys(u.hooks))
	for _, name := range names {
		typ, err := u.typeExpr(u.hooks[name])
		if err != nil {
			return nil, nil, err
		}
		decls = append(decls, &ast.GenDecl{Tok: token.VAR, Specs: []ast.Spec{
			&ast.ValueSpec{Names: []*ast.Ident{ast.NewIdent(name)}, Type: typ},
		}})
	}
	return decls, names, nil
}

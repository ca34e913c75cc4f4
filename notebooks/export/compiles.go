package export

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"runtime"
)

// compiles type-checks a program, so that what does not compile is said here and
// not by the toolchain of whoever gets it.
func compiles(src []byte, importer types.Importer) error {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.SkipObjectResolution)
	if err == nil {
		conf := types.Config{Importer: importer, Sizes: types.SizesFor("gc", runtime.GOARCH)}
		_, err = conf.Check("main", fset, []*ast.File{file}, nil)
	}
	if err != nil {
		return fmt.Errorf("the program that the cells make does not compile: %w", err)
	}
	return nil
}

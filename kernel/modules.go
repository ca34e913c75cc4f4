package kernel

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/lectern-go/lectern/kernel/cell"
	"github.com/lectern-go/lectern/kernel/exportdata"
	"github.com/lectern-go/lectern/kernel/lower"
)

// get adds a module to the session: "%get example.org/module@v1.2.3", or
// "%get example.org/module => ../folder" for one that lies in a folder.
func (x *execution) get(m cell.Magic) *Error {
	k := x.kernel
	if m.Args == "" {
		return x.magicError(m, "%%get needs a module: %%get example.org/module@v1.2.3, or %%get example.org/module => FOLDER")
	}
	if err := k.builder.wait(); err != nil {
		return x.magicError(m, "%%get %s: %v", m.Args, err)
	}
	var err error
	if module, folder, ok := strings.Cut(m.Args, "=>"); ok {
		folder = strings.TrimSpace(folder)
		if !filepath.IsAbs(folder) {
			folder = filepath.Join(k.config.Dir, folder)
		}
		err = k.builder.workspace.Replace(x.ctx, strings.TrimSpace(module), folder)
	} else {
		err = k.builder.workspace.Get(x.ctx, strings.Fields(m.Args)...)
	}
	if err != nil {
		return x.magicError(m, "%%get %s: %v", m.Args, err)
	}
	x.show(Stream{Name: "stdout", Text: "got " + m.Args + "\n"})
	return nil
}

// findImports makes the packages that the cell imports from the session's modules
// known to the checker.
func (k *Kernel) findImports(ctx context.Context, c *cell.Cell) *Error {
	for _, spec := range c.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		first, _, _ := strings.Cut(path, "/")
		if err != nil || !strings.Contains(first, ".") {
			continue // of the standard library
		}
		if _, err := k.importer.Import(path); !errors.Is(err, exportdata.ErrNotFound) {
			continue
		}
		if k.builder.wait() != nil {
			continue // the checker says that there is no such package
		}
		archives, err := k.builder.workspace.ExportData(ctx, path)
		if err != nil {
			message := fmt.Sprintf("package %s is not in the session's modules: %v; add its module with %%get", path, err)
			return &Error{Ename: "compile error", Evalue: message, Traceback: []string{message}}
		}
		k.importer.AddFiles(archives)
	}
	return nil
}

// interpretable reports whether the interpreter has the packages of a program.
func (k *Kernel) interpretable(p *lower.Program) bool {
	for _, imp := range p.Imports {
		if exportdata.IsStd(imp.Path) || strings.HasPrefix(imp.Path, "session/") {
			continue
		}
		if k.config.Packages == nil || !k.config.Packages.Has(imp.Path) {
			return false
		}
	}
	return true
}

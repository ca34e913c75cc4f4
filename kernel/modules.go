package kernel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lectern-go/lectern/kernel/cell"
	"github.com/lectern-go/lectern/kernel/compile"
	"github.com/lectern-go/lectern/kernel/exportdata"
	"github.com/lectern-go/lectern/kernel/lower"
)

// get adds a module to the session: "%get example.org/module@v1.2.3", or
// "%get example.org/module => ../folder" for one that lies in a folder, or
// "%get ../folder".
func (x *execution) get(m cell.Magic) *Error {
	if m.Args == "" {
		return x.magicError(m, "%%get needs a module: %%get example.org/module@v1.2.3, or %%get example.org/module => FOLDER")
	}
	b := x.kernel.builder
	if err := b.wait(); err != nil {
		return x.magicError(m, "%%get %s: %v", m.Args, err)
	}
	modules := strings.Fields(m.Args)
	for _, module := range modules {
		if path, _, _ := strings.Cut(module, "@"); path == "std" || exportdata.IsStd(path) {
			return x.magicError(m, "%%get %s: this is of the standard library, which cells import without it", path)
		}
	}
	module, folder, inFolder := strings.Cut(m.Args, "=>")
	if strings.HasPrefix(m.Args, ".") || strings.HasPrefix(m.Args, "/") {
		module, folder, inFolder = "", m.Args, true
	}
	var got []string
	var err error
	if inFolder {
		got, err = b.workspace.Replace(x.ctx, strings.TrimSpace(module), x.path(strings.TrimSpace(folder)))
	} else {
		got, err = b.workspace.Get(x.ctx, modules...)
	}
	loaded, wrong := new(compile.LoadedError), new(compile.ModuleError)
	switch {
	case x.ctx.Err() != nil:
		return interrupted("while getting " + m.Args)
	case errors.As(err, &loaded):
		return x.magicError(m, "%%get %s: %v; %%reset, which forgets the session, makes room for it", m.Args, err)
	case errors.As(err, &wrong): // which names the one of several
		return x.magicError(m, "%%get %v", err)
	case err != nil:
		return x.magicError(m, "%%get %s: %v", m.Args, err)
	case len(got) == 0:
		got = []string{"nothing new"}
	}
	x.printf("got %s\n", strings.Join(got, ", "))
	return nil
}

// findImports makes the packages that the cell imports from the session's modules
// known to the checker, or why they are not.
func (k *Kernel) findImports(ctx context.Context, c *cell.Cell) {
	for _, spec := range c.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		first, _, _ := strings.Cut(path, "/")
		if err != nil || !strings.Contains(first, ".") {
			continue // of the standard library
		}
		if _, err := k.importer.Import(path); !errors.Is(err, exportdata.ErrNotFound) {
			continue
		}
		if err := k.builder.wait(); err != nil {
			k.importer.Explain(path, fmt.Errorf("modules need the compiler, and %w", err))
			continue
		}
		archives, err := k.builder.workspace.ExportData(ctx, path)
		if err != nil {
			k.importer.Explain(path, err)
			continue
		}
		k.importer.AddFiles(archives)
	}
}

// interpretable reports whether the interpreter has the packages of a program.
func (k *Kernel) interpretable(p *lower.Program) bool {
	return !slices.ContainsFunc(p.Imports, func(imp lower.Import) bool { return k.ofModule(imp.Path) })
}

// ofModule reports whether a package is of a module that only the compiler has.
func (k *Kernel) ofModule(path string) bool {
	return !exportdata.IsStd(path) && !strings.HasPrefix(path, "session/") &&
		(k.config.Packages == nil || !k.config.Packages.Has(path))
}

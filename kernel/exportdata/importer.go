package exportdata

import (
	"bytes"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"go/version"
	"io"
	"maps"
	"os"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/tools/go/gcexportdata"
)

// ErrNotFound is what [Importer.Import] wraps when no archive has the package.
var ErrNotFound = errors.New("package not found")

// An Importer reads packages from the embedded type data. Every package is read
// once, and there is one *types.Package for a path, whether it was imported or
// is a dependency of another, so types that come by different ways are the same.
//
// An Importer is safe for concurrent use, and what it returns does not change
// any more: reading one package may complete another that so far was only a
// dependency, but never one that Import has returned.
type Importer struct {
	fset     *token.FileSet
	mu       sync.Mutex
	archives []*Archive
	files    map[string]string         // archives of the compiler, by path
	packages map[string]*types.Package // by path, dependencies included
	missing  map[string]error          // why a package is not there, by path
}

var _ types.Importer = (*Importer)(nil)

// NewImporter returns an importer for the standard library.
func NewImporter() *Importer {
	return &Importer{
		fset:     token.NewFileSet(),
		archives: []*Archive{stdTypesArchive()},
		packages: map[string]*types.Package{"unsafe": types.Unsafe},
	}
}

// FileSet returns the file set that positions of imported objects refer to,
// with file names such as net/http/client.go. Parse the files to be checked into the same one.
func (im *Importer) FileSet() *token.FileSet { return im.fset }

// Add adds packages. Where two archives have one package, the earlier counts.
func (im *Importer) Add(a *Archive) {
	im.mu.Lock()
	defer im.mu.Unlock()
	im.archives = append(im.archives, a)
}

// AddFiles adds packages whose types are in archives of the compiler, by import
// path: what go list -export names.
func (im *Importer) AddFiles(files map[string]string) {
	im.mu.Lock()
	defer im.mu.Unlock()
	if im.files == nil {
		im.files = map[string]string{}
	}
	maps.Copy(im.files, files)
}

// Explain has Import say why a package that no archive has is not there.
func (im *Importer) Explain(path string, why error) {
	im.mu.Lock()
	defer im.mu.Unlock()
	if im.missing == nil {
		im.missing = map[string]error{}
	}
	im.missing[path] = why
}

// Put adds one package that was type-checked from source, or replaces what
// later calls of Import return for its path. What was returned before stays as
// it is.
func (im *Importer) Put(pkg *types.Package) {
	im.mu.Lock()
	defer im.mu.Unlock()
	im.packages[pkg.Path()] = pkg
}

// Paths returns the import paths of all packages in the importer's archives,
// sorted.
func (im *Importer) Paths() []string {
	im.mu.Lock()
	defer im.mu.Unlock()
	var paths []string
	for _, a := range im.archives {
		paths = append(paths, a.Paths()...)
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// Import implements [types.Importer]. It returns an error that wraps
// [ErrNotFound] when no archive has the package.
func (im *Importer) Import(path string) (*types.Package, error) {
	im.mu.Lock()
	defer im.mu.Unlock()
	if pkg := im.packages[path]; pkg != nil && pkg.Complete() {
		return pkg, nil
	}
	for _, a := range im.archives {
		if a.Has(path) {
			data, err := a.read(path)
			if err != nil {
				return nil, err
			}
			return im.read(path, bytes.NewReader(data))
		}
	}
	if name, ok := im.files[path]; ok {
		return im.readFile(path, name)
	}
	if why := im.missing[path]; why != nil {
		return nil, explainedError{why}
	}
	return nil, fmt.Errorf("%w: %q", ErrNotFound, path)
}

// explainedError is ErrNotFound in the words of somebody who knows more.
type explainedError struct{ error }

// Is reports that it is ErrNotFound.
func (explainedError) Is(target error) bool { return target == ErrNotFound }

func (im *Importer) read(path string, r io.Reader) (*types.Package, error) {
	pkg, err := gcexportdata.Read(r, im.fset, im.packages, path)
	if err != nil {
		return nil, fmt.Errorf("export data for %q: %w", path, err)
	}
	return pkg, nil
}

// readFile reads the types in an archive of the compiler.
func (im *Importer) readFile(path, name string) (*types.Package, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("export data for %q: %w", path, err)
	}
	defer f.Close()
	r, err := gcexportdata.NewReader(f) //nolint:staticcheck // there is no other reader until Go 1.28, whose go list writes what Read takes
	if err != nil {
		return nil, fmt.Errorf("export data for %q: %w", path, err)
	}
	return im.read(path, r)
}

// GoVersion returns the version of the Go release whose standard library the
// embedded data describe, for example "go1.26.8".
func GoVersion() string { return stdTypesArchive().GoVersion() }

// Check returns an error when the embedded data describe another release of Go
// (1.25 instead of 1.26; patch releases do not change the library's interface)
// than the one that built this program.
func Check() error { return check(GoVersion(), runtime.Version()) }

func check(data, build string) error {
	if version.Lang(data) == version.Lang(build) && version.IsValid(data) {
		return nil
	}
	return fmt.Errorf("embedded type data are for %s but the program is built with %s: run go generate ./kernel/exportdata ./kernel/symbols with %[2]s and build again", data, build)
}

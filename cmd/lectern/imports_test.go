package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/lectern-go/lectern"

// importRules is a statement of policy: which packages of this module, and
// which outside libraries that only their adapter may see, each package may
// import. A trailing /... covers everything below. Packages without a rule fail
// the test, so a new package is a decision.
var importRules = map[string][]string{
	"kernel":     {"kernel/..."},
	"kernel/...": {"kernel/..."},
	// Messages are shared by everything that carries them.
	"kernel/protocol":     {},
	"kernel/protocol/...": {"kernel/protocol"},
	"kernel/kernelspec":   {"kernel/protocol"},
	// What cells import stands alone.
	"kernel/comm":        {},
	"kernel/display":     {},
	"experiments":        {},
	"experiments/...":    {"experiments/..."},
	"nnlib":              {"nnlib/internal/..."},
	"nnlib/internal/...": {},
	"nnlib/...":          {"nnlib/..."},
	"notebooks":          {},
	"notebooks/nbformat": {},
	// Cells load a corpus by name and train on it at once: data finds the files and
	// hands them to the reader of nnlib. Nothing else of notebooks knows nnlib.
	"notebooks/data": {"nnlib/ner"},
	// What a notebook's cells define and use is what the kernel's checker says.
	"notebooks/verify":        {"notebooks/...", "kernel/cell", "kernel/check"},
	"notebooks/export":        {"notebooks/...", "kernel/cell", "kernel/check"},
	"notebooks/export/mathml": {},
	"notebooks/...":           {"notebooks/...", "kernel", "kernel/display"},
	"cmd/...":                 {"kernel/...", "experiments/...", "nnlib/...", "notebooks/...", "cmd/..."},
}

// adapters says which packages may import a library whose types must not
// spread.
var adapters = map[string][]string{
	"github.com/traefik/yaegi":        {"kernel/worker/...", "kernel/symbols/...", "cmd/lectern/library"},
	"github.com/mattn/go-sqlite3":     {"experiments/sqlite/..."},
	"github.com/alecthomas/kong":      {"cmd/lectern"},
	"github.com/vbauerster/mpb":       {"cmd/lectern"},
	"github.com/chromedp":             {"cmd/lectern"},
	"github.com/yuin/goldmark":        {"notebooks/export"},
	"github.com/reeflective/readline": {"kernel/repl"},
	"gonum.org/v1/plot":               {"nnlib/plot"},
	"golang.org/x/tools":              {"kernel/...", "cmd/lectern/library/..."},
	"github.com/rogpeppe/go-internal": {"cmd/lectern", "kernel/..."},
}

// topLevel is everything the module's root may hold besides dot files.
var topLevel = []string{"LICENSE", "README.md", "cmd", "experiments", "go.mod", "go.sum", "kernel", "nnlib", "notebooks"}

func TestTopLevel(t *testing.T) {
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, ".") && !slices.Contains(topLevel, name) && !ignored(name) {
			t.Errorf("%s: the top level holds only %v and dot files", name, topLevel)
		}
	}
}

// ignored reports whether .gitignore keeps a file at the top level out: a built
// binary, a tracker database, an executed notebook.
func ignored(name string) bool {
	for _, pattern := range []string{"lectern", "lectern.db*", "*.out.ipynb", "*.test", "*.prof"} {
		if ok, _ := path.Match(pattern, name); ok {
			return true
		}
	}
	return false
}

func TestImports(t *testing.T) {
	eachPackage(t, func(pkg string, files []string) {
		rule, ok := ruleFor(pkg)
		if !ok {
			t.Errorf("package %s has no rule in importRules", pkg)
			return
		}
		if !slices.ContainsFunc(files, func(f string) bool { return filepath.Base(f) == "doc.go" }) {
			t.Errorf("package %s has no doc.go", pkg)
		}
		for _, file := range files {
			checkFile(t, pkg, file, rule)
		}
	})
}

func checkFile(t *testing.T, pkg, file string, rule []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range f.Imports {
		imp, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if rel, ok := strings.CutPrefix(imp, module+"/"); ok && rel != pkg && !allowed(rule, rel) {
			t.Errorf("%s imports %s; package %s may import %v", file, rel, pkg, rule)
		}
		for library, owners := range adapters {
			if (imp == library || strings.HasPrefix(imp, library+"/")) && !allowed(owners, pkg) {
				t.Errorf("%s imports %s; only %v may", file, imp, owners)
			}
		}
	}
}

// eachPackage calls f with the path below the module and the Go files of each
// package, tests and testdata left out.
func eachPackage(t *testing.T, f func(pkg string, files []string)) {
	t.Helper()
	packages := map[string][]string{}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && p != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules") {
			return filepath.SkipDir
		}
		if !d.IsDir() && strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			rel, err := filepath.Rel(root, filepath.Dir(p))
			if err != nil {
				return err
			}
			packages[filepath.ToSlash(rel)] = append(packages[filepath.ToSlash(rel)], p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pkg, files := range packages {
		f(pkg, files)
	}
}

// ruleFor returns the most specific rule that covers pkg.
func ruleFor(pkg string) ([]string, bool) {
	if rule, ok := importRules[pkg]; ok {
		return rule, true
	}
	for dir := pkg; dir != "."; dir = path.Dir(dir) {
		if rule, ok := importRules[dir+"/..."]; ok {
			return rule, true
		}
	}
	return nil, false
}

func allowed(patterns []string, pkg string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		dir, below := strings.CutSuffix(p, "/...")
		return pkg == dir || below && strings.HasPrefix(pkg, dir+"/")
	})
}

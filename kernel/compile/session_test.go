package compile

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"plugin"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/lectern-go/lectern/kernel/exportdata"
)

// pluginsVar names the environment variable that makes the test binary a worker:
// it opens the plugins listed there, one after the other, and calls the function
// Run of each.
const pluginsVar = "LECTERN_TEST_PLUGINS"

func TestMain(m *testing.M) {
	list := os.Getenv(pluginsVar)
	if list == "" {
		os.Exit(m.Run())
	}
	for _, file := range filepath.SplitList(list) {
		p, err := plugin.Open(file)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		run, err := p.Lookup("Run")
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		run.(func())()
	}
	os.Exit(0)
}

// A session is a Go program of which each file is a cell: c1.go, c2.go and so
// on, with a function run1, run2 … for what the cell does.
type session struct {
	cells []string // the files, in order
}

func readSession(t *testing.T, name string) session {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var s session
	for _, f := range archive.Files {
		s.cells = append(s.cells, string(f.Data))
	}
	return s
}

// packages checks the cells together, as one package, and writes each as a
// package of its own that imports the earlier ones.
func (s session) packages(t *testing.T) []Package {
	t.Helper()
	im := exportdata.NewImporter()
	fset := im.FileSet()
	var files []*ast.File
	for i, text := range s.cells {
		f, err := parser.ParseFile(fset, fmt.Sprintf("cell_%d.go", i+1), text, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: im}
	pkg, err := conf.Check("main", fset, files, info)
	if err != nil {
		t.Fatal(err)
	}
	var packages []Package
	for i, f := range files {
		packages = append(packages, writePackage(t, i+1, s.cells[i], fset, f, info, pkg))
	}
	return packages
}

// writePackage writes cell n as a package.
func writePackage(t *testing.T, n int, src string, fset *token.FileSet, f *ast.File, info *types.Info, pkg *types.Package) Package {
	t.Helper()
	p := Package{Path: fmt.Sprintf("session/c%d", n), Files: map[string]string{}}
	for _, spec := range f.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		p.Imports = append(p.Imports, path)
	}
	clause := "package main"
	namer := Namer{
		Session: func(p *types.Package) bool { return p == pkg },
		Qualifier: func(obj types.Object) string {
			home := fset.File(obj.Pos())
			if home == fset.File(f.Pos()) {
				return ""
			}
			cell := "c" + strings.TrimSuffix(strings.TrimPrefix(home.Name(), "cell_"), ".go")
			if path := "session/" + cell; !slices.Contains(p.Imports, path) {
				clause += fmt.Sprintf("; import %s %q", ObjectMarker+cell, path)
				p.Imports = append(p.Imports, path)
			}
			return ObjectMarker + cell
		},
	}
	edits, aliases := namer.Edits(f, info)
	text := Apply(src, fset.File(f.Pos()).Pos(0), edits)
	p.Files["cell.go"] = fmt.Sprintf("//line cell_%d.go:1\n", n) + strings.Replace(text, "package main", clause, 1)
	p.Files["glue.go"] = fmt.Sprintf("package main\n\n%s\n\nfunc Run() { %s%s() }\n", Aliases(aliases), ObjectMarker, runFunc(n))
	return p
}

func runFunc(n int) string { return fmt.Sprintf("run%d", n) }

// build builds the cells as plugins and returns a command that runs them.
func (s session) build(t *testing.T, w *Workspace) *exec.Cmd {
	t.Helper()
	var plugins []string
	for _, p := range s.packages(t) {
		so, err := w.Build(t.Context(), p)
		if err != nil {
			t.Fatalf("%v\n%s", err, p.Files["cell.go"])
		}
		plugins = append(plugins, so)
	}
	return worker(t, plugins...)
}

// worker returns a command that opens plugins and runs them.
func worker(t *testing.T, plugins ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), pluginsVar+"="+strings.Join(plugins, string(filepath.ListSeparator)))
	return cmd
}

// program builds the cells as one program and returns a command that runs it.
func (s session) program(t *testing.T, w *Workspace) *exec.Cmd {
	t.Helper()
	dir := t.TempDir()
	calls := "package main\n\nfunc main() {\n"
	for i, text := range s.cells {
		writeFile(t, filepath.Join(dir, fmt.Sprintf("cell_%d.go", i+1)), text)
		calls += runFunc(i+1) + "()\n"
	}
	writeFile(t, filepath.Join(dir, "main.go"), calls+"}\n")
	writeFile(t, filepath.Join(dir, "go.mod"), "module program\n\ngo 1.26\n")
	build := exec.Command(w.tools.command, "build", "-o", "program", ".")
	build.Dir, build.Env = dir, append(w.tools.env, "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return exec.Command(filepath.Join(dir, "program"))
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func output(cmd *exec.Cmd) (stdout, stderr string, err error) {
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	err = cmd.Run()
	return o.String(), e.String(), err
}

// TestSessionIsAProgram runs sessions of cells that are compiled one by one, and
// the same Go as one program: both must print the same.
func TestSessionIsAProgram(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no sessions: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			w := openWorkspace(t, Config{})
			s := readSession(t, name)
			got, stderr, err := output(s.build(t, w))
			if err != nil {
				t.Fatalf("session: %v\n%s%s", err, got, stderr)
			}
			want, stderr, err := output(s.program(t, w))
			if err != nil {
				t.Fatalf("program: %v\n%s%s", err, want, stderr)
			}
			if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("the session prints other than the program (-program +session):\n%s", diff)
			}
		})
	}
}

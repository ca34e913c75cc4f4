package compile

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/kernel/exportdata"
)

// openWorkspace opens a workspace, or skips the test where cells cannot be
// compiled.
func openWorkspace(t testing.TB, cfg Config) *Workspace {
	t.Helper()
	cfg.TempDir = t.TempDir()
	w, err := Open(t.Context(), cfg)
	var missing *ToolchainError
	if errors.As(err, &missing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// point is a cell with a type and methods.
const point = `package main

import "fmt"

type 𞤀_point struct{ 𞤀_x, 𞤀_y int }

func (p 𞤀_point) String() string { return fmt.Sprintf("(%d, %d)", p.𞤀_x, p.𞤀_y) }

func (p *𞤀_point) 𞤀_move(dx, dy int) { p.𞤀_x, p.𞤀_y = p.𞤀_x+dx, p.𞤀_y+dy }

func Run() {
	p := &𞤀_point{1, 2}
	p.𞤀_move(3, 4)
	fmt.Println(p)
}
`

// BenchmarkBuild is what a cell with a type and methods costs, warm, until its
// plugin can be opened; each imports the one before.
func BenchmarkBuild(b *testing.B) {
	w := openWorkspace(b, Config{})
	if err := w.Warm(b.Context()); err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		n++
		p := Package{Path: fmt.Sprintf("session/c%d", n), Files: map[string]string{"cell.go": point}, Imports: []string{"fmt"}}
		if n > 1 {
			before := fmt.Sprintf("session/c%d", n-1)
			p.Imports = append(p.Imports, before)
			p.Files["import.go"] = fmt.Sprintf("package main\n\nimport before %q\n\nvar _ before.𞤀_point\n", before)
		}
		if _, err := w.Build(b.Context(), p); err != nil {
			b.Fatal(err)
		}
	}
}

// TestModule builds a module of a local folder into the session, checks a cell
// against its types and runs it.
func TestModule(t *testing.T) {
	t.Parallel()
	w := openWorkspace(t, Config{})
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "go.mod"), "module example.org/greet\n\ngo 1.24\n")
	writeFile(t, filepath.Join(dir, "greet.go"), "package greet\n\nimport \"net/url\"\n\n// A Greeter greets.\ntype Greeter struct{ name string }\n\nfunc New(n string) *Greeter { return &Greeter{n} }\n\nfunc (g *Greeter) Greet() string { return \"hello, \" + g.name }\n\nfunc (g *Greeter) URL() *url.URL { return &url.URL{Path: g.name} }\n")
	if _, err := w.Replace(t.Context(), "example.org/greet", dir); err != nil {
		t.Fatal(err)
	}
	files, err := w.ExportData(t.Context(), "example.org/greet")
	if err != nil {
		t.Fatal(err)
	}
	im := exportdata.NewImporter()
	im.AddFiles(files)
	const src = `package main

import (
	"fmt"
	"net/url"

	"example.org/greet"
)

func Run() {
	var u *url.URL = greet.New("u").URL()
	fmt.Printf("%s %+v %T %v\n", greet.New("world").Greet(), *greet.New("x"), greet.New(""), u)
}
`
	f, err := parser.ParseFile(im.FileSet(), "cell.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (&types.Config{Importer: im}).Check("main", im.FileSet(), []*ast.File{f}, nil); err != nil {
		t.Errorf("check: %v", err)
	}
	so, err := w.Build(t.Context(), Package{Path: "session/c1", Files: map[string]string{"cell.go": src}, Imports: []string{"fmt", "net/url", "example.org/greet"}})
	if err != nil {
		t.Fatal(err)
	}
	got, stderr, err := output(worker(t, so))
	if want := "hello, world {name:x} *greet.Greeter u\n"; got != want || err != nil {
		t.Errorf("got %q, %v %s, want %q", got, err, stderr, want)
	}
}

// TestModuleVariables has two cells import a package that is not part of this
// program, the first without using its variables: they must be initialised all
// the same, because a package is initialised once.
func TestModuleVariables(t *testing.T) {
	t.Parallel()
	w := openWorkspace(t, Config{})
	dir := t.TempDir()
	table := "package table\n\nvar Names = map[int]string{\n"
	for i := range 100 {
		table += fmt.Sprintf("\t%d: \"%d\",\n", i, i)
	}
	table += "}\n\nvar made = func() int { return 1 }()\n\nfunc Made() int { return made }\n\nfunc Other() int { return 5 }\n"
	writeFile(t, filepath.Join(dir, "go.mod"), "module example.org/table\n\ngo 1.24\n")
	writeFile(t, filepath.Join(dir, "table.go"), table)
	if _, err := w.Replace(t.Context(), "example.org/table", dir); err != nil {
		t.Fatal(err)
	}
	const first = `package main

import "example.org/table"

func Run() { println(table.Other()) }
`
	const second = `package main

import (
	"fmt"

	"example.org/table"
)

func Run() { fmt.Println(len(table.Names), table.Made(), table.Names[42]) }
`
	got, stderr, err := output(worker(t,
		build(t, w, "session/c1", first, "example.org/table"),
		build(t, w, "session/c2", second, "fmt", "example.org/table")))
	if want := "100 1 42\n"; got != want || err != nil {
		t.Errorf("got %q, %v %s, want %q", got, err, stderr, want)
	}
}

// TestModuleMissing has Get fail and checks that the session goes on.
func TestModuleMissing(t *testing.T) {
	t.Parallel()
	w := openWorkspace(t, Config{Env: append(os.Environ(), "GOPROXY=off")})
	before, err := os.ReadFile(filepath.Join(w.dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Get(t.Context(), "example.org/no/such@v1.0.0"); err == nil || !strings.Contains(err.Error(), "example.org/no/such") {
		t.Errorf("Get of a module that does not exist: %v", err)
	}
	after, err := os.ReadFile(filepath.Join(w.dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(before), string(after)); diff != "" {
		t.Errorf("go.mod changed (-before +after):\n%s", diff)
	}
	build(t, w, "session/c1", point, "fmt")
}

func TestConflict(t *testing.T) {
	linked := map[string]string{"example.org/dep": "v1.0.0", "example.org/same": "v1.2.0"}
	if err := conflict(linked, map[string]string{"example.org/same": "v1.2.0", "example.org/other": "v0.1.0"}); err != nil {
		t.Errorf("without a conflict: %v", err)
	}
	err := conflict(linked, map[string]string{"example.org/same": "v1.2.0", "example.org/dep": "v1.1.0"})
	want := ConflictError{Module: "example.org/dep", Linked: "v1.0.0", Wanted: "v1.1.0"}
	var got *ConflictError
	if !errors.As(err, &got) || *got != want {
		t.Errorf("got %v, want %v", err, &want)
	}
}

// TestOwnPackages has a cell share packages of this program with it: one of its
// own and one of a module that it requires.
func TestOwnPackages(t *testing.T) {
	t.Parallel()
	w := openWorkspace(t, Config{})
	if w.sourceErr != nil {
		t.Skip(w.sourceErr)
	}
	const src = `package main

import (
	"fmt"
	"go/types"

	"golang.org/x/tools/txtar"
	"github.com/lectern-go/lectern/kernel/exportdata"
)

func Run() {
	var im types.Importer = exportdata.NewImporter()
	pkg, err := im.Import("fmt")
	fmt.Println(pkg, err, len(txtar.Parse([]byte("-- a --\n")).Files))
}
`
	so := build(t, w, "session/c1", src, "fmt", "go/types", "golang.org/x/tools/txtar", "github.com/lectern-go/lectern/kernel/exportdata")
	got, stderr, err := output(worker(t, so))
	if want := "package fmt (\"fmt\") <nil> 1\n"; got != want || err != nil {
		t.Errorf("got %q, %v %s, want %q", got, err, stderr, want)
	}
}

func TestBuildErrors(t *testing.T) {
	t.Parallel()
	w := openWorkspace(t, Config{})
	ctx := t.Context()
	bad := Package{Path: "session/c1", Files: map[string]string{"cell.go": "package main\n\n//line cell_1.go:7\nvar x int = \"a\"\n"}}
	if _, err := w.Build(ctx, bad); err == nil || !strings.Contains(err.Error(), "cell_1.go:7") {
		t.Errorf("an error of the compiler: %v, want one that names cell_1.go:7", err)
	}
	build(t, w, "session/c1", point, "fmt") // a failed build leaves the path free
	if _, err := w.Build(ctx, Package{Path: "session/c1", Files: map[string]string{"cell.go": point}, Imports: []string{"fmt"}}); !errors.Is(err, errPathUsed) {
		t.Errorf("a second package of one path: %v", err)
	}
	if _, err := w.Build(ctx, Package{Path: "c1", Files: bad.Files}); err == nil || !strings.Contains(err.Error(), "session/") {
		t.Errorf("a path outside the session: %v", err)
	}
	if _, err := w.Build(ctx, Package{Path: "session/c2", Files: bad.Files, Imports: []string{"no/such"}}); err == nil || !strings.Contains(err.Error(), "no/such") {
		t.Errorf("an import that does not exist: %v", err)
	}
}

func TestBuildCancelled(t *testing.T) {
	t.Parallel()
	w := openWorkspace(t, Config{})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(30*time.Millisecond, cancel)
	start := time.Now()
	_, err := w.Build(ctx, Package{Path: "session/c1", Files: map[string]string{"cell.go": point}, Imports: []string{"fmt"}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Build = %v after %v, want context.Canceled", err, time.Since(start))
	}
	build(t, w, "session/c1", point, "fmt")
}

// TestConcurrentBuilds builds cells side by side.
func TestConcurrentBuilds(t *testing.T) {
	t.Parallel()
	w := openWorkspace(t, Config{})
	plugins := make([]string, 3)
	var wg sync.WaitGroup
	for i := range plugins {
		wg.Go(func() { plugins[i] = build(t, w, fmt.Sprintf("session/c%d", i), point, "fmt") })
	}
	wg.Wait()
	got, stderr, err := output(worker(t, plugins...))
	if want := strings.Repeat("(4, 6)\n", len(plugins)); got != want || err != nil {
		t.Errorf("got %q, %v %s, want %q", got, err, stderr, want)
	}
}

func TestWarm(t *testing.T) {
	t.Parallel()
	w := openWorkspace(t, Config{})
	for range 2 {
		if err := w.Warm(t.Context(), "strings"); err != nil {
			t.Fatal(err)
		}
	}
	if missing := w.missing([]string{"fmt", "strings", "runtime/cgo"}); len(missing) > 0 {
		t.Errorf("after Warm these are missing: %v", missing)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(w.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after Close the folder is there: %v", err)
	}
}

func TestModuleFlags(t *testing.T) {
	tests := []struct{ flags, want string }{
		{"", "-buildvcs=false"},
		{"-mod=mod -trimpath -modcacherw --tags=x -race", "-buildvcs=false -modcacherw"},
	}
	for _, tt := range tests {
		if got := moduleFlags(tt.flags); got != tt.want {
			t.Errorf("moduleFlags(%q) = %q, want %q", tt.flags, got, tt.want)
		}
	}
}

func TestToolchainMissing(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "go")
	writeFile(t, script, "#!/bin/sh\necho '{\"GOVERSION\": \"go1.20.1\", \"CC\": \"cc\"}'\n")
	if err := os.Chmod(script, 0o700); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ command, want string }{
		{script, "is go1.20.1, and this program was built with " + runtime.Version()},
		{filepath.Join(dir, "nowhere"), "no go command"},
	}
	for _, tt := range tests {
		_, err := Open(t.Context(), Config{Go: tt.command, TempDir: dir})
		var missing *ToolchainError
		if !errors.As(err, &missing) || !strings.Contains(err.Error(), tt.want) || missing.Need != runtime.Version() {
			t.Errorf("Open with %s: %v, want a ToolchainError with %q", tt.command, err, tt.want)
		}
	}
}

// build builds a package of one file.
func build(t *testing.T, w *Workspace, path, src string, imports ...string) string {
	t.Helper()
	so, err := w.Build(t.Context(), Package{Path: path, Files: map[string]string{"cell.go": src}, Imports: imports})
	if err != nil {
		t.Error(err)
	}
	return so
}

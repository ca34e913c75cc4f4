package compile

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lectern-go/lectern/kernel/exportdata"
)

var goPrograms = flag.String("programs", "", "run Go's own test programs that match the `pattern` below GOROOT/test, such as *.go, as sessions of two cells")

// TestGoPrograms divides Go's own test programs into two cells, what a
// declaration needs in the first, and runs them. A program passes by Go's rule:
// it exits 0 and prints what the .out file beside it has, or nothing. Programs
// that compiled Go does not pass here are left out.
func TestGoPrograms(t *testing.T) {
	if *goPrograms == "" {
		t.Skip("takes minutes: give -programs='*.go'")
	}
	w := openWorkspace(t, Config{})
	root := goRoot(t, w)
	names, err := filepath.Glob(filepath.Join(root, "test", *goPrograms))
	if err != nil || len(names) == 0 {
		t.Skipf("no programs in %s/test", root)
	}
	var mu sync.Mutex
	counts := map[string]int{}
	limit := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for n, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if directive, _, _ := strings.Cut(string(src), "\n"); strings.TrimSpace(directive) != "// run" {
			continue
		}
		wg.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			verdict := judge(t, w, n, name, string(src))
			mu.Lock()
			defer mu.Unlock()
			counts[verdict]++
		})
	}
	wg.Wait()
	t.Logf("%v", counts)
}

func goRoot(t *testing.T, w *Workspace) string {
	t.Helper()
	out, err := exec.Command(w.tools.command, "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// judge runs one program both ways.
func judge(t *testing.T, w *Workspace, n int, name, src string) (verdict string) {
	want, err := os.ReadFile(strings.TrimSuffix(name, ".go") + ".out")
	if err != nil {
		want = nil
	}
	dir, err := os.MkdirTemp("", "program")
	if err != nil {
		t.Error(err)
		return "error"
	}
	defer os.RemoveAll(dir)
	exe := filepath.Join(dir, "program")
	if _, err := w.tools.run(t.Context(), dir, w.tools.command, "build", "-o", exe, name); err != nil {
		return "does not build"
	}
	if got, err := runLimited(exe); err != nil || got != string(want) {
		return "does not pass compiled"
	}
	packages, err := divide(n, filepath.Base(name), src)
	if err != nil {
		return "cannot be divided: " + err.Error()
	}
	var plugins []string
	for _, p := range packages {
		so, err := w.Build(t.Context(), p)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return "FAILS to build"
		}
		plugins = append(plugins, so)
	}
	defer func() {
		for _, so := range plugins {
			os.RemoveAll(filepath.Dir(so))
		}
	}()
	self, err := os.Executable()
	if err != nil {
		t.Error(err)
		return "error"
	}
	got, err := runLimited(self, pluginsVar+"="+strings.Join(plugins, string(filepath.ListSeparator)))
	if err != nil || got != string(want) {
		t.Errorf("%s: %v\ngot\n%.2000s\nwant\n%.500s", name, err, got, want)
		return "FAILS"
	}
	return "passes"
}

func runLimited(exe string, env ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, exe)
	cmd.Env = append(os.Environ(), env...)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// divide checks a program and writes it as two packages, cut in the middle of
// its declarations once they are in an order in which each needs only earlier
// ones.
func divide(n int, name, src string) ([]Package, error) {
	im := exportdata.NewImporter()
	fset := im.FileSet()
	f, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution|parser.ParseComments)
	if err != nil {
		return nil, err
	}
	for _, imp := range f.Imports {
		if imp.Path.Value == `"unsafe"` || imp.Path.Value == `"C"` || imp.Name != nil && imp.Name.Name == "." {
			return nil, fmt.Errorf("imports %s", imp.Path.Value)
		}
	}
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{}}
	pkg, err := (&types.Config{Importer: im, Sizes: types.SizesFor("gc", "amd64")}).Check("main", fset, []*ast.File{f}, info)
	if err != nil {
		return nil, fmt.Errorf("does not check")
	}
	if strings.Contains(src, "//go:linkname") {
		return nil, fmt.Errorf("linkname")
	}
	d := &divider{n: n, src: src, base: fset.File(f.Pos()).Pos(0), fset: fset, file: f, info: info, pkg: pkg}
	d.arrange()
	half := len(d.order) / 2
	first := d.order[:half]
	second := d.order[half:]
	return []Package{d.write(1, first), d.write(2, second)}, nil
}

// imported is the name that the second package gives the first: one that no
// local variable has.
const imported = ObjectMarker + "c1"

type divider struct {
	n     int
	src   string
	base  token.Pos
	fset  *token.FileSet
	file  *ast.File
	info  *types.Info
	pkg   *types.Package
	order [][]ast.Decl         // groups that need one another, in the order of need
	cell  map[types.Object]int // where an object is declared
	home  map[types.Object]ast.Decl
}

// arrange puts the declarations in order: Tarjan's strongly connected components.
func (d *divider) arrange() {
	d.home, d.cell = map[types.Object]ast.Decl{}, map[types.Object]int{}
	var last []ast.Decl // func main, func init and blank variables
	var decls []ast.Decl
	methods := map[ast.Decl]types.Object{} // method -> its type
	for _, decl := range d.file.Decls {
		if g, ok := decl.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			continue
		}
		named := false
		ast.Inspect(decl, func(node ast.Node) bool {
			if id, ok := node.(*ast.Ident); ok {
				if obj := d.info.Defs[id]; obj != nil && obj.Parent() == d.pkg.Scope() {
					d.home[obj] = decl
					named = named || id.Name != "main"
				}
			}
			return true
		})
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv != nil {
			recv := d.info.Defs[fn.Name].(*types.Func).Signature().Recv().Type()
			if p, ok := recv.(*types.Pointer); ok {
				recv = p.Elem()
			}
			methods[decl] = types.Unalias(recv).(*types.Named).Origin().Obj()
			named = true
		}
		if named {
			decls = append(decls, decl)
		} else {
			last = append(last, decl)
		}
	}
	needs := map[ast.Decl][]ast.Decl{}
	for _, decl := range decls {
		ast.Inspect(decl, func(node ast.Node) bool {
			if id, ok := node.(*ast.Ident); ok {
				if home := d.home[d.info.Uses[id]]; home != nil {
					needs[decl] = append(needs[decl], home)
				}
			}
			return true
		})
		if typ := methods[decl]; typ != nil { // a method and its type need each other
			needs[decl] = append(needs[decl], d.home[typ])
			needs[d.home[typ]] = append(needs[d.home[typ]], decl)
		}
	}
	d.components(decls, needs)
	d.order = append(d.order, last)
}

func (d *divider) components(decls []ast.Decl, needs map[ast.Decl][]ast.Decl) {
	index, low := map[ast.Decl]int{}, map[ast.Decl]int{}
	var stack []ast.Decl
	var visit func(ast.Decl)
	visit = func(v ast.Decl) {
		index[v] = len(index) + 1
		low[v] = index[v]
		stack = append(stack, v)
		for _, u := range needs[v] {
			if index[u] == 0 {
				visit(u)
				low[v] = min(low[v], low[u])
			} else if slices.Contains(stack, u) {
				low[v] = min(low[v], index[u])
			}
		}
		if low[v] == index[v] {
			at := slices.Index(stack, v)
			d.order = append(d.order, slices.Clone(stack[at:]))
			stack = stack[:at]
		}
	}
	for _, decl := range decls {
		if index[decl] == 0 {
			visit(decl)
		}
	}
}

// write writes groups of declarations as a package.
func (d *divider) write(cell int, groups [][]ast.Decl) Package {
	decls := slices.Concat(groups...)
	slices.SortFunc(decls, func(a, b ast.Decl) int { return int(a.Pos() - b.Pos()) })
	for obj, home := range d.home {
		if slices.Contains(decls, home) {
			d.cell[obj] = cell
		}
	}
	p := Package{Path: fmt.Sprintf("session/p%dc%d", d.n, cell), Files: map[string]string{}}
	usesFirst := false
	namer := Namer{
		Session: func(p *types.Package) bool { return p == d.pkg },
		Qualifier: func(obj types.Object) string {
			if d.cell[obj] == 0 || d.cell[obj] == cell {
				return ""
			}
			usesFirst = true
			return imported
		},
	}
	var body bytes.Buffer
	var aliases []string
	used := map[*types.PkgName]bool{}
	for _, decl := range decls {
		edits, names := namer.Edits(decl, d.info)
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "main" {
			edits = append([]Edit{{fn.Name, fn.Name.Pos(), fn.Name.End(), ObjectMarker + "main"}}, edits...)
		}
		aliases = append(aliases, names...)
		start := d.fset.Position(decl.Pos())
		start2 := decl.Pos()
		if doc := docOf(decl); doc != nil {
			start, start2 = d.fset.Position(doc.Pos()), doc.Pos()
		}
		fmt.Fprintf(&body, "\n//line %s:%d\n%s\n", start.Filename, start.Line, Apply(d.src[start2-d.base:decl.End()-d.base], start2, edits))
		ast.Inspect(decl, func(node ast.Node) bool {
			if id, ok := node.(*ast.Ident); ok {
				if name, ok := d.info.Uses[id].(*types.PkgName); ok {
					used[name] = true
				}
			}
			return true
		})
	}
	head := "package main\n"
	for name := range used {
		head += fmt.Sprintf("import %s %q\n", name.Name(), name.Imported().Path())
	}
	for _, spec := range d.file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		p.Imports = append(p.Imports, path)
	}
	if cell == 2 {
		p.Imports = append(p.Imports, fmt.Sprintf("session/p%dc1", d.n))
		if usesFirst {
			head += fmt.Sprintf("import %s \"session/p%dc1\"\n", imported, d.n)
		}
	}
	p.Files["cell.go"] = head + Aliases(aliases) + body.String()
	p.Files["glue.go"] = "package main\n\nfunc Run() {}\n"
	if cell == 2 {
		p.Files["glue.go"] = "package main\n\nfunc Run() { " + ObjectMarker + "main() }\n"
	}
	return p
}

func docOf(decl ast.Decl) *ast.CommentGroup {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		return decl.Doc
	case *ast.GenDecl:
		return decl.Doc
	}
	return nil
}

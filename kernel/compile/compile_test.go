package compile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"plugin"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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

// workspace opens a workspace, or skips the test where cells cannot be compiled.
func workspace(t testing.TB, cfg Config) *Workspace {
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

// A testCell is a cell of a test's session, written as its package: § stands for
// Marker, ¶ for ObjectMarker, and c1 is the package of the first cell. Without §,
// ¶ and "c1." the cells are one Go program, whose output is what the session must
// print.
type testCell struct {
	imports string // separated by spaces
	code    string // has a function ¶run
}

var (
	markers   = strings.NewReplacer("§", Marker, "¶", ObjectMarker)
	noMarkers = strings.NewReplacer("§", "", "¶", "")
)

// runSession builds the cells as plugins and runs them in a child process.
func runSession(t *testing.T, w *Workspace, cells []testCell) (stdout, stderr string, err error) {
	t.Helper()
	var plugins []string
	for i, cell := range cells {
		var src strings.Builder
		fmt.Fprintf(&src, "package main\n")
		imports := strings.Fields(cell.imports)
		for _, path := range imports {
			fmt.Fprintf(&src, "import %q\n", path)
		}
		for j := range i {
			path := fmt.Sprintf("session/c%d", j+1)
			fmt.Fprintf(&src, "import c%d %q\nvar _ = c%[1]d.¶Used\n", j+1, path)
			imports = append(imports, path)
		}
		fmt.Fprintf(&src, "const ¶Used = 0\nfunc Run() { ¶run() }\n//line cell_%d.go:1\n%s", i+1, cell.code)
		so, err := w.Build(t.Context(), Package{
			Path:    fmt.Sprintf("session/c%d", i+1),
			Files:   map[string]string{"cell.go": markers.Replace(src.String())},
			Imports: imports,
		})
		if err != nil {
			t.Fatal(err)
		}
		plugins = append(plugins, so)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), pluginsVar+"="+strings.Join(plugins, string(filepath.ListSeparator)))
	return output(cmd)
}

// runNative runs the cells as one program.
func runNative(t *testing.T, w *Workspace, cells []testCell) (stdout, stderr string, err error) {
	t.Helper()
	src, calls, imported := "package main\n", "", map[string]bool{}
	var bodies string
	for i, cell := range cells {
		for _, path := range strings.Fields(cell.imports) {
			if !imported[path] {
				src += fmt.Sprintf("import %q\n", path)
			}
			imported[path] = true
		}
		code := cell.code
		for j := range i {
			code = strings.ReplaceAll(code, fmt.Sprintf("c%d.", j+1), "")
		}
		run := fmt.Sprintf("run%d()", i+1)
		bodies += fmt.Sprintf("//line cell_%d.go:1\n", i+1) + noMarkers.Replace(strings.ReplaceAll(code, "¶run()", run)) + "\n"
		calls += run + "\n"
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "main.go")
	if err := os.WriteFile(file, []byte(src+bodies+"func main() {\n"+calls+"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	exe := filepath.Join(dir, "native")
	build := exec.Command(w.tools.command, "build", "-o", exe, file)
	build.Env = append(w.tools.env, "GOWORK=off", "GO111MODULE=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("native: %v\n%s", err, out)
	}
	return output(exec.Command(exe))
}

func output(cmd *exec.Cmd) (stdout, stderr string, err error) {
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	err = cmd.Run()
	return o.String(), e.String(), err
}

func TestSameAsCompiledGo(t *testing.T) {
	w := workspace(t, Config{})
	stdout, stderr, err := runSession(t, w, sameCells)
	if err != nil {
		t.Fatalf("session: %v\n%s%s", err, stdout, stderr)
	}
	want, stderr, err := runNative(t, w, sameCells)
	if err != nil {
		t.Fatalf("native: %v\n%s%s", err, want, stderr)
	}
	if diff := cmp.Diff(want, stdout); diff != "" {
		t.Errorf("a session prints other than the same program (-program +session):\n%s", diff)
	}
	if testing.Verbose() {
		t.Log(want)
	}
}

var _ = context.Background

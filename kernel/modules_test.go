package kernel_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/kerneltest"
)

// modules are what the proxy of the tests has: files below MODULE@VERSION.
const modules = `
-- example.org/greet@v1.0.0/go.mod --
module example.org/greet

go 1.21

require example.org/dep v1.0.0
-- example.org/greet@v1.0.0/greet.go --
package greet

import "example.org/dep"

type Greeter struct{ Name string }

func (g Greeter) Hello() string { return dep.Upper("hello " + g.Name) }

func Version() string { return "1.0.0" }

func Map[T, U any](list []T, f func(T) U) (out []U) {
	for _, x := range list {
		out = append(out, f(x))
	}
	return out
}

func Last(list []int) int { return list[len(list)-1] }
-- example.org/greet@v1.0.0/sub/sub.go --
package sub

const Answer = 42
-- example.org/greet@v1.1.0/go.mod --
module example.org/greet

go 1.21
-- example.org/greet@v1.1.0/greet.go --
package greet

func Version() string { return "1.1.0" }
-- example.org/dep@v1.0.0/go.mod --
module example.org/dep

go 1.21
-- example.org/dep@v1.0.0/dep.go --
package dep

import "strings"

func Upper(s string) string { return strings.ToUpper(s) }
-- example.org/newer@v1.0.0/go.mod --
module example.org/newer

go 1.99
-- example.org/newer@v1.0.0/newer.go --
package newer
-- example.org/cgo@v1.0.0/go.mod --
module example.org/cgo

go 1.21
-- example.org/cgo@v1.0.0/cgo.go --
package cgo

// static int twice(int x) { return 2 * x; }
import "C"

func Twice(x int) int { return int(C.twice(C.int(x))) }
-- example.org/broken@v1.0.0/go.mod --
module example.org/broken

go 1.21
-- example.org/broken@v1.0.0/broken.go --
package broken

func F() int { return "x" }
`

// startProxied starts a kernel that takes modules from a proxy in a folder, and
// nothing from the network.
func startProxied(t *testing.T) *kernel.Kernel {
	t.Helper()
	env := func(name string) string {
		out, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(out))
	}
	// What this program was built from comes from the cache; it may lack the go.mod of
	// what no build needed.
	graph := exec.Command("go", "list", "-m", "all")
	graph.Dir = t.TempDir() // for the command adds to go.sum
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(filepath.Dir(env("GOMOD")), name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(graph.Dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := graph.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	proxy := t.TempDir()
	writeProxy(t, proxy)
	t.Setenv("GOPROXY", "file://"+proxy+",file://"+env("GOMODCACHE")+"/cache/download")
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Setenv("GOSUMDB", "off")
	t.Setenv("GOFLAGS", "-modcacherw -mod=mod -trimpath") // only the first is for cells
	return kerneltest.Start(t)
}

// writeProxy writes the modules as a proxy has them.
func writeProxy(t *testing.T, dir string) {
	t.Helper()
	zips := map[string]*bytes.Buffer{}
	writers := map[string]*zip.Writer{}
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range txtar.Parse([]byte(modules)).Files {
		path, rest, _ := strings.Cut(f.Name, "@")
		version, file, _ := strings.Cut(rest, "/")
		base := filepath.Join(dir, path, "@v", version)
		if file == "go.mod" {
			write(base+".mod", string(f.Data))
			write(base+".info", fmt.Sprintf(`{"Version":%q,"Time":"2026-01-01T00:00:00Z"}`, version))
			list := filepath.Join(filepath.Dir(base), "list")
			versions, _ := os.ReadFile(list) // none yet
			write(list, string(versions)+version+"\n")
			zips[base] = &bytes.Buffer{}
			writers[base] = zip.NewWriter(zips[base])
		}
		w, err := writers[base].Create(f.Name)
		if err == nil {
			_, err = w.Write(f.Data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for base, w := range writers {
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		write(base+".zip", zips[base].String())
	}
}

type shown struct{ code, want string }

// wantShown runs cells and compares what they show; want may be but the beginning
// of a line's rest where it ends in "…".
func wantShown(t *testing.T, k *kernel.Kernel, cells []shown) {
	t.Helper()
	for _, tt := range cells {
		got := run(t, k, tt.code)
		want, part := strings.CutSuffix(tt.want, "…")
		if got != want && (!part || !strings.HasPrefix(got, want)) {
			t.Errorf("%s\nshowed %q\nwant   %q", tt.code, got, tt.want)
		}
	}
}

// TestGet adds modules of a proxy and imports their packages.
func TestGet(t *testing.T) {
	k := startProxied(t)
	wantShown(t, k, []shown{
		{"import \"example.org/greet\"\nundefinedName", "cell 1:1:8: example.org/greet: no module of this session has the package; add its module: %get example.org/greet\n" +
			"    import \"example.org/greet\"\n           ^\ncell 1:2:1: undefined: undefinedName\n    undefinedName\n    ^\n"},
		{"%get example.org/greet@v1.0.0", "got example.org/greet v1.0.0, example.org/dep v1.0.0\n"},
		{"import \"example.org/greet\"\ng := greet.Greeter{Name: \"ada\"}\ng.Hello()", "= \"HELLO ADA\"\n"},
		{"g.Name, g.Hello()", "= \"ada\", \"HELLO ADA\"\n"},
		{"%%compile\n[]greet.Greeter{g}", "= [{Name:ada}]\n"},
		{"type Loud struct{ greet.Greeter }\nfunc (l Loud) Hello() string { return l.Greeter.Hello() + \"!\" }\nLoud{g}.Hello()", "= \"HELLO ADA!\"\n"},
		{"greet.Map([]int{1, 2}, func(i int) string { return strings.Repeat(\"x\", i) })", "= [x xx]\n"},
		{"\ngreet.Last(nil)", "panic: runtime error: index out of range [-1]\ncell 8:2\n--> greet.Last(nil)\n"},
		{"import \"example.org/greet/sub\"\nsub.Answer", "= 42\n"},
		{"import \"example.org/greet/absent\"", "cell 10:1:8: example.org/greet/absent: module example.org/greet v1.0.0 has no such package\n…"},
		{"package main\n\nimport \"example.org/greet\"\n\nfunc main() { print(greet.Version()) }", "stderr: 1.0.0"},
		{"%get example.org/greet@v1.0.0", "got example.org/greet v1.0.0\n"},
		{"%get example.org/greet@v1.1.0", "cell 13:1: %get example.org/greet@v1.1.0: example.org/greet v1.0.0 is loaded, and a session cannot have v1.1.0 as well; %reset, which forgets the session, makes room for it\n"},
		{"greet.Version()", "= \"1.0.0\"\n"},
		{"%engine interpret", "engine: interpret\n"},
		{"greet.Version()", "refused: only the compiler has package example.org/greet; the compiler, which would run this, is switched off (engine interpret)\n"},
		{"%engine auto", "engine: auto\n"},
		{"%get example.org/cgo", "got example.org/cgo v1.0.0\n"},
		{"import \"example.org/cgo\"\ncgo.Twice(21)", "= 42\n"},
		{"%reset\n%get example.org/greet@latest\nimport \"example.org/greet\"\ngreet.Version()", "2 names are forgotten\ngot example.org/greet v1.1.0\n= \"1.1.0\"\n"},
	})
}

// TestGetRefused asks for what is not to be had; each is one line that says why and
// what to do.
func TestGetRefused(t *testing.T) {
	k := startProxied(t)
	proxy := os.Getenv("GOPROXY")
	for _, tt := range []shown{
		{"%get", "%get needs a module: %get example.org/module@v1.2.3, or %get example.org/module => FOLDER"},
		{"%get example.org/absent", "%get example.org/absent: there is no such module in " + proxy + "; check its path, and GOPRIVATE if it is private"},
		{"%get example.org/greet@v1.5.0", "%get example.org/greet@v1.5.0: there is no version v1.5.0; there are v1.0.0, v1.1.0"},
		{"%get example.org/greet/absent", "%get example.org/greet/absent: module example.org/greet v1.1.0 has no such package"},
		{"%get example.org/greet example.org/absent", "%get example.org/absent: there is no such module in " + proxy + "; check its path, and GOPRIVATE if it is private"},
		{"%get example.org/newer", "%get example.org/newer: it needs Go 1.99, and this program was built with go1.…"},
		{"%get std", "%get std: this is of the standard library, which cells import without it"},
		{"%get encoding/json", "%get encoding/json: this is of the standard library, which cells import without it"},
		{"%get greet", "%get greet: this is no module path (missing dot in first path element); one looks like example.org/module"},
		{"%get example.org/greet => absent", "%get example.org/greet: …"},
		{"%get ./absent", "%get …"},
	} {
		got := run(t, k, tt.code)
		got = got[strings.Index(got, ": ")+2:]
		want, part := strings.CutSuffix(tt.want, "…")
		if strings.Count(got, "\n") != 1 || got != want+"\n" && (!part || !strings.HasPrefix(got, want)) {
			t.Errorf("%s\nshowed %q\nwant   %q", tt.code, got, tt.want)
		}
	}
	// Nothing of it is in the session.
	wantShown(t, k, []shown{
		{"import \"example.org/greet\"", "cell 12:1:8: example.org/greet: no module of this session has the package;…"},
		{"%get example.org/broken", "got example.org/broken v1.0.0\n"},
		{"import \"example.org/broken\"", "cell 14:1:8: example.org/broken: …"},
	})
}

// TestGetOffline asks for a module where no proxy answers.
func TestGetOffline(t *testing.T) {
	t.Setenv("GOPROXY", "http://127.0.0.1:1")
	t.Setenv("GOFLAGS", "")
	k := kerneltest.Start(t)
	got := run(t, k, "%get example.org/greet@v1.0.0")
	if !strings.HasSuffix(got, "%get example.org/greet@v1.0.0: the module proxy cannot be reached (connection refused); check the network and GOPROXY, or take the module from a folder: %get MODULE => FOLDER\n") {
		t.Errorf("showed %q", got)
	}
}

// TestGetFolder adds a module that lies in a folder and imports its package.
func TestGetFolder(t *testing.T) {
	dir := t.TempDir()
	write := func(greeting string) {
		for name, text := range map[string]string{
			"go.mod":   "module example.org/greet\n\ngo 1.26\n",
			"greet.go": "package greet\n\nfunc Hello(name string) string { return \"" + greeting + " \" + name }\n",
		} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	write("hello")
	k := kerneltest.Start(t)
	wantShown(t, k, []shown{
		{"%get example.org/greet => " + dir, "got example.org/greet => " + dir + "\n"},
		{"import \"example.org/greet\"\ngreet.Hello(\"ada\")", "= \"hello ada\"\n"},
		{"%get " + dir, "got example.org/greet => " + dir + "\n"},
	})
	write("good morning")
	wantShown(t, k, []shown{
		{"%get " + dir, "cell 4:1: %get " + dir + ": package example.org/greet is loaded as it was, and has changed since; %reset, which forgets the session, makes room for it\n"},
		{"greet.Hello(\"ada\")", "= \"hello ada\"\n"},
		{"%reset", "0 names are forgotten\n"},
		{"%get " + dir, "got example.org/greet => " + dir + "\n"},
		{"import \"example.org/greet\"\ngreet.Hello(\"ada\")", "= \"good morning ada\"\n"},
	})
}

// TestGetInterrupted interrupts the wait for a proxy that does not answer.
func TestGetInterrupted(t *testing.T) {
	listener := hang(t)
	t.Setenv("GOPROXY", "http://"+listener)
	k := kerneltest.Start(t)
	run(t, k, "1")
	time.AfterFunc(500*time.Millisecond, k.Interrupt)
	if got := run(t, k, "%get example.org/greet@v1.0.0"); got != "interrupted while getting example.org/greet@v1.0.0\n" {
		t.Errorf("showed %q", got)
	}
	if got := run(t, k, "1 + 1"); got != "= 2\n" {
		t.Errorf("the next cell showed %q", got)
	}
}

// hang returns the address of a server that never answers.
func hang(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

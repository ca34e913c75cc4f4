package exportdata

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/types"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCurrent fails when the embedded data were made with another release of Go
// than the toolchain that runs the test.
func TestCurrent(t *testing.T) {
	if err := Check(); err != nil {
		t.Error(err)
	}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		data, build string
		ok          bool
	}{
		{"go1.26.8", "go1.26.8", true},
		{"go1.26.8", "go1.26rc1", true},
		{"go1.26", "go1.26.8-custom", true},
		{"go1.25.3", "go1.26.8", false},
		{"", "go1.26.8", false},
		{"go1.26.8", "devel go1.27-abc", false},
	}
	for _, tt := range tests {
		err := check(tt.data, tt.build)
		if (err == nil) != tt.ok {
			t.Errorf("check(%q, %q) = %v, want ok %v", tt.data, tt.build, err, tt.ok)
		}
		if err != nil && !strings.Contains(err.Error(), "go generate") {
			t.Errorf("check(%q, %q) = %v, does not say what to do", tt.data, tt.build, err)
		}
	}
}

// TestStdIsWhole compares the list of packages with what the toolchain has.
func TestStdIsWhole(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{if ne .Name \"main\"}}{{.ImportPath}}{{end}}", "std").Output()
	if err != nil {
		t.Skipf("no go tool: %v", err)
	}
	var want []string
	for _, path := range strings.Fields(string(out)) {
		if !strings.Contains("/"+path+"/", "/internal/") && !strings.HasPrefix(path, "vendor/") && path != "unsafe" {
			want = append(want, path)
		}
	}
	if diff := cmp.Diff(want, Std()); diff != "" {
		t.Errorf("Std differs from go list std (-want +got):\n%s", diff)
	}
}

func TestImportAll(t *testing.T) {
	im := NewImporter()
	for _, path := range append(Std(), "unsafe") {
		pkg, err := im.Import(path)
		if err != nil {
			t.Errorf("Import(%q): %v", path, err)
			continue
		}
		if pkg.Path() != path || !pkg.Complete() {
			t.Errorf("Import(%q) = %v, complete %v", path, pkg, pkg.Complete())
		}
	}
}

// TestSharedTypes checks code that is right only if a type is the same whether
// it comes from its own package or through another's.
func TestSharedTypes(t *testing.T) {
	const src = `package p
import (
	"io"
	"iter"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"sync/atomic"
)
var u *url.URL = (&http.Request{}).URL
var r io.Reader = os.Stdin
var s iter.Seq[string] = maps.Keys(map[string]int{})
var l = slices.Sorted(s)
var a atomic.Pointer[http.Client]
var n = rand.N(10)
`
	im := NewImporter()
	for _, first := range []string{"url", "http"} {
		f, err := parser.ParseFile(im.FileSet(), first+".go", src, 0)
		if err != nil {
			t.Fatal(err)
		}
		conf := types.Config{Importer: im}
		if _, err := conf.Check("p", im.FileSet(), []*ast.File{f}, nil); err != nil {
			t.Error(err)
		}
	}
}

func TestImportUnknown(t *testing.T) {
	for _, path := range []string{"no/such", "internal/abi", "net/http/internal", "cmd/go", ""} {
		if _, err := NewImporter().Import(path); !errors.Is(err, ErrNotFound) {
			t.Errorf("Import(%q): %v, want ErrNotFound", path, err)
		}
	}
}

func TestPositions(t *testing.T) {
	im := NewImporter()
	pkg, err := im.Import("fmt")
	if err != nil {
		t.Fatal(err)
	}
	got := im.FileSet().Position(pkg.Scope().Lookup("Println").Pos())
	if got.Filename != "fmt/print.go" || got.Line == 0 {
		t.Errorf("fmt.Println is at %v, want a line of fmt/print.go", got)
	}
}

// TestConcurrent has goroutines import everything, each in another order, while
// they look at what they have; the race detector judges.
func TestConcurrent(t *testing.T) {
	im, paths := NewImporter(), Std()
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range paths {
				pkg, err := im.Import(paths[(i*(2*g+1)+g*37)%len(paths)])
				if err != nil {
					t.Error(err)
					return
				}
				for _, name := range pkg.Scope().Names() {
					types.NewMethodSet(pkg.Scope().Lookup(name).Type())
				}
			}
		})
	}
	wg.Wait()
}

func TestPut(t *testing.T) {
	im := NewImporter()
	want := types.NewPackage("session/c1", "main")
	want.MarkComplete()
	im.Put(want)
	if got, err := im.Import("session/c1"); got != want || err != nil {
		t.Errorf("Import after Put = %v, %v", got, err)
	}
}

func TestDocs(t *testing.T) {
	tests := []struct{ path, name, want string }{
		{"fmt", "", "Package fmt implements formatted I/O"},
		{"fmt", "Println", "Println formats using the default formats"},
		{"fmt", "Stringer.String", ""},
		{"net/http", "Client.Do", "Do sends an HTTP request"},
		{"net/http", "Server.Addr", "Addr optionally specifies the TCP address"},
		{"net/http", "StatusTeapot", "RFC 9110, 15.5.19"},
		{"io", "EOF", "EOF is the error returned by Read"},
		{"no/such", "X", ""},
	}
	docs := StdDocs()
	for _, tt := range tests {
		got, ok := docs.Lookup(tt.path, tt.name)
		if !strings.HasPrefix(got, tt.want) || ok != (tt.want != "") {
			t.Errorf("Lookup(%q, %q) = %q, %v, want a text that begins with %q", tt.path, tt.name, got, ok, tt.want)
		}
	}
}

func TestOpenArchiveBad(t *testing.T) {
	if _, err := OpenArchive([]byte("no zip")); err == nil {
		t.Error("OpenArchive of nonsense gave no error")
	}
}

func BenchmarkFirstImport(b *testing.B) {
	for _, path := range []string{"fmt", "encoding/json", "net/http"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				if _, err := NewImporter().Import(path); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

package library

import (
	"bytes"
	"go/constant"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/kernel/exportdata"
)

const regenerate = "run go generate ./cmd/lectern/library"

// TestTypesCurrent generates the type data anew and compares.
func TestTypesCurrent(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the listed packages")
	}
	dir := t.TempDir()
	fresh := filepath.Join(dir, "types.zip")
	cmd := exec.Command("go", "run", "../../../kernel/exportdata/gen", "-types", fresh, "-list", "packages.txt")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	data, err := os.ReadFile(fresh)
	if err != nil {
		t.Fatal(err)
	}
	want, err := exportdata.OpenArchive(data)
	if err != nil {
		t.Fatal(err)
	}
	if want.GoVersion() != Types().GoVersion() {
		t.Skipf("the committed data were made with %s, this is %s", Types().GoVersion(), want.GoVersion())
	}
	if diff := cmp.Diff(want.Paths(), Types().Paths()); diff != "" {
		t.Errorf("packages differ (-want +got); %s:\n%s", regenerate, diff)
	}
	if !bytes.Equal(data, typeData) {
		t.Errorf("the type data are stale; %s", regenerate)
	}
}

// TestSymbolsCurrent compares the symbol tables with the type data: the names,
// the values of untyped constants and the methods of interface wrappers are what
// the compiler does not check.
func TestSymbolsCurrent(t *testing.T) {
	if diff := cmp.Diff(Types().Paths(), Paths()); diff != "" {
		t.Fatalf("packages differ (-types +symbols); %s:\n%s", regenerate, diff)
	}
	im := exportdata.NewImporter()
	im.Add(Types())
	for _, path := range Paths() {
		pkg, err := im.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		exports, ok := Exports(path)
		table, named := exports[path+"/"+pkg.Name()]
		if !ok || !named || len(exports) != 1 {
			t.Errorf("Exports(%q) has no table under the package's name", path)
		}
		want := map[string]string{}
		for _, name := range pkg.Scope().Names() {
			describe(want, pkg.Scope().Lookup(name))
		}
		got := map[string]string{}
		for name, v := range table {
			got[name] = describeValue(name, v)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("symbols of %s are stale (-types +symbols); %s:\n%s", path, regenerate, diff)
		}
	}
}

// describe adds to want what the table must have for an object.
func describe(want map[string]string, obj types.Object) {
	if !obj.Exported() {
		return
	}
	switch obj := obj.(type) {
	case *types.Const:
		want[obj.Name()] = ""
		if b, ok := obj.Type().(*types.Basic); ok && b.Info()&types.IsUntyped != 0 && b.Info()&types.IsBoolean == 0 {
			want[obj.Name()] = obj.Val().String()
		}
	case *types.Func:
		if obj.Signature().TypeParams().Len() == 0 {
			want[obj.Name()] = ""
		}
	case *types.Var:
		want[obj.Name()] = ""
	case *types.TypeName:
		if named, ok := obj.Type().(*types.Named); ok && named.TypeParams().Len() > 0 {
			return
		}
		if typ, ok := obj.Type().Underlying().(*types.Interface); ok {
			if typ.NumMethods() == 0 && typ.NumEmbeddeds() > 0 {
				return
			}
			var methods []string
			for m := range typ.Methods() {
				if m.Exported() {
					methods = append(methods, m.Name())
				}
			}
			want["_"+obj.Name()] = strings.Join(methods, " ")
		}
		want[obj.Name()] = ""
	}
}

// describeValue returns the value of an untyped constant, the methods of an
// interface wrapper and nothing for the rest.
func describeValue(name string, v reflect.Value) string {
	if c, ok := v.Interface().(constant.Value); ok {
		return c.String()
	}
	if !strings.HasPrefix(name, "_") {
		return ""
	}
	var methods []string
	for field := range v.Type().Elem().Fields() {
		if method, ok := strings.CutPrefix(field.Name, "W"); ok && token.IsExported(method) {
			methods = append(methods, method)
		}
	}
	return strings.Join(methods, " ")
}

// TestPathsListed compares the tables with packages.txt.
func TestPathsListed(t *testing.T) {
	text, err := os.ReadFile("packages.txt")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			want = append(want, line)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, Paths()); diff != "" {
		t.Errorf("packages.txt and the tables differ (-want +got); %s:\n%s", regenerate, diff)
	}
}

func TestDocs(t *testing.T) {
	docs := exportdata.StdDocs()
	docs.Add(Docs())
	if got, ok := docs.Lookup("gonum.org/v1/gonum/mat", "NewDense"); !ok || !strings.HasPrefix(got, "NewDense creates a new Dense") {
		t.Errorf("doc of mat.NewDense = %q", got)
	}
}

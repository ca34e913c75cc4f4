package symbols

import (
	"go/constant"
	"go/types"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/lectern-go/lectern/kernel/exportdata"
)

// TestWhole compares the tables with the type data of the same release: every
// package, and in it every exported name that a reflect value can hold.
func TestWhole(t *testing.T) {
	im := exportdata.NewImporter()
	for _, path := range exportdata.Std() {
		table, ok := Load(path)
		if !ok {
			t.Errorf("no table for %s", path)
			continue
		}
		pkg, err := im.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range pkg.Scope().Names() {
			obj := pkg.Scope().Lookup(name)
			if _, ok := table[name]; ok != (obj.Exported() && !generic(obj) && !isConstraint(obj)) {
				t.Errorf("%s.%s: in the table %v, which is wrong for %v", path, name, ok, obj)
			}
		}
	}
	if got, want := slices.Sorted(maps.Keys(tables)), exportdata.Std(); !slices.Equal(got, want) {
		t.Errorf("%d tables, want one for each of %d packages", len(got), len(want))
	}
}

func generic(obj types.Object) bool {
	switch typ := obj.Type().(type) {
	case *types.Signature:
		return typ.TypeParams().Len() > 0
	case *types.Named:
		return typ.TypeParams().Len() > 0
	}
	return false
}

func isConstraint(obj types.Object) bool {
	typ, ok := obj.Type().Underlying().(*types.Interface)
	_, isType := obj.(*types.TypeName)
	return ok && isType && typ.NumMethods() == 0 && typ.NumEmbeddeds() != 0
}

func TestLoad(t *testing.T) {
	table, _ := Load("fmt")
	if println, ok := table["Println"].Interface().(func(...any) (int, error)); !ok || println == nil {
		t.Errorf("fmt.Println is %v", table["Println"])
	}
	if got := table["Stringer"].Type().Elem().Name(); got != "Stringer" {
		t.Errorf("fmt.Stringer is %q", got)
	}
	if got := table["_Stringer"].Type().Elem(); got.Kind() != reflect.Struct {
		t.Errorf("fmt._Stringer is %v, want a struct", got)
	}
	table, _ = Load("math")
	if pi, ok := table["Pi"].Interface().(constant.Value); !ok || pi.Kind() != constant.Float {
		t.Errorf("math.Pi is %v, want an untyped constant", table["Pi"])
	}
	table, _ = Load("os")
	if !table["Args"].CanSet() {
		t.Error("os.Args cannot be assigned")
	}
	if _, ok := Load("no/such"); ok {
		t.Error("Load found a package that does not exist")
	}
}

func TestExports(t *testing.T) {
	exports, ok := Exports("math/rand/v2")
	if !ok || exports["math/rand/v2/rand"]["IntN"].Kind() != reflect.Func {
		t.Errorf("Exports of math/rand/v2 = %v, %v", slices.Collect(maps.Keys(exports)), ok)
	}
	if _, ok := Exports("unsafe"); ok {
		t.Error("Exports found unsafe")
	}
}

// BenchmarkLoad builds what a cell that imports the package pays for once.
func BenchmarkLoad(b *testing.B) {
	for _, path := range []string{"fmt", "net/http", "syscall"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				Load(path)
			}
		})
	}
}

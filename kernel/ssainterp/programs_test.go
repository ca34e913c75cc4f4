package ssainterp_test

import (
	"fmt"
	"os"
	"reflect"
	"testing"

	"github.com/lectern-go/lectern/kernel/exportdata"
	"github.com/lectern-go/lectern/kernel/ssainterp"
	"github.com/lectern-go/lectern/kernel/symbols"
)

// stdlib returns the symbols of a package of the standard library.
func stdlib(path string) (map[string]reflect.Value, bool) {
	exports, ok := symbols.Exports(path)
	for _, table := range exports {
		return table, ok
	}
	return nil, ok
}

// programVariable names the file that a test program started again interprets.
const programVariable = "SSAINTERP_PROGRAM"

func TestMain(m *testing.M) {
	name := os.Getenv(programVariable)
	if name == "" {
		os.Exit(m.Run())
	}
	text, err := os.ReadFile(name)
	if err != nil {
		panic(err)
	}
	im := exportdata.NewImporter()
	pkg, err := ssainterp.Main(im.FileSet(), im, stdlib, name, string(text))
	if err != nil {
		fmt.Println("REFUSED", err)
		os.Exit(3)
	}
	os.Args = os.Args[:1]
	pkg.Run()
	pkg.Main()
	os.Exit(0)
}

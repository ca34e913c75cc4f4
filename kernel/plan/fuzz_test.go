package plan_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lectern-go/lectern/kernel/cell"
	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/kernel/exportdata"
	"github.com/lectern-go/lectern/kernel/lower"
	"github.com/lectern-go/lectern/kernel/plan"
)

// FuzzInterpretable checks that every cell that passes the checks is refused or
// lowered to what the Go parser accepts.
func FuzzInterpretable(f *testing.F) {
	files, err := filepath.Glob("../testdata/differential/*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatal("no testdata", err)
	}
	for _, path := range files {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for i, file := range archive.Files {
			if !strings.Contains(file.Name, ".") && i%9 == 0 {
				f.Add(string(file.Data))
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		fset := token.NewFileSet()
		c, err := cell.Parse(fset, "cell 1", text)
		if err != nil {
			return
		}
		session := check.NewSession(fset, exportdata.NewImporter(), []string{"fmt", "strings", "sync", "time"})
		checked, ds := session.Check(c)
		if len(ds) > 0 || len(plan.Interpretable(fset, checked)) > 0 {
			return
		}
		program, err := lower.Interpret(fset, checked)
		if err != nil {
			t.Fatalf("Interpret(%q): %v", text, err)
		}
		if program.Source == "" {
			return
		}
		if _, err := parser.ParseExpr(program.Source); err != nil {
			t.Errorf("lowered cell does not parse: %v\n%s\nlowered to\n%s", err, text, program.Source)
		}
	})
}

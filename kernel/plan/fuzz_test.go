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

// FuzzInterpretable checks that every cell that passes the checks is lowered to
// what the Go parser accepts: for the compiler, and for the interpreter unless it
// is refused.
func FuzzInterpretable(f *testing.F) {
	for _, folder := range []string{"differential", "notebooks"} {
		files, err := filepath.Glob("../testdata/" + folder + "/*.txtar")
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
					f.Add(strings.ReplaceAll(string(file.Data), "\n---\n", "\n"))
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		fset, checked := checkCell(text)
		if checked == nil {
			return
		}
		if unit, err := lower.Compile(fset, checked, "session/c1"); err == nil { // an error says what another package cannot name
			file := unit.Package.Files["cell.go"]
			if _, err := parser.ParseFile(token.NewFileSet(), "cell.go", file, 0); err != nil {
				t.Errorf("the package for the compiler does not parse: %v\n%s\nlowered to\n%s", err, text, file)
			}
		}
		fset, checked = checkCell(text) // lowering changes the syntax
		if len(plan.Interpretable(fset, checked)) > 0 {
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

// checkCell checks a cell of a new session. It returns nil if there is an error
// in it or if it is a program, which nothing lowers.
func checkCell(text string) (*token.FileSet, *check.Checked) {
	fset := token.NewFileSet()
	c, err := cell.Parse(fset, "cell 1", text)
	if err != nil || c.Program {
		return nil, nil
	}
	session := check.NewSession(fset, exportdata.NewImporter(), []string{"fmt", "strings", "sync", "time"})
	checked, ds := session.Check(c)
	if len(ds) > 0 {
		return nil, nil
	}
	return fset, checked
}

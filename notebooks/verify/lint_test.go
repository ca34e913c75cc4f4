package verify

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/kernel/exportdata"
	"github.com/lectern-go/lectern/notebooks/nbformat"
)

func TestLint(t *testing.T) {
	tests := []struct {
		name  string
		cells []string // text; one that begins with "#tag " is tagged so
		want  []string
	}{
		{"good", []string{"x := 1", "func f() int { return x }", "x = f()\nx + 1"}, nil},
		{"defined below", []string{"x + 1", "x := 1"}, []string{"cell 1, line 1: x is defined only below, in cell 2; from top to bottom it is undefined here"}},
		{"function below", []string{"a := 1\nf(a)", "func f(int) {}"}, []string{"cell 1, line 2: f is defined only below, in cell 2; from top to bottom it is undefined here"}},
		{"not defined", []string{"y"}, []string{"cell 1, line 1: does not compile: undefined: y"}},
		{"syntax", []string{"x := := 1"}, []string{"cell 1, line 1: does not parse: expected operand, found ':='"}},
		{"meant to fail", []string{"#raises-exception y"}, nil},
		{"not run", []string{"#skip-execution y"}, nil},
		{
			"redefined",
			[]string{"x := 1", "x * 2", "y := 3", "x := 3", "x + y"},
			[]string{"cell 4, line 1: defines x anew, which cell 1 defines and cell 2 uses; give it another name"},
		},
		{"redefined but not used", []string{"x := 1", "x := 2", "x"}, nil},
		{"redefined in its own cell", []string{"for i := range 3 { _ = i }", "for i := range 3 { _ = i }"}, nil},
		{
			"random",
			[]string{"import \"math/rand/v2\"\nr := rand.New(rand.NewPCG(1, 2))\nr.IntN(3)", "rand.IntN(3)"},
			[]string{"cell 2, line 1: rand.IntN is random without a seed; use rand.New(rand.NewPCG(1, 2))"},
		},
		{
			"time",
			[]string{"import \"time\"\nstart := time.Now()\ntime.Second", "time.Since(start)", "#ignore-output time.Now()"},
			[]string{
				"cell 1, line 2: time.Now depends on the time of day; tag the cell ignore-output if its outputs show it",
				"cell 2, line 1: time.Since depends on the time of day; tag the cell ignore-output if its outputs show it",
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			nb := nbformat.New()
			for i, text := range tt.cells {
				c := &nbformat.Cell{Type: nbformat.Code, ID: fmt.Sprint("c", i), Source: text, Metadata: nbformat.Object{}}
				var tag string
				if text[0] == '#' {
					fmt.Sscan(text[1:], &tag) //nolint:errcheck // the tests above hold a tag
					c.Source = text[len(tag)+2:]
					c.Metadata["tags"] = []any{tag}
				}
				nb.Cells = append(nb.Cells, c)
			}
			importer := exportdata.NewImporter()
			var got []string
			for _, w := range Lint(nb, check.NewSession(importer.FileSet(), importer, importer.Paths())) {
				got = append(got, w.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Lint (-want +got):\n%s", diff)
			}
		})
	}
}

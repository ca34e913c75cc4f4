package runner

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lectern-go/lectern/notebooks/nbformat"
)

const parametersCell = `import (
	"math"
	"time"
)
import "fmt"
%engine interpret

// The corpus.
corpus := "small"
epochs, lr := 1<<3, 1e-3
var wait = 5 * time.Second
var (
	seeds   = []int{1, 2, 3}
	names   []string
	verbose bool
)
var scale float32 = math.Pi
type mode string
var m mode = "fast"
const version = 2
weights := map[string]float64{"a": 1}
angle := math.Pi / 2
var tag rune = 'x'
waits := []time.Duration{time.Second}
_ = corpus
for i := range 3 { inner := i; _ = inner }`

// withCell returns a notebook of a title, a parameters cell and a cell that
// follows.
func withCell(source string) *nbformat.Notebook {
	nb := nbformat.New()
	nb.Cells = []*nbformat.Cell{
		{Type: nbformat.Markdown, ID: "title", Source: "# Title"},
		{Type: nbformat.Code, ID: "params", Source: source, Metadata: nbformat.Object{"tags": []any{TagParameters}}},
		{Type: nbformat.Code, ID: "rest", Source: "1 + 1"},
	}
	return nb
}

func TestParameters(t *testing.T) {
	got, err := Parameters(withCell(parametersCell))
	if err != nil {
		t.Fatal(err)
	}
	want := []Parameter{
		{Name: "corpus", Type: "string"},
		{Name: "epochs", Type: "int"},
		{Name: "lr", Type: "float64"},
		{Name: "wait", Type: "time.Duration"},
		{Name: "seeds", Type: "[]int"},
		{Name: "names", Type: "[]string"},
		{Name: "verbose", Type: "bool"},
		{Name: "scale", Type: "float32"},
		{Name: "m", Type: "mode"},
		{Name: "version", Type: "int"},
		{Name: "weights", Type: "map[string]float64"},
		{Name: "angle"},
		{Name: "tag", Type: "rune"},
		{Name: "waits", Type: "[]time.Duration"},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Parameter{})); diff != "" {
		t.Errorf("Parameters (-want +got):\n%s", diff)
	}
}

func TestSetParameters(t *testing.T) {
	tests := []struct{ name, text, want string }{ // want begins with "!" if it is an error
		{"corpus", "wikigold", `corpus = "wikigold"`},
		{"corpus", `"wiki gold"`, `corpus = "wiki gold"`},
		{"corpus", "한국어 // x", `corpus = "한국어 // x"`},
		{"corpus", "", `corpus = ""`},
		{"corpus", `a"b`, `corpus = "a\"b"`},
		{"epochs", "10", "epochs = 10"},
		{"epochs", " -0x10 ", "epochs = -0x10"},
		{"epochs", "many", `!parameter epochs is int and cannot be "many"; write it as in 10`},
		{"epochs", "1.5", `!parameter epochs is int and cannot be "1.5"; write it as in 10`},
		{"epochs", "1; os.Exit(1)", `!parameter epochs is int and cannot be "1; os.Exit(1)"; write it as in 10`},
		{"epochs", "99999999999999999999", `!parameter epochs is int and cannot be "99999999999999999999"; write it as in 10`},
		{"lr", "0.1", "lr = 0.1"},
		{"lr", "1", "lr = 1"},
		{"lr", "fast", `!parameter lr is float64 and cannot be "fast"; write it as in 0.1`},
		{"wait", "1m30s", "wait = 90000000000 // 1m30s"},
		{"wait", "2*time.Second", "wait = 2*time.Second // 2*time.Second"},
		{"wait", "soon", `!parameter wait is time.Duration and cannot be "soon"; write it as in 1m30s`},
		{"seeds", "4,5", "seeds = []int{4, 5}"},
		{"seeds", "[]int{7}", "seeds = []int{7}"},
		{"seeds", "", "seeds = []int{}"},
		{"seeds", "1,x", `!parameter seeds is []int and cannot be "1,x"; write it with commas: a,b,c`},
		{"names", "a b, c // d", `names = []string{"a b", "c // d"}`},
		{"waits", "1s, 2s", "waits = []time.Duration{1000000000, 2000000000}"},
		{"verbose", "true", "verbose = true"},
		{"verbose", "yes", `!parameter verbose is bool and cannot be "yes"; write it true or false`},
		{"scale", "2.5", "scale = 2.5"},
		{"m", "slow", `m = "slow"`},
		{"tag", "'y'", "tag = 'y'"},
		{"weights", `map[string]float64{"b": 2}`, `weights = map[string]float64{"b": 2}`},
		{"weights", "b=2", `!parameter weights is map[string]float64 and cannot be "b=2"; write it as a Go literal`},
		{"version", "3", "!parameter version is a constant; declare it as a variable to set it"},
		{"angle", "1", "!the parameters cell does not tell the type of angle; declare it with one, such as var angle float64 = …"},
		{"inner", "1", "!unknown parameter"},
	}
	for _, tt := range tests {
		t.Run(tt.name+"="+tt.text, func(t *testing.T) {
			nb := withCell(parametersCell)
			err := SetParameters(nb, []Value{{tt.name, tt.text}})
			if message, bad := strings.CutPrefix(tt.want, "!"); bad {
				var perr *ParameterError
				if !errors.As(err, &perr) || !strings.HasPrefix(err.Error(), message) {
					t.Errorf("error %v, want a *ParameterError %q", err, message)
				}
				if len(nb.Cells) != 3 {
					t.Errorf("the notebook was changed: %d cells, want 3", len(nb.Cells))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, want := nb.Cells[2].Source, "// Parameters\n"+tt.want; got != want {
				t.Errorf("injected %q, want %q", got, want)
			}
		})
	}
}

func TestSetParametersPlace(t *testing.T) {
	nb := withCell(`a, b := 1, "x"`)
	if err := SetParameters(nb, []Value{{"b", "y"}, {"a", "2"}, {"b", "z"}}); err != nil {
		t.Fatal(err)
	}
	injected := nb.Cells[2]
	if want := "// Parameters\nb = \"z\"\na = 2"; injected.Source != want {
		t.Errorf("injected %q, want %q", injected.Source, want)
	}
	if injected.ID != TagInjected || !injected.HasTag(TagInjected) || nb.Validate() != nil {
		t.Errorf("injected cell has id %q, tags %v, validation %v", injected.ID, injected.Tags(), nb.Validate())
	}
	// A second run of the executed notebook replaces the cell.
	if err := SetParameters(nb, []Value{{"a", "3"}}); err != nil {
		t.Fatal(err)
	}
	if len(nb.Cells) != 4 || nb.Cells[2].Source != "// Parameters\na = 3" {
		t.Errorf("second run: %d cells, injected %q", len(nb.Cells), nb.Cells[2].Source)
	}
	if err := SetParameters(nb, nil); err != nil || len(nb.Cells) != 4 {
		t.Errorf("no values: error %v, %d cells; want no change", err, len(nb.Cells))
	}
}

func TestSetParametersErrors(t *testing.T) {
	values := []Value{{"epoch", "1"}}
	tests := []struct {
		name string
		nb   *nbformat.Notebook
		want string
	}{
		{"no cell", nbformat.New(), `the notebook has no parameters, so epoch cannot be set; tag the cell that declares them "parameters"`},
		{"unknown", withCell(`corpus, epochs := "x", 3`), `unknown parameter "epoch"; the notebook has corpus (string), epochs (int)`},
		{"nothing declared", withCell("// none"), `unknown parameter "epoch"; the parameters cell declares no variables`},
		{"does not parse", withCell("a := 1\nb := := 2"), `cell 2, tagged "parameters": line 2: expected operand, found ':='; a parameters cell holds only variables, such as epochs := 10`},
		{"function", withCell("func f() {}"), `cell 2, tagged "parameters": line 1: expected '(', found f; a parameters cell holds only variables, such as epochs := 10`},
	}
	for _, tt := range tests {
		if err := SetParameters(tt.nb, values); err == nil || err.Error() != tt.want {
			t.Errorf("%s: error %v, want %s", tt.name, err, tt.want)
		}
	}
}

// FuzzSetParameters wants that a value which is taken leaves a cell that parses
// and only assigns.
func FuzzSetParameters(f *testing.F) {
	for _, text := range []string{"wikigold", "1", "[]int{1}", "1,2", "1m", `"x`, "func() int { return 1 }()", "1)\n(2"} {
		f.Add("s", text)
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		nb := withCell("s, n, l := \"x\", 1, []int{1}\nvar d time.Duration")
		if SetParameters(nb, []Value{{name, text}}) != nil {
			return
		}
		if params, err := parseParameters(nb.Cells[2].Source); err != nil || len(params) != 0 {
			t.Errorf("value %q of %s gives the cell %q: error %v, declares %v", text, name, nb.Cells[2].Source, err, params)
		}
	})
}

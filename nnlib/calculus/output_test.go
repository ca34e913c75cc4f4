package calculus

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestExplanations keeps the text of derivations.
func TestExplanations(t *testing.T) {
	var b strings.Builder
	for _, d := range []*Derivative{
		Let("s = u' f(W x + b)", "W: 8×20").LectureGrad("W"),
		Let("s = u' f(W x + b)", "W: 8×20").Grad("u", "W", "b", "x"),
		Let("s = u' f(W x + b)", "W: 8×20").Jacobian("b"),
		Let(windowScorer).LectureGrad("x_1", "x_5"),
		Let(maxMargin).Grad("u"),
		Let("J = -log softmax(W x)[y]").Grad("W"),
		Let(classifier).LectureGrad("U", "b_2", "W", "b_1", "x"),
		Let("h = f(W x + b)").Jacobian("x"),
		Let("h = f(W x + b)").Jacobian("W"),
		Let("‖A x − b‖^2").Grad("x"),
		Let("x' A x + b' x").Hessian("x"),
		Let("inv(X)").Differential("X"),
		Let("inv(A + t B); t: scalar").Grad("t"),
	} {
		fmt.Fprintf(&b, "%s\n\n---\n\n", d.Explain())
	}
	golden(t, "explain.golden", b.String())
}

// TestLaTeX keeps the LaTeX of the lecture's derivatives and checks that it is
// balanced.
func TestLaTeX(t *testing.T) {
	var b strings.Builder
	for _, tt := range lectureDerivations {
		d, err := Let(tt.formula).Derive(tt.convention, tt.wrt)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "-- %s --\n%s\n%s\n", tt.name, d.formula.LaTeX(), d.LaTeX())
		checkLaTeX(t, d.Explain().LaTeX())
	}
	for _, tt := range cookbookCases {
		d := tt.derive(Let(tt.formula))
		fmt.Fprintf(&b, "-- eq %s --\n%s\n", tt.number, d.LaTeX())
		checkLaTeX(t, d.Explain().LaTeX())
	}
	for line := range strings.Lines(b.String()) {
		checkLaTeX(t, line)
	}
	golden(t, "latex.golden", b.String())
}

// checkLaTeX checks braces, \left with \right, environments, and that nothing
// has two superscripts.
func checkLaTeX(t *testing.T, text string) {
	t.Helper()
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++ // an escaped brace is not a group
		case '{':
			depth++
		case '}':
			if depth--; depth < 0 {
				t.Fatalf("an unexpected } in %s", text)
			}
		}
	}
	if depth != 0 {
		t.Errorf("%d braces are open in %s", depth, text)
	}
	if l, r := strings.Count(text, `\left`), strings.Count(text, `\right`); l != r {
		t.Errorf(`%d \left and %d \right in %s`, l, r, text)
	}
	if l, r := strings.Count(text, `\begin{`), strings.Count(text, `\end{`); l != r {
		t.Errorf(`%d \begin and %d \end in %s`, l, r, text)
	}
	if strings.Contains(text, "}^{") && doubleSuperscript(text) {
		t.Errorf("a double superscript in %s", text)
	}
}

// doubleSuperscript reports whether a group ^{…} is followed by another ^.
func doubleSuperscript(text string) bool {
	for i := 0; i+1 < len(text); i++ {
		if text[i] != '^' || text[i+1] != '{' {
			continue
		}
		depth, k := 0, i+1
		for ; k < len(text); k++ {
			if text[k] == '{' {
				depth++
			}
			if text[k] == '}' {
				if depth--; depth == 0 {
					break
				}
			}
		}
		if k+1 < len(text) && (text[k+1] == '^' || text[k+1] == '\'') {
			return true
		}
	}
	return false
}

// TestMIMEBundles: everything that a cell may end with shows itself.
func TestMIMEBundles(t *testing.T) {
	f := Let("s = u' tanh(W x + b)", "W: 2×3")
	values := Values{"u": []float64{0.5, -1}, "W": [][]float64{{1, 2, 3}, {-1, 0, 0.5}}, "x": []float64{1, .2, -.3}, "b": []float64{0, .1}}
	u := RowJacobian(1, 2)
	shows := map[string][]interface{ MIMEBundle() map[string]any }{
		"text/latex": {
			f, f.Grad("W"), f.Grad("W").Explain(), NewMatrix(2, 2), u, Differences{}.Gradient(bowl, bowlPoint),
			ToShape(NewMatrix(1, 6), 2, 3), OuterJacobian([]float64{1}, []float64{2}), WeightJacobian([]float64{1, 2}, 2),
		},
		"text/html":     {f.Grad("W").Explain(), f.Grad("W").Check(1)},
		"image/svg+xml": {f.Graph(values), f.Graph(nil), DifferenceErrors(math.Exp, 1, 0)},
		"text/plain":    {Chain(u, IdentityJacobian(2)), ShareDelta([]*Jacobian{u}, IdentityJacobian(2))},
	}
	for kind, list := range shows {
		for _, v := range list {
			bundle := v.MIMEBundle()
			if text, _ := bundle["text/plain"].(string); text == "" {
				t.Errorf("%T has no text/plain", v)
			}
			text, _ := bundle[kind].(string)
			if text == "" {
				t.Errorf("%T has no %s", v, kind)
			}
			switch kind {
			case "text/latex":
				if !strings.HasPrefix(text, "$$") || !strings.HasSuffix(text, "$$") {
					t.Errorf("%T: LaTeX without dollars: %s", v, text)
				}
				checkLaTeX(t, text)
			case "image/svg+xml", "text/html":
				if err := checkXML(text); err != nil {
					t.Errorf("%T: %v in %s", v, err, text)
				}
			}
		}
	}
}

func checkXML(text string) error {
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func TestGraph(t *testing.T) {
	f := Let("s = u' tanh(W x + b)", "W: 2×3")
	values := Values{"u": []float64{0.5, -1}, "W": [][]float64{{1, 2, 3}, {-1, 0, 0.5}}, "x": []float64{1, .2, -.3}, "b": []float64{0, .1}}
	g := f.Graph(values)
	golden(t, "graph.golden", g.String()+"\n\n"+Let(classifier).Graph(nil).String()+"\n")
	golden(t, "graph.svg", g.SVG()+"\n")
	// The gradient at b in the drawing is the derivative's.
	d, err := f.Grad("b").Eval(values)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range g.Nodes {
		if n.Label == "b" && n.Gradient != compact(d) {
			t.Errorf("the gradient at b is drawn as %s, want %s", n.Gradient, compact(d))
		}
	}
	// A value that occurs twice has two edges.
	if g := Let("x' x").Graph(nil); len(g.Edges) != 3 {
		t.Errorf("the graph of xᵀx has %d edges, want 3: %s", len(g.Edges), g)
	}
	// At a kink the gradients are said to be undefined, the values are there.
	kink := Let("s = sum(relu(x))").Graph(Values{"x": []float64{1, 0}})
	if text := kink.String(); !strings.Contains(text, "not defined here") || !strings.Contains(text, "value [1 0]") {
		t.Errorf("the graph at a kink: %s", text)
	}
	Let("W x").Graph(nil) // not a scalar: no gradients, but a drawing
}

// TestGoSource compiles generated functions and compares their results with
// Eval.
func TestGoSource(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go tool")
	}
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("the go tool is not here to compile the generated code")
	}
	values := Values{
		"u": Vector(0.5, -1), "W": NewMatrix(2, 3, 1, 2, 3, -1, 0, 0.5), "x": Vector(1, 0.2, -0.3), "b": Vector(0, 0.1), "y": 1,
		"X": NewMatrix(3, 3, 2, 0.1, 0.3, 0.2, 3, 0.1, 0, 0.5, 2.5), "A": NewMatrix(3, 3, 1, 2, 3, 4, 5, 6, 7, 8, 10), "s": 0.3, "L": NewMatrix(2, 3, 1, 2, 3, 4, 5, 6),
	}
	cases := []*Derivative{
		Let("s_1 = u' f(W x + b)").Func("f", "σ").LectureGrad("W"),
		Let("J = -log softmax(W x + b)[y]").Grad("W"),
		Let("J = -log softmax(W x + b)[y]").Grad("x"),
		Let("tr(inv(X) A)").Grad("X"),
		Let("log |det(X)|").Grad("X"),
		Let("‖X − A‖").Grad("X"),
		Let("s x' X x / (1 + s^2)").Grad("s"),
		Let("h = tanh(W x + b)").Jacobian("x"),
		Let("softmax(x)").Jacobian("x"),
		Let("u' tanh(W [x[0:2]; s])").Grad("x"),
		Let("sum(relu(L[y]) ∘ x)").Grad("L"),
		Let("logsumexp(X x) + sum(exp(x))^2").Grad("x"),
		Let("tr(diag(x) X) + sum(diagonal(X^3))").Grad("X"),
	}
	var source, body strings.Builder
	source.WriteString("package main\n\nimport (\n\t\"fmt\"\n\t\"math\"\n\n\t\"gonum.org/v1/gonum/mat\"\n)\n\nvar _ = math.Exp\n\n")
	helpers := map[string]bool{}
	for i, d := range cases {
		code, err := d.GoSource(fmt.Sprintf("derivative%d", i))
		if err != nil {
			t.Fatal(err)
		}
		parts := strings.Split(code, "\n}\n")
		for _, part := range parts { // one copy of each helper
			head := strings.SplitN(strings.TrimSpace(part), "(", 2)[0]
			if strings.TrimSpace(part) != "" && (!helpers[head] || strings.Contains(head, "derivative")) {
				helpers[head] = true
				source.WriteString(part + "\n}\n")
			}
		}
		fmt.Fprintf(&body, "\tshow(derivative%d(%s))\n", i, strings.Join(goArguments(code, values), ", "))
	}
	source.WriteString("func show(v any) {\n\tif m, ok := v.(*mat.Dense); ok {\n\t\tfmt.Println(m.RawMatrix().Data)\n\t\treturn\n\t}\n\tfmt.Printf(\"[%v]\\n\", v)\n}\n\nfunc main() {\n" + body.String() + "}\n")
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(source.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(goTool, "run", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, source.String())
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	for i, d := range cases {
		given := Values{}
		for _, name := range append(d.formula.Variables(), d.formula.indices...) {
			given[name] = values[name]
		}
		want, err := d.Eval(given)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]float64, len(want.Data))
		fields := strings.Fields(strings.Trim(lines[i], "[]"))
		if len(fields) != len(got) {
			t.Fatalf("%s: the generated code returns %s, want %v", d, lines[i], want.Data)
		}
		for k, field := range fields {
			if _, err := fmt.Sscan(field, &got[k]); err != nil {
				t.Fatal(err)
			}
			if math.Abs(got[k]-want.Data[k]) > 1e-12*max(1, math.Abs(want.Data[k])) {
				t.Errorf("%s: element %d of the generated code is %g, want %g", d, k, got[k], want.Data[k])
			}
		}
	}
}

// goArguments writes the values of a generated function's parameters.
func goArguments(code string, values Values) []string {
	line := code[strings.Index(code, "\nfunc ")+1:]
	line = line[strings.Index(line, "(")+1 : strings.Index(line, ")")]
	var args []string
	for _, p := range strings.Split(line, ", ") {
		name, _, _ := strings.Cut(p, " ")
		switch v := values[name].(type) {
		case *Matrix:
			args = append(args, fmt.Sprintf("mat.NewDense(%d, %d, %#v)", v.Rows, v.Cols, v.Data))
		default:
			args = append(args, fmt.Sprint(v))
		}
	}
	return args
}

package calculus

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files of testdata")

// golden compares got with a file of testdata, which -update rewrites.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got), -update rewrites it:\n%s", path, diff)
	}
}

// badFormulas are texts with a mistake; testdata/errors.golden has what is said
// about them.
var badFormulas = []struct{ name, formula string }{
	{"nothing", ""},
	{"only a declaration", "W: 8×20"},
	{"open parenthesis", "s = u' f(W x + b"},
	{"open bracket", "[a; b"},
	{"open index", "x[3"},
	{"open norm", "‖x"},
	{"shapes of a product", "s = u' (W x); W: 8×20; x: 21"},
	{"column times column", "u h; u: 3"},
	{"row plus column", "x + y'"},
	{"names run together", "Wx + b"},
	{"nothing after =", "s = "},
	{"two operators", "1 + * x"},
	{"comma in brackets", "[a, b]"},
	{"row in softmax", "softmax(x')"},
	{"determinant of an oblong matrix", "det(W); W: 2×3"},
	{"inverse of a vector", "inv(x); x: 3"},
	{"power of an oblong matrix", "W^2; W: 2×3"},
	{"variable exponent", "x^y"},
	{"division by a matrix", "W / X"},
	{"circle", "a = b; b = a"},
	{"defined twice", "s = x; s = y"},
	{"function without argument", "tanh"},
	{"function as a name", "tanh = x"},
	{"function that is defined", "f = u' f(x)"},
	{"unknown function", "gelu(x)"},
	{"wrong number of arguments", "CE(y)"},
	{"prime of a matrix function", "det' X"},
	{"index out of range", "x[9]; x: 3"},
	{"slice out of range", "x[0:9]; x: 4"},
	{"vector as an index", "sum(x) + y[x]"},
	{"declared but absent", "sum(x); q: 3"},
	{"no shape", "sum(x); x: 0×2"},
	{"declaration contradicts", "W = x; W: 4×4; x: 3"},
	{"unknown sign", "x $ y"},
	{"unknown LaTeX", `\foo`},
	{"number out of range", "1e999"},
	{"huge power", "A^10000000"},
	{"huge power of a power", "(A^900)^900"},
	{"overflow of constants", "x 1e200^2"},
	{"parts of unequal width", "[x; Y']; Y: 2×3"},
	{"second line", "s = u' h\nh = W x + b'\nW: 8×20"},
	{"two expressions", "x; y"},
	{"cross-entropy of unequal lengths", "CE(y, softmax(z)); y: 3; z: 4"},
	{"caret after combining mark", "y\u0302 + x'"},
}

func TestParseErrors(t *testing.T) {
	var b strings.Builder
	for _, tt := range badFormulas {
		_, err := Parse(tt.formula)
		if err == nil {
			t.Errorf("%s: Parse(%q) succeeds", tt.name, tt.formula)
			continue
		}
		fmt.Fprintf(&b, "-- %s --\n%v\n", tt.name, err)
	}
	golden(t, "errors.golden", b.String())
}

// TestDeriveErrors: what cannot be differentiated or evaluated says why and
// where.
func TestDeriveErrors(t *testing.T) {
	vector := []float64{1, 2, 3}
	cases := []struct {
		name string
		run  func() error
	}{
		{"unknown variable", deriveError("s = u' f(W x + b)", ShapeConvention, "Q")},
		{"no variable", deriveError("s = u' x", ShapeConvention)},
		{"not a scalar", deriveError("h = f(W x + b)", ShapeConvention, "W")},
		{"not a scalar, lecture notation", deriveError("W x + b", LectureNotation, "x")},
		{"by an index", deriveError("softmax(x)[y]", ShapeConvention, "y")},
		{"by itself", deriveError("s = u' x", ShapeConvention, "s")},
		{"by a symmetric matrix", deriveError("x' A x; A: n×n symmetric", ShapeConvention, "A")},
		{"no rule", deriveError("sum(A ⊗ B); A: 2×2; B: 3×3", ShapeConvention, "A")},
		{"kink of relu", evalError("sum(relu(x))", "x", Values{"x": []float64{1, 0, 2}})},
		{"kink of a hinge", evalError("J = max(0, 1 - s + s_c)", "s", Values{"s": 2, "s_c": 1})},
		{"kink of a norm", evalError("‖x − a‖", "x", Values{"x": vector, "a": vector})},
		{"kink of abs", evalError("3 |t|; t: scalar", "t", Values{"t": 0})},
		{"missing value", evalError("‖A x − b‖^2", "x", Values{"A": [][]float64{{1}}, "x": []float64{1}})},
		{"value of the wrong shape", evalError("a' x", "x", Values{"x": vector, "a": []float64{1, 2}})},
		{"value of the wrong shape, declared", evalError("a' x; x: 4", "x", Values{"x": vector, "a": vector})},
		{"unknown value", evalError("a' x", "x", Values{"x": vector, "a": vector, "c": 1.0})},
		{"value of the wrong type", evalError("a' x", "x", Values{"x": "text", "a": vector})},
		{"ragged value", evalError("‖A‖", "A", Values{"A": [][]float64{{1, 2}, {3}}})},
		{"function without meaning", evalError("sum(f(x))", "x", Values{"x": vector})},
		{"singular matrix", evalError("tr(inv(X))", "X", Values{"X": [][]float64{{1, 2}, {2, 4}}})},
		{"not a distribution", evalError("CE(y, softmax(x))", "x", Values{"y": vector, "x": vector})},
		{"not symmetric", evalError("x' A x; A: n×n symmetric", "x", Values{"x": []float64{1, 2}, "A": [][]float64{{1, 2}, {3, 4}}})},
		{"index out of range", evalError("-log softmax(x)[y]", "x", Values{"x": vector, "y": 3})},
		{"index not whole", evalError("-log softmax(x)[y]", "x", Values{"x": vector, "y": 0.5})},
		{"log of a negative number", func() error { _, err := Let("log(t); t: scalar").Eval(Values{"t": -1}); return err }},
		{"Shape of an unknown name", panicError(func() { Let("a' x").Shape("q", 3) })},
		{"Shape that does not fit", panicError(func() { Let("a' x; a: 3").Shape("x", 4) })},
		{"Shape that is none", panicError(func() { Let("a' x").Shape("x", -1) })},
		{"Func of a known function", panicError(func() { Let("sum(tanh(x))").Func("tanh", "relu") })},
		{"Func of an unknown meaning", panicError(func() { Let("sum(f(x))").Func("f", "gelu") })},
		{"Of what was not asked for", panicError(func() { Let("a' x").Grad("x").Of("a") })},
		{"Hessian by a matrix", panicError(func() { Let("‖X‖^2").Hessian("X") })},
		{"Let", panicError(func() { Let("a' x +") })},
	}
	var b strings.Builder
	for _, tt := range cases {
		err := tt.run()
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v, want an *Error", tt.name, err)
			continue
		}
		fmt.Fprintf(&b, "-- %s --\n%v\n", tt.name, err)
	}
	golden(t, "derive_errors.golden", b.String())
}

func deriveError(formula string, c Convention, names ...string) func() error {
	return func() error {
		_, err := Let(formula).Derive(c, names...)
		return err
	}
}

func evalError(formula, wrt string, values Values) func() error {
	return func() error {
		_, err := Let(formula).Grad(wrt).Eval(values)
		return err
	}
}

func panicError(f func()) func() error {
	return func() (err error) {
		defer func() { err, _ = recover().(error) }()
		f()
		return nil
	}
}

package calculus

import (
	"strings"
	"testing"
)

// TestNotations: what different people type for the same thing means the same.
func TestNotations(t *testing.T) {
	for _, group := range [][]string{
		{
			"s = u' σ(W x + b)", "s = uᵀσ(W x + b)", "s = u⊤ σ(W x + b)", "s = u^T σ(W x + b)", "s = u^{\\top} \\sigma(W x + b)",
			"s = u' * sigmoid(W*x + b)", "s = u.T @ logistic(W @ x + b)", "s = u^Tσ(W x+b)", "s = u′ σ(W·x + b)",
		},
		{"f = x' A x + b' x", "f(x) = x' A x + b' x", "f(x, A) = x' A x + b' x"},
		{"J = ‖A x − b‖²", "J = ||A x - b||^2", "J = ||A x - b||_2^2", "J = ‖A x - b‖₂²", "J = norm(A x - b)^2", "J(x) = ‖A x − b‖_2^2"},
		{"x ∘ y", "x .* y", "x ⊙ y", "x \\circ y", "x \\odot y"},
		{"-log softmax(W x)[y]", "−log(softmax(W x)[y])", "-logsoftmax(W x)[y]"},
		{"y_1 = W x_1", "y_1 = W x₁"},
		{"ŷ' a", "yhat' a", "\\hat{y}' a", "y\u0302' a"},
		{"λ x' x", "lambda x' x", "\\lambda x^T x"},
		{"log det(X)", "ln det X", "log |X|", "log(det(X))"},
		{"X⁻¹ b", "X^-1 b", "X^{-1} b", "inv(X) b"},
		{"X⁻ᵀ b", "X^{-T} b", "inv(X)' b", "inv(X') b"},
		{"‖x‖₁", "||x||_1", "sum(abs(x))"},
		{"x ./ y", "x ∘ y.^(-1)"},
		{"exp(x) / sum(exp(x))", "softmax(x)"},
		{"x - y; x: 3", "x − y; x: 3×1", "x - y; x ∈ ℝ^3", "x - y; x ∈ R^{3}", "x - y # comment\nx: 3"},
		{"W x; W: 8×20", "W x; W: 8x20", "W x; W: 8 by 20", "W x; W ∈ ℝ^{8×20}", "W x, W: 8 × 20"},
		{"s = u' h; h = f(z)", "s = u' h where h = f(z)", "s = u' h, h = f(z)"},
		{"h = f(z)\ns = u' h", "h = f(z), s = u' h"},
	} {
		want := Let(group[0])
		for _, text := range group[1:] {
			f, err := Parse(text)
			if err != nil {
				t.Errorf("%s: %v", text, err)
				continue
			}
			if got, want := f.String(), want.String(); got != want {
				t.Errorf("%q reads as\n%s\nbut %q as\n%s", text, got, group[0], want)
			}
		}
	}
}

// TestConventionalShapes: what is not declared.
func TestConventionalShapes(t *testing.T) {
	for _, tt := range []struct{ formula, name, want string }{
		{"s = u' f(W x + b)", "W", "n×m"},
		{"s = u' f(W x + b)", "x", "m×1"},
		{"J = max(0, 1 - s + s_c)", "s_c", "1×1"},
		{"J = λ ‖w‖^2", "λ", "1×1"},
		{"‖y − X β‖^2", "β", "m×1"},
		{"g' x; g: 3", "x", "3×1"},
		{"x' A x", "A", "n×n"},
		{"tr(A X B)", "B", "k×n"},
		{"W [x; y]; x: d; y: 2d", "W", "n×3d"},
		{"W x; x: 2d+1", "W", "n×(2d+1)"},
	} {
		if got := Let(tt.formula).ShapeOf(tt.name); got != tt.want {
			t.Errorf("%s: %s is %s, want %s", tt.formula, tt.name, got, tt.want)
		}
	}
}

// TestStableAtExtremes: logits of ±1e4 neither overflow nor become NaN.
func TestStableAtExtremes(t *testing.T) {
	f := Let("J = -log softmax(z)[y]")
	values := Values{"z": []float64{1e4, -1e4, 0}, "y": 1}
	v, err := f.Eval(values)
	if err != nil || v.Scalar() != 2e4 {
		t.Errorf("−log softmax = %v, %v, want 20000", v, err)
	}
	g, err := f.Grad("z").Eval(values)
	if err != nil {
		t.Fatal(err)
	}
	checkMatrix(t, "gradient", g, Vector(1, -1, 0), 0)
	ce, err := Let("CE(y, softmax(z))").Eval(Values{"z": []float64{1e4, -1e4, 0}, "y": []float64{0, 1, 0}})
	if err != nil || ce.Scalar() != 2e4 {
		t.Errorf("cross-entropy = %v, %v, want 20000", ce, err)
	}
}

// TestSumOfADistribution: Σy = 1 shortens the derivatives by others, but a sum
// that the formula itself has is differentiated as a sum.
func TestSumOfADistribution(t *testing.T) {
	f := Let("J = CE(y, softmax(z)) + sum(y)^2")
	for name, want := range map[string]string{"z": "∂J/∂z = ŷ − y, where ŷ = softmax(z)", "y": "∂J/∂y = 2sum(y)ones(n) − log(ŷ), where ŷ = softmax(z)"} {
		d := f.Grad(name)
		if got := d.String(); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
		if r := d.Check(1); !r.Passed {
			t.Error(r)
		}
	}
	// Asking for ∂J/∂ŷ too leads through ŷ and arrives at the same.
	d := Let("J = CE(y, ŷ); ŷ = softmax(z)").Grad("ŷ", "z")
	if got, want := d.String(), "∂J/∂ŷ = −y ∘ ŷ⁻¹\n∂J/∂z = ŷ − y\nwhere ŷ = softmax(z)"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if r := d.Check(1); !r.Passed {
		t.Error(r)
	}
}

func TestIntermediates(t *testing.T) {
	all, err := Let("s = u' tanh(W x + b)").Intermediates(Values{"u": []float64{1, 2}, "W": [][]float64{{1, 0}, {0, 1}}, "x": []float64{1, 2}, "b": []float64{-1, -2}})
	if err != nil {
		t.Fatal(err)
	}
	checkMatrix(t, "z", all["z"], Vector(0, 0), 0)
	checkMatrix(t, "h", all["h"], Vector(0, 0), 0)
	if all["s"].Scalar() != 0 || len(all) != 3 {
		t.Errorf("the pieces are %v", all)
	}
}

// TestEvalOwnsItsResult: changing a result leaves the caller's values alone.
func TestEvalOwnsItsResult(t *testing.T) {
	x := []float64{1, 2}
	v, err := Let("x").Eval(Values{"x": x})
	if err != nil {
		t.Fatal(err)
	}
	v.Set(0, 0, 9)
	if x[0] != 1 {
		t.Error("Eval returned the caller's slice")
	}
}

// TestLargeValues: a check of a large parameter takes a sample, and a large
// matrix prints its corner.
func TestLargeValues(t *testing.T) {
	r := Let("s = u' tanh(W x); W: 40×50").Grad("W").Check(1)
	if !r.Passed || r.Entries != 256 {
		t.Errorf("%d comparisons, want 256: %s", r.Entries, r)
	}
	if text := NewMatrix(100, 100).String(); strings.Count(text, "\n") != 24 || !strings.HasSuffix(text, "100×100") {
		t.Errorf("a large matrix prints as %s", text)
	}
}

package calculus

import (
	"strings"
	"testing"
)

// derivation is one derivative of the lecture: its textbook form as a string,
// and by the check its numbers.
type derivation struct {
	name       string
	formula    string
	convention Convention
	wrt        string
	want       string // text of the derivative
}

// lectureDerivations are the results of CS224N lecture 3 and its gradient notes.
var lectureDerivations = []derivation{
	// The identities of the gradient notes.
	{"notes 1: matrix times column", "z = W x", JacobianConvention, "x", "∂z/∂x = W"},
	{"notes 2: row times matrix", "z = x W; x: 1×n", JacobianConvention, "x", "∂z/∂x = Wᵀ"},
	{"notes 3: a vector with itself", "z = x", JacobianConvention, "x", "∂z/∂x = I"},
	{"notes 4: element-wise function", "z = f(x)", JacobianConvention, "x", "∂z/∂x = diag(f′(x))"},
	{"notes 5: matrix times column, by the matrix", "J = δᵀ z; z = W x", ShapeConvention, "W", "∂J/∂W = δ xᵀ"},
	{"notes 5 in Jacobians", "J = f(z)' u; z = W x", LectureNotation, "W", "∂J/∂W = δᵀxᵀ, where δ = uᵀ ∘ f′(z)ᵀ, z = W x"},
	{"notes 6: row times matrix, by the matrix", "J = x W δ'; x: 1×n; δ: 1×m", ShapeConvention, "W", "∂J/∂W = xᵀδ"},
	{"notes 7: softmax and cross-entropy", "J = CE(y, softmax(θ))", ShapeConvention, "θ", "∂J/∂θ = ŷ − y, where ŷ = softmax(θ)"},
	{"notes 7 as a row", "J = CE(y, softmax(θ))", JacobianConvention, "θ", "∂J/∂θ = (ŷ − y)ᵀ, where ŷ = softmax(θ)"},

	// Useful Jacobians of the lecture.
	{"bias", "z = W x + b", JacobianConvention, "b", "∂z/∂b = I"},
	{"dot product", "s = u' h", JacobianConvention, "u", "∂s/∂u = hᵀ"},
	{"composition", "h = f(W x + b)", JacobianConvention, "x", "∂h/∂x = diag(f′(z))W, where z = W x + b"},
	{"scalar chain rule", "z = 3 x^2; x: scalar", ShapeConvention, "x", "∂z/∂x = 6x"},
	{"x cubed", "y = x^3; x: scalar", ShapeConvention, "x", "∂y/∂x = 3x²"},

	// The scorer s = uᵀ f(W x + b).
	{"scorer by u", scorer, ShapeConvention, "u", "∂s/∂u = h, where h = f(z), z = W x + b"},
	{"scorer by h", scorer, JacobianConvention, "h", "∂s/∂h = uᵀ"},
	{"scorer by z", scorer, JacobianConvention, "z", "∂s/∂z = uᵀ ∘ f′(z)ᵀ, where z = W x + b"},
	{"scorer by b", scorer, JacobianConvention, "b", "∂s/∂b = uᵀ ∘ f′(z)ᵀ, where z = W x + b"},
	{"scorer by b, shape convention", scorer, ShapeConvention, "b", "∂s/∂b = u ∘ f′(z), where z = W x + b"},
	{"scorer by W", scorer, LectureNotation, "W", "∂s/∂W = δᵀxᵀ, where δ = uᵀ ∘ f′(z)ᵀ, z = W x + b"},
	{"scorer by W, shape convention", scorer, ShapeConvention, "W", "∂s/∂W = δ xᵀ, where δ = u ∘ f′(z), z = W x + b"},
	{"scorer by x", scorer, LectureNotation, "x", "∂s/∂x = Wᵀδᵀ, where δ = uᵀ ∘ f′(z)ᵀ, z = W x + b"},
	{"scorer by x as a row", scorer, JacobianConvention, "x", "∂s/∂x = δ W, where δ = uᵀ ∘ f′(z)ᵀ, z = W x + b"},
	{"scorer by W as one long row", scorer, JacobianConvention, "W", "∂s/∂W = vec(δᵀxᵀ)ᵀ, where δ = uᵀ ∘ f′(z)ᵀ, z = W x + b"},
	{"window", windowScorer, LectureNotation, "x_window", "∂s/∂x_window = Wᵀδᵀ, where δ = uᵀ ∘ f′(z)ᵀ, z = W x_window + b, " + window},
	{"window, first word", windowScorer, ShapeConvention, "x_1", "∂s/∂x₁ = (Wᵀδ)[0:4], where δ = u ∘ f′(z), z = W x_window + b, " + window},
	{"window, third word", windowScorer, ShapeConvention, "x_3", "∂s/∂x₃ = (Wᵀδ)[8:12], where δ = u ∘ f′(z), z = W x_window + b, " + window},
	{"window, last word", windowScorer, ShapeConvention, "x_5", "∂s/∂x₅ = (Wᵀδ)[16:20], where δ = u ∘ f′(z), z = W x_window + b, " + window},

	// The max-margin objective.
	{"margin by s", "J = max(0, 1 - s + s_c)", ShapeConvention, "s", "∂J/∂s = −1[1 − s + s_c > 0]"},
	{"margin by s_c", "J = max(0, 1 - s + s_c)", ShapeConvention, "s_c", "∂J/∂s_c = 1[1 − s + s_c > 0]"},
	{"margin by u", maxMargin, ShapeConvention, "u", "∂J/∂u = 1[1 − s + s_c > 0](h₂ − h₁)"},
	{"margin by x", maxMargin, ShapeConvention, "x", "∂J/∂x = Wᵀδ, where δ = −1[1 − s + s_c > 0](u ∘ f′(z₁))"},

	// Softmax classification.
	{"softmax by W", "J = CE(y, softmax(W x + b))", ShapeConvention, "W", "∂J/∂W = (ŷ − y)xᵀ, where ŷ = softmax(z), z = W x + b"},
	{"log softmax at an index", "J = -log softmax(W x)[y]", ShapeConvention, "W", "∂J/∂W = (ŷ − e_y)xᵀ, where ŷ = softmax(z), z = W x"},
	{"log softmax with a one-hot vector", "J = -y' log softmax(W x); y: onehot 5", ShapeConvention, "W", "∂J/∂W = (ŷ − y)xᵀ, where ŷ = softmax(z), z = W x"},
	{"logits less their log-sum-exp", "J = logsumexp(W x) - (W x)[y]", ShapeConvention, "W", "∂J/∂W = (softmax(W x) − e_y)xᵀ"},
	{"word vectors as a linear layer", "s = u' L' e_i", ShapeConvention, "L", "∂s/∂L = e_i uᵀ"},
	{"look-up of a row", "s = u' L[i]", ShapeConvention, "L", "∂s/∂L = e_i uᵀ"},
}

const (
	scorer       = "s = uᵀ h; h = f(z); z = W x + b"
	windowScorer = "s = uᵀ h; h = f(z); z = W x_window + b; x_window = [x_1; x_2; x_3; x_4; x_5]; x_1: 4; x_2: 4; x_3: 4; x_4: 4; x_5: 4; W: 8×20"
	window       = "x_window = [x₁; x₂; x₃; x₄; x₅]"
	maxMargin    = "J = max(0, 1 - s + s_c); s = u' f(W x + b); s_c = u' f(W x_c + b)"
	classifier   = "J = CE(y, ŷ); ŷ = softmax(θ); θ = U h + b_2; h = relu(z); z = W x + b_1"
)

func TestLectureDerivatives(t *testing.T) {
	for _, tt := range lectureDerivations {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, err := Parse(tt.formula)
			if err != nil {
				t.Fatal(err)
			}
			d, err := f.Derive(tt.convention, tt.wrt)
			if err != nil {
				t.Fatal(err)
			}
			if got := d.String(); got != tt.want && !strings.HasPrefix(got, tt.want+",") {
				t.Errorf("%s\n got %s\nwant %s", tt.formula, got, tt.want)
			}
			for seed := range uint64(3) {
				if r := d.Check(seed); !r.Passed {
					t.Errorf("%s: %s", d, r)
				}
			}
		})
	}
}

// TestClassifier is the worked one-layer network of the gradient notes: five
// gradients from two error signals.
func TestClassifier(t *testing.T) {
	d := Let(classifier).LectureGrad("U", "b_2", "W", "b_1", "x")
	want := `∂J/∂U = δ₁ᵀhᵀ
∂J/∂b₂ = δ₁ᵀ
∂J/∂W = δ₂ᵀxᵀ
∂J/∂b₁ = δ₂ᵀ
∂J/∂x = Wᵀδ₂ᵀ
where δ₂ = δ₁ U ∘ relu′(z)ᵀ, δ₁ = (ŷ − y)ᵀ, ŷ = softmax(θ), θ = U h + b₂, h = relu(z), z = W x + b₁`
	if got := d.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for seed := range uint64(5) {
		if r := d.Check(seed); !r.Passed || len(r.Parameters) != 5 {
			t.Errorf("seed %d: %s", seed, r)
		}
	}
}

// TestLectureShapes: the scorer with the lecture's numbers, x ∈ ℝ²⁰ and 8 neurons.
func TestLectureShapes(t *testing.T) {
	f := Let(scorer).Shape("W", 8, 20)
	for name, want := range map[string]string{"u": "8×1", "h": "8×1", "z": "8×1", "b": "8×1", "x": "20×1", "W": "8×20", "s": "1×1"} {
		if got := f.ShapeOf(name); got != want {
			t.Errorf("ShapeOf(%s) = %s, want %s", name, got, want)
		}
	}
	if got := f.Jacobian("W").Shape(); got != "1×160" {
		t.Errorf("the Jacobian by W is %s, want 1×160", got)
	}
	if got := f.Grad("W").Shape(); got != "8×20" {
		t.Errorf("the gradient by W is %s, want 8×20", got)
	}
}

// TestReuseOfDelta: ∂s/∂W, ∂s/∂b and ∂s/∂x of the scorer share δ.
func TestReuseOfDelta(t *testing.T) {
	u := RowJacobian(make([]float64, 8)...).Named("uᵀ")
	f := DiagonalJacobian(make([]float64, 8)...).Named("diag(f′(z))")
	x := make([]float64, 20)
	s := ShareDelta([]*Jacobian{u, f}, WeightJacobian(x, 8), IdentityJacobian(8), DenseJacobian(NewMatrix(8, 20)))
	// δ costs 8, ∂s/∂W 160, ∂s/∂b nothing more, ∂s/∂x 160.
	if s.WithReuse != 8+160+160 || s.WithoutReuse != 3*8+160+160 {
		t.Errorf("with reuse %d, without %d, want 328 and 344", s.WithReuse, s.WithoutReuse)
	}
}

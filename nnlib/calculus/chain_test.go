package calculus

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
)

// randomJacobians returns one Jacobian of every structure, n×n.
func randomJacobians(rng *rand.Rand, n int) []*Jacobian {
	numbers := func(k int) []float64 {
		v := make([]float64, k)
		for i := range v {
			v[i] = rng.NormFloat64()
		}
		return v
	}
	half := n / 2
	block := BlockJacobian([][]*Jacobian{
		{DenseJacobian(NewMatrix(half, half, numbers(half*half)...)), nil},
		{DiagonalJacobian(numbers(half)...), OuterJacobian(numbers(half), numbers(n-half))},
	})
	return []*Jacobian{
		IdentityJacobian(n), DiagonalJacobian(numbers(n)...), OuterJacobian(numbers(n), numbers(n)),
		DenseJacobian(NewMatrix(n, n, numbers(n*n)...)), block,
	}
}

// TestJacobianProducts: every pair of structures multiplies to what the dense
// matrices do.
func TestJacobianProducts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, a := range randomJacobians(rng, 4) {
		for _, b := range randomJacobians(rng, 4) {
			got := a.Times(b)
			checkMatrix(t, a.Structure()+" · "+b.Structure(), got.Dense(), matmul(a.Dense(), b.Dense()), 1e-12)
			for i := range 4 {
				for k := range 4 {
					if got.At(i, k) != got.Dense().At(i, k) {
						t.Errorf("%s: At(%d, %d) = %g, but the dense form has %g", got.Structure(), i, k, got.At(i, k), got.Dense().At(i, k))
					}
				}
			}
		}
	}
}

func TestJacobianStructures(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 1))
	j := randomJacobians(rng, 4)
	identity, diagonal, outer, dense := j[0], j[1], j[2], j[3]
	for _, tt := range []struct {
		a, b *Jacobian
		want string
	}{
		{identity, diagonal, "diagonal"},
		{diagonal, diagonal, "diagonal"},
		{diagonal, outer, "outer product"},
		{outer, dense, "outer product"},
		{dense, diagonal, "dense"},
	} {
		if got := tt.a.Times(tt.b).Structure(); got != tt.want {
			t.Errorf("%s times %s is %s, want %s", tt.a.Structure(), tt.b.Structure(), got, tt.want)
		}
	}
}

// TestElementwiseJacobian: the Jacobian of h = f(Wx+b) is diag(f′(z)) W, with
// zeros off the diagonal of ∂h/∂z, as numbers say.
func TestElementwiseJacobian(t *testing.T) {
	W, x, b := NewMatrix(2, 3, 1, 2, 3, -1, 0, 0.5), []float64{1, 0.2, -0.3}, []float64{0, 0.1}
	forward := func(x []float64) []float64 {
		z := matmul(W, Vector(x...))
		return []float64{sigmoid(z.Data[0] + b[0]), sigmoid(z.Data[1] + b[1])}
	}
	h := forward(x)
	local := DiagonalJacobian(h[0]*(1-h[0]), h[1]*(1-h[1]))
	if local.At(0, 1) != 0 || local.At(1, 0) != 0 {
		t.Error("∂h/∂z is not diagonal")
	}
	checkMatrix(t, "∂h/∂x", local.Times(DenseJacobian(W)).Dense(), Differences{}.Jacobian(forward, x).Value, 1e-9)
}

func TestChainOrder(t *testing.T) {
	u := RowJacobian(make([]float64, 8)...).Named("uᵀ")
	f := DiagonalJacobian(make([]float64, 8)...).Named("diag(f′(z))")
	W := DenseJacobian(NewMatrix(8, 20)).Named("W")
	c := Chain(u, f, W)
	if c.Order != "((uᵀ diag(f′(z))) W)" || c.Multiplications != 8+160 {
		t.Errorf("%s, want left to right with 168", c)
	}
	if c.RightToLeft != 160+160 || c.Unstructured != 64+160 {
		t.Errorf("right to left %d, want 320; without structure %d, want 224", c.RightToLeft, c.Unstructured)
	}
	// From a single input the other end is cheaper: forward mode.
	tall := Chain(DenseJacobian(NewMatrix(30, 20)), DenseJacobian(NewMatrix(20, 10)), DenseJacobian(NewMatrix(10, 1)))
	if tall.Multiplications != 20*10+30*20 || tall.Multiplications != tall.RightToLeft {
		t.Errorf("a tall chain: %s, want 800 from right to left", tall)
	}
	if one := Chain(W); one.Multiplications != 0 || one.Jacobian != W {
		t.Errorf("a chain of one: %s", one)
	}
}

func TestChainPanics(t *testing.T) {
	for name, f := range map[string]func(){
		"no Jacobian":     func() { Chain() },
		"dimensions":      func() { Chain(IdentityJacobian(2), IdentityJacobian(3)) },
		"Times":           func() { IdentityJacobian(2).Times(IdentityJacobian(3)) },
		"blocks":          func() { BlockJacobian([][]*Jacobian{{IdentityJacobian(2), IdentityJacobian(3)}}) },
		"only zeros":      func() { BlockJacobian([][]*Jacobian{{nil}}) },
		"ToShape":         func() { ToShape(NewMatrix(1, 5), 2, 3) },
		"index":           func() { IdentityJacobian(2).At(2, 0) },
		"matrix elements": func() { NewMatrix(2, 2, 1, 2, 3) },
		"not a scalar":    func() { NewMatrix(2, 2).Scalar() },
	} {
		err := panicError(f)()
		var e *Error
		if !errors.As(err, &e) || e.Message == "" {
			t.Errorf("%s: panicked with %v, want an *Error", name, err)
		}
	}
}

// TestShapeConvention: the 1×nm Jacobian uᵀ(I ⊗ xᵀ) in the shape of W is the outer
// product δᵀxᵀ.
func TestShapeConvention(t *testing.T) {
	delta, x := []float64{2, -1}, []float64{1, 3, 5}
	j := RowJacobian(delta...).Times(WeightJacobian(x, 2)).Dense()
	if j.Rows != 1 || j.Cols != 6 {
		t.Fatalf("the Jacobian is %d×%d, want 1×6", j.Rows, j.Cols)
	}
	c := ToShape(j, 2, 3)
	checkMatrix(t, "gradient", c.Gradient, OuterJacobian(delta, x).Dense(), 0)
	checkMatrix(t, "and back", ToJacobian(c.Gradient).Jacobian, j, 0)
	if !strings.Contains(c.String(), "1×6") || !strings.Contains(c.String(), "2×3") {
		t.Errorf("the explanation lacks the shapes: %s", c)
	}
}

package calculus_test

import (
	"fmt"
	"math"
	"strings"

	"github.com/lectern-go/lectern/nnlib/calculus"
)

func Example() {
	s := calculus.Let("s = u' f(W x + b)", "W: 8×20")
	fmt.Println(s.LectureGrad("W"))
	fmt.Println(s.Grad("W"))
	fmt.Println(s.Jacobian("x"))
	fmt.Println(s.Grad("W").Shape(), s.Jacobian("W").Shape())
	// Output:
	// ∂s/∂W = δᵀxᵀ, where δ = uᵀ ∘ f′(z)ᵀ, z = W x + b
	// ∂s/∂W = δ xᵀ, where δ = u ∘ f′(z), z = W x + b
	// ∂s/∂x = δ W, where δ = uᵀ ∘ f′(z)ᵀ, z = W x + b
	// 8×20 1×160
}

func ExampleDerivative_Explain() {
	s := calculus.Let("s = u' f(W x + b)", "W: 8×20")
	fmt.Println(s.LectureGrad("W").Explain())
	// Output:
	// ∂s/∂W of s = uᵀh
	// where u 8×1, W 8×20, x 20×1, b 8×1
	//
	// Pieces
	//   h = f(z)                                                          8×1
	//   z = W x + b                                                       8×1
	//
	// Steps
	//   1. ∂s/∂h = uᵀ                                                     1×8
	//        inner product: ∂s/∂h = uᵀ
	//   2. ∂s/∂z = ∂s/∂h ∂h/∂z = uᵀdiag(f′(z)) = uᵀ ∘ f′(z)ᵀ = δ          (1×8)(8×8) = 1×8
	//        element-wise function: ∂h/∂z = diag(f′(z))
	//   3. ∂s/∂W = ∂s/∂z ∂z/∂W = δᵀxᵀ                                     (8×1)(1×20) = 8×20
	//        ∂zᵢ/∂Wᵢⱼ = xⱼ, so ∂s/∂Wᵢⱼ = (∂s/∂zᵢ) xⱼ: an outer product; the 1×160 Jacobian in the shape of W, 8×20
	//
	// Result
	//   ∂s/∂W = δᵀxᵀ                                                      8×20
	//     shape convention: in the shape of W
}

func ExampleFormula_Grad() {
	J := calculus.Let("J = CE(y, softmax(W x + b))")
	fmt.Println(J.Grad("W"))
	fmt.Println(J.Grad("W", "b", "x"))
	// Output:
	// ∂J/∂W = (ŷ − y)xᵀ, where ŷ = softmax(z), z = W x + b
	// ∂J/∂W = δ xᵀ
	// ∂J/∂b = δ
	// ∂J/∂x = Wᵀδ
	// where δ = ŷ − y, ŷ = softmax(z), z = W x + b
}

func ExampleFormula_Hessian() {
	fmt.Println(calculus.Let("s = x' A x + b' x").Hessian("x"))
	// Output: ∂²s/∂x∂xᵀ = A + Aᵀ
}

func ExampleFormula_Differential() {
	fmt.Println(calculus.Let("Y = inv(X)").Differential("X"))
	// Output: dY = −X⁻¹dX X⁻¹
}

func ExampleFormula_Shape() {
	f := calculus.Let("s = u' f(W x + b)").Shape("W", "H", "5d")
	fmt.Println(f.ShapeOf("x"), f.ShapeOf("u"))
	// Output: 5d×1 H×1
}

func ExampleParse() {
	_, err := calculus.Parse("s = u' (W x); W: 8×20; x: 21")
	fmt.Println(err)
	// Output:
	// calculus: Parse: W is 8×20 and x is 21×1: the inner dimensions 20 and 21 differ
	//     s = u' (W x); W: 8×20; x: 21
	//            ^^^^^
}

func ExampleDerivative_Eval() {
	s := calculus.Let("s = u' tanh(W x)")
	g, err := s.Grad("x").Eval(calculus.Values{
		"u": []float64{1, 2},
		"W": [][]float64{{1, 0}, {0, 1}},
		"x": []float64{0, 0},
	})
	fmt.Println(g, err)
	// Output:
	// [1]
	// [2] <nil>
}

func ExampleDerivative_Eval_kink() {
	_, err := calculus.Let("J = max(0, 1 - s + s_c)").Grad("s").Eval(calculus.Values{"s": 3, "s_c": 2})
	fmt.Println(err)
	// Output:
	// calculus: Eval: max(0, ·) has a kink at 0: its derivative is not defined there
	//     J = max(0, 1 - s + s_c)
	//         ^^^^^^^^^^^^^^^^^^^
}

func ExampleDerivative_GoSource() {
	source, err := calculus.Let("J = ‖A x − b‖^2").Grad("x").GoSource("gradX")
	fmt.Println(strings.Join(strings.Split(source, "\n")[:8], "\n"), err)
	// Output:
	// // gradX returns ∂J/∂x = 2Aᵀ(A x − b) (m×1).
	// func gradX(A *mat.Dense, x *mat.Dense, b *mat.Dense) *mat.Dense {
	// 	t1 := mat.DenseCopyOf(A.T())
	// 	t2 := multiply(A, x)
	// 	t3 := scale(-1, b)
	// 	t4 := sum(t2, t3)
	// 	t5 := scale(2, multiply(t1, t4))
	// 	return t5 <nil>
}

func ExampleChain() {
	u := calculus.RowJacobian(make([]float64, 8)...).Named("uᵀ")
	f := calculus.DiagonalJacobian(make([]float64, 8)...).Named("diag(f′(z))")
	W := calculus.DenseJacobian(calculus.NewMatrix(8, 20)).Named("W")
	fmt.Println(calculus.Chain(u, f, W))
	// Output: ((uᵀ diag(f′(z))) W): 168 multiplications (left to right 168, right to left 320, left to right without structure 224); dense 1×20
}

func ExampleShareDelta() {
	u := calculus.RowJacobian(make([]float64, 8)...)
	f := calculus.DiagonalJacobian(make([]float64, 8)...)
	fmt.Println(calculus.ShareDelta([]*calculus.Jacobian{u, f},
		calculus.WeightJacobian(make([]float64, 20), 8),   // ∂z/∂W
		calculus.IdentityJacobian(8),                      // ∂z/∂b
		calculus.DenseJacobian(calculus.NewMatrix(8, 20)), // ∂z/∂x
	))
	// Output: 3 derivatives: 328 multiplications with δ computed once, 344 without
}

func ExampleToShape() {
	delta := calculus.RowJacobian(2, -1)
	j := delta.Times(calculus.WeightJacobian([]float64{1, 3, 5}, 2)).Dense()
	fmt.Println(j)
	fmt.Println(calculus.ToShape(j, 2, 3).Gradient)
	// Output:
	// [2 6 10 -1 -3 -5]
	// [ 2  6 10]
	// [-1 -3 -5]
}

func ExampleDifferences_Gradient() {
	e := calculus.Differences{}.Gradient(func(x []float64) float64 { return x[0] * x[0] * x[0] }, []float64{4})
	fmt.Printf("%.9f\n", e.Value.Scalar())
	// Output: 48.000000000
}

func ExampleGradientCheck_Func() {
	f := func(x []float64) float64 { return math.Exp(x[0]) * x[1] }
	right := func(x []float64) []float64 { return []float64{math.Exp(x[0]) * x[1], math.Exp(x[0])} }
	wrong := func(x []float64) []float64 { return []float64{math.Exp(x[0]) * x[1], 1} }
	fmt.Println(calculus.GradientCheck{}.Func(f, right, []float64{1, 2}).Passed)
	r := calculus.GradientCheck{}.Func(f, wrong, []float64{1, 2})
	fmt.Printf("%t %s[%d] analytic %.4f numeric %.4f\n", r.Passed, r.Worst.Name, r.Worst.Index, r.Worst.Analytic, r.Worst.Numeric)
	// Output:
	// true
	// false x[1] analytic 1.0000 numeric 2.7183
}

func ExampleHandWritten() {
	x, y := []float64{3}, []float64{2}
	pass := calculus.HandWritten{
		Values:   map[string][]float64{"x": x, "y": y},
		Forward:  func() float64 { return x[0] * y[0] * y[0] },
		Backward: func() map[string][]float64 { return map[string][]float64{"x": {y[0] * y[0]}, "y": {2 * x[0] * y[0]}} },
	}
	fmt.Println(calculus.GradientCheck{}.Run(pass).Passed)
	pass.Backward = func() map[string][]float64 { return map[string][]float64{"x": {y[0] * y[0]}, "y": {x[0] * y[0]}} }
	r := calculus.GradientCheck{}.Run(pass)
	fmt.Println(r.Passed, r.Worst.Name, r.Worst.Analytic)
	// Output:
	// true
	// false y 6
}

func ExampleDifferenceErrors() {
	c := calculus.DifferenceErrors(math.Exp, math.E, 1)
	fmt.Printf("one-sided h^%.1f, central h^%.1f\n", c.OneSidedSlope, c.CentralSlope)
	// Output: one-sided h^1.0, central h^2.0
}

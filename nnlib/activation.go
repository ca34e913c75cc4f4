package nnlib

import (
	"fmt"

	"github.com/lectern-go/lectern/nnlib/internal/gemm"
)

// Activation names the non-linearity f of a hidden layer. Its text is its name.
//
//	name        f(z)                        f'(z)                 by the output h
//	identity    z                           1                     1
//	logistic    1/(1+e^-z)                  f(z)(1-f(z))          h(1-h)
//	tanh        (e^z-e^-z)/(e^z+e^-z)       1-f(z)²               1-h²
//	hardtanh    -1, z or 1                  1 in (-1, 1), else 0
//	softsign    z/(1+|z|)                   1/(1+|z|)²            (1-|h|)²
//	relu        max(z, 0)                   1 for z > 0, else 0
//	leakyrelu   max(z, kz), k = 0.01        1 for z > 0, else k
//
// Source: CS224N notes 3, section 2.4; the derivative of softsign there lacks
// the absolute value and has sgn(z) in excess.
type Activation string

// The activations.
const (
	Identity  Activation = "identity"
	Logistic  Activation = "logistic"
	Tanh      Activation = "tanh"
	HardTanh  Activation = "hardtanh"
	SoftSign  Activation = "softsign"
	ReLU      Activation = "relu"
	LeakyReLU Activation = "leakyrelu"
)

// Activations returns all of them.
func Activations() []Activation {
	return []Activation{Identity, Logistic, Tanh, HardTanh, SoftSign, ReLU, LeakyReLU}
}

const leak = 0.01

func (f Activation) kind() (gemm.Activation, error) {
	for i, known := range Activations() {
		if f == known {
			return gemm.Activation(i), nil
		}
	}
	return 0, fmt.Errorf("nnlib: unknown activation %q, want one of %v", string(f), Activations())
}

// Of returns f of each z. It panics if f is none of the constants.
func (f Activation) Of(z []float32) []float32 {
	kind, err := f.kind()
	if err != nil {
		panic(err)
	}
	h := make([]float32, len(z))
	gemm.Activate(kind, leak, z, h)
	return h
}

// Derivative returns f' at each z. It panics if f is none of the constants.
func (f Activation) Derivative(z []float32) []float32 {
	kind, err := f.kind()
	if err != nil {
		panic(err)
	}
	ones := make([]float32, len(z))
	for i := range ones {
		ones[i] = 1
	}
	d := make([]float32, len(z))
	gemm.ActivateBack(kind, leak, f.Of(z), ones, d)
	return d
}

// Elementwise is the layer that applies an [Activation] to each element:
// f([z1, z2, z3]) = [f(z1), f(z2), f(z3)].
type Elementwise struct{ core elementwise[float32] }

// NewElementwise returns the layer of f. It panics if f is none of the
// constants.
func NewElementwise(f Activation) *Elementwise {
	kind, err := f.kind()
	if err != nil {
		panic(err)
	}
	return &Elementwise{elementwise[float32]{kind: kind}}
}

// Forward returns Y = f(X), of X's shape.
func (l *Elementwise) Forward(X Matrix, training bool) Matrix {
	return forwardAll(&l.core, X, training)
}

// Backward returns dX = dY ∘ f'(X). It panics with a [ShapeError] if dY has
// not the shape of Y.
func (l *Elementwise) Backward(dY Matrix) Matrix {
	return backwardAll(&l.core, dY)
}

// Parameters returns none.
func (l *Elementwise) Parameters() []*Parameter { return nil }

func (l *Elementwise) core32() layer[float32] { return &l.core }

type elementwise[F gemm.Float] struct {
	kind   gemm.Activation
	X, Y   matrix[F]
	dY, dX matrix[F]
}

func (l *elementwise[F]) params() []*param[F] { return nil }

func (l *elementwise[F]) start(X matrix[F], _ bool) matrix[F] {
	l.X = X
	l.Y.resize(X.Rows, X.Cols)
	return l.Y
}

func (l *elementwise[F]) forward(lo, hi int) {
	gemm.Activate(l.kind, leak, l.X.slice(lo, hi).Data, l.Y.slice(lo, hi).Data)
}

func (l *elementwise[F]) startBack(dY matrix[F]) matrix[F] {
	dY.wantShape("Elementwise.Backward", "dY", l.Y.Rows, l.Y.Cols)
	l.dY = dY
	l.dX.resize(dY.Rows, dY.Cols)
	return l.dX
}

func (l *elementwise[F]) backward(lo, hi int) {
	gemm.ActivateBack(l.kind, leak, l.Y.slice(lo, hi).Data, l.dY.slice(lo, hi).Data, l.dX.slice(lo, hi).Data)
}

func (l *elementwise[F]) accumulate(int, int, int, int) {}

func (l *elementwise[F]) double() layer[float64] { return &elementwise[float64]{kind: l.kind} }

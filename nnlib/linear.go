package nnlib

import (
	"fmt"
	"math/rand/v2"

	"github.com/lectern-go/lectern/nnlib/internal/gemm"
)

// Linear is the affine layer Y = X·W + b. The lecture writes it for one example
// as a column, z = Wx + b, with its W the transpose of this one.
//
//	X  B×D
//	W  D×H
//	b  1×H
//	Y  B×H
type Linear struct {
	W, B *Parameter // change their values, not the pointers; B is nil without bias
	core linear[float32]
}

// NewLinear returns a layer from in to out features: W drawn from rng by
// Xavier's uniform distribution ([XavierBound]), b zero. The parameters are
// called name.W and name.b.
func NewLinear(name string, in, out int, rng *rand.Rand) *Linear {
	if in < 1 || out < 1 {
		panic(fmt.Sprintf("nnlib: NewLinear: %d×%d, want at least 1×1", in, out))
	}
	core := newLinear[float32](name+".W", name+".b", in, out)
	fillUniform(rng, XavierBound(in, out), core.W.Value)
	return wrapLinear(core)
}

func wrapLinear(core linear[float32]) *Linear {
	return &Linear{W: (*Parameter)(core.W), B: (*Parameter)(core.b), core: core}
}

// Forward returns Y = X·W + b. It panics with a [ShapeError] if X is not B×D.
func (l *Linear) Forward(X Matrix, training bool) Matrix {
	return Matrix(l.core.forward(matrix[float32](X), training))
}

// Backward propagates the upstream gradient dY through the layer and returns
// the gradient with respect to the X of the last Forward.
//
//	dY  B×H   upstream gradient ∂J/∂Y
//	dX  B×D   = dY·Wᵀ                 (returned)
//	dW  D×H   = Xᵀ·dY                 (added to W.Grad)
//	db  1×H   = sum of the rows of dY (added to B.Grad)
//
// It panics with a [ShapeError] if dY is not B×H.
//
// Source: ∂(aᵀXb)/∂X = abᵀ, Petersen and Pedersen, The Matrix Cookbook (2012),
// eq. 70, summed over the rows of the batch.
func (l *Linear) Backward(dY Matrix) Matrix {
	return Matrix(l.core.backward(matrix[float32](dY)))
}

// Parameters returns W and b.
func (l *Linear) Parameters() []*Parameter { return parameters(l.core.params()) }

type linear[F gemm.Float] struct {
	W, b       *param[F]
	X, Y, dX   matrix[F]
	inputFixed bool // nobody needs dX: it is not computed
}

func newLinear[F gemm.Float](W, b string, in, out int) linear[F] {
	return linear[F]{W: newParam[F](W, in, out), b: newParam[F](b, 1, out)}
}

func (l *linear[F]) params() []*param[F] {
	if l.b == nil {
		return []*param[F]{l.W}
	}
	return []*param[F]{l.W, l.b}
}

func (l *linear[F]) forward(X matrix[F], _ bool) matrix[F] {
	X.wantShape("Linear.Forward", "X", -1, l.W.Rows)
	l.X = X
	l.Y.resize(X.Rows, l.W.Cols)
	var bias []F
	if l.b != nil {
		bias = l.b.Value
	}
	gemm.Product(X.Rows, l.W.Cols, l.W.Rows, X.operand(), l.W.value().operand(), l.Y.Data, l.Y.Cols, bias, false)
	return l.Y
}

func (l *linear[F]) backward(dY matrix[F]) matrix[F] {
	B, D, H := l.X.Rows, l.W.Rows, l.W.Cols
	dY.wantShape("Linear.Backward", "dY", B, H)
	if !l.W.Frozen {
		gemm.Product(D, H, B, l.X.transposed(), dY.operand(), l.W.Grad, H, nil, true)
	}
	if l.b != nil && !l.b.Frozen {
		gemm.SumRows(B, H, dY.Data, H, l.b.Grad)
	}
	if l.inputFixed {
		return matrix[F]{}
	}
	l.dX.resize(B, D)
	gemm.Product(B, D, H, dY.operand(), l.W.value().transposed(), l.dX.Data, D, nil, false)
	return l.dX
}

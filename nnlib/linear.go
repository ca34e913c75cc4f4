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
	l := wrapLinear(core)
	Init{}.Fill(l.W, rng)
	return l
}

func wrapLinear(core linear[float32]) *Linear {
	return &Linear{W: (*Parameter)(core.W), B: (*Parameter)(core.b), core: core}
}

// Forward returns Y = X·W + b. It panics with a [ShapeError] if X is not B×D.
func (l *Linear) Forward(X Matrix, training bool) Matrix {
	return forwardAll(&l.core, X, training)
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
	return backwardAll(&l.core, dY)
}

// Parameters returns W and b.
func (l *Linear) Parameters() []*Parameter { return parameters(l.core.params()) }

func (l *Linear) core32() layer[float32] { return &l.core }

type linear[F gemm.Float] struct {
	W, b         *param[F] // b is nil without bias
	X, Y, dY, dX matrix[F]
	inputFixed   bool // nobody needs dX: it is not computed
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

func (l *linear[F]) start(X matrix[F], _ bool) matrix[F] {
	X.wantShape("Linear.Forward", "X", -1, l.W.Rows)
	l.X = X
	l.Y.resize(X.Rows, l.W.Cols)
	return l.Y
}

// forward computes Y = X·W + b.
func (l *linear[F]) forward(lo, hi int) {
	var bias []F
	if l.b != nil {
		bias = l.b.Value
	}
	X, Y := l.X.slice(lo, hi), l.Y.slice(lo, hi)
	gemm.Product(hi-lo, l.W.Cols, l.W.Rows, X.operand(), l.W.value().operand(), Y.Data, Y.Cols, bias, false)
}

func (l *linear[F]) startBack(dY matrix[F]) matrix[F] {
	dY.wantShape("Linear.Backward", "dY", l.X.Rows, l.W.Cols)
	l.dY = dY
	if l.inputFixed {
		return matrix[F]{}
	}
	l.dX.resize(dY.Rows, l.W.Rows)
	return l.dX
}

// backward computes dX = dY·Wᵀ.
func (l *linear[F]) backward(lo, hi int) {
	if l.inputFixed {
		return
	}
	dY, dX := l.dY.slice(lo, hi), l.dX.slice(lo, hi)
	gemm.Product(hi-lo, l.W.Rows, l.W.Cols, dY.operand(), l.W.value().transposed(), dX.Data, dX.Cols, nil, false)
}

// accumulate computes dW += Xᵀ·dY and db += the sum of the rows of dY.
func (l *linear[F]) accumulate(from, to, part, parts int) {
	X, dY := l.X.slice(from, to), l.dY.slice(from, to)
	B, H := X.Rows, l.W.Cols
	if lo, hi := gemm.Share(l.W.Rows, part, parts); !l.W.Frozen && lo < hi {
		Xt := X.transposed()
		Xt.Data = Xt.Data[min(lo, len(Xt.Data)):]
		gemm.Product(hi-lo, H, B, Xt, dY.operand(), l.W.Grad[lo*H:], H, nil, true)
	}
	if lo, hi := gemm.Share(H, part, parts); l.b != nil && !l.b.Frozen && lo < hi && B > 0 {
		gemm.SumRows(B, hi-lo, dY.Data[lo:], H, l.b.Grad[lo:hi])
	}
}

func (l *linear[F]) double() layer[float64] {
	d := &linear[float64]{W: l.W.double(), inputFixed: l.inputFixed}
	if l.b != nil {
		d.b = l.b.double()
	}
	return d
}

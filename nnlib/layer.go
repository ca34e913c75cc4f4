package nnlib

import "github.com/lectern-go/lectern/nnlib/internal/gemm"

// Layer is one step of a [Network]. A layer of one's own implements it, in a
// cell too: slices cross the border, never a callback per element.
//
// A Layer keeps what its Backward needs of the last Forward and may reuse the
// memory of what it returned before. It is not safe for concurrent use.
type Layer interface {
	// Forward returns Y for the batch X; rows are examples. training is false
	// when the network predicts.
	Forward(X Matrix, training bool) Matrix
	// Backward takes ∂J/∂Y of the last Forward, adds the gradients of the
	// parameters to their Grad, and returns ∂J/∂X.
	Backward(dY Matrix) Matrix
	// Parameters returns the layer's parameters, none if it has none.
	Parameters() []*Parameter
}

// layer is what a [Layer] of this package is made of, in either precision.
// start and startBack wire the buffers of a batch together; then forward and
// backward compute some of the rows, and accumulate some of the parameter
// gradients, so that threads can divide the work (see [gemm.Run]).
type layer[F gemm.Float] interface {
	params() []*param[F]
	// start takes the input, whose values may come later, and returns the output.
	start(X matrix[F], training bool) (Y matrix[F])
	forward(lo, hi int)
	// startBack takes ∂J/∂Y, whose values may come later, and returns ∂J/∂X.
	startBack(dY matrix[F]) (dX matrix[F])
	backward(lo, hi int)
	// accumulate adds what rows lo to hi give; rows come in order.
	accumulate(lo, hi, part, parts int)
	// double returns a copy in float64, whose gradients can be checked.
	double() layer[float64]
}

// forwardAll and backwardAll run a layer alone, on the whole batch.
func forwardAll(l layer[float32], X Matrix, training bool) Matrix {
	Y := l.start(matrix[float32](X), training)
	l.forward(0, X.Rows)
	return Matrix(Y)
}

func backwardAll(l layer[float32], dY Matrix) Matrix {
	dX := l.startBack(matrix[float32](dY))
	l.backward(0, dY.Rows)
	l.accumulate(0, dY.Rows, 0, 1)
	return Matrix(dX)
}

// parameters gives parameters their public type.
func parameters(params []*param[float32]) []*Parameter {
	out := make([]*Parameter, len(params))
	for i, p := range params {
		out[i] = (*Parameter)(p)
	}
	return out
}

// ownLayer is a Layer from outside this package. It is computed when start and
// startBack are called, on the whole batch: see chain.whole.
type ownLayer struct{ Layer }

func (l ownLayer) params() []*param[float32] {
	own := l.Parameters()
	params := make([]*param[float32], len(own))
	for i, p := range own {
		params[i] = (*param[float32])(p)
	}
	return params
}

func (l ownLayer) start(X matrix[float32], training bool) matrix[float32] {
	return matrix[float32](l.Forward(Matrix(X), training))
}

func (l ownLayer) startBack(dY matrix[float32]) matrix[float32] {
	return matrix[float32](l.Backward(Matrix(dY)))
}
func (l ownLayer) forward(int, int)              {}
func (l ownLayer) backward(int, int)             {}
func (l ownLayer) accumulate(int, int, int, int) {}

// double returns nil: a layer of one's own exists in float32 only.
func (l ownLayer) double() layer[float64] { return nil }

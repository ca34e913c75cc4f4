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

// layer is a [Layer] of either precision.
type layer[F gemm.Float] interface {
	forward(X matrix[F], training bool) matrix[F]
	backward(dY matrix[F]) matrix[F]
	params() []*param[F]
}

// parameters gives parameters their public type.
func parameters(params []*param[float32]) []*Parameter {
	out := make([]*Parameter, len(params))
	for i, p := range params {
		out[i] = (*Parameter)(p)
	}
	return out
}

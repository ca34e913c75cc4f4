package nnlib

import "github.com/lectern-go/lectern/nnlib/internal/gemm"

// Softmax returns the probabilities of each row of logits: exp(z_c) / Σ exp(z_k),
// computed from z minus the row's largest, so that no logit overflows.
func Softmax(logits Matrix) Matrix {
	p := NewMatrix(logits.Rows, logits.Cols)
	gemm.Softmax(logits.Rows, logits.Cols, logits.Data, p.Data)
	return p
}

// CrossEntropy returns J, the mean of -ln softmax(Z)[label] over the rows in
// nats, and its gradient with respect to Z.
//
//	Z       B×K   logits
//	labels  B     gold classes, in [0, K)
//	dZ      B×K   = (softmax(Z) - onehot(labels)) / B
//
// It panics with a [ShapeError] if there are not B labels, and if a label is
// out of range.
//
// Source: CS224N 2019, lecture 3, "Cross entropy loss", and gradient notes (7):
// ∂J/∂z = ŷ - y.
func CrossEntropy(Z Matrix, labels []int32) (J float64, dZ Matrix) {
	var ce crossEntropy[float32]
	J, d := ce.loss(matrix[float32](Z), labels)
	return J, Matrix(d)
}

// crossEntropy keeps the buffers of the loss.
type crossEntropy[F gemm.Float] struct {
	dZ  matrix[F]
	row []F
}

func (ce *crossEntropy[F]) loss(Z matrix[F], labels []int32) (float64, matrix[F]) {
	if len(labels) != Z.Rows {
		panic(ShapeError{"CrossEntropy", "labels", len(labels), 1, Z.Rows, 1})
	}
	ce.dZ.resize(Z.Rows, Z.Cols)
	if cap(ce.row) < Z.Rows {
		ce.row = make([]F, Z.Rows)
	}
	ce.row = ce.row[:Z.Rows]
	gemm.CrossEntropy(Z.Rows, Z.Cols, Z.Data, labels, 1/F(Z.Rows), ce.dZ.Data, ce.row)
	J := 0.0
	for _, v := range ce.row {
		J += float64(v)
	}
	return J / float64(Z.Rows), ce.dZ
}

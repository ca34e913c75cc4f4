package nnlib

import "github.com/lectern-go/lectern/nnlib/internal/gemm"

// Softmax returns the probabilities of each row of logits: exp(z_c) / Σ exp(z_k),
// computed from z minus the row's largest, so that no logit overflows.
//
// Source: CS224N 2019, lecture 3, "Details of the softmax classifier".
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
	h := crossEntropy[float32]{labels: labels}
	d := h.start(matrix[float32](Z))
	h.rows(0, Z.Rows)
	return h.value(), Matrix(d)
}

// crossEntropy is the head of the classifiers.
type crossEntropy[F gemm.Float] struct {
	labels []int32
	Z, dZ  matrix[F]
	lost   []F
}

func (h *crossEntropy[F]) start(Z matrix[F]) matrix[F] {
	if len(h.labels) != Z.Rows {
		panic(ShapeError{"CrossEntropy", "labels", len(h.labels), 1, Z.Rows, 1})
	}
	h.Z = Z
	h.dZ.resize(Z.Rows, Z.Cols)
	h.lost = resized(h.lost, Z.Rows)
	return h.dZ
}

func (h *crossEntropy[F]) rows(lo, hi int) {
	gemm.CrossEntropy(hi-lo, h.Z.Cols, h.Z.slice(lo, hi).Data, h.labels[lo:hi], 1/F(h.Z.Rows), h.dZ.slice(lo, hi).Data, h.lost[lo:hi])
}

func (h *crossEntropy[F]) value() float64 { return mean(h.lost) }

// SoftCrossEntropy is the cross-entropy H(y, ŷ) = -Σ y_c ln ŷ_c with targets that
// are distributions, ŷ = softmax(z). With one-hot targets it is [CrossEntropy].
//
//	Z   B×K   logits
//	Y   B×K   distributions; each row sums to 1
//	dZ  B×K   = (softmax(Z) - Y) / B; of a row that sums to σ, σ·softmax(Z) - Y
//
// Source: CS224N 2019, lecture 3, "What is cross entropy loss/error?".
type SoftCrossEntropy struct{}

// Loss implements [Loss].
func (SoftCrossEntropy) Loss(Z, Y Matrix) (J float64, dZ Matrix) {
	return rowLoss("SoftCrossEntropy", softCrossEntropyRow, Z, Y)
}

func softCrossEntropyRow[F gemm.Float](z, y, dz []F) F {
	top, sum := z[0], F(0)
	for _, v := range z {
		top = max(top, v)
	}
	for j, v := range z {
		dz[j] = gemm.ExpNeg(v - top)
		sum += dz[j]
	}
	total := F(0)
	for _, v := range y {
		total += v
	}
	logSum, lost := gemm.Log(sum), F(0)
	for j, v := range z {
		dz[j] = F(total*(dz[j]/sum)) - y[j]
		if y[j] != 0 { // 0·ln 0 is 0
			lost += F(y[j] * (logSum - (v - top)))
		}
	}
	return lost
}

// OneHot returns the N×K matrix whose row i is 1 in column labels[i]. It panics
// if a label is out of range.
func OneHot(labels []int32, K int) Matrix {
	if err := checkLabels(labels, K); err != nil {
		panic(err)
	}
	Y := NewMatrix(len(labels), K)
	for i, label := range labels {
		Y.Row(i)[label] = 1
	}
	return Y
}

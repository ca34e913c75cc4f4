package nnlib

import (
	"fmt"

	"github.com/lectern-go/lectern/nnlib/internal/gemm"
)

// Loss compares the outputs of a network with targets. Of the losses of this
// package there are [SoftCrossEntropy], [BinaryCrossEntropy], [SquaredError] and
// [MaxMargin]; a loss of one's own is any type with this method.
type Loss interface {
	// Loss returns J, the mean over the rows of what each row loses, and dZ,
	// its gradient with respect to Z. It panics with a [ShapeError] if the shapes
	// do not go together.
	Loss(Z, Y Matrix) (J float64, dZ Matrix)
}

var (
	_ Loss = SoftCrossEntropy{}
	_ Loss = BinaryCrossEntropy{}
	_ Loss = SquaredError{}
	_ Loss = MaxMargin{}
)

// head is the loss at the end of a network, in either precision. As with
// [layer], start wires the buffers and rows computes some rows.
type head[F gemm.Float] interface {
	start(Z matrix[F]) (dZ matrix[F])
	rows(lo, hi int)
	// value returns J once all rows are computed.
	value() float64
}

// rowHead is a loss that is a mean over rows of a function of the row.
type rowHead[F gemm.Float] struct {
	name string
	// row returns the loss of outputs z with targets y and writes its gradient.
	row  func(z, y, dz []F) F
	Y    matrix[F]
	Z    matrix[F]
	dZ   matrix[F]
	lost []F
}

func (h *rowHead[F]) start(Z matrix[F]) matrix[F] {
	if h.Y.Data != nil {
		h.Y.wantShape(h.name, "Y", Z.Rows, Z.Cols)
	}
	h.Z = Z
	h.dZ.resize(Z.Rows, Z.Cols)
	h.lost = resized(h.lost, Z.Rows)
	return h.dZ
}

func (h *rowHead[F]) rows(lo, hi int) {
	for i := lo; i < hi; i++ {
		var y []F
		if h.Y.Data != nil {
			y = h.Y.row(i)
		}
		dz := h.dZ.row(i)
		h.lost[i] = h.row(h.Z.row(i), y, dz)
		for j := range dz {
			dz[j] /= F(h.Z.Rows)
		}
	}
}

func (h *rowHead[F]) value() float64 { return mean(h.lost) }

// resized returns s with length n; its memory is reused if it is large enough.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// mean adds in order, in float64.
func mean[F gemm.Float](x []F) float64 {
	sum := 0.0
	for _, v := range x {
		sum += float64(v)
	}
	return sum / float64(max(len(x), 1))
}

// rowLoss computes a loss of this package by itself.
func rowLoss(name string, row func(z, y, dz []float32) float32, Z, Y Matrix) (float64, Matrix) {
	matrix[float32](Y).wantShape(name, "Y", Z.Rows, Z.Cols)
	h := rowHead[float32]{name: name, row: row, Y: matrix[float32](Y)}
	dZ := h.start(matrix[float32](Z))
	h.rows(0, Z.Rows)
	return h.value(), Matrix(dZ)
}

// newRowHead returns the head of a loss of this package, or nil for one of
// one's own.
func newRowHead[F gemm.Float](l Loss) *rowHead[F] {
	switch l.(type) {
	case SoftCrossEntropy:
		return &rowHead[F]{name: "SoftCrossEntropy", row: softCrossEntropyRow[F]}
	case BinaryCrossEntropy:
		return &rowHead[F]{name: "BinaryCrossEntropy", row: binaryCrossEntropyRow[F]}
	case SquaredError:
		return &rowHead[F]{name: "SquaredError", row: squaredErrorRow[F]}
	case MaxMargin:
		return &rowHead[F]{name: "MaxMargin", row: maxMarginRow[F]}
	}
	return nil
}

// ownHead is a loss from outside this package. It is computed in start, which
// needs a network that computes whole batches (see chain.whole).
type ownHead struct {
	loss Loss
	Y    Matrix
	J    float64
}

func (h *ownHead) start(Z matrix[float32]) matrix[float32] {
	J, dZ := h.loss.Loss(Matrix(Z), h.Y)
	h.J = J
	matrix[float32](dZ).wantShape(fmt.Sprintf("%T.Loss", h.loss), "dZ", Z.Rows, Z.Cols)
	return matrix[float32](dZ)
}
func (h *ownHead) rows(int, int)  {}
func (h *ownHead) value() float64 { return h.J }

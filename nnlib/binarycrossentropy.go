package nnlib

import "github.com/lectern-go/lectern/nnlib/internal/gemm"

// BinaryCrossEntropy is -y ln σ(z) - (1-y) ln(1-σ(z)), added over the columns:
// each column is a yes-or-no question of its own. It is computed as
// max(z, 0) - zy + ln(1 + e^-|z|), which does not overflow.
//
//	Z   B×K   logits; K is 1 for binary logistic regression
//	Y   B×K   targets in [0, 1]
//	dZ  B×K   = (σ(Z) - Y) / B
//
// Source: CS224N 2019, lecture 3, "A neural network = running several logistic
// regressions at the same time".
type BinaryCrossEntropy struct{}

// Loss implements [Loss].
func (BinaryCrossEntropy) Loss(Z, Y Matrix) (J float64, dZ Matrix) {
	return rowLoss("BinaryCrossEntropy", binaryCrossEntropyRow, Z, Y)
}

func binaryCrossEntropyRow[F gemm.Float](z, y, dz []F) F {
	lost := F(0)
	for j, v := range z {
		e := gemm.ExpNeg(-max(v, -v))
		lost += max(v, 0) - F(v*y[j]) + gemm.Log(1+e)
		p := 1 / (1 + e)
		if v < 0 {
			p = e / (1 + e)
		}
		dz[j] = p - y[j]
	}
	return lost
}

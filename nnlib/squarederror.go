package nnlib

import "github.com/lectern-go/lectern/nnlib/internal/gemm"

// SquaredError is ½‖z - y‖², for networks that fit a curve.
//
//	Z   B×K   outputs
//	Y   B×K   targets
//	dZ  B×K   = (Z - Y) / B
type SquaredError struct{}

// Loss implements [Loss].
func (SquaredError) Loss(Z, Y Matrix) (J float64, dZ Matrix) {
	return rowLoss("SquaredError", squaredErrorRow, Z, Y)
}

func squaredErrorRow[F gemm.Float](z, y, dz []F) F {
	lost := F(0)
	for j, v := range z {
		dz[j] = v - y[j]
		lost += F(F(dz[j]*dz[j]) * 0.5)
	}
	return lost
}

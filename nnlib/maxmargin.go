package nnlib

import "github.com/lectern-go/lectern/nnlib/internal/gemm"

// MaxMargin wants the score s of a true window above the score s_c of each
// corrupt one by at least 1: it is the mean of max(0, 1 - s + s_c) over the
// corrupt windows of a row.
//
//	Z   B×(1+k)   the true window's score and those of its k corrupt windows
//	Y             not used
//	dZ  B×(1+k)   of each pair with s < s_c + 1: -1 to s, +1 to s_c, divided by kB
//
// At the hinge, s = s_c + 1, where there is no derivative, it takes 0.
//
// Source: CS224N 2019, notes 3, section 1.3: J = max(0, 1 - s + s_c).
type MaxMargin struct{}

// Loss implements [Loss].
func (MaxMargin) Loss(Z, _ Matrix) (J float64, dZ Matrix) {
	matrix[float32](Z).wantShape("MaxMargin", "Z", -1, max(Z.Cols, 2))
	h := rowHead[float32]{name: "MaxMargin", row: maxMarginRow[float32]}
	d := h.start(matrix[float32](Z))
	h.rows(0, Z.Rows)
	return h.value(), Matrix(d)
}

func maxMarginRow[F gemm.Float](z, _, dz []F) F {
	lost, share := F(0), 1/F(len(z)-1)
	clear(dz)
	for j := 1; j < len(z); j++ {
		if short := 1 - z[0] + z[j]; short > 0 {
			lost += F(short * share)
			dz[0] -= share
			dz[j] = share
		}
	}
	return lost
}

package nnlib

import (
	"slices"
	"testing"

	"github.com/lectern-go/lectern/nnlib/internal/gemm"
)

// TestZeroGradForgetsTheRows goes over the point where slots are numbered anew.
func TestZeroGradForgetsTheRows(t *testing.T) {
	p := newSparse[float32]("words", 5, 2)
	p.base = 1<<30 - 3
	for step, rows := range [][]int32{{3, 1, 3}, {1, 4, 1}, {4, 3, 4}, {3, 1, 3}} {
		slots := make([]int32, len(rows))
		p.touch(rows, slots)
		if want := []int32{gemm.NewRow(0), gemm.NewRow(1), 0}; !slices.Equal(slots, want) || !slices.Equal(p.Touched, rows[:2]) || len(p.Grad) != 4 {
			t.Errorf("step %d: slots %v of rows %v with %d values, want %v of %v with 4", step, slots, p.Touched, len(p.Grad), want, rows[:2])
		}
		p.zeroGrad()
	}
}

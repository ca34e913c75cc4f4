package nnlib

import (
	"math"

	"github.com/lectern-go/lectern/nnlib/internal/gemm"
)

// updateProbe measures, at the last step of an epoch, the norm of each
// parameter and how much of it the step changed.
type updateProbe struct {
	before [][]float32 // values before the step; of a sparse parameter the touched rows
	norms  []float64   // ‖θ‖ of each parameter
	ratios []float64   // ‖Δθ‖/‖θ‖; of a sparse parameter both over the touched rows
}

// start remembers the values before the step.
func (u *updateProbe) start(params []*Parameter) {
	if u.before == nil {
		u.before = make([][]float32, len(params))
		u.norms, u.ratios = make([]float64, len(params)), make([]float64, len(params))
	}
	for i, p := range params {
		u.before[i] = appendStepped(u.before[i][:0], p)
	}
}

// appendStepped appends the values that a step changes.
func appendStepped(to []float32, p *Parameter) []float32 {
	switch {
	case p.Frozen:
		return to
	case !p.Sparse:
		return append(to, p.Value...)
	}
	for _, row := range p.Touched {
		to = append(to, p.Value[int(row)*p.Cols:][:p.Cols]...)
	}
	return to
}

// finish measures after the step. It returns a [*DivergenceError] if a value is
// not finite.
func (u *updateProbe) finish(l *loop) error {
	for i, p := range l.params {
		square := gemm.SquareSum(p.Value)
		if !finite(square) {
			return &DivergenceError{l.step, p.Name, "value", square}
		}
		u.norms[i] = math.Sqrt(square)
		before := u.before[i]
		size := math.Sqrt(gemm.SquareSum(before))
		for j, now := range appendStepped(nil, p) {
			before[j] = now - before[j]
		}
		u.ratios[i] = math.Sqrt(gemm.SquareSum(before)) / max(size, 1e-30)
	}
	return nil
}

package nnlib

import "github.com/lectern-go/lectern/nnlib/internal/gemm"

// sweep is what a step does to all parameters before and after it computes
// their gradients; threads divide it.
type sweep struct {
	todo   sweeping
	params []*Parameter
	sums   []float64   // of the squares of each gradient
	steps  []paramStep // of the optimizer
}

// sweeping says what Do computes.
type sweeping int

const (
	zeroing   sweeping = iota // set the gradients to zero
	measuring                 // add their squares
	updating                  // take the optimizer's step
)

// valuesForThread is how many values of the gradients are worth a thread.
const valuesForThread = 1 << 15

func (s *sweep) run(todo sweeping) {
	values := 0
	for _, p := range s.params {
		values += len(p.Grad)
	}
	s.todo = todo
	gemm.Run(s, values/valuesForThread)
}

func (s *sweep) zeroGradients(params []*Parameter) {
	s.params = params
	s.run(zeroing)
}

// squares returns the sum of the squares of each gradient.
func (s *sweep) squares(params []*Parameter) []float64 {
	s.params, s.sums = params, resized(s.sums, len(params))
	clear(s.sums)
	s.run(measuring)
	return s.sums
}

func (s *sweep) update(o Optimizer, params []*Parameter, rate float64) {
	own, ok := o.(ruled)
	s.params, s.steps = params, s.steps[:0]
	for _, p := range params {
		switch {
		case p.Frozen:
		case ok:
			rule, memory := own.begin(p, rate)
			s.steps = append(s.steps, paramStep{p, rule, memory})
		default:
			o.Update(p, rate)
		}
	}
	s.run(updating)
}

// Do implements [gemm.Task].
func (s *sweep) Do(part, parts int) {
	switch s.todo {
	case zeroing:
		s.zero(part, parts)
	case measuring:
		s.measure(part, parts)
	case updating:
		for i := range s.steps {
			step := &s.steps[i]
			lo, hi := gemm.Share(step.len(), part, parts)
			step.rows(lo, hi)
		}
	}
}

func (s *sweep) zero(part, parts int) {
	for _, p := range s.params {
		if !p.Sparse {
			lo, hi := gemm.Share(len(p.Grad), part, parts)
			clear(p.Grad[lo:hi])
		} else if part == 0 {
			p.ZeroGrad()
		}
	}
}

// measure adds the squares of the gradients in whose middle a value of the part's
// share is: a sum is one thread's, for it goes in order.
func (s *sweep) measure(part, parts int) {
	total := 0
	for _, p := range s.params {
		total += len(p.Grad)
	}
	lo, hi := gemm.Share(total, part, parts)
	begin := 0
	for i, p := range s.params {
		if middle := begin + len(p.Grad)/2; lo <= middle && middle < hi && !p.Frozen {
			s.sums[i] = gemm.SquareSum(p.Grad)
		}
		begin += len(p.Grad)
	}
}

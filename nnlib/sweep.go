package nnlib

import "github.com/lectern-go/lectern/nnlib/internal/gemm"

// sweep is what a step does to all parameters before and after it computes
// their gradients; threads divide it.
type sweep struct {
	todo   sweeping
	params []*Parameter
	blocks [][]float64 // the sums of the squares of each gradient's blocks
	sums   []float64   // of the squares of each gradient
	steps  []paramStep // of the optimizer
}

// sweeping says what Do computes.
type sweeping int

const (
	measuring sweeping = iota // add the squares of the gradients
	updating                  // take the optimizer's step
)

// blockSize is how many values of a gradient have a sum of their own, so that threads
// can divide what is to be added in order.
const blockSize = 1 << 12

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

// squares returns the sum of the squares of each gradient.
func (s *sweep) squares(params []*Parameter) []float64 {
	s.params, s.sums, s.blocks = params, resized(s.sums, len(params)), resized(s.blocks, len(params))
	for i, p := range params {
		n := (len(p.Grad) + blockSize - 1) / blockSize
		if p.Frozen {
			n = 0
		}
		s.blocks[i] = resized(s.blocks[i], n)
	}
	s.run(measuring)
	clear(s.sums)
	for i := range params {
		for _, sum := range s.blocks[i] {
			s.sums[i] += sum
		}
	}
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

func (s *sweep) measure(part, parts int) {
	for i, p := range s.params {
		lo, hi := gemm.Share(len(s.blocks[i]), part, parts)
		for j := lo; j < hi; j++ {
			s.blocks[i][j] = gemm.SquareSum(p.Grad[j*blockSize : min((j+1)*blockSize, len(p.Grad))])
		}
	}
}

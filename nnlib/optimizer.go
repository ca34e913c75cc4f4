package nnlib

import (
	"fmt"

	"github.com/lectern-go/lectern/nnlib/internal/gemm"
)

// Optimizer changes parameters by their gradients. An optimizer may keep state
// for each parameter; it is not safe for concurrent use.
type Optimizer interface {
	// LearningRate returns the rate that a [Schedule] starts from.
	LearningRate() float64
	// Update changes p.Value by p.Grad at the given learning rate. For a sparse
	// parameter it changes only the rows that the batch touched.
	Update(p *Parameter, rate float64)
	// Settings returns the optimizer's hyper-parameters for the record of a run.
	Settings() []Param
}

var (
	_ Optimizer = (*SGD)(nil)
	_ Optimizer = (*AdaGrad)(nil)
	_ Optimizer = (*RMSProp)(nil)
	_ Optimizer = (*Adam)(nil)
)

// ruled is an optimizer of this package: the loop can divide its update among
// threads, and a checkpoint can keep its state.
type ruled interface {
	Optimizer
	// begin starts a step of p: it returns the numbers of the step and what is
	// remembered of p.
	begin(p *Parameter, rate float64) (gemm.Rule, *memory)
	// memoryOf returns what is remembered of p, making it if need be.
	memoryOf(p *Parameter) *memory
}

// memory is what an optimizer remembers of a parameter: m and v of the
// parameter's shape, and the number of steps.
type memory struct {
	m, v []float32
	t    int
}

// memories is embedded in the optimizers of this package.
type memories struct{ of map[*Parameter]*memory }

func (all *memories) get(p *Parameter, m, v bool) *memory {
	if known := all.of[p]; known != nil {
		return known
	}
	if all.of == nil {
		all.of = map[*Parameter]*memory{}
	}
	fresh := &memory{}
	if m {
		fresh.m = make([]float32, p.Len())
	}
	if v {
		fresh.v = make([]float32, p.Len())
	}
	all.of[p] = fresh
	return fresh
}

// update takes a step of one parameter on one thread.
func update(o ruled, p *Parameter, rate float64) {
	rule, memory := o.begin(p, rate)
	s := paramStep{p, rule, memory}
	s.rows(0, s.len())
}

// paramStep is a step of one parameter.
type paramStep struct {
	p      *Parameter
	rule   gemm.Rule
	memory *memory
}

// len returns the number of rows that change.
func (s *paramStep) len() int {
	if s.p.Sparse {
		return len(s.p.Touched)
	}
	return s.p.Rows
}

// rows updates some of them.
func (s *paramStep) rows(lo, hi int) {
	p, m := s.p, s.memory
	if p.Sparse {
		gemm.Update(&s.rule, hi-lo, p.Cols, p.Touched[lo:hi], p.Grad[lo*p.Cols:hi*p.Cols], m.m, m.v, p.Value)
		return
	}
	at := func(x []float32) []float32 {
		if x == nil {
			return nil
		}
		return x[lo*p.Cols : hi*p.Cols]
	}
	gemm.Update(&s.rule, hi-lo, p.Cols, nil, at(p.Grad), at(m.m), at(m.v), at(p.Value))
}

// decays reports whether weight decay and L2 apply to p: to matrices, not to
// biases.
func decays(p *Parameter) bool { return p.Rows > 1 }

// orElse returns x, or otherwise where x is the zero value.
func orElse[T comparable](x, otherwise T) T {
	var zero T
	if x == zero {
		return otherwise
	}
	return x
}

// number writes a hyper-parameter.
func number(x float64) string { return fmt.Sprintf("%g", x) }

package nnlib

import (
	"fmt"
	"math"

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
	_ Optimizer = (*Adam)(nil)
)

// SGD is stochastic gradient descent: θ ← θ - α ∇J(θ).
//
// Source: CS224N 2019, lecture 3, "Gradient descent".
type SGD struct {
	Rate float64 // α; 0 is 0.1
}

// LearningRate returns α.
func (o *SGD) LearningRate() float64 { return orElse(o.Rate, 0.1) }

// Settings returns the name and α.
func (o *SGD) Settings() []Param {
	return []Param{{"optimizer", "sgd"}, {"learning_rate", number(o.LearningRate())}}
}

// Update computes θ ← θ - rate·∇J(θ).
func (o *SGD) Update(p *Parameter, rate float64) {
	if !p.Sparse {
		gemm.SGD(float32(rate), 0, p.Grad, p.Value)
		return
	}
	gemm.AddRows(p.Cols, p.Grad, p.Cols, p.Touched, p.Value, float32(-rate))
}

// Adam keeps running means of the gradient (m) and of its square (v):
//
//	m ← β₁m + (1-β₁)g      v ← β₂v + (1-β₂)g²
//	θ ← θ - α (m/(1-β₁ᵗ)) / (√(v/(1-β₂ᵗ)) + ε)
//
// Of a sparse parameter it updates m, v and θ in the touched rows only; t counts
// the steps of the whole parameter.
//
// Source: Kingma and Ba, Adam: A Method for Stochastic Optimization (2015),
// algorithm 1.
type Adam struct {
	Rate         float64 // α; 0 is 0.001
	Beta1, Beta2 float64 // β₁, β₂; 0 is 0.9 and 0.999
	Eps          float64 // ε; 0 is 1e-8

	state map[*Parameter]*moments
}

type moments struct {
	m, v []float32
	t    int
}

// LearningRate returns α.
func (o *Adam) LearningRate() float64 { return orElse(o.Rate, 1e-3) }

// Settings returns the name, α, the betas and ε.
func (o *Adam) Settings() []Param {
	return []Param{
		{"optimizer", "adam"},
		{"learning_rate", number(o.LearningRate())},
		{"beta1", number(orElse(o.Beta1, 0.9))},
		{"beta2", number(orElse(o.Beta2, 0.999))},
		{"eps", number(orElse(o.Eps, 1e-8))},
	}
}

// Update takes one step of Adam.
func (o *Adam) Update(p *Parameter, rate float64) {
	s := o.state[p]
	if s == nil {
		if o.state == nil {
			o.state = map[*Parameter]*moments{}
		}
		s = &moments{m: make([]float32, p.Len()), v: make([]float32, p.Len())}
		o.state[p] = s
	}
	s.t++
	beta1, beta2 := orElse(o.Beta1, 0.9), orElse(o.Beta2, 0.999)
	step := gemm.AdamStep{
		Rate: rate, Beta1: beta1, Beta2: beta2, Eps: orElse(o.Eps, 1e-8),
		Correct1: 1 - math.Pow(beta1, float64(s.t)), Correct2: 1 - math.Pow(beta2, float64(s.t)),
	}
	if !p.Sparse {
		gemm.Adam(&step, p.Grad, s.m, s.v, p.Value)
		return
	}
	for i, row := range p.Touched {
		lo, hi := int(row)*p.Cols, (int(row)+1)*p.Cols
		gemm.Adam(&step, p.Grad[i*p.Cols:(i+1)*p.Cols], s.m[lo:hi], s.v[lo:hi], p.Value[lo:hi])
	}
}

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

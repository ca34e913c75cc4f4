package nnlib

import "github.com/lectern-go/lectern/nnlib/internal/gemm"

// AdaGrad gives each value a rate of its own, the smaller the more it has moved:
//
//	v ← v + g²      θ ← θ - α g / (√v + ε)
//
// Source: Duchi, Hazan and Singer, Adaptive Subgradient Methods (2011); CS224N
// notes 3, section 2.10.
type AdaGrad struct {
	Rate float64 // α; 0 is 0.01
	Eps  float64 // ε; 0 is 1e-8

	memories memories
}

// LearningRate returns α.
func (o *AdaGrad) LearningRate() float64 { return orElse(o.Rate, 0.01) }

// Settings returns the name, α and ε.
func (o *AdaGrad) Settings() []Param {
	return []Param{
		{Key: "optimizer", Value: "adagrad"},
		{Key: "learning_rate", Value: number(o.LearningRate())},
		{Key: "eps", Value: number(orElse(o.Eps, 1e-8))},
	}
}

// Update takes one step.
func (o *AdaGrad) Update(p *Parameter, rate float64) { update(o, p, rate) }

func (o *AdaGrad) begin(p *Parameter, rate float64) (gemm.Rule, *memory) {
	return gemm.Rule{Kind: gemm.AdaGrad, Rate: rate, Eps: orElse(o.Eps, 1e-8), Correct1: 1, Correct2: 1}, o.memoryOf(p)
}

func (o *AdaGrad) memoryOf(p *Parameter) *memory { return o.memories.get(p, false, true) }

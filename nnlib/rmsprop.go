package nnlib

import "github.com/lectern-go/lectern/nnlib/internal/gemm"

// RMSProp is AdaGrad that forgets: v is a running mean.
//
//	v ← ρv + (1-ρ)g²      θ ← θ - α g / (√v + ε)
//
// Source: Tieleman and Hinton, Neural Networks for Machine Learning, lecture 6.5
// (2012); CS224N notes 3, section 2.10.
type RMSProp struct {
	Rate float64 // α; 0 is 0.001
	Rho  float64 // ρ; 0 is 0.9
	Eps  float64 // ε; 0 is 1e-8

	memories memories
}

// LearningRate returns α.
func (o *RMSProp) LearningRate() float64 { return orElse(o.Rate, 1e-3) }

// Settings returns the name, α, ρ and ε.
func (o *RMSProp) Settings() []Param {
	return []Param{
		{Key: "optimizer", Value: "rmsprop"},
		{Key: "learning_rate", Value: number(o.LearningRate())},
		{Key: "rho", Value: number(orElse(o.Rho, 0.9))},
		{Key: "eps", Value: number(orElse(o.Eps, 1e-8))},
	}
}

// Update takes one step.
func (o *RMSProp) Update(p *Parameter, rate float64) { update(o, p, rate) }

func (o *RMSProp) begin(p *Parameter, rate float64) (gemm.Rule, *memory) {
	return gemm.Rule{
		Kind: gemm.RMSProp, Rate: rate, Beta2: orElse(o.Rho, 0.9), Eps: orElse(o.Eps, 1e-8), Correct1: 1, Correct2: 1,
	}, o.memoryOf(p)
}

func (o *RMSProp) memoryOf(p *Parameter) *memory { return o.memories.get(p, false, true) }

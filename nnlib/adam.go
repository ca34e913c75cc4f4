package nnlib

import "github.com/lectern-go/lectern/nnlib/internal/gemm"

// Adam keeps running means of the gradient (m) and of its square (v):
//
//	m ← β₁m + (1-β₁)g      v ← β₂v + (1-β₂)g²
//	θ ← θ - α ((m/(1-β₁ᵗ)) / (√(v/(1-β₂ᵗ)) + ε) + λθ)
//
// With a weight decay λ it is AdamW: λ is not scaled by the moments, and biases
// do not decay. Of a sparse parameter it updates m, v and θ in the touched rows
// only; t counts the steps of the whole parameter.
//
// Source: Kingma and Ba, Adam: A Method for Stochastic Optimization (2015),
// algorithm 1; Loshchilov and Hutter, Decoupled Weight Decay Regularization
// (2019), algorithm 2.
type Adam struct {
	Rate         float64 // α; 0 is 0.001
	Beta1, Beta2 float64 // β₁, β₂; 0 is 0.9 and 0.999
	Eps          float64 // ε; 0 is 1e-8
	WeightDecay  float64 // λ of AdamW; 0 is none

	memories memories
}

// LearningRate returns α.
func (o *Adam) LearningRate() float64 { return orElse(o.Rate, 1e-3) }

// Settings returns the name (adam or adamw), α, the betas, ε and λ.
func (o *Adam) Settings() []Param {
	settings := []Param{
		{Key: "optimizer", Value: "adam"},
		{Key: "learning_rate", Value: number(o.LearningRate())},
		{Key: "beta1", Value: number(orElse(o.Beta1, 0.9))},
		{Key: "beta2", Value: number(orElse(o.Beta2, 0.999))},
		{Key: "eps", Value: number(orElse(o.Eps, 1e-8))},
	}
	if o.WeightDecay != 0 {
		settings[0].Value = "adamw"
		settings = append(settings, Param{Key: "weight_decay", Value: number(o.WeightDecay)})
	}
	return settings
}

// Update takes one step.
func (o *Adam) Update(p *Parameter, rate float64) { update(o, p, rate) }

func (o *Adam) begin(p *Parameter, rate float64) (gemm.Rule, *memory) {
	memory := o.memoryOf(p)
	memory.t++
	beta1, beta2, decay := orElse(o.Beta1, 0.9), orElse(o.Beta2, 0.999), o.WeightDecay
	if !decays(p) {
		decay = 0
	}
	return gemm.Rule{
		Kind: gemm.Adam, Rate: rate, Beta1: beta1, Beta2: beta2, Eps: orElse(o.Eps, 1e-8), Decay: decay,
		Correct1: 1 - power(beta1, memory.t), Correct2: 1 - power(beta2, memory.t),
	}, memory
}

func (o *Adam) memoryOf(p *Parameter) *memory { return o.memories.get(p, true, true) }

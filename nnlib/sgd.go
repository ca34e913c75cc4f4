package nnlib

import "github.com/lectern-go/lectern/nnlib/internal/gemm"

// SGD is stochastic gradient descent, θ ← θ - α ∇J(θ), with momentum if that is
// set: v ← μv + ∇J(θ), θ ← θ - αv.
//
// Source: CS224N 2019, lecture 3, "Gradient descent"; notes 3, section 2.9.
type SGD struct {
	Rate     float64 // α; 0 is 0.1
	Momentum float64 // μ, in [0, 1); 0 is none

	memories memories
}

// LearningRate returns α.
func (o *SGD) LearningRate() float64 { return orElse(o.Rate, 0.1) }

// Settings returns the name, α and μ.
func (o *SGD) Settings() []Param {
	settings := []Param{{Key: "optimizer", Value: "sgd"}, {Key: "learning_rate", Value: number(o.LearningRate())}}
	if o.Momentum != 0 {
		settings = append(settings, Param{Key: "momentum", Value: number(o.Momentum)})
	}
	return settings
}

// Update takes one step.
func (o *SGD) Update(p *Parameter, rate float64) { update(o, p, rate) }

func (o *SGD) begin(p *Parameter, rate float64) (gemm.Rule, *memory) {
	kind := gemm.SGD
	if o.Momentum != 0 {
		kind = gemm.Momentum
	}
	return gemm.Rule{Kind: kind, Rate: rate, Beta1: o.Momentum, Correct1: 1, Correct2: 1}, o.memoryOf(p)
}

func (o *SGD) memoryOf(p *Parameter) *memory { return o.memories.get(p, o.Momentum != 0, false) }

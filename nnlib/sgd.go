package nnlib

import "github.com/lectern-go/lectern/nnlib/internal/gemm"

// SGD is stochastic gradient descent, θ ← θ - α ∇J(θ), with momentum if that is
// set: v ← μv + ∇J(θ), θ ← θ - αv.
//
// Source: CS224N 2019, lecture 3, "Gradient descent"; notes 3, sections 2.8 and 2.9;
// the division by the fan-in is that of Collobert et al., Natural Language
// Processing (Almost) from Scratch (2011), section 3.4.
type SGD struct {
	Rate     float64 // α; 0 is 0.1
	Momentum float64 // μ, in [0, 1); 0 is none
	FanIn    bool    // divide α by the inputs of a neuron: for a weight W (in×out) by in, not for biases and word vectors

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
	if o.FanIn {
		settings = append(settings, Param{Key: "divide_by_fan_in", Value: "true"})
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
	if o.FanIn && !p.Sparse {
		rate /= float64(p.Rows) // a bias has one row
	}
	return gemm.Rule{Kind: kind, Rate: rate, Beta1: o.Momentum, Correct1: 1, Correct2: 1}, o.memoryOf(p)
}

func (o *SGD) memoryOf(p *Parameter) *memory { return o.memories.get(p, o.Momentum != 0, false) }

package nnlib

import (
	"fmt"
	"math"
)

// Schedule changes the learning rate as training goes on. A schedule of one's own
// is any type with these methods.
type Schedule interface {
	// Rate returns the learning rate of step t = 0, 1, … where a0 is the
	// optimizer's.
	Rate(a0 float64, t int) float64
	// String names the schedule and its numbers for the record of a run.
	String() string
}

var (
	_ Schedule = StepDecay{}
	_ Schedule = ExponentialDecay{}
	_ Schedule = InverseDecay{}
	_ Schedule = WarmUp{}
)

// StepDecay multiplies the rate by Factor after each Every steps.
type StepDecay struct {
	Every  int     // steps, at least 1
	Factor float64 // 0 is 0.5
}

// Rate returns a0·factor^⌊t/every⌋.
func (s StepDecay) Rate(a0 float64, t int) float64 {
	return a0 * power(orElse(s.Factor, 0.5), t/max(s.Every, 1))
}

// String names the schedule and its numbers.
func (s StepDecay) String() string {
	return fmt.Sprintf("step every=%d factor=%g", max(s.Every, 1), orElse(s.Factor, 0.5))
}

// ExponentialDecay lowers the rate as e^-kt.
//
// Source: CS224N notes 3, section 2.8.
type ExponentialDecay struct {
	K float64 // k, for each step
}

// Rate returns a0·e^-kt.
func (s ExponentialDecay) Rate(a0 float64, t int) float64 { return a0 * power(math.Exp(-s.K), t) }

// String names the schedule and its numbers.
func (s ExponentialDecay) String() string { return fmt.Sprintf("exponential k=%g", s.K) }

// InverseDecay keeps the rate for τ steps and then lowers it as 1/t.
//
// Source: CS224N notes 3, section 2.8: α(t) = α₀τ / max(t, τ).
type InverseDecay struct {
	Tau float64 // τ, in steps; more than 0
}

// Rate returns a0·τ/max(t, τ).
func (s InverseDecay) Rate(a0 float64, t int) float64 {
	if s.Tau <= 0 {
		return a0
	}
	return a0 * s.Tau / max(float64(t), s.Tau)
}

// String names the schedule and its numbers.
func (s InverseDecay) String() string { return fmt.Sprintf("inverse tau=%g", s.Tau) }

// WarmUp raises the rate linearly over the first steps and then hands over to
// another schedule, which counts from there.
type WarmUp struct {
	Steps int      // how many
	Then  Schedule // nil keeps the rate
}

// Rate returns a0·(t+1)/steps, later Then's rate.
func (s WarmUp) Rate(a0 float64, t int) float64 {
	switch {
	case t < s.Steps:
		return a0 * float64(t+1) / float64(s.Steps)
	case s.Then == nil:
		return a0
	}
	return s.Then.Rate(a0, t-s.Steps)
}

// String names the schedule and its numbers.
func (s WarmUp) String() string {
	if s.Then == nil {
		return fmt.Sprintf("warm-up steps=%d", s.Steps)
	}
	return fmt.Sprintf("warm-up steps=%d, then %v", s.Steps, s.Then)
}

// power returns xⁿ for n ≥ 0 by multiplications alone: math.Pow's last bit depends
// on the machine.
func power(x float64, n int) float64 {
	y := 1.0
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			y *= x
		}
		x *= x
	}
	return y
}

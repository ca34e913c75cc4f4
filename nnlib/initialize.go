package nnlib

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Init says how the weights of a linear layer start. Biases start at zero. The
// zero value is Xavier's uniform distribution.
type Init struct {
	Kind  InitKind
	Scale float64 // of SmallUniform and SmallNormal; 0 is 0.01
}

// InitKind names a distribution.
type InitKind string

// The distributions of a weight in a layer from in to out features.
const (
	XavierUniform InitKind = "xavier_uniform" // U[-√(6/(in+out)), √(6/(in+out))]
	XavierNormal  InitKind = "xavier_normal"  // N(0, 2/(in+out))
	HeNormal      InitKind = "he_normal"      // N(0, 2/in), for ReLU
	SmallUniform  InitKind = "small_uniform"  // U[-scale, scale]
	SmallNormal   InitKind = "small_normal"   // N(0, scale²)
)

// XavierBound returns √(6/(in+out)), the bound of the uniform distribution that
// keeps the variance of activations and gradients alike in all layers.
//
// Source: Glorot and Bengio, Understanding the difficulty of training deep
// feedforward neural networks (2010), eq. 16; CS224N notes 3, section 2.6.
func XavierBound(in, out int) float64 { return math.Sqrt(6 / float64(in+out)) }

// check returns an error for a kind that does not exist.
func (i Init) check() error {
	switch i.Kind {
	case "", XavierUniform, XavierNormal, HeNormal, SmallUniform, SmallNormal:
		return nil
	}
	return fmt.Errorf("nnlib: unknown initialisation %q, want %s, %s, %s, %s or %s", string(i.Kind),
		XavierUniform, XavierNormal, HeNormal, SmallUniform, SmallNormal)
}

// Fill draws the weights W (in×out) from rng. It panics if the kind does not
// exist.
//
// Source of HeNormal: He et al., Delving Deep into Rectifiers (2015), eq. 10.
func (i Init) Fill(W *Parameter, rng *rand.Rand) {
	in, out, scale := float64(W.Rows), float64(W.Cols), orElse(i.Scale, 0.01)
	switch i.Kind {
	case "", XavierUniform:
		fillUniform(rng, XavierBound(W.Rows, W.Cols), W.Value)
	case XavierNormal:
		fillNormal(rng, math.Sqrt(2/(in+out)), W.Value)
	case HeNormal:
		fillNormal(rng, math.Sqrt(2/in), W.Value)
	case SmallUniform:
		fillUniform(rng, scale, W.Value)
	case SmallNormal:
		fillNormal(rng, scale, W.Value)
	default:
		panic(i.check())
	}
}

// fillUniform draws from U[-bound, bound].
func fillUniform(rng *rand.Rand, bound float64, x []float32) {
	for i := range x {
		x[i] = float32(bound * (2*rng.Float64() - 1))
	}
}

// fillNormal draws from N(0, sd²).
func fillNormal(rng *rand.Rand, sd float64, x []float32) {
	for i := range x {
		x[i] = float32(sd * rng.NormFloat64())
	}
}

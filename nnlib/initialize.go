package nnlib

import (
	"math"
	"math/rand/v2"

	"github.com/lectern-go/lectern/nnlib/internal/gemm"
)

// fillUniform draws from U[-bound, bound].
func fillUniform[F gemm.Float](rng *rand.Rand, bound float64, x []F) {
	for i := range x {
		x[i] = F(float32(bound * (2*rng.Float64() - 1)))
	}
}

// XavierBound returns √(6/(in+out)), the bound of the uniform distribution that
// keeps the variance of activations and gradients alike in all layers.
//
// Source: Glorot and Bengio, Understanding the difficulty of training deep
// feedforward neural networks (2010), eq. 16; CS224N notes 3, section 2.6.
func XavierBound(in, out int) float64 { return math.Sqrt(6 / float64(in+out)) }

package nnlib

import (
	"math"
	"math/rand/v2"
)

// CheckLayer checks the Backward of a layer, of one's own above all, against its
// Forward at X: the gradients of its parameters and of X, for the loss Σ c∘Y with
// random c, along random directions drawn from the seed. The layer runs as it
// does when it predicts, and in float32, so that errors around 1e-3 are good and
// wrong formulas show as errors around 1. The parameters are left as they were;
// their Grad is not.
func CheckLayer(l Layer, X Matrix, seed uint64) GradientChecks {
	rng := newRand(seed, forChecking)
	Y := l.Forward(X, false)
	C := NewMatrix(Y.Rows, Y.Cols)
	fillNormal(rng, 1, C.Data)
	loss := func() float64 {
		J := 0.0
		for i, y := range l.Forward(X, false).Data {
			J += float64(C.Data[i]) * float64(y)
		}
		return J
	}
	for _, p := range l.Parameters() {
		p.ZeroGrad()
	}
	l.Forward(X, false)
	dX := append([]float32(nil), l.Backward(C).Data...)
	var checks GradientChecks
	for _, p := range l.Parameters() {
		grad := (*param[float32])(p).denseGrad()
		checks = append(checks, checkFloat32(p.Name, p.Value, grad, rng, loss))
	}
	if len(dX) == len(X.Data) {
		checks = append(checks, checkFloat32("X", X.Data, dX, rng, loss))
	}
	return checks
}

// checkFloat32 moves x along a random direction whose elements are around 1, far
// enough that the loss changes by more than its rounding.
func checkFloat32(name string, x, grad []float32, rng *rand.Rand, loss func() float64) GradientCheck {
	const h = 1.0 / 128
	start, v := append([]float32(nil), x...), make([]float32, len(x))
	fillNormal(rng, 1, v)
	backward := 0.0
	for i := range v {
		backward += float64(grad[i]) * float64(v[i])
	}
	at := func(h float32) float64 {
		for i := range x {
			x[i] = start[i] + float32(h*v[i])
		}
		return loss()
	}
	numeric := (at(h) - at(-h)) / (2 * h)
	copy(x, start)
	check := GradientCheck{Parameter: name, Backward: backward, Numeric: numeric}
	if scale := max(math.Abs(backward), math.Abs(numeric)); scale > 0 {
		check.Error = math.Abs(backward-numeric) / scale
	}
	return check
}

package gemm

import (
	"math"
	"unsafe"
)

// The float32 halves of these functions are elementwise.h's, operation for
// operation. The coefficients interpolate at Chebyshev nodes; largest relative
// errors: exp 1.1e-7, log 9e-8, tanh 2.4e-7 (approx_test.go). The float64
// halves serve gradient checks and use package math.

func expNeg[F Float](x F) F {
	if unsafe.Sizeof(x) == 8 {
		return F(math.Exp(float64(x)))
	}
	return F(expNeg32(float32(x)))
}

func logPos[F Float](x F) F {
	if unsafe.Sizeof(x) == 8 {
		return F(math.Log(float64(x)))
	}
	return F(logPos32(float32(x)))
}

func tanh[F Float](x F) F {
	if unsafe.Sizeof(x) == 8 {
		return F(math.Tanh(float64(x)))
	}
	return F(tanh32(float32(x)))
}

func logistic[F Float](x F) F {
	e := expNeg(-abs(x))
	if x < 0 {
		return e / (1 + e)
	}
	return 1 / (1 + e)
}

// sqrt rounds once: the double rounding of a square root through float64 is
// innocuous.
func sqrt[F Float](x F) F { return F(math.Sqrt(float64(x))) }

func abs[F Float](x F) F { return F(math.Abs(float64(x))) }

// expNeg32 returns e^x for x ≤ 0; 0 below -87.
func expNeg32(x float32) float32 {
	if x < -87 {
		return 0
	}
	const magic = 0x1.8p23 // adding it rounds to an integer, left in the low bits
	t := fma32(x, 0x1.715476p+0, magic)
	n := t - magic
	r := fma32(n, -0x1.62e400p-1, x)
	r = fma32(n, -0x1.7f7d1cp-20, r)
	p := float32(0x1.6d10fcp-10)
	p = fma32(p, r, 0x1.120b62p-7)
	p = fma32(p, r, 0x1.55551ap-5)
	p = fma32(p, r, 0x1.5554dep-3)
	p = fma32(p, r, 0.5)
	p = fma32(p, r, 1)
	p = fma32(p, r, 1)
	return p * math.Float32frombits(math.Float32bits(t)<<23+0x3f800000)
}

// logPos32 returns ln x for normal positive x.
func logPos32(x float32) float32 {
	i := int32(math.Float32bits(x)) - 0x3f3504f3 // so that the mantissa is in [√½, √2)
	e := float32(i >> 23)
	f := math.Float32frombits(uint32(i&0x7fffff+0x3f3504f3)) - 1
	p := float32(0x1.1d8ea6p-4)
	p = fma32(p, f, -0x1.d635bcp-4)
	p = fma32(p, f, 0x1.dea282p-4)
	p = fma32(p, f, -0x1.fcf4c6p-4)
	p = fma32(p, f, 0x1.23d21ap-3)
	p = fma32(p, f, -0x1.555b4ap-3)
	p = fma32(p, f, 0x1.999d5ap-3)
	p = fma32(p, f, -0x1.fffffcp-3)
	p = fma32(p, f, 0x1.555554p-2)
	s := float32(f * f)
	y := fma32(float32(s*f), p, float32(s*-0.5))
	y = fma32(e, -0x1.bd0106p-13, y)
	return fma32(e, 0x1.63p-1, f+y)
}

// tanh32 is an odd polynomial near zero, else (1-e)/(1+e) with e = e^(-2|x|).
func tanh32(x float32) float32 {
	a := abs(x)
	if !(a < 0.625) {
		e := expNeg32(-2 * a)
		return float32(math.Copysign(float64((1-e)/(1+e)), float64(x)))
	}
	s := float32(x * x)
	p := float32(-0x1.8f8de4p-8)
	p = fma32(p, s, 0x1.58048ep-6)
	p = fma32(p, s, -0x1.b9258ap-5)
	p = fma32(p, s, 0x1.110e1cp-3)
	p = fma32(p, s, -0x1.555552p-2)
	return fma32(float32(s*x), p, x)
}

// ExpNeg returns e^x for x ≤ 0.
func ExpNeg[F Float](x F) F { return expNeg(x) }

// Log returns ln x for normal positive x.
func Log[F Float](x F) F { return logPos(x) }

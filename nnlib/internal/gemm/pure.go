package gemm

import (
	"math"
	"unsafe"
)

// The explicit conversions F(a * b) below keep the compiler from fusing a
// product with a sum where the machine has such an instruction.

// fma returns a·b + c rounded once.
func fma[F Float](a, b, c F) F {
	if unsafe.Sizeof(a) == 8 {
		return F(math.FMA(float64(a), float64(b), float64(c)))
	}
	return F(fma32(float32(a), float32(b), float32(c)))
}

// fma32 returns a·b + c rounded once to float32. The product of two float32 is
// exact in float64; the sum is not, and rounding it a second time is wrong only
// where the first rounding lands on the midpoint of two float32, or where the
// result is subnormal. There the sum is rounded to odd first, which makes the
// second rounding right (Boldo and Melquiond, Emulation of FMA and correctly
// rounded sums: proved algorithms using rounding to odd, 2008).
func fma32(a, b, c float32) float32 {
	p, z := float64(a)*float64(b), float64(c)
	s := p + z
	if math.Float64bits(s)&0x1fffffff != 0x10000000 && math.Abs(s) >= 0x1p-126 {
		return float32(s)
	}
	return roundToOdd(p, z, s)
}

// roundToOdd returns p + z rounded once to float32; s is their sum in float64.
// It is apart from fma32, which so is small enough to be inlined.
func roundToOdd(p, z, s float64) float32 {
	bits := math.Float64bits(s)
	t := s - p
	err := (p - (s - t)) + (z - t) // p + z = s + err exactly (Knuth's TwoSum)
	if err != 0 && err-err == 0 && bits&1 == 0 {
		if (err > 0) == (s > 0) {
			bits++
		} else {
			bits--
		}
		s = math.Float64frombits(bits)
	}
	return float32(s)
}

func pureProduct[F Float](m, n, k int, a, b Operand[F], c []F, ldc int, bias []F, add bool) {
	for i := range m {
		row := c[i*ldc:][:n]
		switch {
		case add:
		case bias != nil:
			copy(row, bias)
		default:
			clear(row)
		}
		for l := range k {
			addScaled(row, a.Data[i*a.RowStride+l*a.ColStride], b.Data[l*b.RowStride:], b.ColStride)
		}
	}
}

// addScaled adds a times every stride-th number of x to y.
func addScaled[F Float](y []F, a F, x []F, stride int) {
	// Not through fma: the compiler inlines fma32 only where no type is a parameter.
	if y, ok := any(y).([]float32); ok {
		a, x, at := float32(a), any(x).([]float32), 0
		for j, v := range y {
			y[j] = fma32(a, x[at], v)
			at += stride
		}
		return
	}
	at := 0
	for j, v := range y {
		y[j] = fma(a, x[at], v)
		at += stride
	}
}

func pureActivate[F Float](kind Activation, slope F, x, y []F) {
	for i, v := range x {
		switch kind {
		case Logistic:
			v = logistic(v)
		case Tanh:
			v = tanh(v)
		case HardTanh:
			if v < -1 {
				v = -1
			} else if v > 1 {
				v = 1
			}
		case SoftSign:
			v /= 1 + abs(v)
		case ReLU:
			if v < 0 {
				v = 0
			}
		case LeakyReLU:
			if v < 0 {
				v *= slope
			}
		}
		y[i] = v
	}
}

func pureActivateBack[F Float](kind Activation, slope F, y, dy, dx []F) {
	for i, v := range y {
		d := F(1)
		switch kind {
		case Logistic:
			d = F(v * (1 - v))
		case Tanh:
			d = 1 - F(v*v)
		case HardTanh:
			if !(v > -1 && v < 1) {
				d = 0
			}
		case SoftSign:
			d = F((1 - abs(v)) * (1 - abs(v)))
		case ReLU:
			if !(v > 0) {
				d = 0
			}
		case LeakyReLU:
			if !(v > 0) {
				d = slope
			}
		}
		dx[i] = dy[i] * d
	}
}

// shift writes z minus its maximum to p.
func shift[F Float](z, p []F) {
	top := z[0]
	for _, v := range z {
		if v > top {
			top = v
		}
	}
	for j, v := range z {
		p[j] = v - top
	}
}

// normalize turns shifted logits into probabilities and returns the sum that
// it divided by.
func normalize[F Float](p []F) F {
	var sum F
	for j, v := range p {
		p[j] = expNeg(v)
		sum += p[j]
	}
	for j := range p {
		p[j] /= sum
	}
	return sum
}

func pureSoftmax[F Float](rows, cols int, z, p []F) {
	for i := range rows {
		row := p[i*cols:][:cols]
		shift(z[i*cols:][:cols], row)
		normalize(row)
	}
}

func pureCrossEntropy[F Float](rows, cols int, z []F, labels []int32, scale F, dz, loss []F) {
	for i := range rows {
		row := dz[i*cols:][:cols]
		shift(z[i*cols:][:cols], row)
		label := labels[i]
		own := row[label]
		sum := normalize(row)
		row[label]--
		loss[i] = logPos(sum) - own
		for j := range row {
			row[j] *= scale
		}
	}
}

func pureAddRows[F Float](cols int, src []F, stride int, slots []int32, lo, hi int, dst []F, scale F) {
	for i, slot := range slots {
		at := int(max(slot, ^slot))
		if at < lo || at >= hi {
			continue
		}
		row := dst[at*cols:][:cols]
		if slot < 0 {
			clear(row)
		}
		for j, v := range src[i*stride:][:cols] {
			row[j] += F(scale * v)
		}
	}
}

func pureSquareSum[F Float](x []F) float64 {
	var lanes [16]float64
	for i, v := range x {
		lanes[i%16] += float64(float64(v) * float64(v))
	}
	sum := 0.0
	for _, v := range lanes {
		sum += v
	}
	return sum
}

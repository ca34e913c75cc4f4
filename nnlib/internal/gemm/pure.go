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
	return float32(rounded(p, z, p+z))
}

// rounded returns p + z rounded once to float32; s is their sum in float64.
func rounded(p, z, s float64) float64 {
	if roundsOnce(s) {
		return float64(float32(s))
	}
	return float64(roundToOdd(p, z, s))
}

// roundsOnce reports whether a sum that float64 has rounded can be rounded to
// float32 as if it were exact.
func roundsOnce(s float64) bool {
	bits := math.Float64bits(s)
	return bits&0x1fffffff != 0x10000000 && bits<<1 >= 0x381<<53 // |s| ≥ 2^-126
}

// roundToOdd returns what rounded does, by rounding s to odd first.
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
	}
	if c, ok := any(c).([]float32); ok {
		addProduct32(m, n, k, any(a).(Operand[float32]), any(b).(Operand[float32]), c, ldc)
		return
	}
	for i := range m {
		for l := range k {
			for j := range n {
				y := &c[i*ldc+j]
				*y = fma(a.Data[i*a.RowStride+l*a.ColStride], b.Data[l*b.RowStride+j*b.ColStride], *y)
			}
		}
	}
}

// A panel holds eight columns of some rows of B in float64.
type panel [128][8]float64

// addProduct32 computes C += A·B, eight columns at a time.
func addProduct32(m, n, k int, a, b Operand[float32], c []float32, ldc int) {
	var p panel
	for k0 := 0; k0 < k; k0 += len(p) {
		rows := p[:min(len(p), k-k0)]
		for j := 0; j < n; j += 8 {
			cols := min(8, n-j)
			for l := range rows {
				for q := range 8 { // the last column stands for those beyond it
					rows[l][q] = float64(b.Data[(k0+l)*b.RowStride+(j+min(q, cols-1))*b.ColStride])
				}
			}
			for i := range m {
				var y [8]float32
				copy(y[:], c[i*ldc+j:][:cols])
				addRow32(&y, a.Data[i*a.RowStride+k0*a.ColStride:], a.ColStride, rows)
				copy(c[i*ldc+j:][:cols], y[:])
			}
		}
	}
}

// addRow32 adds the product of every stride-th number of a with the panel to y.
// Its eight sums depend on each other in nothing, so that the processor computes
// them at the same time.
func addRow32(y *[8]float32, a []float32, stride int, panel [][8]float64) {
	y0, y1, y2, y3, y4, y5, y6, y7 := float64(y[0]), float64(y[1]), float64(y[2]), float64(y[3]), float64(y[4]), float64(y[5]), float64(y[6]), float64(y[7])
	at := 0
	for l := range panel {
		x, b := float64(a[at]), &panel[l]
		at += stride
		s0, s1, s2, s3, s4, s5, s6, s7 := x*b[0]+y0, x*b[1]+y1, x*b[2]+y2, x*b[3]+y3, x*b[4]+y4, x*b[5]+y5, x*b[6]+y6, x*b[7]+y7
		if roundsOnce(s0) && roundsOnce(s1) && roundsOnce(s2) && roundsOnce(s3) && roundsOnce(s4) && roundsOnce(s5) && roundsOnce(s6) && roundsOnce(s7) {
			y0, y1, y2, y3, y4, y5, y6, y7 = float64(float32(s0)), float64(float32(s1)), float64(float32(s2)), float64(float32(s3)), float64(float32(s4)), float64(float32(s5)), float64(float32(s6)), float64(float32(s7))
			continue
		}
		y0, y1, y2, y3, y4, y5, y6, y7 = rounded(x*b[0], y0, s0), rounded(x*b[1], y1, s1), rounded(x*b[2], y2, s2), rounded(x*b[3], y3, s3), rounded(x*b[4], y4, s4), rounded(x*b[5], y5, s5), rounded(x*b[6], y6, s6), rounded(x*b[7], y7, s7)
	}
	*y = [8]float32{float32(y0), float32(y1), float32(y2), float32(y3), float32(y4), float32(y5), float32(y6), float32(y7)}
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

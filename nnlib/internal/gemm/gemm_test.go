package gemm

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// random returns n numbers of many magnitudes and both signs.
func random(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(math.Ldexp(rng.NormFloat64(), rng.IntN(8)-4))
	}
	return x
}

// eachVariant runs f under every instruction set of this machine and returns
// the results; the last is that of pure Go.
func eachVariant(t *testing.T, f func() []float32) {
	t.Helper()
	before := Variant()
	defer func() {
		if err := Use(before); err != nil {
			t.Fatal(err)
		}
	}()
	if err := Use("go"); err != nil {
		t.Fatal(err)
	}
	want := f()
	for _, name := range Variants() {
		if err := Use(name); err != nil {
			t.Fatal(err)
		}
		got := f()
		for i := range want {
			if math.Float32bits(got[i]) != math.Float32bits(want[i]) && (got[i] == got[i] || want[i] == want[i]) {
				t.Fatalf("%s: element %d is %x, pure Go says %x", name, i, got[i], want[i])
			}
		}
	}
}

func TestProductIsTheSameEverywhere(t *testing.T) {
	shapes := [][3]int{{1, 1, 1}, {3, 5, 0}, {7, 17, 9}, {13, 100, 33}, {32, 5, 100}, {29, 112, 64}, {6, 64, 275}, {50, 275, 20}, {128, 100, 275}, {9, 33, 1000}}
	for _, s := range shapes {
		m, n, k := s[0], s[1], s[2]
		for _, mode := range []string{"zero", "bias", "add"} {
			for _, layout := range []string{"NN", "TN", "NT", "TT"} {
				t.Run(fmt.Sprintf("%d×%d×%d %s %s", m, n, k, layout, mode), func(t *testing.T) {
					rng := rand.New(rand.NewPCG(1, 2))
					a := Operand[float32]{random(rng, m*k), k, 1}
					if layout[0] == 'T' {
						a.RowStride, a.ColStride = 1, m
					}
					b := Operand[float32]{random(rng, k*n), n, 1}
					if layout[1] == 'T' {
						b.RowStride, b.ColStride = 1, k
					}
					start, bias := random(rng, m*n), random(rng, n)
					if mode != "bias" {
						bias = nil
					}
					eachVariant(t, func() []float32 {
						c := slices.Clone(start)
						Product(m, n, k, a, b, c, n, bias, mode == "add")
						return c
					})
				})
			}
		}
	}
}

func TestElementwiseIsTheSameEverywhere(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	const rows, cols = 37, 7
	n := rows * cols
	special := []float32{0, float32(math.Copysign(0, -1)), 1, -1, 0.625, -0.625, 88, -88, 1e4, -1e4, 1e-30, float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN())}
	x := append(random(rng, n-len(special)), special...)
	g, labels := random(rng, n), make([]int32, rows)
	for i := range labels {
		labels[i] = int32(rng.IntN(cols))
	}
	kernels := map[string]func() []float32{
		"softmax": func() []float32 {
			p := make([]float32, n)
			Softmax(rows, cols, x, p)
			return p
		},
		"cross-entropy": func() []float32 {
			dz, loss := make([]float32, n), make([]float32, rows)
			CrossEntropy(rows, cols, g, labels, 0.37, dz, loss)
			return append(dz, loss...)
		},
		"add rows": func() []float32 {
			dst := make([]float32, cols*cols)
			AddRows(cols, x, cols, labels, 0, 2, dst, 0.3)
			AddRows(cols, x, cols, labels, 1, 2, dst, 0.3)
			return dst
		},
		"copy rows": func() []float32 {
			dst := make([]float32, rows*(cols+3))
			CopyRows(cols, x, labels, dst, cols+3)
			return dst
		},
		"sum rows": func() []float32 {
			dst := make([]float32, cols)
			SumRows(rows, cols, g, cols, dst)
			return dst
		},
		"square sum": func() []float32 {
			return []float32{float32(SquareSum(g)), float32(SquareSum(g[:100]))}
		},
	}
	ids := []int32{5, 0, 36, 7}
	for kind := SGD; kind <= Adam; kind++ {
		kernels[fmt.Sprintf("optimizer %d", kind)] = func() []float32 {
			y, m, v := slices.Clone(x), make([]float32, n), make([]float32, n)
			for i := range 3 {
				r := Rule{Kind: kind, Rate: 1e-3, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Decay: 0.01, Correct1: 1 - math.Pow(0.9, float64(i+1)), Correct2: 1 - math.Pow(0.999, float64(i+1))}
				Update(&r, rows, cols, nil, g, m, v, y)
				Update(&r, len(ids), cols, ids, g, m, v, y)
			}
			Scale(0.7, y)
			return slices.Concat(y, m, v)
		}
	}
	for kind := Identity; kind <= LeakyReLU; kind++ {
		kernels[fmt.Sprintf("activation %d", kind)] = func() []float32 {
			y, dx := make([]float32, n), make([]float32, n)
			Activate(kind, 0.01, x, y)
			ActivateBack(kind, 0.01, y, g, dx)
			return append(y, dx...)
		}
	}
	for name, f := range kernels {
		t.Run(name, func(t *testing.T) { eachVariant(t, f) })
	}
}

func TestFMA32(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	bits := func() float32 {
		for {
			f := math.Float32frombits(rng.Uint32())
			if f == f && !math.IsInf(float64(f), 0) {
				return f
			}
		}
	}
	check := func(a, b, c float32) {
		exact := new(big.Float).SetPrec(1000).SetFloat64(float64(a))
		exact.Mul(exact, new(big.Float).SetFloat64(float64(b)))
		exact.Add(exact, new(big.Float).SetFloat64(float64(c)))
		want, _ := exact.Float32()
		if got := fma32(a, b, c); got != want {
			t.Fatalf("fma32(%x, %x, %x) = %x, want %x", a, b, c, got, want)
		}
	}
	for range 200_000 {
		check(bits(), bits(), bits())
		// Sums near a midpoint: c is about a·b shifted by the precision.
		a, b := float32(1+rng.Float64()), float32(1+rng.Float64())
		shift := rng.IntN(60) - 30
		check(a, b, float32(math.Ldexp(1+rng.Float64(), shift)))
		check(a, float32(math.Ldexp(float64(b), -140)), float32(math.Ldexp(1, -126-rng.IntN(20))))
	}
	// a·b is just above half an ulp of c: rounding twice gives 1.
	check(1, 0x1p-24+0x1p-47, 1)
	check(0x1.000002p0, 0x1p-24, 1)
}

// relative returns the largest relative error of f over points of [lo, hi].
func relative(lo, hi float64, f func(float32) float32, exact func(float64) float64) float64 {
	worst := 0.0
	const points = 200_000
	for i := range points {
		x := float32(lo + (hi-lo)*float64(i)/points)
		want := exact(float64(x))
		worst = max(worst, math.Abs(float64(f(x))-want)/math.Abs(want))
	}
	return worst
}

func TestAccuracy(t *testing.T) {
	tests := []struct {
		name   string
		lo, hi float64
		f      func(float32) float32
		exact  func(float64) float64
		bound  float64
	}{
		{"exp", -87, -1e-3, expNeg32, math.Exp, 1.2e-7},
		{"log", 1.001, 5, logPos32, math.Log, 1.5e-7},
		{"log", 5, 1e6, logPos32, math.Log, 1e-7},
		{"tanh", 1e-3, 10, tanh32, math.Tanh, 2.5e-7},
		{"tanh", -1, -1e-3, tanh32, math.Tanh, 2.5e-7},
	}
	for _, test := range tests {
		if got := relative(test.lo, test.hi, test.f, test.exact); got > test.bound {
			t.Errorf("%s on [%g, %g]: relative error %.3g, want at most %.3g", test.name, test.lo, test.hi, got, test.bound)
		}
	}
}

func BenchmarkProduct(b *testing.B) {
	for _, s := range [][3]int{{32, 128, 250}, {256, 128, 250}, {1024, 128, 256}, {1024, 1024, 1024}, {32, 100, 275}, {256, 100, 275}, {32, 275, 100}, {256, 275, 100}, {275, 100, 32}, {275, 100, 256}, {275, 100, 1024}, {256, 5, 100}} {
		m, n, k := s[0], s[1], s[2]
		for _, layout := range []string{"NN", "TN", "NT"} {
			b.Run(fmt.Sprintf("%dx%dx%d/%s", m, n, k, layout), func(b *testing.B) {
				SetThreads(1)
				rng := rand.New(rand.NewPCG(1, 2))
				x := Operand[float32]{random(rng, m*k), k, 1}
				if layout[0] == 'T' {
					x.RowStride, x.ColStride = 1, m
				}
				y := Operand[float32]{random(rng, k*n), n, 1}
				if layout[1] == 'T' {
					y.RowStride, y.ColStride = 1, k
				}
				z := make([]float32, m*n)
				b.ReportAllocs()
				for b.Loop() {
					Product(m, n, k, x, y, z, n, nil, false)
				}
				b.ReportMetric(2*float64(m*n*k)*float64(b.N)/1e9/b.Elapsed().Seconds(), "GFLOP/s")
			})
		}
	}
}

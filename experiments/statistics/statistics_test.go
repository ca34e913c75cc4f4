package statistics

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// darwin holds the differences in height, in eighths of an inch, of 15 pairs of
// crossed and self-fertilised maize plants. Darwin, The Effects of Cross and
// Self Fertilisation in the Vegetable Kingdom (1876), as given by Fisher, The
// Design of Experiments (1935), table 3.
var darwin = []float64{49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48}

// sleep holds the additional hours of sleep by the second drug over the first
// of Student, The probable error of a mean (1908); R's data set sleep.
var sleep = []float64{1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4}

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s: got %v, want %v ± %v", what, got, want, tol)
	}
}

// TestPublishedPaired checks against Fisher's count: 863 of 32,768 sums are 314
// or more, so 1726 are as far from 0.
func TestPublishedPaired(t *testing.T) {
	got := PairedPermutation(darwin)
	if want := 1726.0 / 32768; got.P != want || !got.Exact {
		t.Errorf("got %+v, want P %v, exact", got, want)
	}
}

// TestPublishedInterval checks against R: t.test(extra ~ group, data = sleep,
// paired = TRUE) gives the mean 1.58 and the interval 0.7001142 to 2.4598858.
func TestPublishedInterval(t *testing.T) {
	got := Mean(sleep, 0.95)
	near(t, "mean", got.Value, 1.58, 1e-12)
	near(t, "low", got.Low, 0.7001142, 1e-7)
	near(t, "high", got.High, 2.4598858, 1e-7)
	// d = t/√n with R's t = 4.0621.
	near(t, "effect", PairedEffect(sleep), 4.0621/math.Sqrt(10), 2e-5)
}

// TestPublishedCorrections checks Holm against the p-values 0.01, 0.04, 0.03,
// 0.005 and both against R's p.adjust.
func TestPublishedCorrections(t *testing.T) {
	ps := []float64{0.01, 0.04, 0.03, 0.005, math.NaN()}
	approx := cmpopts.EquateApprox(0, 1e-12)
	if diff := cmp.Diff([]float64{0.03, 0.06, 0.06, 0.02, math.NaN()}, Holm(ps), approx, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("Holm (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]float64{0.02, 0.04, 0.04, 0.02, math.NaN()}, BenjaminiHochberg(ps), approx, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("BenjaminiHochberg (-want +got)\n%s", diff)
	}
}

// TestPairedBruteForce counts signs in another way.
func TestPairedBruteForce(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		ds := make([]float64, 1+rng.IntN(8))
		for i := range ds {
			ds[i] = float64(rng.IntN(11) - 5)
		}
		sums := []float64{0}
		for _, d := range ds {
			var next []float64
			for _, s := range sums {
				next = append(next, s+d, s-d)
			}
			sums = next
		}
		extreme, found := 0, math.Abs(sums[0])
		for _, s := range sums {
			if math.Abs(s) >= found {
				extreme++
			}
		}
		if got, want := PairedPermutation(ds).P, float64(extreme)/float64(len(sums)); got != want {
			t.Errorf("%v: got %v, want %v", ds, got, want)
		}
	}
}

// TestUnpairedBruteForce counts divisions by bit masks.
func TestUnpairedBruteForce(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		n := 3 + rng.IntN(7)
		k := 1 + rng.IntN(n-1)
		pool := make([]float64, n)
		for i := range pool {
			pool[i] = float64(rng.IntN(7))
		}
		difference := func(mask int) float64 { // in units of 1/(k(n-k)), so exactly
			a, b := 0.0, 0.0
			for i, x := range pool {
				if mask>>i&1 == 1 {
					a += x
				} else {
					b += x
				}
			}
			return math.Abs(a*float64(n-k) - b*float64(k))
		}
		found := difference(1<<k - 1)
		extreme, all := 0, 0
		for mask := range 1 << n {
			ones := 0
			for m := mask; m > 0; m &= m - 1 {
				ones++
			}
			if ones != k {
				continue
			}
			all++
			if difference(mask) >= found {
				extreme++
			}
		}
		if got, want := Permutation(pool[:k], pool[k:]).P, float64(extreme)/float64(all); got != want {
			t.Errorf("%v | %v: got %v, want %v", pool[:k], pool[k:], got, want)
		}
	}
}

// TestRandomAgreesWithExact compares drawing with counting.
func TestRandomAgreesWithExact(t *testing.T) {
	ds := make([]float64, 0, 30)
	for range 2 {
		ds = append(ds, darwin...)
	}
	drawn := PairedPermutation(ds) // 30 pairs: too many to count
	if drawn.Exact {
		t.Fatal("30 pairs were counted")
	}
	// Twice the data: the sum 628 against a normal of variance Σd².
	sd := 0.0
	for _, d := range ds {
		sd += d * d
	}
	want := math.Erfc(628 / math.Sqrt(sd) / math.Sqrt2)
	near(t, "p", drawn.P, want, 0.003)
	a, b := make([]float64, 15), make([]float64, 15)
	for i := range a {
		a[i], b[i] = float64(i), float64(i)
	}
	if got := Permutation(a, b); got.Exact || got.P < 0.99 {
		t.Errorf("equal samples: got %+v, want P near 1 by drawing", got)
	}
}

func TestBootstrap(t *testing.T) {
	got := BootstrapMean(sleep, 0.95)
	near(t, "mean", got.Value, 1.58, 1e-12)
	// The percentile interval is about mean ± 1.96 sd/√n with the sd of n.
	half := 1.96 * SD(sleep) * math.Sqrt(0.9/10)
	near(t, "low", got.Low, 1.58-half, 0.15)
	near(t, "high", got.High, 1.58+half, 0.15)
	if again := BootstrapMean(sleep, 0.95); again != got {
		t.Errorf("again: got %v, want %v", again, got)
	}
}

func TestEffect(t *testing.T) {
	// Means 3 and 5, pooled sd 1, correction 1 - 3/(4*6-9).
	got := Effect([]float64{2, 3, 4}, []float64{4, 5, 6})
	near(t, "g", got, -2*(1-3.0/15), 1e-12)
	if n := SeedsNeeded(0.5); n != 32 { // (1.95996+0.84162)²/0.25 = 31.4
		t.Errorf("SeedsNeeded(0.5) = %d, want 32", n)
	}
	if n := SeedsNeeded(0); n != 0 {
		t.Errorf("SeedsNeeded(0) = %d, want 0", n)
	}
}

func TestRank(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	strong, weak, constant, many := Factor{Key: "strong"}, Factor{Key: "weak"}, Factor{Key: "constant"}, Factor{Key: "many"}
	var ys []float64
	for i := range 48 {
		s, w := i%3, i/3%2
		x := rng.Float64()
		strong.Values = append(strong.Values, string(rune('a'+s)))
		weak.Values = append(weak.Values, string(rune('a'+w)))
		constant.Values = append(constant.Values, "1")
		many.Values = append(many.Values, "0."+string(rune('0'+i%10))+string(rune('0'+i/10)))
		ys = append(ys, float64(s)+0.3*float64(w)+0.1*x)
	}
	got := Rank([]Factor{weak, many, constant, strong}, ys)
	if len(got) != 3 || got[0].Key != "strong" || got[1].Key != "weak" {
		t.Fatalf("got %+v, want strong, weak, many", got)
	}
	if got[0].Explained < 0.9 || got[0].P > 0.001 || got[2].Levels != 4 {
		t.Errorf("got %+v", got)
	}
	// Alone, two levels that split 0, 0, 1, 1 explain all; one of no use nothing.
	all := Rank([]Factor{{"x", []string{"a", "a", "b", "b"}}, {"y", []string{"a", "b", "a", "b"}}}, []float64{0, 0, 1, 1})
	if all[0].Explained != 1 || all[1].Explained != 0 {
		t.Errorf("got %+v, want 1 and 0", all)
	}
}

package statistics

import (
	"math"

	"gonum.org/v1/gonum/stat"
)

// maxExact is the number of arrangements up to which a permutation test is
// exact.
const maxExact = 1 << 20

// Test is the result of a permutation test.
type Test struct {
	P     float64 // two-sided
	Exact bool    // every arrangement was counted, rather than some at random
}

// tolerance makes sums that differ by rounding alone count as equal.
func tolerance(xs ...[]float64) float64 {
	scale := 0.0
	for _, list := range xs {
		for _, x := range list {
			scale += math.Abs(x)
		}
	}
	return scale * 1e-12
}

// PairedPermutation tests whether paired differences have mean 0: the part of
// all choices of signs whose sum is at least as far from 0 as the sum found.
// Up to 20 pairs it is exact. Without differences P is NaN.
//
// Source: Fisher, The Design of Experiments (1935), section 21.
func PairedPermutation(differences []float64) Test {
	n := len(differences)
	if n == 0 {
		return Test{P: math.NaN()}
	}
	sum := 0.0
	for _, d := range differences {
		sum += d
	}
	least := math.Abs(sum) - tolerance(differences)
	signed := func(negative func(i int) bool) bool {
		s := 0.0
		for i, d := range differences {
			if negative(i) {
				s -= d
			} else {
				s += d
			}
		}
		return math.Abs(s) >= least
	}
	extreme := 0
	if n <= 20 {
		for signs := range 1 << n {
			if signed(func(i int) bool { return signs>>i&1 == 1 }) {
				extreme++
			}
		}
		return Test{float64(extreme) / float64(int(1)<<n), true}
	}
	rng := newRand()
	for range resamples {
		if signed(func(int) bool { return rng.Uint64()&1 == 1 }) {
			extreme++
		}
	}
	return Test{P: float64(extreme+1) / (resamples + 1)}
}

// Permutation tests whether two samples have equal means: the part of all
// divisions of the pooled values whose difference of means is at least as far
// from 0 as the one found. It is exact up to a million divisions. Without
// values in both P is NaN.
func Permutation(a, b []float64) Test {
	if len(a) == 0 || len(b) == 0 {
		return Test{P: math.NaN()}
	}
	pool := append(append([]float64{}, a...), b...)
	n, k := len(pool), len(a)
	total := 0.0
	for _, x := range pool {
		total += x
	}
	distance := func(sumA float64) float64 {
		return math.Abs(sumA/float64(k) - (total-sumA)/float64(n-k))
	}
	least := math.Abs(stat.Mean(a, nil)-stat.Mean(b, nil)) - tolerance(pool)/float64(min(k, n-k))
	if c := choose(n, k); c <= maxExact {
		extreme := 0
		eachChoice(pool, k, func(sum float64) {
			if distance(sum) >= least {
				extreme++
			}
		})
		return Test{float64(extreme) / c, true}
	}
	rng := newRand()
	extreme := 0
	for range resamples {
		sum := 0.0
		for i := range k { // the first k of a random order
			j := i + rng.IntN(n-i)
			pool[i], pool[j] = pool[j], pool[i]
			sum += pool[i]
		}
		if distance(sum) >= least {
			extreme++
		}
	}
	return Test{P: float64(extreme+1) / (resamples + 1)}
}

// choose returns the number of ways to take k of n.
func choose(n, k int) float64 {
	c := 1.0
	for i := range k {
		c = c * float64(n-i) / float64(i+1)
	}
	return math.Round(c)
}

// eachChoice calls f with the sum of each choice of k of xs.
func eachChoice(xs []float64, k int, f func(sum float64)) {
	var take func(from, left int, sum float64)
	take = func(from, left int, sum float64) {
		if left == 0 {
			f(sum)
			return
		}
		for i := from; i <= len(xs)-left; i++ {
			take(i+1, left-1, sum+xs[i])
		}
	}
	take(0, k, 0)
}

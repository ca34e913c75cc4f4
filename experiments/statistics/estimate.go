package statistics

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Interval is an estimate with the bounds of its confidence interval.
type Interval struct {
	Value, Low, High float64
}

// Mean returns the mean of xs with its confidence interval by Student's t.
// The level is such as 0.95. One value has an infinite interval; none has NaN.
func Mean(xs []float64, level float64) Interval {
	if len(xs) == 0 {
		return Interval{math.NaN(), math.NaN(), math.NaN()}
	}
	mean := stat.Mean(xs, nil)
	if len(xs) == 1 {
		return Interval{mean, math.Inf(-1), math.Inf(1)}
	}
	n := float64(len(xs))
	t := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile((1 + level) / 2)
	half := t * SD(xs) / math.Sqrt(n)
	return Interval{mean, mean - half, mean + half}
}

// SD returns the standard deviation of the population that xs is a sample of;
// NaN for fewer than two values.
func SD(xs []float64) float64 {
	if len(xs) < 2 {
		return math.NaN()
	}
	return stat.StdDev(xs, nil)
}

// resamples is the number of random draws of the bootstrap and of permutation
// tests that are too large to be exact.
const resamples = 20_000

func newRand() *rand.Rand { return rand.New(rand.NewPCG(0x5eed, 0x1ec7e54)) }

// BootstrapMean returns the mean of xs with its percentile bootstrap interval
// from 20,000 resamples.
//
// Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993),
// chapter 13.
func BootstrapMean(xs []float64, level float64) Interval {
	if len(xs) == 0 {
		return Interval{math.NaN(), math.NaN(), math.NaN()}
	}
	rng := newRand()
	means := make([]float64, resamples)
	for i := range means {
		sum := 0.0
		for range xs {
			sum += xs[rng.IntN(len(xs))]
		}
		means[i] = sum / float64(len(xs))
	}
	slices.Sort(means)
	tail := (1 - level) / 2
	return Interval{
		stat.Mean(xs, nil),
		stat.Quantile(tail, stat.Empirical, means, nil), stat.Quantile(1-tail, stat.Empirical, means, nil),
	}
}

// PairedEffect returns Cohen's d of paired differences: their mean divided by
// their standard deviation.
func PairedEffect(differences []float64) float64 {
	return stat.Mean(differences, nil) / SD(differences)
}

// Effect returns Hedges' g of two samples: the difference of their means in
// pooled standard deviations, corrected for small samples.
//
// Source: Hedges, Distribution theory for Glass's estimator of effect size and
// related estimators (1981).
func Effect(a, b []float64) float64 {
	na, nb := float64(len(a)), float64(len(b))
	if na < 2 || nb < 2 {
		return math.NaN()
	}
	pooled := math.Sqrt(((na-1)*stat.Variance(a, nil) + (nb-1)*stat.Variance(b, nil)) / (na + nb - 2))
	correction := 1 - 3/(4*(na+nb)-9)
	return (stat.Mean(a, nil) - stat.Mean(b, nil)) / pooled * correction
}

// SeedsNeeded returns how many pairs decide, with probability 0.8 at the level
// 0.05, that an effect of this size (by PairedEffect) is not chance, by the
// normal approximation. It is 0 if there is no effect to decide on.
func SeedsNeeded(effect float64) int {
	if effect == 0 || math.IsNaN(effect) {
		return 0
	}
	if math.IsInf(effect, 0) {
		return 2
	}
	z := distuv.UnitNormal.Quantile(0.975) + distuv.UnitNormal.Quantile(0.8)
	return max(2, int(math.Ceil(z*z/(effect*effect))))
}

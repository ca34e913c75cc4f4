package compare

import (
	"math"
	"slices"
	"strings"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/statistics"
)

// Level is the confidence level of intervals, and 1-Level the level at which a
// difference counts as found.
const Level = 0.95

// Setup is a group of runs that differ in nothing that matters but the seed.
type Setup struct {
	Name   string             // the params that name it: "lr=0.1 hidden=64"
	Runs   []string           // ids
	Values map[string]float64 // of the metric, by seed; of several runs with one seed, the last
}

// sorted returns the values in the order of their seeds.
func (s *Setup) sorted() []float64 {
	values := make([]float64, 0, len(s.Values))
	for _, seed := range sortedKeys(s.Values) {
		values = append(values, s.Values[seed])
	}
	return values
}

func sortedKeys(m map[string]float64) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Group puts runs into setups by the values of params and takes from each the
// value of a metric. Runs without the metric, or where it is NaN, are left out
// and counted. The seed is the param named seed; a run without it is known by
// its id.
func Group(runs []experiments.Run, by []string, value func(*experiments.Run) (float64, bool)) (setups []Setup, left int) {
	index := map[string]int{}
	for i := range runs {
		r := &runs[i]
		x, ok := value(r)
		if !ok || math.IsNaN(x) {
			left++
			continue
		}
		var parts []string
		for _, key := range by {
			v, _ := r.Param(key)
			parts = append(parts, key+"="+v)
		}
		name := strings.Join(parts, " ")
		at, known := index[name]
		if !known {
			at = len(setups)
			index[name] = at
			setups = append(setups, Setup{Name: name, Values: map[string]float64{}})
		}
		seed, ok := r.Param("seed")
		if !ok {
			seed = r.ID
		}
		setups[at].Runs = append(setups[at].Runs, r.ID)
		setups[at].Values[seed] = x
	}
	slices.SortFunc(setups, func(a, b Setup) int { return strings.Compare(a.Name, b.Name) })
	return setups, left
}

// Estimate is the mean of a setup over its seeds.
type Estimate struct {
	Setup string
	Seeds int
	Mean  float64
	SD    float64
	Low   float64 // of the confidence interval
	High  float64
}

// Estimates returns the mean of each setup with its interval by Student's t.
func Estimates(setups []Setup) []Estimate {
	var list []Estimate
	for i := range setups {
		values := setups[i].sorted()
		m := statistics.Mean(values, Level)
		list = append(list, Estimate{setups[i].Name, len(values), m.Value, statistics.SD(values), m.Low, m.High})
	}
	return list
}

// Contrast compares two setups.
type Contrast struct {
	A          string
	B          string
	Pairs      int // seeds that both have; 0 if the test is not paired
	Difference float64
	Low        float64 // of the bootstrap interval of the difference
	High       float64
	Effect     float64 // in standard deviations
	P          float64
	Corrected  float64 // by Holm for all contrasts
	Exact      bool
	Seeds      int // pairs that would decide on this effect; 0 if it is none
}

// Contrasts compares every two setups: paired by seed where they share two
// seeds or more, with permutation tests, corrected for their number.
func Contrasts(setups []Setup) []Contrast {
	var list []Contrast
	var ps []float64
	for i := range setups {
		for j := i + 1; j < len(setups); j++ {
			c := contrast(&setups[i], &setups[j])
			list = append(list, c)
			ps = append(ps, c.P)
		}
	}
	for i, p := range statistics.Holm(ps) {
		list[i].Corrected = p
	}
	return list
}

func contrast(a, b *Setup) Contrast {
	c := Contrast{A: a.Name, B: b.Name}
	var differences []float64
	for _, seed := range sortedKeys(a.Values) {
		if y, ok := b.Values[seed]; ok {
			differences = append(differences, a.Values[seed]-y)
		}
	}
	if len(differences) >= 2 {
		boot := statistics.BootstrapMean(differences, Level)
		test := statistics.PairedPermutation(differences)
		c.Pairs, c.Difference, c.Low, c.High = len(differences), boot.Value, boot.Low, boot.High
		c.Effect, c.P, c.Exact = statistics.PairedEffect(differences), test.P, test.Exact
		c.Seeds = statistics.SeedsNeeded(c.Effect)
		return c
	}
	xs, ys := a.sorted(), b.sorted()
	test := statistics.Permutation(xs, ys)
	c.Difference = statistics.Mean(xs, Level).Value - statistics.Mean(ys, Level).Value
	c.Low, c.High = math.NaN(), math.NaN()
	c.Effect, c.P, c.Exact = statistics.Effect(xs, ys), test.P, test.Exact
	c.Seeds = statistics.SeedsNeeded(c.Effect)
	return c
}

// Importances ranks the params in which runs differ, but the seed, by how much
// of the metric's variance they explain.
func Importances(runs []experiments.Run, value func(*experiments.Run) (float64, bool)) []statistics.Importance {
	var used []experiments.Run
	var ys []float64
	for i := range runs {
		if x, ok := value(&runs[i]); ok && !math.IsNaN(x) && !math.IsInf(x, 0) {
			used = append(used, runs[i])
			ys = append(ys, x)
		}
	}
	if len(used) < 2 {
		return nil
	}
	var factors []statistics.Factor
	for _, d := range Params(used) {
		if d.Key == "seed" {
			continue
		}
		f := statistics.Factor{Key: d.Key}
		for _, v := range d.Values {
			if v == nil {
				f.Values = append(f.Values, "")
			} else {
				f.Values = append(f.Values, *v)
			}
		}
		factors = append(factors, f)
	}
	return statistics.Rank(factors, ys)
}

package statistics

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/stat"
)

// Factor is a hyper-parameter with its value in each run; "" where a run lacks
// it.
type Factor struct {
	Key    string
	Values []string
}

// Importance says how much of a metric's variance a factor explains by itself.
type Importance struct {
	Key    string
	Levels int // different values; numbers of many values count in four bins
	// Explained is the part of the variance between the levels, corrected for
	// what as many levels explain by chance (epsilon squared), from 0 to 1.
	Explained float64
	// P is the chance that random levels explain as much.
	P float64
}

// maxLevels is the number of different numbers from which on they are put in
// bins.
const maxLevels = 8

// permutations is the number of random assignments from which P is estimated.
const permutations = 2000

// Rank returns the importance of factors for ys, greatest first. Factors with
// one level are left out. Interactions are not seen: a factor that matters only
// together with another explains nothing here.
//
// Source: Kelley, An Unbiased Correlation Ratio Measure (1935), for epsilon
// squared.
func Rank(factors []Factor, ys []float64) []Importance {
	var ranked []Importance
	for _, f := range factors {
		levels, count := levelsOf(f.Values)
		if count < 2 || count >= len(ys) {
			continue
		}
		explained := epsilonSquared(levels, count, ys)
		ranked = append(ranked, Importance{f.Key, count, max(0, explained), chance(levels, count, ys, explained)})
	}
	slices.SortStableFunc(ranked, func(a, b Importance) int {
		switch {
		case a.Explained > b.Explained:
			return -1
		case a.Explained < b.Explained:
			return 1
		}
		return 0
	})
	return ranked
}

// levelsOf numbers the levels of values, quartiles if they are many numbers.
func levelsOf(values []string) (levels []int, count int) {
	index := map[string]int{}
	numbers := make([]float64, len(values))
	numeric := true
	for i, v := range values {
		x, err := strconv.ParseFloat(v, 64)
		numeric = numeric && err == nil && !math.IsNaN(x)
		numbers[i] = x
		if _, ok := index[v]; !ok {
			index[v] = len(index)
		}
	}
	levels = make([]int, len(values))
	if !numeric || len(index) < maxLevels {
		for i, v := range values {
			levels[i] = index[v]
		}
		return levels, len(index)
	}
	sorted := slices.Clone(numbers)
	slices.Sort(sorted)
	seen := map[int]bool{}
	for i, x := range numbers {
		levels[i] = min(3, 4*sortedBelow(sorted, x)/len(sorted))
		seen[levels[i]] = true
	}
	return levels, len(seen)
}

// sortedBelow returns how many values are less than x.
func sortedBelow(sorted []float64, x float64) int {
	n, _ := slices.BinarySearch(sorted, x)
	return n
}

// epsilonSquared returns the part of the variance of ys that levels explain.
func epsilonSquared(levels []int, count int, ys []float64) float64 {
	mean := stat.Mean(ys, nil)
	sums, sizes := make([]float64, len(ys)), make([]float64, len(ys)) // by level
	total := 0.0
	for i, y := range ys {
		sums[levels[i]] += y - mean
		sizes[levels[i]]++
		total += (y - mean) * (y - mean)
	}
	if total == 0 {
		return 0
	}
	between := 0.0
	for level, sum := range sums {
		if sizes[level] > 0 {
			between += sum * sum / sizes[level]
		}
	}
	within := (total - between) / float64(len(ys)-count)
	return (between - float64(count-1)*within) / total
}

// chance returns the part of random assignments that explain as much.
func chance(levels []int, count int, ys []float64, explained float64) float64 {
	rng := newRand()
	shuffled := slices.Clone(ys)
	extreme := 0
	for range permutations {
		rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if epsilonSquared(levels, count, shuffled) >= explained-1e-12 {
			extreme++
		}
	}
	return float64(extreme+1) / (permutations + 1)
}

// MarshalJSON writes the importance as an object.
func (i Importance) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Key       string  `json:"param"`
		Levels    int     `json:"values"`
		Explained float64 `json:"explained"`
		P         float64 `json:"p"`
	}{i.Key, i.Levels, i.Explained, i.P})
}

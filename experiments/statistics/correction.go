package statistics

import (
	"math"
	"slices"
)

// Holm returns the p-values of several tests corrected so that the chance of
// any false alarm among them stays at the level. NaN stay and do not count.
//
// Source: Holm, A Simple Sequentially Rejective Multiple Test Procedure (1979).
func Holm(ps []float64) []float64 {
	order := ascending(ps)
	corrected := slices.Clone(ps)
	least := 0.0
	for i, at := range order {
		least = max(least, min(1, ps[at]*float64(len(order)-i)))
		corrected[at] = least
	}
	return corrected
}

// BenjaminiHochberg returns the p-values of several tests corrected so that
// the expected part of false alarms among the alarms stays at the level. NaN
// stay and do not count.
//
// Source: Benjamini and Hochberg, Controlling the False Discovery Rate (1995).
func BenjaminiHochberg(ps []float64) []float64 {
	order := ascending(ps)
	corrected := slices.Clone(ps)
	most := 1.0
	for i := len(order) - 1; i >= 0; i-- {
		most = min(most, ps[order[i]]*float64(len(order))/float64(i+1))
		corrected[order[i]] = most
	}
	return corrected
}

// ascending returns the indexes of the values that are not NaN, least first.
func ascending(ps []float64) []int {
	var order []int
	for i, p := range ps {
		if !math.IsNaN(p) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case ps[i] < ps[j]:
			return -1
		case ps[i] > ps[j]:
			return 1
		}
		return 0
	})
	return order
}

package statistics_test

import (
	"fmt"

	"github.com/lectern-go/lectern/experiments/statistics"
)

// Two models on the same ten seeds: is the difference more than chance?
func ExamplePairedPermutation() {
	differences := []float64{1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4}
	mean := statistics.Mean(differences, 0.95)
	test := statistics.PairedPermutation(differences)
	fmt.Printf("%.2f [%.2f, %.2f], p = %.4f\n", mean.Value, mean.Low, mean.High, test.P)
	// Output: 1.58 [0.70, 2.46], p = 0.0039
}

package plot_test

import (
	"fmt"

	"github.com/lectern-go/lectern/nnlib/plot"
)

// In a notebook the last line of a cell, a figure, is drawn; here it is told.
func ExampleLoss() {
	figure := plot.Loss(
		plot.Series{Name: "train", X: []float64{1, 2, 3}, Y: []float64{0.310, 0.176, 0.132}},
		plot.Series{Name: "dev", X: []float64{1, 2, 3}, Y: []float64{0.178, 0.160, 0.142}},
	)
	fmt.Print(figure)
	// Output:
	// Loss: loss (nats) against step
	//   train: 3 points, 0.31 to 0.132, least 0.132 at step 3
	//   dev: 3 points, 0.178 to 0.142, least 0.142 at step 3
}

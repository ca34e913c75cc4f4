package data

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed spiral.csv
var spiral string

// Spiral returns the toy set of three spiral arms, 100 points of the plane each,
// that no line tells apart: the points, 300×2 row by row, and the class of each, 0,
// 1 or 2.
//
// Source: CS231n (Stanford), "Putting it together: Minimal Neural Network Case
// Study"; these are the points of its recipe under numpy's generator with seed 0,
// which give the losses printed there.
func Spiral() (points []float32, classes []int32) {
	for line := range strings.Lines(spiral[strings.Index(spiral, "\n")+1:]) {
		var x, y float32
		var class int32
		if _, err := fmt.Sscanf(line, "%g,%g,%d\n", &x, &y, &class); err != nil {
			panic(fmt.Sprintf("data: spiral.csv, which is embedded: %q: %v", line, err))
		}
		points = append(points, x, y)
		classes = append(classes, class)
	}
	return points, classes
}

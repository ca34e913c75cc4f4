package plot

import (
	"math"

	"gonum.org/v1/plot/plotter"
)

// Smooth returns the exponential moving average of y with weight for the past,
// from the first value on without a bias towards zero. Values that are not finite
// stay and do not enter the average.
//
// Source: the smoothing of TensorBoard's scalar charts; the correction is that of
// Kingma and Ba, Adam (2015), section 3.
func Smooth(y []float64, weight float64) []float64 {
	smooth := make([]float64, len(y))
	mean, power := 0.0, 1.0
	for i, v := range y {
		if math.IsNaN(v - v) {
			smooth[i] = v
			continue
		}
		mean = weight*mean + (1-weight)*v
		power *= weight
		smooth[i] = mean / (1 - power)
	}
	return smooth
}

// thin replaces the points that fall on one of columns pixel columns by the first,
// least, greatest and last of them, in their order.
func thin(points plotter.XYs, columns int) plotter.XYs {
	if len(points) <= 4*columns {
		return points
	}
	per := float64(len(points)) / float64(columns)
	thinned := make(plotter.XYs, 0, 4*columns)
	for column := range columns {
		from, to := int(float64(column)*per), int(float64(column+1)*per)
		low, high := from, from
		for i := from; i < to; i++ {
			if points[i].Y < points[low].Y {
				low = i
			}
			if points[i].Y > points[high].Y {
				high = i
			}
		}
		last := -1
		for _, i := range []int{from, min(low, high), max(low, high), to - 1} {
			if i > last {
				thinned = append(thinned, points[i])
				last = i
			}
		}
	}
	return thinned
}

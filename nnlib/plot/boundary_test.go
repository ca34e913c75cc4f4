package plot

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// leftOf is a classifier with a vertical boundary.
func leftOf(x float32) func([]float32) []int32 {
	return func(points []float32) []int32 {
		classes := make([]int32, len(points)/2)
		for i := range classes {
			if points[2*i] > x {
				classes[i] = 1
			}
		}
		return classes
	}
}

func TestBoundary(t *testing.T) {
	b := Boundary{
		Title: "halves", Points: []float32{-1, -1, 1, 1, 1, 0}, Classes: []int32{0, 1, 1},
		Names: []string{"left"}, Predict: leftOf(0),
	}
	figure := b.Figure()
	const want = `halves: 3 points
  left: 1 points, 50 % of the plane
  class 1: 2 points, 50 % of the plane
`
	if diff := cmp.Diff(want, figure.Text); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	got := texts(t, figure.SVG())
	for _, want := range []string{"halves", "left", "class 1"} {
		if !slices.Contains(got, want) {
			t.Errorf("texts %q have no %q", got, want)
		}
	}
	b.Predict = nil
	if got := b.Figure().Text; strings.Contains(got, "plane") {
		t.Errorf("without a classifier the text tells of the plane: %s", got)
	}
}

// TestRegion checks the place of the boundary: the region of each class ends
// within one cell of it.
func TestRegion(t *testing.T) {
	box := rectangle{-2, 2, -1, 1}
	grid := leftOf(0.5)(gridPoints(box))
	for class, want := range map[int32][2]float64{0: {-2, 0.5}, 1: {0.5, 2}} {
		rings := region(grid, class, box)
		if len(rings) != gridRows {
			t.Errorf("class %d: %d runs, want one for each of %d rows", class, len(rings), gridRows)
		}
		for _, ring := range rings {
			if math.Abs(ring[0].X-want[0]) > 4.0/gridColumns || math.Abs(ring[1].X-want[1]) > 4.0/gridColumns {
				t.Fatalf("class %d: run from %g to %g, want %v", class, ring[0].X, ring[1].X, want)
			}
		}
	}
}

func TestBoundaryOfOddData(t *testing.T) {
	nan := float32(math.NaN())
	for name, b := range map[string]Boundary{
		"nothing":   {},
		"one point": {Points: []float32{3, 3}, Classes: []int32{0}, Predict: leftOf(3)},
		"NaN":       {Points: []float32{nan, 1, 2, 2}, Classes: []int32{0, 1}},
		"a class that no point has": {Points: []float32{0, 0}, Classes: []int32{0}, Predict: func(p []float32) []int32 {
			return slices.Repeat([]int32{4}, len(p)/2)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if svg := b.Figure().SVG(); strings.Contains(svg, "NaN") {
				t.Errorf("the SVG holds NaN:\n%s", svg)
			}
		})
	}
}

func TestShapesPanic(t *testing.T) {
	for want, call := range map[string]func(){
		"plot: Boundary: 3 coordinates for 1 classes, want N×2 and N": func() {
			Boundary{Points: []float32{1, 2, 3}, Classes: []int32{0}}.Figure()
		},
		"plot: Boundary: point 0 has class -1, want 0 or more": func() {
			Boundary{Points: []float32{1, 2}, Classes: []int32{-1}}.Figure()
		},
		"plot: Boundary: Predict returned 0 classes for 20800 points": func() {
			Boundary{Predict: func([]float32) []int32 { return nil }}.Figure()
		},
		"plot: Boundary: 1 words for 2 points": func() {
			Boundary{Points: make([]float32, 4), Classes: make([]int32, 2), Words: []string{"a"}}.Figure()
		},
		"plot: Landscape: X is [1 0] and Y [0 1], want from < to": func() {
			Landscape{X: [2]float64{1, 0}, Y: [2]float64{0, 1}}.Figure()
		},
		"plot: Landscape: path \"p\" has 1 X and 0 Y": func() {
			Landscape{X: [2]float64{0, 1}, Y: [2]float64{0, 1}, Paths: []Series{{Name: "p", X: []float64{1}}}}.Figure()
		},
		"plot: Landscape: F is not finite anywhere": func() {
			Landscape{F: func(x, y float64) float64 { return math.NaN() }, X: [2]float64{0, 1}, Y: [2]float64{0, 1}}.Figure()
		},
		"plot: ConfusionMatrix: 2 labels and 2 rows, one of 1; want K, K×K": func() {
			ConfusionMatrix("", []string{"a", "b"}, [][]int{{1, 2}, {1}})
		},
		"plot: PCA: 5 numbers in rows of 2 for 2 components, want N×d and k ≤ N, d": func() {
			_, _ = PCA(make([]float32, 5), 2, 2)
		},
		"plot: Words: 2 words, 3 numbers, 0 groups; want n, n×2 and n or none": func() {
			_, _ = Words("", []string{"a", "b"}, make([]float32, 3), 2, nil)
		},
		"plot: Figure.PNG: scale is 0, want more than 0": func() { _, _ = Loss().PNG(0) },
	} {
		t.Run(want, func(t *testing.T) {
			defer func() {
				if got := fmt.Sprint(recover()); got != want {
					t.Errorf("panic %s, want %s", got, want)
				}
			}()
			call()
		})
	}
}

func TestConfusionMatrix(t *testing.T) {
	figure := ConfusionMatrix("tokens", []string{"LOC", "<O>"}, [][]int{{17, 3}, {0, 0}})
	got := texts(t, figure.SVG())
	for _, want := range []string{"tokens", "gold", "predicted", "LOC", "<O>", "17", "3", "0"} {
		if !slices.Contains(got, want) {
			t.Errorf("texts %q have no %q", got, want)
		}
	}
	const want = `tokens: rows are gold, columns predicted
  LOC: LOC 17 <O> 3
  <O>: LOC 0 <O> 0
`
	if diff := cmp.Diff(want, figure.Text); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	texts(t, ConfusionMatrix("empty", nil, nil).SVG())
}

func TestActivations(t *testing.T) {
	figure := Activations("f", Activation{"tanh", math.Tanh, func(z float64) float64 { return 1 - math.Pow(math.Tanh(z), 2) }})
	got := texts(t, figure.SVG())
	for _, want := range []string{"tanh", "tanh′", "z"} {
		if !slices.Contains(got, want) {
			t.Errorf("texts %q have no %q", got, want)
		}
	}
	if !strings.Contains(figure.SVG(), "stroke-dasharray") {
		t.Error("the derivative is not dashed")
	}
	if s := Sample("x", func(z float64) float64 { return z }, -1, 1); s.X[0] != -1 || s.X[200] != 1 || s.Y[100] != 0 {
		t.Errorf("Sample ends at %g and %g with %g in the middle, want -1, 1, 0", s.X[0], s.X[200], s.Y[100])
	}
}

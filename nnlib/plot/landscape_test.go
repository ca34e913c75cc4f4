package plot

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func bowl(x, y float64) float64 { return (x-1)*(x-1) + 2*y*y }

func TestLandscape(t *testing.T) {
	l := Landscape{
		Title: "bowl", XLabel: "w₁", F: bowl, X: [2]float64{-3, 3}, Y: [2]float64{-1.5, 1.5},
		Paths: []Series{{Name: "descent", X: []float64{-2, 0, 1}, Y: []float64{1, 0.5, 0}}, {Name: "none"}, {X: []float64{3}, Y: []float64{0}}},
	}
	got := texts(t, l.Figure().SVG())
	for _, want := range []string{"bowl", "w₁", "descent", "-2"} {
		if !slices.Contains(got, want) {
			t.Errorf("texts %q have no %q", got, want)
		}
	}
	const want = "bowl: least on the grid 0 at (1, 0)\n  descent: 3 points from (-2, 1) to (1, 0)\n" +
		"  path 3: 1 points from (3, 0) to (3, 0)\n"
	if diff := cmp.Diff(want, l.Figure().Text); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	if svg := l.Figure().SVG(); strings.Count(svg, "<path") < landscapeLines {
		t.Errorf("%d paths, want at least a line for each of %d heights", strings.Count(svg, "<path"), landscapeLines)
	}
}

// TestLandscapeLevels: as many points of the grid lie between any two lines.
func TestLandscapeLevels(t *testing.T) {
	h := Landscape{F: func(x, y float64) float64 { return x * 1e6 }, X: [2]float64{0, 1}, Y: [2]float64{0, 1}}.heights()
	levels := h.levels()
	if len(levels) != landscapeLines {
		t.Fatalf("%d levels, want %d", len(levels), landscapeLines)
	}
	for i, level := range levels {
		below := 0
		for _, z := range h.z {
			if z < level {
				below++
			}
		}
		share := (float64(i) + 0.5) / landscapeLines
		if got := float64(below) / float64(len(h.z)); got < share-0.02 || got > share+0.02 {
			t.Errorf("%.3f of the plane is below line %d, want %.3f", got, i, share)
		}
	}
}

func TestRow(t *testing.T) {
	left := Boundary{Title: "before", Points: []float32{0, 0, 1, 1}, Classes: []int32{0, 1}, NoLegend: true, Width: 300, Height: 300}.Figure()
	right := Boundary{Title: "after", Points: []float32{0, 0, 1, 1}, Classes: []int32{0, 1}, Words: []string{"TV", "telly"}}.Figure()
	row := Row(left, right)
	if row.Width != 780 || row.Height != 400 || row.Title != "before · after" || row.Text != left.Text+right.Text {
		t.Errorf("row is %g×%g, %q, %q", row.Width, row.Height, row.Title, row.Text)
	}
	got := texts(t, row.SVG())
	for _, want := range []string{"before", "after", "TV", "telly", "class 1"} {
		if !slices.Contains(got, want) {
			t.Errorf("texts %q have no %q", got, want)
		}
	}
	if n := len(slices.DeleteFunc(got, func(s string) bool { return s != "class 1" })); n != 1 {
		t.Errorf("%d legends, want that of the right figure alone", n)
	}
}

package plot

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gonum.org/v1/plot/vg"
)

// TestPCA takes points on a line in space: one component holds everything, and the
// coordinates are the distances from the middle.
func TestPCA(t *testing.T) {
	c, err := PCA([]float32{0, 0, 5, 3, 4, 5, 9, 12, 5}, 3, 2)
	if err != nil {
		t.Fatal(err)
	}
	near := cmpopts.EquateApprox(0, 1e-9)
	middle := 20.0 / 3
	want := [][]float64{{-middle, 0}, {5 - middle, 0}, {15 - middle, 0}}
	if diff := cmp.Diff(want, c.Points, near); diff != "" {
		t.Errorf("points (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]float64{1, 0}, c.Shares, near); diff != "" {
		t.Errorf("shares (-want +got):\n%s", diff)
	}
}

// TestPCAKeepsDistances checks that all components together only turn the data.
func TestPCAKeepsDistances(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	const n, d = 20, 5
	data := make([]float32, n*d)
	for i := range data {
		data[i] = float32(random.NormFloat64())
	}
	c, err := PCA(data, d, d)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		want, got := 0.0, 0.0
		for j := range d {
			x, y := float64(data[i*d+j])-float64(data[j]), c.Points[i][j]-c.Points[0][j]
			want += x * x
			got += y * y
		}
		if math.Abs(want-got) > 1e-9 {
			t.Errorf("squared distance of rows 0 and %d is %g, want %g", i, got, want)
		}
	}
	sum := 0.0
	for j, share := range c.Shares {
		sum += share
		if j > 0 && share > c.Shares[j-1] {
			t.Errorf("component %d has a greater share than the one before it: %v", j, c.Shares)
		}
	}
	if math.Abs(sum-1) > 1e-12 {
		t.Errorf("the shares add up to %g, want 1", sum)
	}
}

func TestPCAErrors(t *testing.T) {
	if _, err := PCA([]float32{1, 2, 3, float32(math.NaN())}, 2, 2); err == nil || !strings.Contains(err.Error(), "number 1 of row 1 is NaN") {
		t.Errorf("NaN: error %v, want one that says where", err)
	}
	c, err := PCA(make([]float32, 6), 2, 2)
	if err != nil || c.Shares[0] != 0 {
		t.Errorf("equal rows: shares %v (%v), want 0", c, err)
	}
}

// TestWordAtTheEdge: a word that has no room to the right of its point stands at its
// left.
func TestWordAtTheEdge(t *testing.T) {
	page := vg.Rectangle{Max: vg.Point{X: 100, Y: 100}}
	size := vg.Point{X: 30, Y: 10}
	for x, left := range map[vg.Length]bool{20: false, 60: false, 90: true} {
		at := vg.Point{X: x, Y: 50}
		if box := (wordPlane{}).place(at, size, page, nil); (box.Max.X < at.X) != left {
			t.Errorf("the word of the point at %v stands at %v to %v", x, box.Min.X, box.Max.X)
		}
	}
}

func TestWords(t *testing.T) {
	words := []string{"paris", "london", "<unk>", "same"}
	figure, err := Words("vectors", words, []float32{1, 0, 0.9, 0.1, -1, 1, -1, 1}, 2, []int{0, 0, 1, 1})
	if err != nil {
		t.Fatal(err)
	}
	got := texts(t, figure.SVG())
	for _, word := range words {
		if !slices.Contains(got, word) {
			t.Errorf("texts %q have no %q", got, word)
		}
	}
	if _, err := Words("", words[:2], []float32{1, float32(math.Inf(1)), 0, 0}, 2, nil); err == nil {
		t.Error("infinite vector: no error")
	}
}

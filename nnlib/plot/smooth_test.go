package plot

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestSmooth(t *testing.T) {
	near := cmpopts.EquateApprox(0, 1e-12)
	nan := math.NaN()
	tests := []struct {
		name   string
		y      []float64
		weight float64
		want   []float64
	}{
		{"nothing", nil, 0.9, []float64{}},
		{"no weight for the past", []float64{3, 1, 2}, 0, []float64{3, 1, 2}},
		{"a constant stays from the first value on", []float64{5, 5, 5}, 0.9, []float64{5, 5, 5}},
		// (0.5·4)/(1-0.5), (0.25·4+0.5·1)/(1-0.25), (0.125·4+0.25·1+0.5·2)/(1-0.125)
		{"by hand", []float64{4, 1, 2}, 0.5, []float64{4, 2, 2}},
		{"gap", []float64{4, nan, 1}, 0.5, []float64{4, nan, 2}},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, Smooth(test.y, test.weight), near, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestSmoothedCurves checks that the raw curve stays behind the smoothed one.
func TestSmoothedCurves(t *testing.T) {
	c := Curves{Series: []Series{{Name: "a", Y: []float64{1, 2, 1, 2}}}}
	plain := strings.Count(c.Figure().SVG(), "<path")
	c.Smooth = 0.9
	if got := strings.Count(c.Figure().SVG(), "<path"); got != plain+1 {
		t.Errorf("%d paths with smoothing, %d without; want one more", got, plain)
	}
	defer func() {
		if got, want := recover(), "plot: Curves: Smooth is 1, want 0 or more and less than 1"; got != want {
			t.Errorf("panic %v, want %s", got, want)
		}
	}()
	c.Smooth = 1
	c.Figure()
}

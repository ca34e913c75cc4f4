package plot

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/plotter"
)

func TestCurvesOfOddData(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	tests := map[string]struct {
		curves Curves
		want   string // in the text form
	}{
		"no series":       {Curves{Title: "t"}, "t: "},
		"empty series":    {Curves{Series: []Series{{Name: "a"}}}, "a: nothing to draw"},
		"all NaN":         {Curves{Series: []Series{{Name: "a", Y: []float64{nan, nan}}}}, "a: nothing to draw"},
		"diverged":        {Curves{Series: []Series{{Name: "a", Y: []float64{1, 2, inf, nan}}}}, "a: 2 points, 1 to 2"},
		"one point":       {Curves{Series: []Series{{Name: "a", Y: []float64{1}}}}, "a: 1 points, 1 to 1"},
		"constant":        {Curves{Series: []Series{{Name: "a", Y: []float64{0, 0, 0}}}}, "a: 3 points, 0 to 0"},
		"log of zero":     {Curves{LogY: true, Series: []Series{{Name: "a", Y: []float64{1, 0, -1, 4}}}}, "a: 2 points, 1 to 4"},
		"log of nothing":  {Curves{LogY: true, Series: []Series{{Name: "a", Y: []float64{0}}}}, "a: nothing to draw"},
		"huge":            {Curves{Series: []Series{{Name: "a", Y: []float64{1e300, -1e300}}}}, "a: 2 points, 1e+300 to -1e+300"},
		"infinite X":      {Curves{Series: []Series{{Name: "a", X: []float64{1, inf}, Y: []float64{1, 2}}}}, "a: 1 points"},
		"tiny on the log": {Curves{LogY: true, Series: []Series{{Name: "a", Y: []float64{1e-30, 1e30}}}}, "a: 2 points"},
		"twenty series":   {Curves{Series: slices.Repeat([]Series{{Name: "a", Y: []float64{1, 2}}}, 20)}, "a: 2 points"},
		"a name so long that the legend would leave no plot": {
			Curves{Series: []Series{{Name: strings.Repeat("long ", 60), Y: []float64{1, 2}}, {Name: "b", Y: []float64{1}}}}, "b: 1 points",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			figure := test.curves.Figure()
			if svg := figure.SVG(); strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
				t.Errorf("the SVG holds numbers that are none:\n%s", svg)
			}
			texts(t, figure.SVG())
			if !strings.Contains(figure.Text, test.want) {
				t.Errorf("text %q has no %q", figure.Text, test.want)
			}
		})
	}
}

func TestCurvesPanicOnShape(t *testing.T) {
	defer func() {
		want := `plot: Curves: series "a" has 1 X and 2 Y`
		if got := recover(); got != want {
			t.Errorf("panic %v, want %s", got, want)
		}
	}()
	Loss(Series{Name: "a", X: []float64{1}, Y: []float64{1, 2}})
}

// TestThinKeepsSpikes checks that a single outlier among very many points stays.
func TestThinKeepsSpikes(t *testing.T) {
	points := make(plotter.XYs, 100_000)
	for i := range points {
		points[i] = plotter.XY{X: float64(i), Y: 1}
	}
	points[12_345].Y, points[77_777].Y = 100, -100
	got := thin(points, 500)
	if len(got) > 2000 {
		t.Errorf("%d points for 500 columns, want 2000 at most", len(got))
	}
	for _, want := range []plotter.XY{points[0], points[12_345], points[77_777], points[99_999]} {
		if !slices.Contains(got, want) {
			t.Errorf("point %v is lost", want)
		}
	}
	if !slices.IsSortedFunc(got, func(a, b plotter.XY) int { return int(a.X - b.X) }) {
		t.Error("the points are out of order")
	}
	if few := points[:1999]; len(thin(few, 500)) != 1999 {
		t.Error("few points were thinned")
	}
}

func TestTicks(t *testing.T) {
	labels := func(low, high float64, whole bool) string {
		var all []string
		for _, tick := range (niceTicks{most: 6, whole: whole}).Ticks(low, high) {
			all = append(all, tick.Label)
		}
		return strings.Join(all, " ")
	}
	tests := []struct {
		low, high float64
		whole     bool
		want      string
	}{
		{0, 2.1, false, "0.0 0.5 1.0 1.5 2.0"},
		{0, 3, true, "0 1 2 3"},
		{-1, 1, false, "-1.0 -0.5 0.0 0.5 1.0"},
		{0, 9000, true, "0 2000 4000 6000 8000"},
		{0.012, 0.047, false, "0.02 0.03 0.04"},
		{5, 5, false, "5"},
	}
	for _, test := range tests {
		if got := labels(test.low, test.high, test.whole); got != test.want {
			t.Errorf("ticks of %g to %g: %s, want %s", test.low, test.high, got, test.want)
		}
	}
	var logs []string
	for _, tick := range (logTicks{}).Ticks(0.3, 40) {
		logs = append(logs, tick.Label)
	}
	if got, want := strings.Join(logs, " "), "0.5 1 2 5 10 20"; got != want {
		t.Errorf("logarithmic ticks of 0.3 to 40: %s, want %s", got, want)
	}
	if n := len((logTicks{}).Ticks(1e-30, 1e30)); n > 10 {
		t.Errorf("%d logarithmic ticks over 60 decades, want 10 at most", n)
	}
}

// TestLegend names the series that have a name, if there is more than one series.
func TestLegend(t *testing.T) {
	y := []float64{1, 2}
	for name, test := range map[string]struct {
		series []Series
		want   string
	}{
		"one":          {[]Series{{Name: "hidden", Y: y}}, ""},
		"two":          {[]Series{{Name: "hidden", Y: y}, {Name: "average", Y: y}}, "hidden average"},
		"three seeds":  {[]Series{{Name: "hidden", Y: y, Color: 1}, {Y: y, Color: 1}, {Y: y, Color: 1}}, "hidden"},
		"none by name": {[]Series{{Y: y}, {Y: y}}, ""},
	} {
		var got []string
		for _, text := range texts(t, Curves{Series: test.series}.Figure().SVG()) {
			if text == "hidden" || text == "average" || text == "" {
				got = append(got, text)
			}
		}
		if got := strings.Join(got, " "); got != test.want {
			t.Errorf("%s: the legend says %q, want %q", name, got, test.want)
		}
	}
}

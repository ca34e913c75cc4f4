package plot

import (
	"fmt"
	"math"
	"strings"

	gplot "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Series is a named curve.
type Series struct {
	Name   string    // in the legend; a series without one is not named there, as the other seeds of a run
	X      []float64 // as long as Y; nil counts 0, 1, 2, …
	Y      []float64 // NaN and ±Inf leave a gap
	Color  int       // series of the same number have the same colour; 0 is a colour of its own
	Dashed bool
}

// Curves are the settings of a figure of one or more curves over a common axis.
type Curves struct {
	Title          string
	XLabel, YLabel string // with the unit, as in "loss (nats)"
	Series         []Series
	LogY           bool    // logarithmic scale; values of 0 and less leave a gap
	Smooth         float64 // weight of the past in [0, 1), see [Smooth]; the raw curve stays, faint
	Width, Height  float64 // pixels; 0 is 640×360
}

// Loss draws the loss against the step of training.
func Loss(series ...Series) *Figure {
	return Curves{Title: "Loss", XLabel: "step", YLabel: "loss (nats)", Series: series}.Figure()
}

// GradientNorms draws gradient norms against the step of training on a
// logarithmic scale: they differ by orders of magnitude between parameters and in
// the course of training.
func GradientNorms(series ...Series) *Figure {
	return Curves{Title: "Gradient norm", XLabel: "step", YLabel: "norm (log scale)", Series: series, LogY: true}.Figure()
}

// Figure draws the curves. A curve with many more points than pixels is drawn by
// its least and greatest value at every other pixel, so that no spike is lost. Figure
// panics if a series has X and Y of different lengths, or if Smooth is outside
// [0, 1).
func (c Curves) Figure() *Figure {
	for _, s := range c.Series {
		if s.X != nil && len(s.X) != len(s.Y) {
			panic(fmt.Sprintf("plot: Curves: series %q has %d X and %d Y", s.Name, len(s.X), len(s.Y)))
		}
	}
	if c.Smooth < 0 || c.Smooth >= 1 {
		panic(fmt.Sprintf("plot: Curves: Smooth is %g, want 0 or more and less than 1", c.Smooth))
	}
	if c.Width == 0 {
		c.Width = defaultWidth
	}
	if c.Height == 0 {
		c.Height = defaultHeight
	}
	return &Figure{Title: c.Title, Width: c.Width, Height: c.Height, Text: c.text(), paint: c.paint}
}

// MIMEBundle shows the curves in a notebook.
func (c Curves) MIMEBundle() map[string]any { return c.Figure().MIMEBundle() }

// text tells what the curves show.
func (c Curves) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s against %s\n", c.Title, c.YLabel, c.XLabel)
	for _, s := range c.Series {
		var points plotter.XYs
		for _, run := range c.runs(s) {
			points = append(points, run...)
		}
		if len(points) == 0 {
			fmt.Fprintf(&b, "  %s: nothing to draw\n", s.Name)
			continue
		}
		least := points[0]
		for _, p := range points {
			if p.Y < least.Y {
				least = p
			}
		}
		fmt.Fprintf(&b, "  %s: %d points, %.4g to %.4g, least %.4g at %s %g\n",
			s.Name, len(points), points[0].Y, points[len(points)-1].Y, least.Y, c.XLabel, least.X)
	}
	return b.String()
}

// runs cuts a series at its gaps.
func (c Curves) runs(s Series) []plotter.XYs {
	var runs []plotter.XYs
	gap := true
	for i, y := range s.Y {
		x := float64(i)
		if s.X != nil {
			x = s.X[i]
		}
		if math.IsNaN(x-x) || math.IsNaN(y-y) || c.LogY && y <= 0 {
			gap = true
			continue
		}
		if gap {
			runs = append(runs, nil)
			gap = false
		}
		runs[len(runs)-1] = append(runs[len(runs)-1], plotter.XY{X: x, Y: y})
	}
	return runs
}

// wholeX reports whether all X are whole numbers: steps and epochs have no halves.
func (c Curves) wholeX() bool {
	for _, s := range c.Series {
		for _, x := range s.X {
			if x != math.Trunc(x) {
				return false
			}
		}
	}
	return true
}

func (c Curves) paint(canvas draw.Canvas, th theme) {
	p := newPlot(c.Title, c.XLabel, c.YLabel, th)
	grid := plotter.NewGrid()
	grid.Vertical.Width = 0
	grid.Horizontal.Color, grid.Horizontal.Width, grid.Horizontal.Dashes = th.grid, 1, nil
	p.Add(grid)

	legend := newLegend(th)
	for i, s := range c.Series {
		style := s.style(i)
		if c.Smooth > 0 {
			c.addRuns(p, s, draw.LineStyle{Color: faint(style.Color), Width: 1})
			s.Y = Smooth(s.Y, c.Smooth)
		}
		c.addRuns(p, s, style)
		if s.Name != "" {
			legend.add(s.Name, style)
		}
	}
	setRange(p, c.LogY)
	p.X.Tick.Marker = niceTicks{most: 8, whole: c.wholeX()}

	canvas = fillPage(canvas, th)
	if len(c.Series) > 1 && legend.width > 0 {
		canvas = legend.drawRight(canvas)
	}
	p.Draw(canvas)
}

// style returns the line of series i.
func (s Series) style(i int) draw.LineStyle {
	if s.Color > 0 {
		i = s.Color - 1
	}
	style := draw.LineStyle{Width: 1.6}
	style.Color, style.Dashes = seriesColor(i)
	if s.Dashed {
		style.Dashes = []vg.Length{5, 3}
	}
	return style
}

func (c Curves) addRuns(p *gplot.Plot, s Series, style draw.LineStyle) {
	for _, run := range c.runs(s) {
		p.Add(curve(thin(run, int(c.Width)/2), style))
	}
}

// curve returns the line through the points, or a dot for a single one.
func curve(points plotter.XYs, style draw.LineStyle) gplot.Plotter {
	if len(points) == 1 {
		return &plotter.Scatter{XYs: points, GlyphStyle: draw.GlyphStyle{Color: style.Color, Radius: 2.5, Shape: draw.CircleGlyph{}}}
	}
	return &plotter.Line{XYs: points, LineStyle: style}
}

// setRange gives the axes the range of the data and a little room above and below.
func setRange(p *gplot.Plot, logY bool) {
	if p.X.Min > p.X.Max { // no data at all
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
		if logY {
			p.Y.Min = 0.1
		}
	}
	if p.X.Min == p.X.Max {
		p.X.Min, p.X.Max = p.X.Min-1, p.X.Max+1
	}
	if logY {
		p.Y.Min, p.Y.Max = p.Y.Min/1.15, p.Y.Max*1.15
		p.Y.Scale = gplot.LogScale{}
		p.Y.Tick.Marker = logTicks{}
		return
	}
	room := (p.Y.Max - p.Y.Min) * 0.05
	if room == 0 {
		room = math.Max(math.Abs(p.Y.Max)*0.1, 0.1)
	}
	// A loss ends at zero: room below it would look like negative values.
	if p.Y.Min < 0 || p.Y.Min > room {
		p.Y.Min -= room
	} else {
		p.Y.Min = 0
	}
	p.Y.Max += room
}

package plot

import (
	"fmt"
	"math"
	"strings"

	xfont "golang.org/x/image/font"
	gplot "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Series is a named curve.
type Series struct {
	Name string
	X    []float64 // as long as Y; nil counts 0, 1, 2, …
	Y    []float64 // NaN and ±Inf leave a gap
}

// Curves are the settings of a figure of one or more curves over a common axis.
type Curves struct {
	Title          string
	XLabel, YLabel string // with the unit, as in "loss (nats)"
	Series         []Series
	LogY           bool    // logarithmic scale; values of 0 and less leave a gap
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
// its least and greatest value at each pixel, so that no spike is lost. Figure
// panics if a series has X and Y of different lengths.
func (c Curves) Figure() *Figure {
	for _, s := range c.Series {
		if s.X != nil && len(s.X) != len(s.Y) {
			panic(fmt.Sprintf("plot: Curves: series %q has %d X and %d Y", s.Name, len(s.X), len(s.Y)))
		}
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
		style := draw.LineStyle{Width: 1.6}
		style.Color, style.Dashes = seriesColor(i)
		for _, run := range c.runs(s) {
			p.Add(curve(thin(run, int(c.Width)), style))
		}
		legend.add(s.Name, style)
	}
	setRange(p, c.LogY)
	p.X.Tick.Marker = niceTicks{most: 8, whole: c.wholeX()}

	canvas = fillPage(canvas, th)
	if len(c.Series) > 1 {
		canvas = legend.drawRight(canvas)
	}
	p.Draw(canvas)
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

// legend names the series beside the plot, where it hides no data.
type legend struct {
	gplot.Legend
	width vg.Length
}

func newLegend(th theme) *legend {
	l := &legend{Legend: gplot.NewLegend()}
	l.Top, l.Left = true, true
	l.Padding = 5
	l.TextStyle.Color = th.ink
	l.TextStyle.Font = sans(12, xfont.WeightNormal)
	return l
}

func (l *legend) add(name string, style draw.LineStyle) {
	style.Width = 2.5
	l.Add(name, &plotter.Line{LineStyle: style})
	l.width = max(l.width, l.TextStyle.Width(name))
}

// drawRight draws the legend at the right and returns the canvas that is left.
func (l *legend) drawRight(c draw.Canvas) draw.Canvas {
	// A reader's font may be wider than the one measured here.
	width := min(l.ThumbnailWidth+l.width*1.15+8, (c.Max.X-c.Min.X)/2)
	right := draw.Crop(c, c.Max.X-c.Min.X-width, 0, 0, -26)
	l.Draw(right)
	return draw.Crop(c, 0, -width-14, 0, 0)
}

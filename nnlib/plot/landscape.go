package plot

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	gplot "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Landscape are the settings of a figure of a function of two numbers, such as a
// loss of two parameters: lines of equal height, the stronger the lower, and the
// paths of descents over them.
type Landscape struct {
	Title          string
	XLabel, YLabel string
	F              func(x, y float64) float64 // called once for each of 61×61 points
	X, Y           [2]float64                 // from, to
	Paths          []Series                   // X and Y of each step; the last point of a path is marked
	Width, Height  float64                    // pixels; 0 is 480×400
}

// Points of the grid on which F is asked along each axis, and lines of equal height.
const (
	landscapePoints = 61
	landscapeLines  = 14
)

// Figure calls F and draws. The heights of the lines divide the plane into parts of
// about equal size, so that lines are dense where F is flat, too. It panics if X
// or Y is no interval, if a path has X and Y of different lengths, and if F is not
// finite anywhere.
func (l Landscape) Figure() *Figure {
	if !(l.X[0] < l.X[1] && l.Y[0] < l.Y[1]) {
		panic(fmt.Sprintf("plot: Landscape: X is %v and Y %v, want from < to", l.X, l.Y))
	}
	for _, p := range l.Paths {
		if len(p.X) != len(p.Y) {
			panic(fmt.Sprintf("plot: Landscape: path %q has %d X and %d Y", p.Name, len(p.X), len(p.Y)))
		}
	}
	if l.Width == 0 {
		l.Width = 480
	}
	if l.Height == 0 {
		l.Height = 400
	}
	h := l.heights()
	paint := func(c draw.Canvas, th theme) { l.paint(c, th, h) }
	return &Figure{Title: l.Title, Width: l.Width, Height: l.Height, Text: l.text(h), paint: paint}
}

// MIMEBundle shows the figure in a notebook.
func (l Landscape) MIMEBundle() map[string]any { return l.Figure().MIMEBundle() }

// heights are the values of F on the grid.
type heights struct {
	x, y, z []float64 // z row by row, from low y to high
}

func (l Landscape) heights() heights {
	var h heights
	for i := range landscapePoints {
		at := float64(i) / (landscapePoints - 1)
		h.x = append(h.x, l.X[0]+(l.X[1]-l.X[0])*at)
		h.y = append(h.y, l.Y[0]+(l.Y[1]-l.Y[0])*at)
	}
	for _, y := range h.y {
		for _, x := range h.x {
			h.z = append(h.z, l.F(x, y))
		}
	}
	return h
}

// levels returns the heights of the lines: quantiles of z, halfway to the next
// greater value, so that no point of the grid is on a line.
func (h heights) levels() []float64 {
	values := slices.DeleteFunc(slices.Clone(h.z), func(z float64) bool { return math.IsNaN(z - z) })
	slices.Sort(values)
	var levels []float64
	for i := range landscapeLines {
		at := (2*i + 1) * len(values) / (2 * landscapeLines)
		greater := slices.IndexFunc(values[at:], func(z float64) bool { return z > values[at] })
		if greater > 0 {
			levels = append(levels, values[at]+(values[at+greater]-values[at])/2)
		}
	}
	return slices.Compact(levels)
}

// least returns where z is smallest.
func (h heights) least() (x, y, z float64) {
	z = math.Inf(1)
	for i, v := range h.z {
		if v < z && !math.IsInf(v, 0) {
			x, y, z = h.x[i%len(h.x)], h.y[i/len(h.x)], v
		}
	}
	if math.IsInf(z, 1) {
		panic("plot: Landscape: F is not finite anywhere")
	}
	return x, y, z
}

func (l Landscape) text(h heights) string {
	x, y, z := h.least()
	var b strings.Builder
	fmt.Fprintf(&b, "%s: least on the grid %.4g at (%.3g, %.3g)\n", l.Title, z, x, y)
	for i, p := range l.Paths {
		name := p.Name
		if name == "" {
			name = fmt.Sprint("path ", i+1)
		}
		if n := len(p.X); n > 0 {
			fmt.Fprintf(&b, "  %s: %d points from (%.3g, %.3g) to (%.3g, %.3g)\n", name, n, p.X[0], p.Y[0], p.X[n-1], p.Y[n-1])
		}
	}
	return b.String()
}

func (l Landscape) paint(canvas draw.Canvas, th theme, h heights) {
	p := newPlot(l.Title, l.XLabel, l.YLabel, th)
	base := seriesColors[0]
	levels := h.levels()
	for i, level := range levels {
		strength := 0xff - uint8(0xc0*i/len(levels))
		style := draw.LineStyle{Color: color.NRGBA{base.R, base.G, base.B, strength}, Width: 1.2}
		p.Add(levelLine{h, level, style})
	}
	legend := newLegend(th)
	for i, path := range l.Paths {
		style := path.style(i + 1)
		points := make(plotter.XYs, len(path.X))
		for j := range points {
			points[j] = plotter.XY{X: path.X[j], Y: path.Y[j]}
		}
		if len(points) == 0 {
			continue
		}
		p.Add(&plotter.Line{XYs: points, LineStyle: style})
		end := dot(style.Color)
		end.Radius = 4
		p.Add(&plotter.Scatter{XYs: points, GlyphStyle: dot(style.Color)}, &plotter.Scatter{XYs: points[len(points)-1:], GlyphStyle: end})
		if path.Name != "" {
			legend.add(path.Name, style)
		}
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = l.X[0], l.X[1], l.Y[0], l.Y[1]
	canvas = fillPage(canvas, th)
	if legend.width > 0 {
		canvas = legend.drawRight(canvas)
	}
	p.Draw(canvas)
}

// levelLine draws the points at which a function has one height.
type levelLine struct {
	heights
	level float64
	style draw.LineStyle
}

var _ gplot.Plotter = levelLine{}

// Plot draws a piece of the line through each square of the grid that it crosses:
// from where it enters, on straight edges between the heights at the corners, to
// where it leaves ("marching squares").
func (l levelLine) Plot(c draw.Canvas, p *gplot.Plot) {
	x, y := p.Transforms(&c)
	n := len(l.x)
	var path vg.Path
	for row := range len(l.y) - 1 {
		for column := range n - 1 {
			corners := [4][2]int{{column, row}, {column + 1, row}, {column + 1, row + 1}, {column, row + 1}}
			var crossed []vg.Point
			for i, from := range corners {
				to := corners[(i+1)%4]
				a, b := l.z[from[1]*n+from[0]]-l.level, l.z[to[1]*n+to[0]]-l.level
				if a < 0 != (b < 0) {
					t := a / (a - b)
					crossed = append(crossed, vg.Point{
						X: x(l.x[from[0]] + t*(l.x[to[0]]-l.x[from[0]])),
						Y: y(l.y[from[1]] + t*(l.y[to[1]]-l.y[from[1]])),
					})
				}
			}
			for i := 0; i+1 < len(crossed); i += 2 {
				path.Move(crossed[i])
				path.Line(crossed[i+1])
			}
		}
	}
	c.SetLineStyle(l.style)
	c.Stroke(path)
}

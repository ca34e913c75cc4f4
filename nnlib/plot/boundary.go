package plot

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	gplot "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
)

// Boundary are the settings of a figure of points in the plane, coloured by class,
// over the regions in which a classifier decides for each class.
type Boundary struct {
	Title          string
	XLabel, YLabel string
	Points         []float32 // N×2, row by row
	Classes        []int32   // N: the class of each point, from 0
	Words          []string  // N: a word beside each point; nil for none
	Names          []string  // of the classes; a class without one is named by its number
	// Predict returns the class of each of M points, M×2 row by row. It is called
	// once, with a grid over the figure. Without it only the points are drawn.
	Predict       func(points []float32) []int32
	NoLegend      bool    // for all but the last of a [Row]
	Width, Height float64 // pixels; 0 is 480×400
}

// Cells of the grid on which a classifier is asked.
const (
	gridColumns = 160
	gridRows    = 130
)

// Figure asks the classifier and draws. It panics if there are not two coordinates
// for each class, a class is negative, or Predict returns another number of
// classes than it got points.
func (b Boundary) Figure() *Figure {
	if len(b.Points) != 2*len(b.Classes) {
		panic(fmt.Sprintf("plot: Boundary: %d coordinates for %d classes, want N×2 and N", len(b.Points), len(b.Classes)))
	}
	if b.Width == 0 {
		b.Width = 480
	}
	if b.Height == 0 {
		b.Height = 400
	}
	if b.Words != nil && len(b.Words) != len(b.Classes) {
		panic(fmt.Sprintf("plot: Boundary: %d words for %d points", len(b.Words), len(b.Classes)))
	}
	box := bounds(b.Points)
	if b.Words != nil {
		box.x1 += 0.1 * (box.x1 - box.x0) // words stand to the right of their points
	}
	var grid []int32
	if b.Predict != nil {
		points := gridPoints(box)
		grid = b.Predict(points)
		if len(grid) != len(points)/2 {
			panic(fmt.Sprintf("plot: Boundary: Predict returned %d classes for %d points", len(grid), len(points)/2))
		}
	}
	paint := func(c draw.Canvas, th theme) { b.paint(c, th, box, grid) }
	return &Figure{Title: b.Title, Width: b.Width, Height: b.Height, Text: b.text(grid), paint: paint}
}

// MIMEBundle shows the figure in a notebook.
func (b Boundary) MIMEBundle() map[string]any { return b.Figure().MIMEBundle() }

// classes returns the number of classes that points or grid have.
func (b Boundary) classes(grid []int32) int {
	n := int32(len(b.Names))
	for _, classes := range [][]int32{b.Classes, grid} {
		for i, class := range classes {
			if class < 0 {
				panic(fmt.Sprintf("plot: Boundary: point %d has class %d, want 0 or more", i, class))
			}
			n = max(n, class+1)
		}
	}
	return int(n)
}

func (b Boundary) name(class int) string {
	if class < len(b.Names) {
		return b.Names[class]
	}
	return fmt.Sprint("class ", class)
}

func (b Boundary) text(grid []int32) string {
	points, cells := make([]int, b.classes(grid)), make([]int, b.classes(grid))
	for _, class := range b.Classes {
		points[class]++
	}
	for _, class := range grid {
		cells[class]++
	}
	var s strings.Builder
	fmt.Fprintf(&s, "%s: %d points\n", b.Title, len(b.Classes))
	for class := range points {
		fmt.Fprintf(&s, "  %s: %d points", b.name(class), points[class])
		if len(grid) > 0 {
			fmt.Fprintf(&s, ", %.0f %% of the plane", 100*float64(cells[class])/float64(len(grid)))
		}
		s.WriteString("\n")
	}
	return s.String()
}

// rectangle is a part of the plane.
type rectangle struct{ x0, x1, y0, y1 float64 }

// bounds returns the rectangle around the points with some room.
func bounds(points []float32) rectangle {
	r := rectangle{math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)}
	for i := 0; i+1 < len(points); i += 2 {
		x, y := float64(points[i]), float64(points[i+1])
		if math.IsNaN(x-x) || math.IsNaN(y-y) {
			continue
		}
		r.x0, r.x1 = min(r.x0, x), max(r.x1, x)
		r.y0, r.y1 = min(r.y0, y), max(r.y1, y)
	}
	if r.x0 > r.x1 {
		return rectangle{-1, 1, -1, 1}
	}
	dx, dy := max(0.1*(r.x1-r.x0), 1e-3), max(0.1*(r.y1-r.y0), 1e-3)
	return rectangle{r.x0 - dx, r.x1 + dx, r.y0 - dy, r.y1 + dy}
}

// gridPoints returns the middle of each cell of the grid over the rectangle, row by
// row from below.
func gridPoints(r rectangle) []float32 {
	points := make([]float32, 0, 2*gridColumns*gridRows)
	for row := range gridRows {
		y := r.y0 + (r.y1-r.y0)*(float64(row)+0.5)/gridRows
		for column := range gridColumns {
			x := r.x0 + (r.x1-r.x0)*(float64(column)+0.5)/gridColumns
			points = append(points, float32(x), float32(y))
		}
	}
	return points
}

func (b Boundary) paint(canvas draw.Canvas, th theme, box rectangle, grid []int32) {
	p := newPlot(b.Title, b.XLabel, b.YLabel, th)
	legend := newLegend(th)
	for class := range b.classes(grid) {
		col, _ := seriesColor(class)
		if rings := region(grid, int32(class), box); len(rings) > 0 {
			p.Add(&plotter.Polygon{XYs: rings, Color: color.NRGBA{col.R, col.G, col.B, 0x50}})
		}
		legend.addDot(b.name(class), dot(col))
	}
	if b.Words != nil {
		p.Add(b.wordPlane(p, th))
	} else {
		b.addPoints(p)
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = box.x0, box.x1, box.y0, box.y1
	canvas = fillPage(canvas, th)
	if !b.NoLegend {
		canvas = legend.drawRight(canvas)
	}
	p.Draw(canvas)
}

func (b Boundary) addPoints(p *gplot.Plot) {
	for class := range b.classes(nil) {
		col, _ := seriesColor(class)
		var points plotter.XYs
		for i, of := range b.Classes {
			x, y := float64(b.Points[2*i]), float64(b.Points[2*i+1])
			if int(of) == class && !math.IsNaN(x-x) && !math.IsNaN(y-y) {
				points = append(points, plotter.XY{X: x, Y: y})
			}
		}
		p.Add(&plotter.Scatter{XYs: points, GlyphStyle: dot(col)})
	}
}

func (b Boundary) wordPlane(p *gplot.Plot, th theme) wordPlane {
	w := wordPlane{words: b.Words, style: wordStyle(p, th)}
	for i, class := range b.Classes {
		w.groups = append(w.groups, int(class))
		w.points = append(w.points, []float64{float64(b.Points[2*i]), float64(b.Points[2*i+1])})
	}
	return w
}

func dot(c color.Color) draw.GlyphStyle {
	return draw.GlyphStyle{Color: c, Radius: 2.4, Shape: draw.CircleGlyph{}}
}

// region returns a rectangle for each run of cells of a class in a row of the
// grid. As rings of one polygon they leave no seams.
func region(grid []int32, class int32, box rectangle) []plotter.XYs {
	var rings []plotter.XYs
	x := func(column int) float64 { return box.x0 + (box.x1-box.x0)*float64(column)/gridColumns }
	y := func(row int) float64 { return box.y0 + (box.y1-box.y0)*float64(row)/gridRows }
	for row := range len(grid) / gridColumns {
		cells := grid[row*gridColumns : (row+1)*gridColumns]
		for column := 0; column < gridColumns; column++ {
			start := column
			for column < gridColumns && cells[column] == class {
				column++
			}
			if column > start {
				rings = append(rings, plotter.XYs{
					{X: x(start), Y: y(row)},
					{X: x(column), Y: y(row)},
					{X: x(column), Y: y(row + 1)},
					{X: x(start), Y: y(row + 1)},
				})
			}
		}
	}
	return rings
}

package plot

import (
	"fmt"
	"math"
	"strings"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/gonum/mat"
	gplot "gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Components are the principal components of some rows of data.
type Components struct {
	Points [][]float64 // N×k: the coordinates of each row along the components
	Shares []float64   // k: the share of the variance along each component, in [0, 1]
}

// PCA projects data, N×d row by row, on the k directions in which its rows differ
// most, the strongest first. The mean of the rows is the origin; of the two signs
// of a direction it takes the one in which the coordinate of the largest size is
// positive, so that the same data gives the same picture.
//
// It returns an error for numbers that are not finite, and panics if data is not
// N×d or k is more than N or d.
//
// Source: singular value decomposition of the centred data; see Jolliffe,
// Principal Component Analysis (2002), section 3.5.
func PCA(data []float32, d, k int) (*Components, error) {
	if d <= 0 || len(data)%d != 0 || k <= 0 || k > d || k > len(data)/d {
		panic(fmt.Sprintf("plot: PCA: %d numbers in rows of %d for %d components, want N×d and k ≤ N, d", len(data), d, k))
	}
	n := len(data) / d
	centred, err := centre(data, n, d)
	if err != nil {
		return nil, err
	}
	var svd mat.SVD
	if !svd.Factorize(centred, mat.SVDThin) {
		return nil, fmt.Errorf("plot: PCA: the singular value decomposition of the %d×%d data did not converge", n, d)
	}
	var u mat.Dense
	svd.UTo(&u)
	values := svd.Values(nil)
	total := 0.0
	for _, s := range values {
		total += s * s
	}
	c := &Components{Points: make([][]float64, n), Shares: make([]float64, k)}
	for i := range c.Points {
		c.Points[i] = make([]float64, k)
	}
	for j := range k {
		if total > 0 {
			c.Shares[j] = values[j] * values[j] / total
		}
		sign := signOf(u.ColView(j))
		for i := range c.Points {
			c.Points[i][j] = sign * u.At(i, j) * values[j]
		}
	}
	return c, nil
}

// centre returns the data with the mean of its rows taken away.
func centre(data []float32, n, d int) (*mat.Dense, error) {
	m := mat.NewDense(n, d, nil)
	for j := range d {
		mean := 0.0
		for i := range n {
			x := float64(data[i*d+j])
			if math.IsNaN(x - x) {
				return nil, fmt.Errorf("plot: PCA: number %d of row %d is %v, not finite", j, i, x)
			}
			mean += x / float64(n)
		}
		for i := range n {
			m.Set(i, j, float64(data[i*d+j])-mean)
		}
	}
	return m, nil
}

// signOf returns -1 if the element of the largest size is negative, else 1.
func signOf(v mat.Vector) float64 {
	largest := 0.0
	for i := range v.Len() {
		if x := v.AtVec(i); math.Abs(x) > math.Abs(largest) {
			largest = x
		}
	}
	if largest < 0 {
		return -1
	}
	return 1
}

// Words draws words as points of the plane that [PCA] finds for their vectors, n×d
// row by row. Words of one group have one colour; nil groups make all alike. It
// returns an error where PCA does, and panics if the lengths do not fit or there
// are fewer than two words or dimensions.
func Words(title string, words []string, vectors []float32, d int, groups []int) (*Figure, error) {
	if len(vectors) != len(words)*d || groups != nil && len(groups) != len(words) {
		panic(fmt.Sprintf("plot: Words: %d words, %d numbers, %d groups; want n, n×%d and n or none", len(words), len(vectors), len(groups), d))
	}
	c, err := PCA(vectors, d, 2)
	if err != nil {
		return nil, err
	}
	w := wordPlane{words: words, groups: groups, points: c.Points}
	w.title = title
	w.xLabel = fmt.Sprintf("first component (%.0f %% of the variance)", 100*c.Shares[0])
	w.yLabel = fmt.Sprintf("second component (%.0f %%)", 100*c.Shares[1])
	return &Figure{Title: title, Width: 640, Height: 480, Text: w.text(), paint: w.paint}, nil
}

type wordPlane struct {
	title, xLabel, yLabel string
	words                 []string
	groups                []int
	points                [][]float64
	style                 text.Style
}

func (w wordPlane) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s, %s\n", w.title, w.xLabel, w.yLabel)
	for i, word := range w.words {
		fmt.Fprintf(&b, "  %s (%.3g, %.3g)\n", word, w.points[i][0], w.points[i][1])
	}
	return b.String()
}

func (w wordPlane) paint(c draw.Canvas, th theme) {
	p := newPlot(w.title, w.xLabel, w.yLabel, th)
	w.style = wordStyle(p, th)
	p.Add(w)
	dx, dy := 0.08*(p.X.Max-p.X.Min), 0.06*(p.Y.Max-p.Y.Min)
	p.X.Min, p.X.Max = p.X.Min-dx, p.X.Max+2*dx // names stand to the right of their points
	p.Y.Min, p.Y.Max = p.Y.Min-dy, p.Y.Max+dy
	p.Draw(fillPage(c, th))
}

func wordStyle(p *gplot.Plot, th theme) text.Style {
	return text.Style{Color: th.ink, Font: sans(11, xfont.WeightNormal), Handler: p.TextHandler}
}

var (
	_ gplot.Plotter    = wordPlane{}
	_ gplot.DataRanger = wordPlane{}
)

// DataRange returns the rectangle around the points.
func (w wordPlane) DataRange() (xmin, xmax, ymin, ymax float64) {
	xmin, xmax, ymin, ymax = math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, p := range w.points {
		xmin, xmax = min(xmin, p[0]), max(xmax, p[0])
		ymin, ymax = min(ymin, p[1]), max(ymax, p[1])
	}
	return xmin, xmax, ymin, ymax
}

// Plot draws the points and beside each its word, where it hides no other if there
// is such a place.
func (w wordPlane) Plot(c draw.Canvas, p *gplot.Plot) {
	x, y := p.Transforms(&c)
	var taken []vg.Rectangle
	for i, point := range w.points {
		at := vg.Point{X: x(point[0]), Y: y(point[1])}
		group := 0
		if w.groups != nil {
			group = w.groups[i]
		}
		col, _ := seriesColor(max(group, 0))
		c.DrawGlyph(dot(col), at)
		taken = append(taken, vg.Rectangle{Min: at.Sub(vg.Point{X: 3, Y: 3}), Max: at.Add(vg.Point{X: 3, Y: 3})})
	}
	for i, point := range w.points {
		at := vg.Point{X: x(point[0]), Y: y(point[1])}
		box := w.place(at, w.style.Rectangle(w.words[i]).Size(), c.Rectangle, taken)
		taken = append(taken, box)
		c.FillText(w.style, box.Min, w.words[i])
	}
}

// place returns the first free box of the size beside the point and on the page:
// right, left, above, below; right of it if none is free.
func (w wordPlane) place(at, size vg.Point, page vg.Rectangle, taken []vg.Rectangle) vg.Rectangle {
	const gap = 6
	size.X *= 1.1 // a reader's font may be wider than the one measured here
	corners := []vg.Point{
		{X: at.X + gap, Y: at.Y - size.Y/2},
		{X: at.X - gap - size.X, Y: at.Y - size.Y/2},
		{X: at.X - size.X/2, Y: at.Y + gap},
		{X: at.X - size.X/2, Y: at.Y - gap - size.Y},
	}
	for _, corner := range corners {
		box := vg.Rectangle{Min: corner, Max: corner.Add(size)}
		free := box.Min.X >= page.Min.X && box.Max.X <= page.Max.X
		for _, other := range taken {
			if box.Min.X < other.Max.X && other.Min.X < box.Max.X && box.Min.Y < other.Max.Y && other.Min.Y < box.Max.Y {
				free = false
				break
			}
		}
		if free {
			return box
		}
	}
	return vg.Rectangle{Min: corners[0], Max: corners[0].Add(size)}
}

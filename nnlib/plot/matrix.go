package plot

import (
	"fmt"
	"image/color"
	"strings"

	xfont "golang.org/x/image/font"
	gplot "gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ConfusionMatrix draws counts[g][p], how often gold class g was taken for class p:
// a cell for each pair with its count, darker the larger its share of the gold
// class. It panics if counts is not square or labels do not name each row.
func ConfusionMatrix(title string, labels []string, counts [][]int) *Figure {
	m := confusion{title, labels, counts}
	for _, row := range counts {
		if len(counts) != len(labels) || len(row) != len(labels) {
			panic(fmt.Sprintf("plot: ConfusionMatrix: %d labels and %d rows, one of %d; want K, K×K", len(labels), len(counts), len(row)))
		}
	}
	side := float64(max(len(labels), 2))
	return &Figure{Title: title, Width: 130 + 64*side, Height: 110 + 42*side, Text: m.text(), paint: m.paint}
}

type confusion struct {
	title  string
	labels []string
	counts [][]int
}

func (m confusion) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: rows are gold, columns predicted\n", m.title)
	for i, row := range m.counts {
		fmt.Fprintf(&b, "  %s:", m.labels[i])
		for j, n := range row {
			fmt.Fprintf(&b, " %s %d", m.labels[j], n)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (m confusion) paint(c draw.Canvas, th theme) {
	p := newPlot(m.title, "predicted", "gold", th)
	k := len(m.labels)
	across, down := make([]gplot.Tick, k), make([]gplot.Tick, k)
	for i, label := range m.labels {
		across[i] = gplot.Tick{Value: float64(i), Label: label}
		down[i] = gplot.Tick{Value: float64(k - 1 - i), Label: label} // the first row is on top
	}
	p.X.Tick.Marker, p.Y.Tick.Marker = gplot.ConstantTicks(across), gplot.ConstantTicks(down)
	p.X.Tick.Length, p.Y.Tick.Length = 0, 0
	p.X.LineStyle.Width, p.Y.LineStyle.Width = 0, 0
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -0.5, float64(k)-0.5, -0.5, float64(k)-0.5
	p.Add(cells{m, th})
	p.Draw(fillPage(c, th))
}

// cells draws the squares of a confusion matrix.
type cells struct {
	confusion
	th theme
}

var _ gplot.Plotter = cells{}

// Plot draws the cells.
func (m cells) Plot(c draw.Canvas, p *gplot.Plot) {
	style := text.Style{Color: m.th.ink, Font: sans(12, xfont.WeightNormal), XAlign: draw.XCenter, YAlign: draw.YCenter, Handler: p.TextHandler}
	x, y := p.Transforms(&c)
	base := seriesColors[0]
	for i, row := range m.counts {
		total := 0
		for _, n := range row {
			total += n
		}
		for j, n := range row {
			left, right := x(float64(j)-0.5)+1, x(float64(j)+0.5)-1
			top := float64(len(m.counts) - 1 - i)
			low, high := y(top-0.5)+1, y(top+0.5)-1
			// The least share can still be seen, the greatest leaves the count legible
			// in dark and in light.
			share := 0.06
			if total > 0 {
				share += 0.54 * float64(n) / float64(total)
			}
			c.FillPolygon(color.NRGBA{base.R, base.G, base.B, uint8(255 * share)}, []vg.Point{
				{X: left, Y: low}, {X: right, Y: low}, {X: right, Y: high}, {X: left, Y: high},
			})
			c.FillText(style, vg.Point{X: (left + right) / 2, Y: (low + high) / 2}, fmt.Sprint(n))
		}
	}
}

// DataRange keeps the axes as they are.
func (m cells) DataRange() (xmin, xmax, ymin, ymax float64) {
	k := float64(len(m.labels))
	return -0.5, k - 0.5, -0.5, k - 0.5
}

var _ gplot.DataRanger = cells{}

package plot

import (
	xfont "golang.org/x/image/font"
	gplot "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

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

// addDot names a class of points.
func (l *legend) addDot(name string, style draw.GlyphStyle) {
	style.Radius = 4
	l.Add(name, &plotter.Scatter{GlyphStyle: style})
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

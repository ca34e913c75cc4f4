package plot

import (
	"fmt"
	"html"
	"image/color"
	"strings"

	xfont "golang.org/x/image/font"
	gplot "gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// theme holds the colours that depend on the page.
type theme struct {
	ink   color.Color // text
	muted color.Color // axes and their numbers
	grid  color.Color
	page  color.Color // nil where the page is drawn otherwise
}

// printTheme is that of images: black on white.
var printTheme = theme{
	ink: color.Gray{0x1f}, muted: color.Gray{0x57}, grid: color.Gray{0xe2}, page: color.White,
}

// vectorTheme holds marks that restyle turns into the colour of the reader's page.
var vectorTheme = theme{
	ink: color.RGBA{1, 1, 1, 255}, muted: color.RGBA{2, 2, 2, 255}, grid: color.RGBA{3, 3, 3, 255},
}

// seriesColors can be told apart on white and on near-black, most also by people
// who see red and green alike.
var seriesColors = []color.RGBA{
	{0x3b, 0x82, 0xc4, 0xff}, // blue
	{0xe0, 0x75, 0x1a, 0xff}, // orange
	{0x2a, 0x9d, 0x6f, 0xff}, // green
	{0xd1, 0x49, 0x5b, 0xff}, // red
	{0x94, 0x67, 0xbd, 0xff}, // purple
	{0x9c, 0x75, 0x4a, 0xff}, // brown
	{0xd1, 0x6b, 0xa5, 0xff}, // pink
	{0x6f, 0x82, 0x8f, 0xff}, // slate
}

// seriesColor returns the colour and the dashes of series i: when the colours are
// used up they come again, dashed.
func seriesColor(i int) (color.RGBA, []vg.Length) {
	dashes := [][]vg.Length{nil, {6, 3}, {2, 2}, {8, 3, 2, 3}}
	return seriesColors[i%len(seriesColors)], dashes[i/len(seriesColors)%len(dashes)]
}

// faint returns the colour with little weight.
func faint(c color.Color) color.Color {
	r, g, b, _ := c.RGBA()
	return color.NRGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 0x48}
}

// restyle turns what vgsvg wrote into an element for a page: without an XML
// header, sized in pixels, named, with fonts that every system has and colours
// that follow the page.
func restyle(svg string, f *Figure) string {
	_, body, _ := strings.Cut(svg[strings.Index(svg, "<svg"):], ">")
	head := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" class="lectern-plot" color="#1f2328" role="img" aria-label="%s" width="%g" height="%g" viewBox="0 0 %g %g" style="max-width:100%%;height:auto">`,
		html.EscapeString(strings.TrimSpace(f.Text)), f.Width, f.Height, f.Width, f.Height)
	const page = `
<style>@media (prefers-color-scheme: dark) { .lectern-plot { color: #e6e6e6 } .lectern-plot-page { fill: #1e1e1e } }</style>
<rect class="lectern-plot-page" width="100%" height="100%" rx="6" fill="#ffffff"/>`
	return head + page + svgStyles.Replace(body)
}

var svgStyles = strings.NewReplacer(
	"fill:#010101", "fill:currentColor",
	"stroke:#010101", "stroke:currentColor",
	"fill:#020202", "fill:currentColor;fill-opacity:0.75",
	"stroke:#020202", "stroke:currentColor;stroke-opacity:0.6",
	"fill:#030303", "fill:currentColor;fill-opacity:0.14",
	"stroke:#030303", "stroke:currentColor;stroke-opacity:0.14",
	"font-family:Liberation Sans;", "font-family:'Liberation Sans',Arial,Helvetica,sans-serif;",
	"font-variant:normal;", "",
)

func sans(size vg.Length, weight xfont.Weight) font.Font {
	return font.From(font.Font{Typeface: "Liberation", Variant: "Sans", Weight: weight}, size)
}

// newPlot returns an empty plot in the style of the package.
func newPlot(title, xLabel, yLabel string, th theme) *gplot.Plot {
	p := gplot.New()
	p.BackgroundColor = nil
	p.Title.Text = title
	p.Title.Padding = 8
	p.Title.TextStyle.Color = th.ink
	p.Title.TextStyle.Font = sans(14, xfont.WeightBold)
	p.X.Label.Text, p.Y.Label.Text = xLabel, yLabel
	p.X.Tick.Length, p.Y.Tick.Length = 4, 4
	p.Y.Label.Padding = 4
	p.X.Label.Padding = 3
	for _, axis := range []*gplot.Axis{&p.X, &p.Y} {
		axis.Padding = 0
		axis.Color = th.muted
		axis.Width = 1
		axis.Tick.LineStyle.Color = th.muted
		axis.Tick.LineStyle.Width = 1
		axis.Tick.Label.Color = th.muted
		axis.Tick.Label.Font = sans(11, xfont.WeightNormal)
		axis.Label.TextStyle.Color = th.ink
		axis.Label.TextStyle.Font = sans(12, xfont.WeightNormal)
		axis.Tick.Marker = niceTicks{most: 8}
	}
	p.Y.Tick.Marker = niceTicks{most: 6}
	return p
}

// fillPage paints the page where the theme has one and returns the canvas inside
// its margins.
func fillPage(c draw.Canvas, th theme) draw.Canvas {
	if th.page != nil {
		c.SetColor(th.page)
		c.Fill(c.Rectangle.Path())
	}
	const margin = 12
	return draw.Crop(c, margin, -margin, margin, -margin)
}

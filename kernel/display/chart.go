package display

import (
	"fmt"
	"html"
	"math"
	"strings"
	"sync"
	"time"
)

// A LineChart draws lines that grow while a cell runs. It is safe for
// concurrent use.
//
//	chart := display.NewLineChart("loss")
//	chart.Add("train", float64(step), loss)
//
// The chart is drawn at the first point and at most some seven times a second
// after it; Draw draws the last state.
type LineChart struct {
	title string
	id    ID
	now   func() time.Time

	mu    sync.Mutex
	lines []*line
	last  time.Time // when the chart was drawn
}

// line is the points of one name. Where there are too many, every other one is
// left out and later ones are thinned as much.
type line struct {
	name         string
	x, y         []float64
	stride, skip int
}

// maxPoints is how many points of a line are kept.
const maxPoints = 1000

// NewLineChart returns an empty chart. It is shown at the first point.
func NewLineChart(title string) *LineChart {
	return &LineChart{title: title, id: NewID(), now: time.Now}
}

// Add adds a point to the line of the name. Points that are not finite are left
// out.
func (c *LineChart) Add(name string, x, y float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if math.IsNaN(x-x) || math.IsNaN(y-y) { // Inf-Inf is NaN too
		return
	}
	c.line(name).add(x, y)
	if c.now().Sub(c.last) >= updateEvery {
		c.draw()
	}
}

// Draw draws the chart as it is.
func (c *LineChart) Draw() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.draw()
}

func (c *LineChart) draw() {
	first := c.last.IsZero()
	c.last = c.now()
	Show(Update{ID: c.id, Value: drawn{c.forms()}, First: first})
}

// MIMEBundle shows the chart as it is now.
func (c *LineChart) MIMEBundle() map[string]any {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.forms()
}

func (c *LineChart) line(name string) *line {
	for _, l := range c.lines {
		if l.name == name {
			return l
		}
	}
	l := &line{name: name, stride: 1}
	c.lines = append(c.lines, l)
	return l
}

func (l *line) add(x, y float64) {
	if l.skip++; l.skip < l.stride {
		return
	}
	l.skip = 0
	l.x, l.y = append(l.x, x), append(l.y, y)
	if len(l.x) < maxPoints {
		return
	}
	n := 0
	for i := 0; i < len(l.x); i += 2 {
		l.x[n], l.y[n] = l.x[i], l.y[i]
		n++
	}
	l.x, l.y, l.stride = l.x[:n], l.y[:n], 2*l.stride
}

func (c *LineChart) forms() map[string]any {
	plain := c.title
	for _, l := range c.lines {
		if n := len(l.y); n > 0 {
			plain += fmt.Sprintf("\n%s: %.5g at %g", l.name, l.y[n-1], l.x[n-1])
		}
	}
	return map[string]any{"image/svg+xml": c.svg(), "text/plain": plain}
}

// Size of the drawing and of its frame, in pixels.
const (
	chartWidth, chartHeight         = 600, 300
	frameLeft, frameTop             = 70, 30
	frameRight, frameBottom         = chartWidth - 120, chartHeight - 30
	frameWidth, frameHeight float64 = frameRight - frameLeft, frameBottom - frameTop
)

// colours are Okabe and Ito's, which colour-blind readers can tell apart.
var colours = []string{"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"}

func (c *LineChart) svg() string {
	x0, x1 := c.bounds(func(l *line) []float64 { return l.x })
	y0, y1 := c.bounds(func(l *line) []float64 { return l.y })
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" font-family="sans-serif" font-size="12">`, chartWidth, chartHeight)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="white"/><text x="%d" y="20" font-weight="bold">%s</text>`, frameLeft, html.EscapeString(c.title))
	fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%g" height="%g" fill="none" stroke="#888"/>`, frameLeft, frameTop, frameWidth, frameHeight)
	const ticks = 4
	for i := range ticks + 1 {
		part := float64(i) / ticks
		fmt.Fprintf(&b, `<text x="%.0f" y="%d" text-anchor="middle">%.4g</text>`, frameLeft+part*frameWidth, frameBottom+16, x0+part*(x1-x0))
		fmt.Fprintf(&b, `<text x="%d" y="%.0f" text-anchor="end">%.4g</text>`, frameLeft-6, frameBottom-part*frameHeight+4, y0+part*(y1-y0))
	}
	for i, l := range c.lines {
		colour := colours[i%len(colours)]
		fmt.Fprintf(&b, `<polyline fill="none" stroke="%s" stroke-width="1.5" points="`, colour)
		for j := range l.x {
			fmt.Fprintf(&b, "%.1f,%.1f ", frameLeft+(l.x[j]-x0)/(x1-x0)*frameWidth, frameBottom-(l.y[j]-y0)/(y1-y0)*frameHeight)
		}
		fmt.Fprintf(&b, `"/><text x="%d" y="%d" fill="%s">%s</text>`, frameRight+8, frameTop+12+16*i, colour, html.EscapeString(l.name))
	}
	b.WriteString("</svg>")
	return b.String()
}

// bounds returns the range of the lines' coordinates, never empty.
func (c *LineChart) bounds(of func(*line) []float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, l := range c.lines {
		for _, v := range of(l) {
			low, high = min(low, v), max(high, v)
		}
	}
	if low > high {
		return 0, 1
	}
	if low == high {
		return low - 0.5, high + 0.5
	}
	return low, high
}

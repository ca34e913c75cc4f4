package display

import (
	"fmt"
	"html"
	"math"
	"strconv"
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
	chartWidth, chartHeight         = 640, 320
	frameLeft, frameTop             = 64, 36
	frameRight, frameBottom         = chartWidth - 120, chartHeight - 34
	frameWidth, frameHeight float64 = frameRight - frameLeft, frameBottom - frameTop
)

// colours can be told apart on white and on near-black, most also by people who
// see red and green alike.
var colours = []string{"#3b82c4", "#e0751a", "#2a9d6f", "#d1495b", "#9467bd", "#9c754a", "#d16ba5", "#6f828f"}

// chartHead begins the drawing: ink on a page, light or dark as the reader's
// system asks for.
const chartHead = `<svg xmlns="http://www.w3.org/2000/svg" class="lectern-chart" color="#1f2328" role="img" aria-label="%s" ` +
	`width="%d" height="%d" viewBox="0 0 %[2]d %[3]d" font-family="sans-serif" font-size="12" fill="currentColor" style="max-width:100%%;height:auto">
<style>@media (prefers-color-scheme: dark) { .lectern-chart { color: #e6e6e6 } .lectern-chart-page { fill: #1e1e1e } }</style>
<rect class="lectern-chart-page" width="100%%" height="100%%" rx="6" fill="#fff"/>
<text x="%d" y="24" font-size="14" font-weight="bold">%[1]s</text>
`

func (c *LineChart) svg() string {
	x0, x1 := c.bounds(func(l *line) []float64 { return l.x })
	y0, y1 := c.bounds(func(l *line) []float64 { return l.y })
	atX := func(x float64) float64 { return frameLeft + (x-x0)/(x1-x0)*frameWidth }
	atY := func(y float64) float64 { return frameBottom - (y-y0)/(y1-y0)*frameHeight }
	var b strings.Builder
	fmt.Fprintf(&b, chartHead, html.EscapeString(c.title), chartWidth, chartHeight, frameLeft)
	for _, x := range ticks(x0, x1, 8) {
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle" opacity=".75">%s</text>`, atX(x), frameBottom+18, tickText(x))
	}
	for _, y := range ticks(y0, y1, 6) {
		fmt.Fprintf(&b, `<path d="M%d %.1fH%d" stroke="currentColor" opacity=".15"/>`, frameLeft, atY(y), frameRight)
		fmt.Fprintf(&b, `<text x="%d" y="%.1f" text-anchor="end" opacity=".75">%s</text>`, frameLeft-8, atY(y)+4, tickText(y))
	}
	fmt.Fprintf(&b, `<path d="M%d %dV%dH%d" fill="none" stroke="currentColor" opacity=".6"/>`, frameLeft, frameTop, frameBottom, frameRight)
	for i, l := range c.lines {
		colour := colours[i%len(colours)]
		fmt.Fprintf(&b, "\n"+`<polyline fill="none" stroke="%s" stroke-width="1.6" stroke-linejoin="round" points="`, colour)
		for j := range l.x {
			fmt.Fprintf(&b, "%.1f,%.1f ", atX(l.x[j]), atY(l.y[j]))
		}
		fmt.Fprintf(&b, `"/><text x="%d" y="%d" fill="%s">%s</text>`, frameRight+12, frameTop+12+18*i, colour, html.EscapeString(l.name))
	}
	b.WriteString("</svg>")
	return b.String()
}

// ticks returns at most n+1 multiples of 1, 2 or 5 times a power of ten between
// low and high.
func ticks(low, high float64, n int) []float64 {
	step := math.Pow(10, math.Floor(math.Log10((high-low)/float64(n))))
	for _, factor := range []float64{2, 2.5, 2} { // 1, 2, 5, 10
		if step*float64(n) >= high-low {
			break
		}
		step *= factor
	}
	var list []float64
	for i := math.Ceil(low/step - 1e-9); i*step <= high+step*1e-9 && len(list) <= n; i++ {
		list = append(list, i*step)
	}
	return list
}

// tickText writes a tick without what its arithmetic left behind the digits.
// It has no -0.
func tickText(x float64) string { return strconv.FormatFloat(x+0, 'g', 10, 64) }

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

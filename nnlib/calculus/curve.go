package calculus

import (
	"fmt"
	"math"
	"strings"
)

// An ErrorCurve is how the error of finite differences depends on the step.
type ErrorCurve struct {
	Steps             []float64 // from large to small
	OneSided, Central []float64 // absolute errors
	// Slopes of the curves in the log-log plot where truncation dominates: 1 for
	// one-sided and 2 for central differences of a smooth function.
	OneSidedSlope, CentralSlope float64
}

// DifferenceErrors measures the error of one-sided and central differences of f
// at x against its derivative, for steps from 0.1 to 1e-12, four in a decade.
func DifferenceErrors(f func(x float64) float64, derivative, x float64) *ErrorCurve {
	c := &ErrorCurve{}
	for k := 4; k <= 48; k++ {
		h := math.Pow(10, -float64(k)/4)
		c.Steps = append(c.Steps, h)
		c.OneSided = append(c.OneSided, math.Abs((f(x+h)-f(x))/h-derivative))
		c.Central = append(c.Central, math.Abs((f(x+h)-f(x-h))/(2*h)-derivative))
	}
	scale := max(math.Abs(f(x)), math.Abs(derivative*x), math.SmallestNonzeroFloat64)
	c.OneSidedSlope = logSlope(c.Steps, c.OneSided, scale)
	c.CentralSlope = logSlope(c.Steps, c.Central, scale)
	return c
}

// logSlope fits log error = slope·log h + c where the error is well above the
// rounding of the differences. It is NaN with fewer than three such points.
func logSlope(steps, errors []float64, scale float64) float64 {
	var n, sx, sy, sxx, sxy float64
	for i, h := range steps {
		if errors[i] < 100*epsilon*scale/h || errors[i] == 0 {
			break
		}
		x, y := math.Log(h), math.Log(errors[i])
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	if n < 3 {
		return math.NaN()
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}

// String prints the slopes and a table of every fourth step.
func (c *ErrorCurve) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "error of finite differences: one-sided falls as h^%.2f, central as h^%.2f", c.OneSidedSlope, c.CentralSlope)
	b.WriteString("\n        h   one-sided     central")
	for i := 0; i < len(c.Steps); i += 4 {
		fmt.Fprintf(&b, "\n%9.0e   %9.1e   %9.1e", c.Steps[i], c.OneSided[i], c.Central[i])
	}
	return b.String()
}

// SVG draws both curves with logarithmic axes.
func (c *ErrorCurve) SVG() string {
	const width, height, left, right, top, bottom = 560.0, 360.0, 70.0, 20.0, 20.0, 50.0
	lowest, highest := 0.0, -16.0
	for i := range c.Steps {
		for _, e := range []float64{c.OneSided[i], c.Central[i]} {
			if e > 0 && !math.IsInf(e, 0) {
				lowest, highest = min(lowest, math.Floor(math.Log10(e))), max(highest, math.Ceil(math.Log10(e)))
			}
		}
	}
	highest = max(highest, lowest+1)
	first, last := math.Log10(c.Steps[0]), math.Log10(c.Steps[len(c.Steps)-1])
	x := func(h float64) float64 { return left + (first-h)/(first-last)*(width-left-right) }
	y := func(e float64) float64 { return top + (highest-e)/(highest-lowest)*(height-top-bottom) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" width="%g" height="%g" font-family="sans-serif" font-size="12">`, width, height, width, height)
	fmt.Fprintf(&b, `<rect width="%g" height="%g" fill="white"/>`, width, height)
	for h := first; h >= last-1e-9; h -= 2 {
		fmt.Fprintf(&b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#ddd"/>`, x(h), top, x(h), height-bottom)
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="middle">1e%d</text>`, x(h), height-bottom+18, int(math.Round(h)))
	}
	for e := highest; e >= lowest; e -= 2 {
		fmt.Fprintf(&b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#ddd"/>`, left, y(e), width-right, y(e))
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="end">1e%d</text>`, left-6, y(e)+4, int(e))
	}
	fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="middle">step h</text>`, (left+width-right)/2, height-10)
	fmt.Fprintf(&b, `<text transform="translate(16 %.1f) rotate(-90)" text-anchor="middle">absolute error</text>`, (top+height-bottom)/2)
	line := func(errors []float64, colour string) {
		var points []string
		for i, e := range errors {
			if e > 0 && !math.IsInf(e, 0) { // an exact difference has no place on a log axis
				points = append(points, fmt.Sprintf("%.1f,%.1f", x(math.Log10(c.Steps[i])), y(math.Log10(e))))
			}
		}
		fmt.Fprintf(&b, `<polyline fill="none" stroke="%s" stroke-width="2" points="%s"/>`, colour, strings.Join(points, " "))
	}
	line(c.OneSided, "#d62728")
	line(c.Central, "#1f77b4")
	fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="end" fill="#d62728">one-sided, slope %.2f</text>`, width-right-8, top+18, c.OneSidedSlope)
	fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="end" fill="#1f77b4">central, slope %.2f</text>`, width-right-8, top+36, c.CentralSlope)
	b.WriteString("</svg>")
	return b.String()
}

// MIMEBundle shows the curves in a notebook.
func (c *ErrorCurve) MIMEBundle() map[string]any {
	return map[string]any{"text/plain": c.String(), "image/svg+xml": c.SVG()}
}

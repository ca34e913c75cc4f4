package calculus

import (
	"fmt"
	"html"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// A BackwardPass is anything that has parameters, computes a loss from them, and
// computes the gradient of the loss by a backward pass: a network, a layer with
// a loss on top, a hand-written derivation.
type BackwardPass interface {
	// Parameters returns the parameters by name. The slices are the ones that
	// Loss reads: the check changes elements and puts them back.
	Parameters() map[string][]float64
	// Loss runs the forward pass. It must be deterministic: no dropout.
	Loss() float64
	// Gradients runs the forward and the backward pass and returns ∂loss/∂parameter
	// under the same names and with the same lengths.
	Gradients() map[string][]float64
}

// HandWritten is a [BackwardPass] made of functions: a derivation written out in
// a cell, without a type of its own.
type HandWritten struct {
	Values   map[string][]float64        // the parameters, which Forward reads
	Forward  func() float64              // returns the loss
	Backward func() map[string][]float64 // returns the gradients
}

var _ BackwardPass = HandWritten{}

// Parameters returns Values.
func (h HandWritten) Parameters() map[string][]float64 { return h.Values }

// Loss calls Forward.
func (h HandWritten) Loss() float64 { return h.Forward() }

// Gradients calls Backward.
func (h HandWritten) Gradients() map[string][]float64 { return h.Backward() }

// A GradientCheck compares a backward pass with finite differences. The zero
// value is ready to use.
type GradientCheck struct {
	Differences Differences
	// Entries is how many elements of each parameter are compared one by one,
	// chosen at random where there are more; 0 means 100.
	Entries int
	// Directions is how many random directions through all parameters together
	// are compared, which sees every element at the cost of a few calls; 0 means 3.
	Directions int
	Seed       uint64
	// Tolerance is the relative error up to which the check passes; 0 means 1e-7.
	Tolerance float64
}

// A CheckedEntry is one comparison of an analytic with a numerical derivative.
type CheckedEntry struct {
	Name              string // of the parameter, or "direction 2"
	Index             int    // of the element in the parameter
	Where             string // the same for a reader: [44], or [2,4] in a matrix, counted from 0
	Analytic, Numeric float64
	// RelativeError is |analytic − numeric| over the larger of the two, or over
	// a thousandth of the parameter's largest gradient where both are smaller.
	RelativeError float64
	// NumericError is the estimated error of the numerical derivative.
	NumericError float64
}

// A CheckReport is the result of a gradient check.
type CheckReport struct {
	Passed    bool
	Tolerance float64
	Worst     CheckedEntry
	// Parameters has the worst entry of each parameter, by name, then those of
	// the random directions.
	Parameters []CheckedEntry
	Entries    int // comparisons
	Calls      int // forward passes
	Notes      []string
}

// Run checks the gradients of m. It panics with an [*Error] if the gradients'
// names or lengths are not those of the parameters.
func (c GradientCheck) Run(m BackwardPass) *CheckReport {
	c = c.withDefaults()
	params, grads := m.Parameters(), m.Gradients()
	names := slices.Sorted(maps.Keys(params))
	analytic := make(map[string][]float64, len(names))
	for _, name := range names {
		g, ok := grads[name]
		if !ok || len(g) != len(params[name]) {
			panic(&Error{Op: "GradientCheck", Message: fmt.Sprintf("the gradient of %s has %d elements, the parameter %d", name, len(g), len(params[name]))})
		}
		analytic[name] = slices.Clone(g) // the next pass may overwrite it
	}
	r := &CheckReport{Passed: true, Tolerance: c.Tolerance}
	rng := rand.New(rand.NewPCG(c.Seed, 0x9e3779b97f4a7c15))
	d := c.Differences
	d.Workers = 0 // the parameters are shared
	for _, name := range names {
		c.checkParameter(r, m, d, name, params[name], analytic[name], rng)
	}
	for i := range c.Directions {
		c.checkDirection(r, m, d, i+1, names, params, analytic, rng)
	}
	return r
}

func (c GradientCheck) withDefaults() GradientCheck {
	if c.Entries == 0 {
		c.Entries = 100
	}
	if c.Directions == 0 {
		c.Directions = 3
	}
	if c.Tolerance == 0 {
		c.Tolerance = 1e-7
	}
	return c
}

func (c GradientCheck) checkParameter(r *CheckReport, m BackwardPass, d Differences, name string, p, grad []float64, rng *rand.Rand) {
	indices := rng.Perm(len(p))
	indices = indices[:min(len(indices), c.Entries)]
	slices.Sort(indices)
	floor := 1e-3 * largest(grad)
	worst := CheckedEntry{Name: name}
	for _, i := range indices {
		old := p[i]
		s := d.slope(func(t float64) []float64 {
			p[i] = old + t
			return []float64{m.Loss()}
		}, math.Abs(old))
		p[i] = old
		e := compare(name, i, grad[i], s, floor)
		r.add(e, s.calls)
		if e.RelativeError >= worst.RelativeError {
			worst = e
		}
	}
	if len(indices) > 0 {
		r.Parameters = append(r.Parameters, worst)
	}
}

// checkDirection compares the slope of the loss along a random direction v with
// gᵀv: one number that every element takes part in.
func (c GradientCheck) checkDirection(r *CheckReport, m BackwardPass, d Differences, number int, names []string, params, grads map[string][]float64, rng *rand.Rand) {
	old := make(map[string][]float64)
	v := make(map[string][]float64)
	length, size := 0.0, 0.0
	for _, name := range names {
		old[name] = slices.Clone(params[name])
		v[name] = make([]float64, len(params[name]))
		for i := range v[name] {
			v[name][i] = rng.NormFloat64()
			length += v[name][i] * v[name][i]
		}
	}
	if length == 0 {
		return
	}
	analytic := 0.0
	for _, name := range names {
		for i := range v[name] {
			v[name][i] /= math.Sqrt(length)
			analytic += grads[name][i] * v[name][i]
			size += grads[name][i] * grads[name][i] * v[name][i] * v[name][i]
		}
	}
	s := d.slope(func(t float64) []float64 {
		for _, name := range names {
			for i, o := range old[name] {
				params[name][i] = o + t*v[name][i]
			}
		}
		return []float64{m.Loss()}
	}, 1)
	for _, name := range names {
		copy(params[name], old[name])
	}
	e := compare(fmt.Sprintf("direction %d", number), 0, analytic, s, 1e-3*math.Sqrt(size))
	worst := r.Worst
	r.add(e, s.calls)
	if r.Entries > 1 && worst.RelativeError > r.Tolerance {
		r.Worst = worst // a wrong element says more than a wrong direction
	}
	r.Parameters = append(r.Parameters, e)
}

func compare(name string, i int, analytic float64, s slope, floor float64) CheckedEntry {
	numeric := s.value[0]
	e := CheckedEntry{Name: name, Index: i, Where: fmt.Sprintf("[%d]", i), Analytic: analytic, Numeric: numeric, NumericError: s.err[0]}
	difference := math.Abs(analytic - numeric)
	switch scale := max(math.Abs(analytic), math.Abs(numeric), floor); {
	case difference == 0:
	case math.IsNaN(difference):
		e.RelativeError = math.Inf(1)
	case scale < 1e-12:
		e.RelativeError = difference // both vanish; the rest is rounding
	default:
		e.RelativeError = difference / scale
	}
	return e
}

func (r *CheckReport) add(e CheckedEntry, calls int) {
	r.Entries++
	r.Calls += calls
	if r.Entries == 1 || e.RelativeError > r.Worst.RelativeError {
		r.Worst = e
	}
	if e.RelativeError > r.Tolerance {
		r.Passed = false
	}
}

func largest(v []float64) float64 {
	m := 0.0
	for _, x := range v {
		m = max(m, math.Abs(x))
	}
	return m
}

// Func checks the gradient of a function of one vector.
func (c GradientCheck) Func(f func(x []float64) float64, gradient func(x []float64) []float64, x []float64) *CheckReport {
	return c.Run(&functionPass{f, gradient, slices.Clone(x)})
}

// functionPass makes a function and its gradient a BackwardPass with the one
// parameter x.
type functionPass struct {
	f        func([]float64) float64
	gradient func([]float64) []float64
	x        []float64
}

var _ BackwardPass = (*functionPass)(nil)

func (p *functionPass) Parameters() map[string][]float64 { return map[string][]float64{"x": p.x} }
func (p *functionPass) Loss() float64                    { return p.f(slices.Clone(p.x)) }
func (p *functionPass) Gradients() map[string][]float64 {
	return map[string][]float64{"x": p.gradient(slices.Clone(p.x))}
}

// VJP checks the backward pass of a layer: vjp(x, dy) must be Jᵀ·dy for f: ℝⁿ → ℝᵐ.
// The upstream gradient dy is random.
func (c GradientCheck) VJP(f func(x []float64) []float64, vjp func(x, dy []float64) []float64, x []float64) *CheckReport {
	rng := rand.New(rand.NewPCG(c.Seed, 1))
	dy := make([]float64, len(f(slices.Clone(x))))
	for i := range dy {
		dy[i] = rng.NormFloat64()
	}
	loss := func(x []float64) float64 {
		sum := 0.0
		for i, y := range f(x) {
			sum += dy[i] * y
		}
		return sum
	}
	return c.Func(loss, func(x []float64) []float64 { return vjp(x, slices.Clone(dy)) }, x)
}

// verdict is the first line of the report.
func (r *CheckReport) verdict() string {
	word := "passed"
	if !r.Passed {
		word = "FAILED"
	}
	text := fmt.Sprintf("gradient check %s: worst relative error %.1e at %s%s (analytic %.9g, numeric %.9g), tolerance %.0e, %d comparisons, %d forward passes",
		word, r.Worst.RelativeError, r.Worst.Name, r.Worst.Where, r.Worst.Analytic, r.Worst.Numeric, r.Tolerance, r.Entries, r.Calls)
	if !r.Passed && r.Worst.NumericError > r.Tolerance*math.Abs(r.Worst.Numeric) {
		text += "; the finite difference itself is uncertain there: a kink close by, or a step too large"
	}
	for _, note := range r.Notes {
		text += "\n" + note
	}
	return text
}

// String prints the verdict and the worst entry of each parameter.
func (r *CheckReport) String() string {
	var b strings.Builder
	b.WriteString(r.verdict())
	for _, e := range r.Parameters {
		fmt.Fprintf(&b, "\n  %-12s %-7s  analytic %15.9g  numeric %15.9g  relative error %.1e", e.Name, e.Where, e.Analytic, e.Numeric, e.RelativeError)
	}
	return b.String()
}

// MIMEBundle shows the report in a notebook as a table.
func (r *CheckReport) MIMEBundle() map[string]any {
	var b strings.Builder
	b.WriteString("<p>" + html.EscapeString(r.verdict()) + "</p><table><tr><th>parameter</th><th>worst entry</th><th>analytic</th><th>numeric</th><th>relative error</th></tr>")
	for _, e := range r.Parameters {
		fmt.Fprintf(&b, "<tr><td>%s</td><td>%s</td><td>%.9g</td><td>%.9g</td><td>%.1e</td></tr>", html.EscapeString(e.Name), e.Where, e.Analytic, e.Numeric, e.RelativeError)
	}
	b.WriteString("</table>")
	return bundle(r.String(), "", b.String())
}

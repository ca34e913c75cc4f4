package calculus

import (
	"fmt"
	"math"
	"sync"
)

// A Method is a formula of finite differences.
type Method int

const (
	// Extrapolated takes central differences at three steps and extrapolates to
	// step 0 (Richardson). It needs six calls for a derivative, and is good to
	// about twelve digits where the function is smooth.
	Extrapolated Method = iota
	// Central is (f(x+h) − f(x−h))/2h, the lecture's gradient check: its error
	// falls as h².
	Central
	// OneSided is (f(x+h) − f(x))/h, whose error falls as h.
	OneSided
)

// Differences computes derivatives of Go functions by finite differences. The
// zero value is ready to use: extrapolated, on the caller's goroutine.
type Differences struct {
	Method Method
	// Step is the step h at |x| ≤ 1; beyond, h grows with |x|. 0 means the
	// method's own: 2⁻⁹ extrapolated, 1e-5 central, 1e-8 one-sided.
	Step float64
	// Workers is how many goroutines call the function at the same time. 0 and 1
	// call it from the caller's goroutine; with more it must be safe for
	// concurrent use.
	Workers int
}

// An Estimate is a numerical derivative with an estimate of its error.
type Estimate struct {
	Value *Matrix
	// Error estimates the absolute error of each element: what the steps
	// disagree by, plus rounding. It is large where the function has a kink.
	Error *Matrix
	Calls int // calls of the function
}

// MaxError returns the largest estimated error.
func (e *Estimate) MaxError() float64 {
	worst := 0.0
	for _, v := range e.Error.Data {
		worst = max(worst, v)
	}
	return worst
}

// String prints the value and the largest estimated error.
func (e *Estimate) String() string {
	return fmt.Sprintf("%s\nestimated error at most %.1e, %d calls", e.Value, e.MaxError(), e.Calls)
}

// MIMEBundle shows the estimate in a notebook.
func (e *Estimate) MIMEBundle() map[string]any {
	return bundle(e.String(), fmt.Sprintf(`$$%s \pm %s$$`, e.Value.latex(), latexNumber(e.MaxError())), "")
}

// Gradient returns ∂f/∂x, n×1 for x of length n. f must not keep or change its
// argument.
func (d Differences) Gradient(f func(x []float64) float64, x []float64) *Estimate {
	j := d.Jacobian(func(x []float64) []float64 { return []float64{f(x)} }, x)
	return &Estimate{j.Value.T(), j.Error.T(), j.Calls}
}

// Jacobian returns the m×n matrix J[i,j] = ∂f_i/∂x_j for f: ℝⁿ → ℝᵐ. It panics
// with an [*Error] if f returns slices of different lengths.
func (d Differences) Jacobian(f func(x []float64) []float64, x []float64) *Estimate {
	n := len(x)
	columns := make([]slope, n)
	d.each(n, func(j int) {
		columns[j] = d.slope(func(t float64) []float64 {
			moved := append([]float64(nil), x...)
			moved[j] += t
			return f(moved)
		}, math.Abs(x[j]))
	})
	if n == 0 {
		return &Estimate{Value: NewMatrix(0, 0), Error: NewMatrix(0, 0)}
	}
	m := len(columns[0].value)
	e := &Estimate{Value: NewMatrix(m, n), Error: NewMatrix(m, n)}
	for j, c := range columns {
		if len(c.value) != m {
			panic(&Error{Op: "Jacobian", Message: fmt.Sprintf("the function returns %d values and elsewhere %d", len(c.value), m)})
		}
		e.Calls += c.calls
		for i := range m {
			e.Value.Data[i*n+j] = c.value[i]
			e.Error.Data[i*n+j] = c.err[i]
		}
	}
	return e
}

// JVP returns J·v, m×1, from differences in the direction of v: as many calls as
// one column of the Jacobian. It panics with an [*Error] if x and v differ in
// length.
func (d Differences) JVP(f func(x []float64) []float64, x, v []float64) *Estimate {
	if len(v) != len(x) {
		panic(&Error{Op: "JVP", Message: fmt.Sprintf("x has %d elements and v %d", len(x), len(v))})
	}
	scale := norm(v)
	if scale == 0 {
		m := len(f(append([]float64(nil), x...)))
		return &Estimate{Value: NewMatrix(m, 1), Error: NewMatrix(m, 1), Calls: 1}
	}
	s := d.slope(func(t float64) []float64 {
		moved := append([]float64(nil), x...)
		for i := range moved {
			moved[i] += t * v[i] / scale
		}
		return f(moved)
	}, norm(x)/math.Sqrt(float64(len(x))))
	e := &Estimate{Vector(s.value...), Vector(s.err...), s.calls}
	for i := range e.Value.Data {
		e.Value.Data[i] *= scale
		e.Error.Data[i] *= scale
	}
	return e
}

// VJP returns Jᵀ·u, n×1: the gradient of uᵀf. It panics with an [*Error] if u and
// the result of f differ in length.
func (d Differences) VJP(f func(x []float64) []float64, x, u []float64) *Estimate {
	return d.Gradient(func(x []float64) float64 {
		y := f(x)
		if len(y) != len(u) {
			panic(&Error{Op: "VJP", Message: fmt.Sprintf("f(x) has %d elements and u %d", len(y), len(u))})
		}
		sum := 0.0
		for i := range y {
			sum += u[i] * y[i]
		}
		return sum
	}, x)
}

// Hessian returns the n×n matrix of second derivatives from central differences,
// extrapolated; Method is ignored and Step is 2⁻⁶ unless set.
func (d Differences) Hessian(f func(x []float64) float64, x []float64) *Estimate {
	n := len(x)
	h := d.Step
	if h == 0 {
		h = 1.0 / 64
	}
	e := &Estimate{Value: NewMatrix(n, n), Error: NewMatrix(n, n)}
	var mu sync.Mutex
	d.each(n, func(i int) {
		for j := i; j < n; j++ {
			value, err, calls := secondDerivative(f, x, i, j, h*max(1, math.Abs(x[i])), h*max(1, math.Abs(x[j])))
			mu.Lock()
			e.Calls += calls
			for _, k := range []int{i*n + j, j*n + i} {
				e.Value.Data[k], e.Error.Data[k] = value, err
			}
			mu.Unlock()
		}
	})
	return e
}

// secondDerivative returns ∂²f/∂xᵢ∂xⱼ at three steps, extrapolated.
func secondDerivative(f func([]float64) float64, x []float64, i, j int, hi, hj float64) (value, err float64, calls int) {
	largest := 0.0
	at := func(ti, tj float64) float64 {
		moved := append([]float64(nil), x...)
		moved[i] += ti
		moved[j] += tj
		calls++
		y := f(moved)
		largest = max(largest, math.Abs(y))
		return y
	}
	var levels [3]float64
	for k := range levels {
		a, b := hi/2*float64(int(1)<<k), hj/2*float64(int(1)<<k)
		levels[k] = (at(a, b) - at(a, -b) - at(-a, b) + at(-a, -b)) / (4 * a * b)
	}
	value, spread := richardson(levels)
	return value, spread + 4*epsilon*largest/(hi*hj), calls
}

const epsilon = 0x1p-52

// richardson extrapolates central differences at h, 2h and 4h to h = 0 and
// returns how far the last two orders are apart.
func richardson(levels [3]float64) (value, spread float64) {
	first := (4*levels[0] - levels[1]) / 3
	second := (4*levels[1] - levels[2]) / 3
	value = (16*first - second) / 15
	return value, math.Abs(value - first)
}

// slope is the derivative of a vector along a line.
type slope struct {
	value, err []float64
	calls      int
}

// slope differentiates g at 0; scale is the size of what t is added to.
func (d Differences) slope(g func(t float64) []float64, scale float64) slope {
	step, multiples := d.steps(scale)
	s := slope{}
	call := func(t float64) []float64 {
		s.calls++
		return g(t)
	}
	var base []float64
	if d.Method == OneSided {
		base = call(0)
	}
	var levels [3][]float64
	var largest []float64
	for k := range multiples {
		h := step * float64(int(1)<<k)
		up := call(h)
		down, width := base, h
		if d.Method != OneSided {
			down, width = call(-h), 2*h
		}
		if largest == nil {
			largest = make([]float64, len(up))
		}
		if len(up) != len(down) || len(up) != len(largest) {
			panic(&Error{Op: "Differences", Message: fmt.Sprintf("the function returns %d values and elsewhere %d", len(up), len(largest))})
		}
		levels[k] = make([]float64, len(up))
		for i := range up {
			levels[k][i] = (up[i] - down[i]) / width
			largest[i] = max(largest[i], math.Abs(up[i]), math.Abs(down[i]))
		}
	}
	s.value, s.err = make([]float64, len(largest)), make([]float64, len(largest))
	for i := range largest {
		rounding := 8 * epsilon * largest[i] / step // f itself is off by a few units
		switch d.Method {
		case Extrapolated:
			v, spread := richardson([3]float64{levels[0][i], levels[1][i], levels[2][i]})
			s.value[i], s.err[i] = v, spread+rounding
		case Central:
			s.value[i], s.err[i] = levels[0][i], math.Abs(levels[0][i]-levels[1][i])/3+rounding
		default:
			s.value[i], s.err[i] = levels[0][i], math.Abs(levels[0][i]-levels[1][i])+2*rounding
		}
	}
	return s
}

// steps returns the smallest step, a power of two times Step so that x+h is
// exact more often, and how many times it is doubled.
func (d Differences) steps(scale float64) (step float64, levels int) {
	step = d.Step
	levels = 2
	switch {
	case d.Method == Extrapolated:
		levels = 3
		if step == 0 {
			step = 1.0 / 512
		}
	case step != 0:
	case d.Method == Central:
		step = 1e-5
	default:
		step = 1e-8
	}
	if scale > 1 && !math.IsInf(scale, 0) {
		step *= math.Exp2(math.Ceil(math.Log2(scale)))
	}
	return step, levels
}

// each calls f(0) … f(n−1), on Workers goroutines. A panic of f is passed to the
// caller.
func (d Differences) each(n int, f func(i int)) {
	if d.Workers < 2 {
		for i := range n {
			f(i)
		}
		return
	}
	var wait sync.WaitGroup
	next := make(chan int)
	panics := make(chan any, d.Workers)
	for range min(d.Workers, n) {
		wait.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					panics <- r
					for range next { // let the sender finish
					}
				}
			}()
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wait.Wait()
	select {
	case r := <-panics:
		panic(r)
	default:
	}
}

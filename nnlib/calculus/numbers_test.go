package calculus

import (
	"math"
	"strings"
	"sync/atomic"
	"testing"
)

// bowl is f(x) = x₁² + 3 x₁x₂ + exp(x₃) with a known gradient and Hessian.
func bowl(x []float64) float64 { return x[0]*x[0] + 3*x[0]*x[1] + math.Exp(x[2]) }

func bowlGradient(x []float64) []float64 {
	return []float64{2*x[0] + 3*x[1], 3 * x[0], math.Exp(x[2])}
}

var bowlPoint = []float64{0.7, -1.3, 0.4}

func TestDifferences(t *testing.T) {
	want := bowlGradient(bowlPoint)
	for _, tt := range []struct {
		name      string
		d         Differences
		tolerance float64
	}{
		{"extrapolated", Differences{}, 1e-11},
		{"central", Differences{Method: Central}, 1e-9},
		{"one-sided", Differences{Method: OneSided}, 1e-6},
		{"own step", Differences{Method: Central, Step: 1e-3}, 1e-6},
		{"in parallel", Differences{Workers: 4}, 1e-11},
	} {
		e := tt.d.Gradient(bowl, bowlPoint)
		if e.Value.Rows != 3 || e.Value.Cols != 1 {
			t.Fatalf("%s: the gradient is %d×%d, want 3×1", tt.name, e.Value.Rows, e.Value.Cols)
		}
		for i, w := range want {
			off := math.Abs(e.Value.Data[i] - w)
			if off > tt.tolerance {
				t.Errorf("%s: element %d is %.15g, want %.15g", tt.name, i, e.Value.Data[i], w)
			}
			if off > 2*e.Error.Data[i] {
				t.Errorf("%s: element %d is off by %.1e, but its error was estimated %.1e", tt.name, i, off, e.Error.Data[i])
			}
		}
	}
}

func TestDifferencesOfVectors(t *testing.T) {
	f := func(x []float64) []float64 { return []float64{x[0] * x[1], math.Sin(x[2]), x[0] + x[2]} }
	x := []float64{2, 3, 0.5}
	want := NewMatrix(3, 3, 3, 2, 0, 0, 0, math.Cos(0.5), 1, 0, 1)
	j := Differences{Workers: 2}.Jacobian(f, x)
	checkMatrix(t, "Jacobian", j.Value, want, 1e-11)
	if j.Calls != 18 {
		t.Errorf("%d calls, want 6 for each of 3 columns", j.Calls)
	}
	v, u := []float64{1, -2, 0.5}, []float64{0.3, 2, -1}
	checkMatrix(t, "JVP", Differences{}.JVP(f, x, v).Value, matmul(want, Vector(v...)), 1e-11)
	checkMatrix(t, "VJP", Differences{}.VJP(f, x, u).Value, matmul(want.T(), Vector(u...)), 1e-11)
	checkMatrix(t, "JVP of 0", Differences{}.JVP(f, x, make([]float64, 3)).Value, NewMatrix(3, 1), 0)
}

func TestHessian(t *testing.T) {
	want := NewMatrix(3, 3, 2, 3, 0, 3, 0, 0, 0, 0, math.Exp(0.4))
	for _, workers := range []int{0, 3} {
		checkMatrix(t, "Hessian", Differences{Workers: workers}.Hessian(bowl, bowlPoint).Value, want, 1e-9)
	}
}

func checkMatrix(t *testing.T, name string, got, want *Matrix, tolerance float64) {
	t.Helper()
	if got.Rows != want.Rows || got.Cols != want.Cols {
		t.Fatalf("%s is %d×%d, want %d×%d", name, got.Rows, got.Cols, want.Rows, want.Cols)
	}
	for i := range want.Data {
		if !(math.Abs(got.Data[i]-want.Data[i]) <= tolerance) {
			t.Errorf("%s: element %d is %.15g, want %.15g", name, i, got.Data[i], want.Data[i])
		}
	}
}

func TestDifferencesPassPanicsOn(t *testing.T) {
	defer func() {
		if r := recover(); r != "boom" {
			t.Errorf("recovered %v, want the panic of the function", r)
		}
	}()
	var calls atomic.Int32
	Differences{Workers: 3}.Gradient(func([]float64) float64 {
		if calls.Add(1) == 5 {
			panic("boom")
		}
		return 0
	}, make([]float64, 20))
}

// TestErrorAtAKink: the error estimate of |x| at 0 says that something is wrong.
func TestErrorAtAKink(t *testing.T) {
	e := Differences{Method: OneSided, Step: 1e-3}.Gradient(func(x []float64) float64 { return math.Abs(x[0] - 5e-4) }, []float64{0})
	if e.MaxError() < 0.1 {
		t.Errorf("estimated error %g next to a kink, want a large one", e.MaxError())
	}
}

func TestGradientCheck(t *testing.T) {
	if r := (GradientCheck{}).Func(bowl, bowlGradient, bowlPoint); !r.Passed || r.Worst.RelativeError > 1e-9 {
		t.Errorf("a right gradient: %s", r)
	}
	wrong := func(x []float64) []float64 {
		g := bowlGradient(x)
		g[1] *= 1.001
		return g
	}
	r := GradientCheck{}.Func(bowl, wrong, bowlPoint)
	if r.Passed {
		t.Errorf("a gradient wrong by a thousandth passes: %s", r)
	}
	if r.Worst.Name != "x" || r.Worst.Index != 1 || math.Abs(r.Worst.RelativeError-0.001) > 1e-4 {
		t.Errorf("worst entry %s[%d] with %g, want x[1] with 0.001", r.Worst.Name, r.Worst.Index, r.Worst.RelativeError)
	}
	for _, text := range []string{"FAILED", "x[1]", "analytic", "numeric"} {
		if !strings.Contains(r.String(), text) {
			t.Errorf("the report lacks %q: %s", text, r)
		}
	}
	if html, _ := r.MIMEBundle()["text/html"].(string); !strings.Contains(html, "<table>") {
		t.Errorf("the report has no table: %s", html)
	}
	notANumber := func(x []float64) []float64 { return []float64{math.NaN(), 0, 0} }
	if r := (GradientCheck{}).Func(bowl, notANumber, bowlPoint); r.Passed {
		t.Error("a gradient of NaN passes")
	}
}

// TestGradientCheckOfDirections: an error in an element that is not drawn is
// seen by the random directions.
func TestGradientCheckOfDirections(t *testing.T) {
	const n = 500
	f := func(x []float64) float64 {
		sum := 0.0
		for _, v := range x {
			sum += v * v
		}
		return sum
	}
	wrong := func(x []float64) []float64 {
		g := make([]float64, n)
		for i, v := range x {
			g[i] = 2 * v
		}
		g[137] += 3
		return g
	}
	x := make([]float64, n)
	for i := range x {
		x[i] = math.Sin(float64(i))
	}
	r := GradientCheck{Entries: 1, Seed: 3}.Func(f, wrong, x)
	if r.Passed || !strings.HasPrefix(r.Worst.Name, "direction") {
		t.Errorf("one wrong element of %d: %s", n, r)
	}
}

// scorerPass is the lecture's scorer with its hand-written backward pass.
type scorerPass struct{ u, W, b, x []float64 }

var _ BackwardPass = (*scorerPass)(nil)

func (s *scorerPass) Parameters() map[string][]float64 {
	return map[string][]float64{"u": s.u, "W": s.W, "b": s.b}
}

func (s *scorerPass) hidden() []float64 {
	h := make([]float64, len(s.b))
	for i := range h {
		z := s.b[i]
		for j, x := range s.x {
			z += s.W[i*len(s.x)+j] * x
		}
		h[i] = math.Tanh(z)
	}
	return h
}

func (s *scorerPass) Loss() float64 {
	sum := 0.0
	for i, h := range s.hidden() {
		sum += s.u[i] * h
	}
	return sum
}

func (s *scorerPass) Gradients() map[string][]float64 {
	h := s.hidden()
	dW, delta := make([]float64, len(s.W)), make([]float64, len(h))
	for i := range h {
		delta[i] = s.u[i] * (1 - h[i]*h[i])
		for j, x := range s.x {
			dW[i*len(s.x)+j] = delta[i] * x
		}
	}
	return map[string][]float64{"u": h, "W": dW, "b": delta}
}

func TestGradientCheckOfABackwardPass(t *testing.T) {
	s := &scorerPass{u: []float64{0.5, -1}, W: []float64{1, 2, 3, -1, 0, 0.5}, b: []float64{0, 0.1}, x: []float64{1, 0.2, -0.3}}
	before := append([]float64(nil), s.W...)
	r := GradientCheck{}.Run(s)
	if !r.Passed || r.Entries != 2+6+2+3 {
		t.Errorf("%d comparisons, want 13: %s", r.Entries, r)
	}
	for i := range before {
		if s.W[i] != before[i] {
			t.Fatalf("the check left W[%d] at %g, it was %g", i, s.W[i], before[i])
		}
	}
	// The same gradients come out of the symbolic derivative.
	f := Let("s = u' tanh(W x + b)")
	d, err := f.Grad("W").Eval(Values{"u": s.u, "W": NewMatrix(2, 3, s.W...), "b": s.b, "x": s.x})
	if err != nil {
		t.Fatal(err)
	}
	checkMatrix(t, "∂s/∂W", d, NewMatrix(2, 3, s.Gradients()["W"]...), 1e-15)
}

func TestVJPCheck(t *testing.T) {
	f := func(x []float64) []float64 { return []float64{x[0] * x[1], x[1] * x[1]} }
	vjp := func(x, dy []float64) []float64 { return []float64{x[1] * dy[0], x[0]*dy[0] + 2*x[1]*dy[1]} }
	if r := (GradientCheck{}).VJP(f, vjp, []float64{1.5, -0.5}); !r.Passed {
		t.Error(r)
	}
}

func TestErrorCurve(t *testing.T) {
	c := DifferenceErrors(math.Exp, math.E, 1)
	if math.Abs(c.OneSidedSlope-1) > 0.05 || math.Abs(c.CentralSlope-2) > 0.05 {
		t.Errorf("slopes %.3f and %.3f, want 1 and 2", c.OneSidedSlope, c.CentralSlope)
	}
	if svg := c.SVG(); !strings.HasPrefix(svg, "<svg") || strings.Count(svg, "<polyline") != 2 {
		t.Errorf("the drawing is %s", svg)
	}
}

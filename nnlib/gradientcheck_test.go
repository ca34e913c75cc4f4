package nnlib_test

import (
	"math/rand/v2"
	"testing"

	"github.com/lectern-go/lectern/nnlib"
)

// tolerance is how far backward propagation in float64 may be from finite
// differences.
const tolerance = 1e-7

func normal(rng *rand.Rand, rows, cols int) nnlib.Matrix {
	X := nnlib.NewMatrix(rows, cols)
	for i := range X.Data {
		X.Data[i] = float32(rng.NormFloat64())
	}
	return X
}

func wantChecks(t *testing.T, checks nnlib.GradientChecks, err error, names ...string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if len(checks) != len(names) {
		t.Errorf("%d parameters checked, want %v", len(checks), names)
	}
	for i, check := range checks {
		if i < len(names) && check.Parameter != names[i] {
			t.Errorf("parameter %d is %s, want %s", i, check.Parameter, names[i])
		}
		if check.Backward == 0 {
			t.Errorf("%s: the derivative is zero: nothing was checked", check.Parameter)
		}
	}
	if checks.Worst() > tolerance {
		t.Errorf("gradients differ by more than %g:\n%v", tolerance, checks)
	}
}

func TestGradientsOfLayersAndLosses(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	X, raw, yes := normal(rng, 6, 7), normal(rng, 6, 4), nnlib.NewMatrix(6, 4)
	for i := range yes.Data {
		yes.Data[i] = float32(rng.IntN(2))
	}
	losses := []struct {
		name string
		loss nnlib.Loss
		Y    nnlib.Matrix
	}{
		{"soft cross-entropy", nnlib.SoftCrossEntropy{}, nnlib.Softmax(raw)},
		{"one-hot cross-entropy", nnlib.SoftCrossEntropy{}, nnlib.OneHot([]int32{0, 1, 2, 3, 0, 1}, 4)},
		{"binary cross-entropy", nnlib.BinaryCrossEntropy{}, yes},
		{"squared error", nnlib.SquaredError{}, raw},
		{"max-margin", nnlib.MaxMargin{}, raw},
	}
	for _, f := range nnlib.Activations() {
		for _, l := range losses {
			t.Run(string(f)+", "+l.name, func(t *testing.T) {
				n := nnlib.FeedForward([]int{7, 5, 3, 4}, f, 0.25, nnlib.Init{}, 3)
				for _, p := range n.Parameters() {
					for i := range p.Value {
						p.Value[i] += float32(0.1 * rng.NormFloat64())
					}
				}
				checks, err := n.CheckGradients(X, l.Y, l.loss, 5)
				wantChecks(t, checks, err, "X", "W1", "b1", "W2", "b2", "W3", "b3")
			})
		}
	}
}

// smallWindows returns n windows of 2C+1 words out of 30, some of them twice in a
// window.
func smallWindows(n, radius int) nnlib.Windows {
	rng := rand.New(rand.NewPCG(2, 2))
	w := nnlib.Windows{Radius: radius, N: n}
	for range n {
		for range w.Width() {
			w.Words = append(w.Words, int32(rng.IntN(30)))
			w.Cases = append(w.Cases, uint8(rng.IntN(5)))
		}
		w.Labels = append(w.Labels, int32(rng.IntN(3)))
	}
	return w
}

func smallConfig(radius int) nnlib.WindowConfig {
	return nnlib.WindowConfig{Radius: radius, Vocab: 30, Dim: 4, Cases: 5, CaseDim: 2, Classes: []string{"O", "LOC", "PER"}, Seed: 7}
}

func TestGradientsOfWindowClassifier(t *testing.T) {
	tests := []struct {
		name   string
		change func(c *nnlib.WindowConfig)
		want   []string
	}{
		{"softmax", func(*nnlib.WindowConfig) {}, []string{"words", "cases", "W", "b"}},
		{"averaged", func(c *nnlib.WindowConfig) { c.Average = true }, []string{"words", "cases", "W", "b"}},
		{"no cases, no bias", func(c *nnlib.WindowConfig) { c.Cases, c.NoBias = 0, true }, []string{"words", "W"}},
		{"frozen", func(c *nnlib.WindowConfig) { c.FreezeVectors = true }, []string{"cases", "W", "b"}},
		{"frozen, no cases", func(c *nnlib.WindowConfig) { c.FreezeVectors, c.Cases = true, 0 }, []string{"W", "b"}},
		{"hidden", func(c *nnlib.WindowConfig) { c.Hidden = []int{6} }, []string{"words", "cases", "W1", "b1", "W2", "b2"}},
		{"two hidden, dropout", func(c *nnlib.WindowConfig) { c.Hidden, c.Dropout = []int{6, 5}, 0.3 }, []string{"words", "cases", "W1", "b1", "W2", "b2", "W3", "b3"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			config := smallConfig(2)
			test.change(&config)
			m, err := nnlib.NewWindowClassifier(config)
			if err != nil {
				t.Fatal(err)
			}
			checks, err := m.CheckGradients(smallWindows(9, 2), 1)
			wantChecks(t, checks, err, test.want...)
		})
	}
}

func TestGradientsOfScorer(t *testing.T) {
	m, err := nnlib.NewScorer(nnlib.ScorerConfig{Radius: 1, Vocab: 30, Dim: 4, Cases: 5, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	checks, err := m.CheckGradients(smallWindows(12, 1), 1, 1)
	wantChecks(t, checks, err, "words", "cases", "W", "b", "U")
}

func TestGradientsOfClassifier(t *testing.T) {
	m, err := nnlib.NewClassifier(nnlib.ClassifierConfig{Features: 3, Hidden: []int{4}, Classes: []string{"a", "b"}, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	checks, err := m.CheckGradients(normal(rand.New(rand.NewPCG(1, 1)), 5, 3), []int32{0, 1, 1, 0, 1}, 1)
	wantChecks(t, checks, err, "W1", "b1", "W2", "b2")
}

// square is a layer of one's own, Y = a X∘X; wrong makes its gradient wrong.
type square struct {
	a     *nnlib.Parameter
	x     nnlib.Matrix
	wrong bool
}

func newSquare() *square {
	l := &square{a: nnlib.NewParameter("a", 1, 1)}
	l.a.Value[0] = 0.7
	return l
}

func (l *square) Parameters() []*nnlib.Parameter { return []*nnlib.Parameter{l.a} }

func (l *square) Forward(X nnlib.Matrix, _ bool) nnlib.Matrix {
	l.x = X
	Y := nnlib.NewMatrix(X.Rows, X.Cols)
	for i, x := range X.Data {
		Y.Data[i] = l.a.Value[0] * x * x
	}
	return Y
}

func (l *square) Backward(dY nnlib.Matrix) nnlib.Matrix {
	dX := nnlib.NewMatrix(dY.Rows, dY.Cols)
	for i, dy := range dY.Data {
		l.a.Grad[0] += dy * l.x.Data[i] * l.x.Data[i]
		dX.Data[i] = 2 * l.a.Value[0] * l.x.Data[i] * dy
		if l.wrong {
			dX.Data[i] /= 2
		}
	}
	return dX
}

func TestCheckLayer(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	X := normal(rng, 5, 3)
	for _, l := range []nnlib.Layer{newSquare(), nnlib.NewLinear("l", 3, 4, rng), nnlib.NewElementwise(nnlib.Tanh)} {
		if checks := nnlib.CheckLayer(l, X, 1); checks.Worst() > 2e-3 {
			t.Errorf("%T: gradients differ:\n%v", l, checks)
		}
	}
	bad := newSquare()
	bad.wrong = true
	if checks := nnlib.CheckLayer(bad, X, 1); checks.Worst() < 0.1 {
		t.Errorf("a wrong Backward passes:\n%v", checks)
	}
}

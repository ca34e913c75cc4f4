package calculus

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// deepNetwork returns a classifier with the given number of tanh layers.
func deepNetwork(layers int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "J = CE(y, softmax(U h_%d + c))\n", layers)
	for i := layers; i > 1; i-- {
		fmt.Fprintf(&b, "h_%d = tanh(W_%d h_%d + b_%d)\n", i, i, i-1, i)
	}
	b.WriteString("h_1 = tanh(W_1 x + b_1)")
	return b.String()
}

func BenchmarkParseScorer(b *testing.B) {
	for b.Loop() {
		if _, err := Parse("s = u' f(W x + b)"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkExplainScorer is ∂s/∂W of the lecture's scorer with its explanation,
// from the text on.
func BenchmarkExplainScorer(b *testing.B) {
	for b.Loop() {
		_ = Let("s = u' f(W x + b)", "W: 8×20").LectureGrad("W").Explain().String()
	}
}

func BenchmarkExplainScorerHTML(b *testing.B) {
	for b.Loop() {
		_ = Let("s = u' f(W x + b)", "W: 8×20").LectureGrad("W").Explain().MIMEBundle()
	}
}

// BenchmarkDeepNetwork differentiates a 12-layer network by its first weights.
func BenchmarkDeepNetwork(b *testing.B) {
	text := deepNetwork(12)
	for b.Loop() {
		_ = Let(text).Grad("W_1").String()
	}
}

// BenchmarkDeepNetworkAll differentiates it by all 26 parameters, with the steps.
func BenchmarkDeepNetworkAll(b *testing.B) {
	text := deepNetwork(12)
	names := deepNames(12)
	for b.Loop() {
		_ = Let(text).Grad(names...).Explain().String()
	}
}

func deepNames(layers int) []string {
	names := []string{"U", "c"}
	for i := range layers {
		names = append(names, fmt.Sprintf("W_%d", i+1), fmt.Sprintf("b_%d", i+1))
	}
	return names
}

func BenchmarkEvalScorerGradient(b *testing.B) {
	f := Let("s = u' tanh(W x + b)", "W: 8×20")
	d := f.Grad("W")
	values := Values{"u": make([]float64, 8), "W": NewMatrix(8, 20), "x": make([]float64, 20), "b": make([]float64, 8)}
	for b.Loop() {
		if _, err := d.Eval(values); err != nil {
			b.Fatal(err)
		}
	}
}

// TestSpeed keeps derivations instant: the bounds are those asked of a notebook
// cell, with the best of several runs so that a busy machine does not fail it.
func TestSpeed(t *testing.T) {
	deep := deepNetwork(12)
	for _, tt := range []struct {
		name  string
		limit time.Duration
		run   func()
	}{
		{"∂s/∂W of the scorer with explanation", time.Millisecond, func() { _ = Let("s = u' f(W x + b)", "W: 8×20").LectureGrad("W").Explain().String() }},
		{"a 12-layer network", 50 * time.Millisecond, func() { _ = Let(deep).Grad("W_1").String() }},
	} {
		best := time.Hour
		for range 10 {
			start := time.Now()
			tt.run()
			best = min(best, time.Since(start))
		}
		if best > tt.limit && !raceEnabled {
			t.Errorf("%s takes %v, want at most %v", tt.name, best, tt.limit)
		}
		t.Logf("%s: %v", tt.name, best)
	}
}

// TestNoSwell: the derivative grows by the same number of nodes for every layer.
func TestNoSwell(t *testing.T) {
	size := func(layers int) int {
		d := Let(deepNetwork(layers)).Grad("W_1")
		return len(topological(d.results[0].expr))
	}
	four, eight, twelve := size(4), size(8), size(12)
	if twelve-eight != eight-four {
		t.Errorf("the derivative by the first weights has %d, %d and %d nodes with 4, 8 and 12 layers: it does not grow evenly", four, eight, twelve)
	}
	t.Logf("nodes with 4, 8 and 12 layers: %d, %d, %d", four, eight, twelve)
	d := Let(deepNetwork(12)).Grad(deepNames(12)...)
	if r := d.Check(1); !r.Passed {
		t.Error(r)
	}
}

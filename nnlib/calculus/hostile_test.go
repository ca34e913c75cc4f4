package calculus

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestConcurrentUse: one Formula and one Derivative serve many goroutines.
func TestConcurrentUse(t *testing.T) {
	f := Let("s = u' tanh(W x + b)", "W: 3×4")
	d := f.Grad("W")
	values := Values{"u": Vector(1, 2, 3), "W": NewMatrix(3, 4), "x": Vector(1, 2, 3, 4), "b": Vector(0, 1, 0)}
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			name := f.Variables()[i%4]
			if r := f.LectureGrad(name).Check(uint64(i)); !r.Passed {
				t.Error(r)
			}
			_ = d.Explain().HTML()
			_ = d.Expanded()
			_ = f.Graph(values).SVG()
			if _, err := d.Eval(values); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}

// TestLargeFormulas: length and depth cost time in proportion, or an error.
func TestLargeFormulas(t *testing.T) {
	var terms, nested []string
	for i := range 300 {
		terms = append(terms, fmt.Sprintf("(a_%d' x)^2", i))
	}
	open, closing := strings.Repeat("tanh(", 100), strings.Repeat(")", 100)
	nested = append(nested, open, "x", closing)
	start := time.Now()
	for _, text := range []string{strings.Join(terms, " + "), "sum(" + strings.Join(nested, "") + ")"} {
		d := Let(text).Grad("x")
		if r := d.Check(1); !r.Passed {
			t.Errorf("%.60s…: %s", text, r)
		}
		_ = d.String()
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("large formulas take %v", took)
	}
	for _, text := range []string{
		strings.Repeat("(", 100_000), strings.Repeat("-", 100_000) + "x", strings.Repeat("log ", 10_000) + "x",
		strings.Repeat("x + ", 100_000) + "x", strings.Repeat("[", 5_000) + "x" + strings.Repeat("]", 5_000), strings.Repeat("x'", 1000) + "x",
		"x" + strings.Repeat("'", 10_000), "x^" + strings.Repeat("-", 10_000) + "1", strings.Repeat("‖", 10_001), strings.Repeat("(x + y)' (x + y) ", 2),
		"W^1000000000; W: 2×2", "x[0:99999999999999999999]", "zeros(16777216, 16777216)' x", "\x00", "\xff\xfe", "\u202e x", "x_{}", "x__", "_", "ᵀ", "²", "x²³", "x⁻", "x⁻⁻¹",
	} {
		if f, err := Parse(text); err == nil {
			for _, name := range f.Variables() {
				if d, err := f.Derive(LectureNotation, name); err == nil {
					_ = d.String()
				}
			}
		}
	}
}

package calculus

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// FuzzParse: no text makes the parser panic, and what it accepts prints as text
// that it accepts again, with the same meaning.
func FuzzParse(f *testing.F) {
	for _, tt := range lectureDerivations {
		f.Add(tt.formula)
	}
	for _, tt := range cookbookCases {
		f.Add(tt.formula)
	}
	for _, tt := range badFormulas {
		f.Add(tt.formula)
	}
	for _, text := range []string{
		"", "'", "[[[[", "||x|| ||y||", "|x| + |y|", "1[x > 0]", "x[0:4]", "W⊤", "u^{\\top}", "\\hat{y}", "x_{window}: 5d",
		"1e999", "x^1e308", "x^-1", "X⁻ᵀ", "y\u0302", "f''''(z)", "onehot(y, 4)", "e_y + x", "(((((x)))))", "x\n\ny", "W ∈ ℝ^{8×20}; W",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		formula, err := Parse(text)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("Parse(%q): %T, want *Error", text, err)
			}
			_ = err.Error()
			return
		}
		root := formula.graph.unnamed(formula.root)
		again := reparse(t, formula, root)
		if got, want := canonical(again.root), canonical(root); got != want {
			t.Errorf("Parse(%q) prints as %s, which prints as %s", text, want, got)
		}
		_ = formula.LaTeX()
		_ = formula.String()
		for _, name := range formula.Variables() {
			if d, err := formula.Derive(LectureNotation, name); err == nil {
				_ = d.Explain().HTML()
			}
		}
	})
}

// reparse prints a node and parses the text with the shapes of the formula.
func reparse(t *testing.T, f *Formula, n *node) *Formula {
	t.Helper()
	text := printer{expand: true}.print(n)
	var declarations strings.Builder
	for _, v := range f.vars {
		if !slices.ContainsFunc(topological(n), func(n *node) bool { return n.op == opVar && n.name == v.name }) {
			continue
		}
		fmt.Fprintf(&declarations, "\n%s: %s", printer{}.name(v.name), v.shape)
		if v.symmetric {
			declarations.WriteString(" symmetric")
		}
		if v.distribution {
			declarations.WriteString(" distribution")
		}
	}
	again, err := Parse(text + declarations.String())
	if err != nil {
		t.Fatalf("the text %q of an expression does not parse: %v", text+declarations.String(), err)
	}
	return again
}

// FuzzDerivative: the derivatives of random well-shaped expressions equal
// central differences, in all conventions.
func FuzzDerivative(f *testing.F) {
	for seed := range uint64(64) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) { checkRandomExpression(t, seed) })
}

// TestRandomExpressions runs what the fuzz target does on a fixed set.
func TestRandomExpressions(t *testing.T) {
	count := uint64(150)
	if testing.Short() {
		count = 30
	}
	for seed := range count {
		checkRandomExpression(t, 1000+seed)
	}
}

func checkRandomExpression(t *testing.T, seed uint64) {
	t.Helper()
	r := &randomExpression{rng: rand.New(rand.NewPCG(seed, 5))}
	text := r.scalar(4)
	f, err := Parse(text + randomShapes)
	if err != nil {
		// Not every variable occurs; declare those that do.
		f, err = Parse(text + r.declarations())
	}
	if err != nil {
		t.Fatalf("seed %d: %s: %v", seed, text, err)
	}
	for _, name := range f.Variables() {
		for _, convention := range []Convention{ShapeConvention, LectureNotation, JacobianConvention} {
			d, err := f.Derive(convention, name)
			if err != nil {
				t.Fatalf("seed %d: %s by %s: %v", seed, text, name, err)
			}
			if report := d.Check(seed); !report.Passed && !uncertain(report) {
				t.Errorf("seed %d: %s by %s: %s\n%s", seed, text, name, d, report)
			}
			reparseDerivative(t, f, d)
		}
		if report := f.Differential(name).Check(seed); !report.Passed && !uncertain(report) {
			t.Errorf("seed %d: differential of %s by %s: %s", seed, text, name, report)
		}
	}
	r.checkPieces(t, seed, text)
	again := reparse(t, f, f.root)
	if got, want := canonical(again.root), canonical(f.root); got != want {
		t.Errorf("seed %d: %s prints as %s, which prints as %s", seed, text, want, got)
	}
}

// checkPieces differentiates by a definition in the middle of the formula, and by
// what is below it.
func (r *randomExpression) checkPieces(t *testing.T, seed uint64, text string) {
	t.Helper()
	if !strings.Contains(r.used, "v") {
		return
	}
	r.name("u")
	text = "J = " + regexp.MustCompile(`\bv\b`).ReplaceAllString(text, "q") + "; q = tanh(v) ∘ u + v" + r.declarations()
	f, err := Parse(text)
	if err != nil {
		t.Fatalf("seed %d: %s: %v", seed, text, err)
	}
	for _, convention := range []Convention{ShapeConvention, LectureNotation, JacobianConvention} {
		d, err := f.Derive(convention, "q", "v")
		if err != nil {
			t.Fatalf("seed %d: %s: %v", seed, text, err)
		}
		if report := d.Check(seed); !report.Passed && !uncertain(report) {
			t.Errorf("seed %d: %s: %s\n%s", seed, text, d, report)
		}
		_ = d.Explain().String()
	}
}

// uncertain reports whether no point with trustworthy differences was found: a
// kink or a pole close to all that were tried.
func uncertain(r *CheckReport) bool {
	return r.Entries == 0 || !(r.Worst.NumericError <= checkTolerance*max(r.Worst.Numeric, -r.Worst.Numeric))
}

// reparseDerivative checks that derivatives are formulas too.
func reparseDerivative(t *testing.T, f *Formula, d *Derivative) {
	t.Helper()
	n := d.expanded(d.results[0])
	text := printer{expand: true}.print(n)
	again := reparse(t, f, n)
	if canonical(again.root) != canonical(n) {
		t.Errorf("the derivative %s parses as %s", text, printer{expand: true}.print(again.root))
	}
}

// canonical writes a node as text that is equal for equal expressions: the terms
// of sums and the factors that commute are sorted.
func canonical(n *node) string {
	args := make([]string, len(n.args))
	for i, a := range n.args {
		args[i] = canonical(a)
	}
	switch n.op {
	case opAdd, opHadamard:
		slices.Sort(args)
	case opMul:
		slices.Sort(args[:n.scalars])
	}
	return fmt.Sprintf("(%d %s %s %g %d %d %s %s %s)", n.op, n.name, n.index, n.val, n.k, n.scalars, n.offset, n.shape, strings.Join(args, " "))
}

const randomShapes = "\nu: 3\nv: 3\nx: 4\nA: 3×4\nB: 3×3\nC: 4×3\ns: scalar"

// randomExpression writes random well-shaped expressions over the variables of
// randomShapes.
type randomExpression struct {
	rng  *rand.Rand
	used string
}

func (r *randomExpression) pick(options ...func() string) string {
	return options[r.rng.IntN(len(options))]()
}

func (r *randomExpression) name(name string) string {
	if !strings.Contains(r.used, name) {
		r.used += name
	}
	return name
}

func (r *randomExpression) declarations() string {
	var b strings.Builder
	for _, line := range strings.Split(strings.TrimSpace(randomShapes), "\n") {
		if strings.Contains(r.used, line[:1]) {
			b.WriteString("\n" + line)
		}
	}
	return b.String()
}

func (r *randomExpression) function() string {
	return []string{"tanh", "σ", "f", "softplus", "exp", "sin", "cos", "softsign", "relu", "leakyrelu", "abs", "hardtanh"}[r.rng.IntN(12)]
}

func (r *randomExpression) scalar(depth int) string {
	if depth == 0 {
		return r.pick(func() string { return r.name("s") }, func() string { return "2" }, func() string { return "0.5" })
	}
	d := depth - 1
	return r.pick(
		func() string { return "(" + r.column(d) + ")' (" + r.column(d) + ")" },
		func() string { return r.scalar(d) + " + " + r.scalar(d) },
		func() string { return "(" + r.scalar(d) + ") (" + r.scalar(d) + ")" },
		func() string { return "‖" + r.column(d) + "‖^2" },
		func() string { return "‖" + r.square(d) + "‖" },
		func() string { return "tr(" + r.square(d) + ")" },
		func() string { return "sum(" + r.column(d) + ")" },
		func() string { return "det(" + r.square(d) + ")" },
		func() string { return "log|det(" + r.square(d) + ")|" },
		func() string { return "logsumexp(" + r.column(d) + ")" },
		func() string { return "tanh(" + r.scalar(d) + ")" },
		func() string { return "(" + r.scalar(d) + ") / (1 + ‖" + r.column(d) + "‖^2)" },
		func() string { return "max(0, " + r.scalar(d) + ")" },
		func() string { return "(" + r.column(d) + ")[1]" },
		func() string { return "-log softmax(" + r.column(d) + ")[2]" },
		func() string { return "CE(softmax(" + r.name("v") + "), softmax(" + r.column(d) + "))" },
		func() string { return "(" + r.column(d) + ")' log softmax(" + r.column(d) + ")" },
	)
}

// column has three elements.
func (r *randomExpression) column(depth int) string {
	if depth == 0 {
		return r.name([]string{"u", "v"}[r.rng.IntN(2)])
	}
	d := depth - 1
	return r.pick(
		func() string { return r.name("A") + " " + r.name("x") },
		func() string { return "(" + r.square(d) + ") (" + r.column(d) + ")" },
		func() string { return "(" + r.column(d) + " + " + r.column(d) + ")" },
		func() string { return "(" + r.column(d) + " − " + r.column(d) + ")" },
		func() string { return "(" + r.column(d) + " ∘ " + r.column(d) + ")" },
		func() string { return r.function() + "(" + r.column(d) + ")" },
		func() string { return "softmax(" + r.column(d) + ")" },
		func() string { return "(" + r.scalar(d) + ") (" + r.column(d) + ")" },
		func() string { return "(1 − " + r.column(d) + ")" },
		func() string { return "diagonal(" + r.square(d) + ")" },
		func() string { return "[" + r.column(d) + "; " + r.column(d) + "][1:4]" },
		func() string { return "(" + r.name("A") + " [" + r.column(d) + "; " + r.scalar(d) + "])" },
		func() string { return r.name("C") + "[2]" },
		func() string { return "(" + r.column(d) + ")^2" },
	)
}

func (r *randomExpression) square(depth int) string {
	if depth == 0 {
		return r.name("B")
	}
	d := depth - 1
	return r.pick(
		func() string { return r.name("A") + " " + r.name("C") },
		func() string { return "(" + r.square(d) + " + " + r.square(d) + ")" },
		func() string { return "(" + r.square(d) + ") (" + r.square(d) + ")" },
		func() string { return "(" + r.square(d) + ")'" },
		func() string { return "inv(I + (" + r.square(d) + ")' " + r.name("B") + ")" },
		func() string { return "(" + r.square(d) + " ∘ " + r.square(d) + ")" },
		func() string { return "(" + r.square(d) + ")^2" },
		func() string { return "(" + r.column(d) + ") (" + r.column(d) + ")'" },
		func() string { return "diag(" + r.column(d) + ")" },
		func() string { return r.function() + "(" + r.square(d) + ")" },
		func() string { return "(2 " + r.square(d) + " − I)" },
	)
}

package calculus

import (
	"fmt"
	"strings"
)

// A Derivative is the derivative of a [Formula] with respect to one or more of
// its variables. It is immutable and safe for concurrent use, and shows itself
// as LaTeX in a notebook and as text elsewhere.
type Derivative struct {
	formula      *Formula
	convention   Convention
	root         *node // the formula broken into named pieces
	of           string
	results      []result
	backward     *backward // nil for differentials and derivatives by scalars
	differential bool
	second       bool
}

// A result is the derivative with respect to one target.
type result struct {
	name   string
	target *node
	expr   *node
}

// Convention returns the layout of the derivative.
func (d *Derivative) Convention() Convention { return d.convention }

// Names returns what the derivative is with respect to.
func (d *Derivative) Names() []string {
	names := make([]string, len(d.results))
	for i, r := range d.results {
		names[i] = r.name
	}
	return names
}

// Of returns the derivative with respect to one of Names. It panics with an
// [*Error] if the name is not among them.
func (d *Derivative) Of(name string) *Derivative {
	for _, r := range d.results {
		if r.name == canonicalName(name) {
			one := *d
			one.results = []result{r}
			return &one
		}
	}
	panic(&Error{Op: "Of", Message: fmt.Sprintf("no derivative with respect to %s was asked for", name), Hint: "there are " + strings.Join(d.Names(), ", ")})
}

// Formula returns the derivative as text, with short names for its pieces: δᵀxᵀ.
// Where there are several results it returns the first.
func (d *Derivative) Formula() string { return printer{}.print(d.shown(d.results[0])) }

// Expanded returns the derivative as text without names, in terms of the
// variables alone. Parse reads it back, given the shapes of the variables.
func (d *Derivative) Expanded() string { return printer{expand: true}.print(d.expanded(d.results[0])) }

func (d *Derivative) expanded(r result) *node {
	d.formula.mu.Lock()
	defer d.formula.mu.Unlock()
	return d.formula.graph.tidy(d.formula.graph.unnamed(r.expr))
}

// shown returns the expression to print: where it is nothing but an error signal
// with a name, and the only result, what the name stands for is printed.
func (d *Derivative) shown(r result) *node {
	if len(d.results) > 1 {
		return r.expr
	}
	if n, ok := d.soleError(r); ok {
		return n
	}
	return r.expr
}

// soleError returns the definition of δ if the result is δ or δᵀ alone.
func (d *Derivative) soleError(r result) (*node, bool) {
	n, transposed := r.expr, false
	if n.op == opTranspose {
		n, transposed = n.args[0], true
	}
	if n.op != opNamed || d.backward == nil {
		return nil, false
	}
	for _, e := range d.backward.errors {
		if e == n {
			if !transposed {
				return n.args[0], true
			}
			d.formula.mu.Lock()
			defer d.formula.mu.Unlock()
			return d.formula.graph.transpose(n.args[0]), true
		}
	}
	return nil, false
}

// Shape returns the shape of the (first) derivative as text: "8×20".
func (d *Derivative) Shape() string { return d.results[0].expr.shape.String() }

// left writes ∂s/∂W.
func (d *Derivative) left(p printer, r result) string {
	of := d.of
	if of == "" {
		of = d.formula.label()
	}
	if d.differential {
		if p.latex {
			return `\mathrm{d}` + p.name(of)
		}
		return "d" + p.name(of)
	}
	if d.second {
		of = d.formula.label()
		if p.latex {
			return `\frac{\partial^2 ` + p.name(of) + `}{\partial ` + p.name(r.name) + `\,\partial ` + p.name(r.name) + `^\top}`
		}
		return "∂²" + p.name(of) + "/∂" + p.name(r.name) + "∂" + p.name(r.name) + "ᵀ"
	}
	return p.partial(p.name(of), p.name(r.name))
}

// partial writes ∂y/∂x.
func (p printer) partial(of, by string) string {
	if p.latex {
		return `\frac{\partial ` + of + `}{\partial ` + by + `}`
	}
	return "∂" + of + "/∂" + by
}

// definitions returns the names that the results use, with what they stand for,
// error signals first.
func (d *Derivative) definitions() []*node {
	var roots []*node
	for _, r := range d.results {
		roots = append(roots, d.shown(r))
	}
	return d.namesBelow(roots)
}

func (d *Derivative) namesBelow(roots []*node) []*node {
	isError := make(map[*node]bool)
	if d.backward != nil {
		for _, e := range d.backward.errors {
			isError[e] = true
		}
	}
	var signals, pieces []*node
	order := topological(roots...)
	for i := len(order) - 1; i >= 0; i-- {
		switch n := order[i]; {
		case n.op != opNamed:
		case isError[n]:
			signals = append(signals, n)
		default:
			pieces = append(pieces, n)
		}
	}
	return append(signals, pieces...)
}

// String prints the derivative in one line: ∂s/∂W = δᵀxᵀ, where δ = uᵀ ∘ f′(z)ᵀ,
// z = W x + b. Several results take a line each.
func (d *Derivative) String() string {
	p := printer{}
	lines := make([]string, len(d.results))
	for i, r := range d.results {
		lines[i] = d.left(p, r) + " = " + d.zeroOr(p, d.shown(r))
	}
	text := strings.Join(lines, "\n")
	var where []string
	for _, n := range d.definitions() {
		where = append(where, p.name(n.name)+" = "+p.print(n.args[0]))
	}
	if len(where) == 0 {
		return text
	}
	if len(lines) > 1 {
		return text + "\nwhere " + strings.Join(where, ", ")
	}
	return text + ", where " + strings.Join(where, ", ")
}

// zeroOr prints a derivative that vanishes as 0, whatever its shape.
func (d *Derivative) zeroOr(p printer, n *node) string {
	if n.isZero() {
		return "0"
	}
	return p.print(n)
}

// LaTeX returns the derivative as LaTeX without dollar signs.
func (d *Derivative) LaTeX() string {
	p := printer{latex: true}
	var lines []string
	for _, r := range d.results {
		lines = append(lines, d.left(p, r)+" &= "+d.zeroOr(p, d.shown(r)))
	}
	for i, n := range d.definitions() {
		line := p.name(n.name) + " &= " + p.print(n.args[0])
		if i == 0 {
			line = `\text{where}\quad ` + line
		}
		lines = append(lines, line)
	}
	return `\begin{aligned}` + strings.Join(lines, ` \\ `) + `\end{aligned}`
}

// MIMEBundle shows the derivative in a notebook.
func (d *Derivative) MIMEBundle() map[string]any {
	return bundle(d.String(), "$$"+d.LaTeX()+"$$", "")
}

// Eval returns the value of the (first) derivative. A point where the derivative
// is not defined, such as a kink of relu, is an [*Error] with its place.
func (d *Derivative) Eval(values Values) (*Matrix, error) {
	e, err := d.formula.evaluator(values)
	if err != nil {
		return nil, err
	}
	return e.result(d.results[0].expr)
}

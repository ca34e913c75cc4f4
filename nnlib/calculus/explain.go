package calculus

import (
	"fmt"
	"strings"
)

// A Step is one line of a derivation.
type Step struct {
	Number  int    // from 1
	Rule    string // the rule that is applied, in words
	Shape   string // of the factors and the result: "(1×8)(8×8) = 1×8", or "8×20"
	Formula string // ∂s/∂z = ∂s/∂h ∂h/∂z = uᵀ diag(f′(z)) = uᵀ ∘ f′(z)ᵀ = δ
	LaTeX   string // the same
}

// A Derivation is a derivative with every step that leads to it. It shows itself
// as typeset steps in a notebook and as text in a terminal.
type Derivation struct {
	Title  string // ∂s/∂W of s = uᵀh
	Pieces []Step // the definitions that the formula was broken into
	Steps  []Step
	Result []Step // one for every derivative asked for

	titleLaTeX, shapes, shapesLaTeX string
}

// Explain returns the derivation: the formula in pieces, then one step for every
// application of the chain rule, with its rule and shape, then the result.
func (d *Derivative) Explain() *Derivation {
	e := &explainer{d: d, labels: map[*node]*node{}}
	out := &Derivation{}
	e.header(out)
	if d.backward != nil {
		e.follow(out)
	} else {
		e.direct(out)
	}
	e.results(out)
	return out
}

// explainer writes the flows of a derivative down.
type explainer struct {
	d *Derivative
	// labels are the nodes whose name stands for another: W x for z = W x + b,
	// once the sum has passed its gradient on.
	labels map[*node]*node
	steps  []Step
}

func (e *explainer) header(out *Derivation) {
	d := e.d
	text, latex := printer{}, printer{latex: true}
	var names, namesLaTeX []string
	for _, r := range d.results {
		names = append(names, d.left(text, r))
		namesLaTeX = append(namesLaTeX, d.left(latex, r))
	}
	of := d.formula.label()
	root := d.root
	if d.second {
		root = d.formula.root
	}
	out.Title = strings.Join(names, ", ") + " of " + text.name(of) + " = " + text.print(root)
	out.titleLaTeX = strings.Join(namesLaTeX, `,\ `) + ` \text{ of } ` + latex.name(of) + " = " + latex.print(root)
	order := topological(d.root)
	for i := len(order) - 1; i >= 0; i-- {
		if n := order[i]; n.op == opNamed {
			out.Pieces = append(out.Pieces, Step{
				Number: len(out.Pieces) + 1, Rule: "piece", Shape: n.shape.String(),
				Formula: text.name(n.name) + " = " + text.print(n.args[0]),
				LaTeX:   latex.name(n.name) + " = " + latex.print(n.args[0]),
			})
		}
	}
	var shapes []string
	for _, v := range d.formula.vars {
		shapes = append(shapes, text.name(v.name)+" "+v.describe())
	}
	out.shapes, out.shapesLaTeX = strings.Join(shapes, ", "), d.formula.latexShapes()
}

// show lays a gradient out as the steps show it: as a row of the Jacobian, or in
// the shape of the node.
func (e *explainer) show(n *node) *node {
	d := e.d
	if d.convention == ShapeConvention || !d.root.shape.isScalar() || d.second || !n.shape.isColumn() {
		return n
	}
	d.formula.mu.Lock()
	defer d.formula.mu.Unlock()
	return d.formula.graph.transpose(n)
}

// of lays out the gradient of a transposed vector as that of the vector.
func (e *explainer) of(n, grad *node) *node {
	if transposedVector(n) == nil || !e.d.root.shape.isScalar() || e.d.second {
		return grad
	}
	e.d.formula.mu.Lock()
	defer e.d.formula.mu.Unlock()
	return e.d.formula.graph.transpose(grad)
}

// label is what a node is called in ∂s/∂….
func (e *explainer) label(p printer, n *node) string {
	if n == e.d.root {
		return p.name(e.rootName())
	}
	if other, ok := e.labels[n]; ok {
		return e.label(p, other)
	}
	if n.op == opNamed {
		return p.name(n.name)
	}
	if v := transposedVector(n); v != nil {
		return e.label(p, v)
	}
	return p.at(n, levelPostfix)
}

// transposedVector returns v if n is the transpose of a vector v, or nil: the
// steps speak of v instead, whose gradient is the same but for its layout.
func transposedVector(n *node) *node {
	if n.op == opTranspose && n.shape.isVector() {
		return n.args[0]
	}
	return nil
}

func (e *explainer) rootName() string {
	if e.d.second {
		return e.d.of
	}
	return e.d.formula.label()
}

// follow writes a step for every flow, and one where several paths meet.
func (e *explainer) follow(out *Derivation) {
	b := e.d.backward
	arrived := make(map[*node]int)
	for _, f := range b.flows {
		arrived[f.to]++
		last := arrived[f.to] == len(b.sums[f.to])
		whole := len(b.sums[f.to]) == 1
		if v := transposedVector(f.to); v != nil {
			whole = whole && len(b.sums[v]) == 1
		}
		if !e.passesThrough(f) {
			e.step(f, whole)
		}
		if last && len(b.sums[f.to]) > 1 {
			e.meet(f.to)
		}
	}
	out.Steps = e.steps
}

// passesThrough reports whether a flow changes nothing that a reader wants to
// see: from a name to what it stands for, or from a sum to an unnamed term.
func (e *explainer) passesThrough(f flow) bool {
	b := e.d.backward
	alone := len(b.sums[f.to]) == 1 && !b.targets[f.to]
	switch {
	case transposedVector(f.from) != nil:
		return true
	case f.from.op == opNamed && alone, f.from.op == opAdd && f.to.op != opNamed && f.to.op != opVar && alone && f.contribution == f.upstream:
		e.labels[f.to] = f.from
		return true
	}
	return false
}

func (e *explainer) step(f flow, whole bool) {
	s := Step{Number: len(e.steps) + 1, Rule: e.rule(f), Shape: e.shapes(f)}
	s.Formula = e.equation(printer{}, f, whole)
	s.LaTeX = e.equation(printer{latex: true}, f, whole)
	e.steps = append(e.steps, s)
}

// shapes writes (1×8)(8×20) = 1×20: the shapes of the factors and of the result.
func (e *explainer) shapes(f flow) string {
	result := e.show(e.of(f.to, f.contribution))
	var factors []*node
	switch {
	case e.showsProduct(f):
		factors = []*node{e.show(e.of(f.from, f.upstream)), f.local}
	case result.op == opMul:
		factors = result.chain()
	}
	if len(factors) < 2 {
		return result.shape.String()
	}
	text := ""
	for _, n := range factors {
		text += "(" + n.shape.String() + ")"
	}
	return text + " = " + result.shape.String()
}

// showsProduct reports whether a step shows the product of Jacobians before it is
// simplified, as the lecture does.
func (e *explainer) showsProduct(f flow) bool {
	return f.local != nil && e.d.convention != ShapeConvention && !e.isTrivial(f.upstream) &&
		f.local.op != opIdentity && !f.upstream.shape.isScalar()
}

// equation writes ∂s/∂z = ∂s/∂h ∂h/∂z = uᵀ diag(f′(z)) = uᵀ ∘ f′(z)ᵀ = δ.
func (e *explainer) equation(p printer, f flow, whole bool) string {
	root := p.name(e.rootName())
	parts := []string{p.partial(root, e.label(p, f.to))}
	if !whole {
		parts[0] += e.through(p, f.from)
	}
	if e.label(p, f.from) != root && whole {
		if e.d.convention != ShapeConvention || f.to.shape.isScalar() && f.from.shape.isScalar() {
			parts = append(parts, p.partial(root, e.label(p, f.from))+" "+p.partial(e.label(p, f.from), e.label(p, f.to)))
		}
	}
	result := p.print(e.show(e.of(f.to, f.contribution)))
	if e.showsProduct(f) {
		product := p.juxtapose([]string{p.at(e.show(e.of(f.from, f.upstream)), levelProduct), p.at(f.local, levelProduct)})
		if product != result {
			parts = append(parts, product)
		}
	}
	parts = append(parts, result)
	if whole {
		if total := p.print(e.show(e.of(f.to, e.d.backward.grads[f.to]))); total != result {
			parts = append(parts, total)
		}
	}
	return strings.Join(parts, " = ")
}

func (e *explainer) isTrivial(n *node) bool { return n.isConst(1) || n.op == opIdentity }

// through says which path a contribution came by.
func (e *explainer) through(p printer, from *node) string {
	if p.latex {
		return `\Big|_{\text{through } ` + e.label(p, from) + `}`
	}
	return " through " + e.label(p, from)
}

// meet writes the sum of the contributions of several paths.
func (e *explainer) meet(n *node) {
	b := e.d.backward
	write := func(p printer) string {
		sum := ""
		for i, c := range b.sums[n] {
			term := p.at(e.show(e.of(n, c)), levelSum)
			rest, negative := strings.CutPrefix(term, p.minus())
			switch {
			case i == 0:
				sum = term
			case negative:
				sum += " " + p.minus() + " " + rest
			default:
				sum += " + " + term
			}
		}
		text := p.partial(p.name(e.rootName()), e.label(p, n)) + " = " + sum
		if total := p.print(e.show(e.of(n, b.grads[n]))); total != sum {
			text += " = " + total
		}
		return text
	}
	e.steps = append(e.steps, Step{
		Number: len(e.steps) + 1, Rule: "all paths to " + e.label(printer{}, n) + " add up", Shape: e.show(e.of(n, b.grads[n])).shape.String(),
		Formula: write(printer{}), LaTeX: write(printer{latex: true}),
	})
}

// rule words the rule of a flow for the nodes at hand.
func (e *explainer) rule(f flow) string {
	p := printer{}
	from, to := e.label(p, f.from), e.label(p, f.to)
	switch f.rule {
	case ruleElementwise:
		rule := "element-wise function: ∂" + from + "/∂" + to + " = diag(" + p.print(e.derivativeNode(f.from)) + ")"
		if f.from.shape.isScalar() {
			rule = "∂" + from + "/∂" + to + " = " + p.print(e.derivativeNode(f.from))
		}
		if fn := findElementwise(f.from.name); fn.derivative != "" && f.from.k == 0 {
			rule += "; " + fn.derivative
		}
		return rule
	case ruleOuter:
		x := p.at(f.from.args[len(f.from.args)-1], levelPostfix)
		rule := fmt.Sprintf("∂%sᵢ/∂%sᵢⱼ = %sⱼ, so ∂%s/∂%sᵢⱼ = (∂%s/∂%sᵢ) %sⱼ: an outer product", from, to, x, p.name(e.rootName()), to, p.name(e.rootName()), from, x)
		if e.d.convention != ShapeConvention {
			size, _ := f.to.shape.size()
			rule += fmt.Sprintf("; the 1×%s Jacobian in the shape of %s, %s", size, to, f.to.shape)
		}
		return rule
	case ruleSum:
		one := "I"
		if f.to.shape.isScalar() {
			one = "1"
		}
		return "sum: ∂" + from + "/∂" + to + " = " + one + ", the gradient passes unchanged"
	case ruleInner, ruleInnerLeft:
		if f.local != nil {
			return "inner product: ∂" + from + "/∂" + to + " = " + p.at(f.local, levelProduct)
		}
	case ruleLinear:
		return "linear: ∂" + from + "/∂" + to + " = " + p.print(e.leftFactor(f))
	}
	return f.rule
}

func (e *explainer) derivativeNode(n *node) *node {
	e.d.formula.mu.Lock()
	defer e.d.formula.mu.Unlock()
	return e.d.formula.graph.derivative(n)
}

// leftFactor is what stands before the last factor of a product.
func (e *explainer) leftFactor(f flow) *node {
	e.d.formula.mu.Lock()
	defer e.d.formula.mu.Unlock()
	return e.d.formula.graph.localJacobian(f.from, len(f.from.args)-1)
}

// direct explains derivatives without a chain of steps.
func (e *explainer) direct(out *Derivation) {
	rule := "the rules for sums, products and functions, applied to the change of every part"
	for i, r := range e.d.results {
		if !e.d.differential {
			rule = "the change of every part when " + r.name + " changes by 1"
		}
		out.Steps = append(out.Steps, Step{
			Number: i + 1, Rule: rule, Shape: r.expr.shape.String(),
			Formula: e.d.left(printer{}, r) + " = " + printer{}.print(r.expr),
			LaTeX:   e.d.left(printer{latex: true}, r) + " = " + printer{latex: true}.print(r.expr),
		})
	}
}

// results states what was asked for, and how the convention laid it out.
func (e *explainer) results(out *Derivation) {
	d := e.d
	for i, r := range d.results {
		s := Step{Number: i + 1, Shape: r.expr.shape.String(), Rule: d.convention.String()}
		text, latex := printer{}, printer{latex: true}
		s.Formula = d.left(text, r) + " = " + d.zeroOr(text, r.expr)
		s.LaTeX = d.left(latex, r) + " = " + d.zeroOr(latex, r.expr)
		if n := d.shown(r); n != r.expr {
			s.Formula += " = " + text.print(n)
			s.LaTeX += " = " + latex.print(n)
		}
		switch {
		case d.differential || d.second:
			s.Rule = "result"
		case d.convention == LectureNotation && r.target.shape.isColumn():
			s.Rule = fmt.Sprintf("shape convention: the row transposed, in the shape of %s", text.name(r.name))
		case d.convention == JacobianConvention && r.target.shape.isMatrix() && d.root.shape.isScalar():
			s.Rule = fmt.Sprintf("Jacobian convention: the elements of %s by rows", text.name(r.name))
		case d.convention == LectureNotation:
			s.Rule = fmt.Sprintf("shape convention: in the shape of %s", text.name(r.name))
		}
		out.Result = append(out.Result, s)
	}
}

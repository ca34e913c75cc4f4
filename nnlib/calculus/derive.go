package calculus

import (
	"errors"
	"fmt"
	"slices"
)

// A Convention says how a derivative is laid out.
type Convention int

const (
	// ShapeConvention gives the gradient of a scalar the shape of the parameter:
	// ∂s/∂W = δxᵀ is n×m like W, ∂s/∂b = δ a column like b.
	ShapeConvention Convention = iota
	// JacobianConvention gives ∂y/∂x a row for every element of y and a column
	// for every element of x: J[i,j] = ∂y_i/∂x_j. The gradient of a scalar is a
	// row, and 1×nm for an n×m matrix, taken by rows.
	JacobianConvention
	// LectureNotation is what the lecture writes: Jacobians (rows, δ = uᵀ∘f′(z)ᵀ)
	// on the way, and the shape convention for the answer, ∂s/∂W = δᵀxᵀ.
	LectureNotation
)

// String returns the name of the convention.
func (c Convention) String() string {
	switch c {
	case ShapeConvention:
		return "shape convention"
	case JacobianConvention:
		return "Jacobian convention"
	case LectureNotation:
		return "lecture notation"
	}
	return fmt.Sprintf("Convention(%d)", int(c))
}

// Derive differentiates the formula with respect to variables or definitions. In
// the shape convention and in lecture notation the formula must be a scalar, or
// the variable must be one. With several names the local error signals that they
// share are computed once, as in back-propagation.
//
// The error is an [*Error] with the place in the text.
func (f *Formula) Derive(convention Convention, names ...string) (d *Derivative, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			d, err = nil, f.atRoot(e)
		}
		_ = inOperation("Derive", err)
	}()
	if len(names) == 0 {
		return nil, &Error{Op: "Derive", Message: "no variable to differentiate with respect to", Hint: knownNames(f.variableNames())}
	}
	root := f.pieces()
	d = &Derivative{formula: f, convention: convention, root: root}
	targets := make([]*node, len(names))
	for i, name := range names {
		if targets[i], err = f.target(root, canonicalName(name)); err != nil {
			return nil, err
		}
	}
	switch {
	case convention == JacobianConvention && !root.shape.isScalar():
		f.deriveJacobian(d, targets)
	case root.shape.isScalar():
		f.deriveGradient(d, targets)
	default:
		return d, f.deriveByScalar(d, targets)
	}
	return d, nil
}

func (f *Formula) variableNames() []string { return f.Variables() }

// atRoot puts the caret of an error without a place under the whole formula.
func (f *Formula) atRoot(e *Error) *Error {
	if e.Source == "" {
		at := f.rootPlace()
		e.Source, e.Start, e.End = f.text, at.start, at.end
	}
	return e
}

func (f *Formula) rootPlace() span {
	if at, ok := f.places[f.root]; ok {
		return at
	}
	return span{0, len(f.text)}
}

// label is what the formula is called: its name, or s for a scalar and y for
// anything else.
func (f *Formula) label() string {
	switch {
	case f.name != "":
		return f.name
	case f.root.shape.isScalar():
		return f.freshNames("s", 1)(0)
	}
	return f.freshNames("y", 1)(0)
}

// target finds the node of a variable or definition in the formula.
func (f *Formula) target(root *node, name string) (*node, error) {
	if f.graph.symmetric[name] {
		label := "∂" + f.label() + "/∂"
		return nil, &Error{
			Op: "Derive", Source: label + name, Start: len(label), End: len(label + name),
			Message: name + " is declared symmetric: its elements are not independent",
			Hint:    "leave the declaration out to differentiate by all elements",
		}
	}
	for _, n := range topological(root) {
		if (n.op == opVar || n.op == opNamed) && n.name == name {
			return n, nil
		}
	}
	for _, v := range f.vars {
		if v.name == name { // declared, but the root does not depend on it
			return f.graph.variable(name, v.shape), nil
		}
	}
	if n := f.defs[name]; n != nil {
		return n, nil
	}
	label := "∂" + f.label() + "/∂"
	e := &Error{Op: "Derive", Source: label + name, Start: len(label), End: len(label + name)}
	switch {
	case slices.Contains(f.indices, name):
		e.Message = name + " is an index: there is no derivative with respect to it"
	case name == f.name:
		e.Message = name + " is the formula itself"
	default:
		e.Message, e.Hint = fmt.Sprintf("the formula has no variable %s", name), knownNames(f.variableNames())
	}
	return nil, e
}

// deriveGradient differentiates a scalar by running the chain rule backward.
func (f *Formula) deriveGradient(d *Derivative, targets []*node) {
	b := f.backward(d.root, targets, d.convention != ShapeConvention)
	// The first run counts the error signals, which decides between δ and δ₁, δ₂.
	b.errorName = f.freshNames("δ", len(topological(d.root)))
	b.run()
	if len(b.errors) > 0 {
		name := f.freshNames("δ", len(b.errors))
		b = f.backward(d.root, targets, d.convention != ShapeConvention)
		b.errorName = name
		b.run()
	}
	d.backward = b
	for _, t := range targets {
		grad := b.grads[t]
		if grad == nil {
			grad = f.graph.zeros(t.shape)
		}
		d.results = append(d.results, result{t.name, t, f.layOut(d.convention, grad)})
	}
}

func (f *Formula) backward(root *node, targets []*node, rows bool) *backward {
	b := &backward{graph: f.graph, root: root, targets: make(map[*node]bool), rows: rows}
	for _, t := range targets {
		b.targets[t] = true
	}
	return b
}

// layOut turns a gradient in the shape of its parameter into the convention.
func (f *Formula) layOut(c Convention, grad *node) *node {
	g := f.graph
	switch {
	case c != JacobianConvention || grad.shape.isRow():
	case grad.shape.isMatrix():
		return g.rowOf(grad)
	default:
		return g.transpose(grad)
	}
	return grad
}

func (f *Formula) deriveJacobian(d *Derivative, targets []*node) {
	b := f.backward(d.root, targets, true)
	b.jacobian()
	d.backward = b
	rows, _ := d.root.shape.size()
	for _, t := range targets {
		j := b.grads[t]
		if j == nil {
			cols, _ := t.shape.size()
			j = f.graph.zeros(shape{rows, cols})
		}
		d.results = append(d.results, result{t.name, t, j})
	}
}

// deriveByScalar differentiates a vector or matrix with respect to scalars: the
// result has the shape of the formula.
func (f *Formula) deriveByScalar(d *Derivative, targets []*node) error {
	for _, t := range targets {
		if !t.shape.isScalar() {
			at := f.rootPlace()
			return failf(f.text, at, "%s is %s: a gradient in the shape of %s needs a scalar", f.label(), d.root.shape, t.name).
				withHint("ask for the Jacobian, or differentiate a scalar such as a loss or sum(…)")
		}
		change := differential{f.graph, map[*node]*node{t: f.graph.constant(1)}}.run(d.root)
		d.results = append(d.results, result{t.name, t, f.graph.tidy(change)})
	}
	return nil
}

// must panics with the error of a chained call.
func must(d *Derivative, op string, err error) *Derivative {
	if err != nil {
		var e *Error
		if errors.As(err, &e) && (e.Op == "" || e.Op == "Derive") {
			e.Op = op
		}
		panic(err)
	}
	return d
}

// Grad returns the gradients with respect to the named variables or definitions
// in the shape convention: each has the shape of its variable. It is Derive for
// chained calls: it panics with the [*Error].
func (f *Formula) Grad(names ...string) *Derivative {
	d, err := f.Derive(ShapeConvention, names...)
	return must(d, "Grad", err)
}

// Jacobian returns ∂f/∂name with J[i,j] = ∂f_i/∂x_j. It is Derive for chained
// calls: it panics with the [*Error].
func (f *Formula) Jacobian(name string) *Derivative {
	d, err := f.Derive(JacobianConvention, name)
	return must(d, "Jacobian", err)
}

// LectureGrad returns the gradients as the lecture writes them, ∂s/∂W = δᵀxᵀ with
// the row δ. It is Derive for chained calls: it panics with the [*Error].
func (f *Formula) LectureGrad(names ...string) *Derivative {
	d, err := f.Derive(LectureNotation, names...)
	return must(d, "LectureGrad", err)
}

// Hessian returns the symmetric matrix of second derivatives of a scalar with
// respect to a column x: the Jacobian of the gradient. It panics with an
// [*Error] if the formula is not a scalar or x not a column.
func (f *Formula) Hessian(name string) *Derivative {
	first := f.Grad(name)
	f.mu.Lock()
	defer f.mu.Unlock()
	t := first.results[0]
	if !t.target.shape.isColumn() && !t.target.shape.isScalar() {
		panic(&Error{Op: "Hessian", Message: fmt.Sprintf("%s is %s, want a column", t.name, t.target.shape)})
	}
	// The second derivative is of the whole expression: without names, the
	// target is a variable of it.
	gradient := f.graph.unnamed(t.expr)
	d := &Derivative{formula: f, convention: JacobianConvention, root: gradient, of: "∇" + f.label(), second: true}
	f.deriveJacobian(d, []*node{f.graph.unnamed(t.target)})
	d.results[0].name = t.name
	d.results[0].expr = f.graph.tidy(d.results[0].expr)
	return d
}

// Differential returns how the formula changes, to first order, when a variable X
// changes by dX: an expression of the formula's shape that is linear in dX. It
// panics with an [*Error] if the formula has no such variable.
//
// Source: Petersen and Pedersen, The Matrix Cookbook (2012), equations 33 to 43.
func (f *Formula) Differential(name string) *Derivative {
	f.mu.Lock()
	defer f.mu.Unlock()
	name = canonicalName(name)
	t, err := f.target(f.root, name)
	if err != nil {
		panic(must(nil, "Differential", err))
	}
	change := f.graph.variable("d"+name, t.shape)
	expr := differential{f.graph, map[*node]*node{t: change}}.run(f.root)
	return &Derivative{
		formula: f, root: f.root, of: f.label(), differential: true,
		results: []result{{t.name, t, f.graph.tidy(expr)}},
	}
}

package calculus

import (
	"slices"
	"strings"
)

// builder turns syntax with known shapes into nodes.
type builder struct {
	*inference
	graph *graph
	done  map[string]*node // definitions
	// places says where in the text a node was written first.
	places map[*node]span
}

func (b *builder) build(e *syntax) *node {
	n := b.node(e)
	if _, ok := b.places[n]; !ok {
		b.places[n] = e.at
	}
	return n
}

func (b *builder) shape(e *syntax) shape { return b.resolveShape(b.shapes[e]) }

func (b *builder) args(e *syntax) (x, y *node) {
	return b.build(e.args[0]), b.build(e.args[1])
}

// broadcast makes x as large as s if x is a scalar.
func (b *builder) broadcast(x *node, s shape) *node {
	if x.shape.isScalar() && !s.isScalar() {
		return b.graph.mul(x, b.graph.ones(s))
	}
	return x
}

func (b *builder) node(e *syntax) *node {
	g := b.graph
	switch e.kind {
	case syntaxNumber:
		return g.constant(e.value)
	case syntaxName:
		return b.name(e)
	case syntaxNeg:
		return g.neg(b.build(e.args[0]))
	case syntaxMul:
		x, y := b.args(e)
		return g.mul(x, y)
	case syntaxDiv:
		x, y := b.args(e)
		return g.mul(x, g.elementPow(y, -1))
	case syntaxKronecker:
		x, y := b.args(e)
		return g.kronecker(x, y)
	case syntaxTranspose:
		return g.transpose(b.build(e.args[0]))
	case syntaxPow:
		x := b.build(e.args[0])
		if x.shape.isMatrix() {
			return g.power(x, int(e.value))
		}
		return g.elementPow(x, e.value)
	case syntaxElementPow:
		return g.elementPow(b.build(e.args[0]), e.value)
	case syntaxIndex:
		return b.index(e)
	case syntaxSlice:
		rows, _ := e.hi.plus(e.lo, -1)
		return g.slice(b.build(e.args[0]), e.lo, rows)
	case syntaxNorm:
		return g.norm(b.build(e.args[0]))
	case syntaxBars:
		x := b.build(e.args[0])
		if x.shape.isScalar() {
			return g.elementwise("abs", 0, x)
		}
		return g.det(x)
	case syntaxConcat:
		parts := make([]*node, len(e.args))
		for i, a := range e.args {
			parts[i] = b.build(a)
		}
		return g.concat(parts...)
	case syntaxCall:
		return b.call(e)
	}
	return b.elementByElement(e)
}

// elementByElement builds what a scalar may be broadcast in.
func (b *builder) elementByElement(e *syntax) *node {
	g, s := b.graph, b.shape(e)
	if e.kind == syntaxAdd || e.kind == syntaxSub {
		return b.sum(e, s)
	}
	x, y := b.args(e)
	if e.kind == syntaxHadamard && (x.shape.isScalar() || y.shape.isScalar()) {
		return g.mul(x, y)
	}
	x, y = b.broadcast(x, s), b.broadcast(y, s)
	if e.kind == syntaxHadamardDiv {
		return g.hadamard(x, g.elementPow(y, -1))
	}
	return g.hadamard(x, y)
}

// sum builds a + b − c as one sum, so that long ones cost time in proportion.
func (b *builder) sum(e *syntax, s shape) *node {
	var terms []*node
	for ; e.kind == syntaxAdd || e.kind == syntaxSub; e = e.args[0] {
		y := b.broadcast(b.build(e.args[1]), s)
		if e.kind == syntaxSub {
			y = b.graph.neg(y)
		}
		terms = append(terms, y)
	}
	terms = append(terms, b.broadcast(b.build(e), s))
	slices.Reverse(terms)
	return b.graph.add(terms...)
}

func (b *builder) name(e *syntax) *node {
	name, s := e.text, b.shape(e)
	if def, ok := b.defs[name]; ok {
		return b.definition(def)
	}
	if _, isVar := b.vars[name]; !isVar {
		if name == "I" {
			return b.graph.identity(s.rows)
		}
		if index, ok := oneHotIndex(name); ok {
			return b.graph.oneHot(index, s.rows)
		}
	}
	return b.graph.variable(name, s)
}

func (b *builder) definition(def *statement) *node {
	n, ok := b.done[def.name]
	if !ok {
		n = b.graph.piece(def.name, b.build(def.expr))
		b.done[def.name] = n
	}
	return n
}

func (b *builder) index(e *syntax) *node {
	x := b.build(e.args[0])
	switch {
	case x.shape.isMatrix():
		return b.graph.row(x, e.text)
	case x.shape.isRow():
		x = b.graph.transpose(x)
	}
	return b.graph.index(x, e.text)
}

func (b *builder) call(e *syntax) *node {
	g, s := b.graph, b.shape(e)
	if index, ok := strings.CutPrefix(e.text, "onehot:"); ok {
		return g.oneHot(index, s.rows)
	}
	switch e.text {
	case "ones":
		return g.ones(s)
	case "zeros":
		return g.zeros(s)
	case "eye":
		return g.identity(s.rows)
	case "commutation":
		return g.commutation(shape{e.lo, e.hi})
	case "CE":
		y, p := b.args(e)
		return g.crossEntropy(y, p)
	case "max", "min":
		return b.extremum(e)
	}
	x := b.build(e.args[0])
	switch e.text {
	case "det":
		return g.det(x)
	case "logdet":
		return g.logDet(x)
	case "tr":
		return g.trace(x)
	case "inv":
		return g.power(x, -1)
	case "sum":
		return g.sum(x)
	case "norm":
		return g.norm(x)
	case "softmax":
		return g.softmax(x)
	case "logsoftmax":
		return g.elementwise("log", 0, g.softmax(x))
	case "logsumexp":
		return g.logSumExp(x)
	case "diag":
		return g.diag(x)
	case "diagonal":
		return g.diagonal(x)
	case "vec":
		return g.vec(x)
	case "sqrt":
		return g.elementPow(x, 0.5)
	case "square":
		return g.elementPow(x, 2)
	case "sgn":
		return g.elementwise("abs", 1, x)
	case "log":
		// log|det X| is one operation: it neither overflows nor has two signs.
		if x.op == opElementwise && x.name == "abs" && x.k == 0 && x.args[0].op == opDet {
			return g.logDet(x.args[0].args[0])
		}
	}
	return g.elementwise(e.text, e.order, x)
}

// extremum writes max(a, b) as b + max(0, a − b).
func (b *builder) extremum(e *syntax) *node {
	g, s := b.graph, b.shape(e)
	x, y := b.args(e)
	x, y = b.broadcast(x, s), b.broadcast(y, s)
	if e.text == "min" {
		return g.sub(y, g.elementwise("max0", 0, g.sub(y, x)))
	}
	if x.isZero() {
		x, y = y, x
	}
	return g.add(y, g.elementwise("max0", 0, g.sub(x, y)))
}

package calculus

import (
	"fmt"
	"math"
	"slices"
)

// The constructors of this file and of product.go keep every node in normal
// form, so that the rules of differentiation can be stated plainly and their
// results still come out as a textbook prints them.

func (g *graph) constant(v float64) *node {
	return g.intern(node{op: opConst, val: v, shape: scalarShape})
}

func (g *graph) variable(name string, s shape) *node {
	return g.intern(node{op: opVar, name: name, shape: s})
}

// named gives n a name. A named node is left alone by the other constructors.
func (g *graph) named(name string, n *node) *node {
	return g.intern(node{op: opNamed, name: name, shape: n.shape, args: []*node{n}})
}

// piece gives n a name that stands for it from now on.
func (g *graph) piece(name string, n *node) *node {
	named := g.named(name, n)
	g.names[n] = named
	return named
}

func (g *graph) zeros(s shape) *node {
	if s.isScalar() {
		return g.constant(0)
	}
	return g.intern(node{op: opZero, shape: s})
}

func (g *graph) ones(s shape) *node {
	if s.isScalar() {
		return g.constant(1)
	}
	return g.intern(node{op: opOnes, shape: s})
}

func (g *graph) identity(n dim) *node {
	if n.isOne() {
		return g.constant(1)
	}
	return g.intern(node{op: opIdentity, shape: shape{n, n}})
}

func (g *graph) oneHot(index string, n dim) *node {
	return g.intern(node{op: opOneHot, index: index, shape: shape{n, number(1)}})
}

func (g *graph) neg(n *node) *node { return g.mul(g.constant(-1), n) }

func (g *graph) sub(a, b *node) *node { return g.add(a, g.neg(b)) }

// coefficient splits a number off n.
func (g *graph) coefficient(n *node) (float64, *node) {
	switch {
	case n.op == opConst:
		return n.val, g.constant(1)
	case n.op == opMul && n.val != 1:
		return n.val, g.rawMul(1, n.args[:n.scalars], n.chain())
	}
	return 1, n
}

// add returns the sum, with like terms collected and a positive term first.
func (g *graph) add(terms ...*node) *node {
	if kept := dropZeros(terms); len(kept) == 1 {
		return kept[0] // as it is: 2(a + b) stays a product
	}
	var cores []*node
	coefs := make(map[*node]float64)
	var collect func(n *node, by float64)
	collect = func(n *node, by float64) {
		c, core := g.coefficient(n)
		switch {
		case n.isZero():
		case core.op == opAdd:
			for _, t := range core.args {
				collect(t, by*c)
			}
		default:
			if _, ok := coefs[core]; !ok {
				cores = append(cores, core)
			}
			coefs[core] += by * c
		}
	}
	for _, t := range terms {
		collect(t, 1)
	}
	var sum []*node
	first := -1 // the first term with a positive coefficient
	for _, core := range cores {
		if coefs[core] == 0 {
			continue
		}
		if coefs[core] > 0 && first < 0 {
			first = len(sum)
		}
		sum = append(sum, g.mul(g.constant(coefs[core]), core))
	}
	switch len(sum) {
	case 0:
		return g.zeros(terms[0].shape)
	case 1:
		return sum[0]
	}
	if first > 0 {
		positive := sum[first]
		copy(sum[1:first+1], sum[:first])
		sum[0] = positive
	}
	return g.intern(node{op: opAdd, shape: terms[0].shape, args: sum})
}

func dropZeros(terms []*node) []*node {
	var kept []*node
	for _, t := range terms {
		if !t.isZero() {
			kept = append(kept, t)
		}
	}
	return kept
}

func (g *graph) transpose(n *node) *node {
	if n.shape.isScalar() {
		return n
	}
	switch n.op {
	case opVar:
		if g.symmetric[n.name] {
			return n
		}
	case opTranspose:
		return n.args[0]
	case opIdentity, opDiag:
		return n
	case opZero:
		return g.zeros(n.shape.transposed())
	case opOnes:
		return g.ones(n.shape.transposed())
	case opMul:
		factors := append([]*node{g.constant(n.val)}, n.args[:n.scalars]...)
		chain := n.chain()
		for i := len(chain) - 1; i >= 0; i-- {
			factors = append(factors, g.transpose(chain[i]))
		}
		return g.mul(factors...)
	case opHadamard:
		return g.hadamard(g.each(n.args, g.transpose)...)
	case opPower:
		return g.power(g.transpose(n.args[0]), n.k)
	case opAdd:
		flipped := g.each(n.args, g.transpose)
		if sameNodes(flipped, n.args) {
			return n // A + Aᵀ
		}
		if countTransposes(flipped) <= countTransposes(n.args) {
			return g.add(flipped...) // (Aᵀ + Bᵀ)ᵀ, while (ŷ − y)ᵀ stays
		}
	case opElementPow:
		return g.elementPow(g.transpose(n.args[0]), n.val)
	}
	return g.intern(node{op: opTranspose, shape: n.shape.transposed(), args: []*node{n}})
}

func (g *graph) each(nodes []*node, f func(*node) *node) []*node {
	out := make([]*node, len(nodes))
	for i, n := range nodes {
		out[i] = f(n)
	}
	return out
}

// sameNodes reports whether a and b hold the same nodes in any order.
func sameNodes(a, b []*node) bool {
	for _, n := range a {
		if !slices.Contains(b, n) {
			return false
		}
	}
	return len(a) == len(b)
}

func countTransposes(nodes []*node) int {
	count := 0
	for _, n := range nodes {
		count += transposes(n)
	}
	return count
}

func transposes(n *node) int {
	count := 0
	switch n.op {
	case opTranspose:
		return 1
	case opPower:
		return transposes(n.args[0])
	case opMul, opHadamard:
		for _, a := range n.args {
			count += transposes(a)
		}
	}
	return count
}

// maxPower bounds matrix powers, whose derivatives have as many terms.
const maxPower = 1000

// power returns the matrix power n^k. It panics with an [*Error] if k is out of
// range.
func (g *graph) power(n *node, k int) *node {
	switch {
	case n.shape.isMatrix() && (k > maxPower || k < -maxPower):
		panic(&Error{Message: fmt.Sprintf("a matrix power of %d is more than %d", k, maxPower)})
	case n.shape.isScalar():
		return g.elementPow(n, float64(k))
	case k == 0 || n.op == opIdentity:
		return g.identity(n.shape.rows)
	case k == 1:
		return n
	case n.op == opPower:
		return g.power(n.args[0], n.k*k)
	case n.op == opDiag:
		return g.diag(g.elementPow(n.args[0], float64(k)))
	case n.op == opMul && len(n.chain()) == 1:
		factors := []*node{g.constant(math.Pow(n.val, float64(k)))}
		for _, s := range n.args[:n.scalars] {
			factors = append(factors, g.elementPow(s, float64(k)))
		}
		return g.mul(append(factors, g.power(n.chain()[0], k))...)
	}
	return g.intern(node{op: opPower, k: k, shape: n.shape, args: []*node{n}})
}

// elementPow returns n with every element to the power p.
func (g *graph) elementPow(n *node, p float64) *node {
	whole := p == math.Trunc(p)
	switch {
	case p == 1:
		return n
	case p == 0 || n.op == opOnes:
		return g.ones(n.shape)
	case n.op == opConst && (whole || n.val > 0) && (n.val != 0 || p > 0):
		return g.constant(math.Pow(n.val, p))
	case n.op == opElementPow && whole:
		return g.elementPow(n.args[0], n.val*p)
	case n.op == opMul && n.shape.isScalar() && whole && (n.val != 1 || n.scalars > 0):
		factors := []*node{g.constant(math.Pow(n.val, p))}
		for _, s := range n.args[:n.scalars] {
			factors = append(factors, g.elementPow(s, p))
		}
		if chain := n.chain(); len(chain) > 0 {
			factors = append(factors, g.elementPow(g.rawMul(1, nil, chain), p))
		}
		return g.mul(factors...)
	case n.op == opMul && len(n.chain()) == 1 && !n.shape.isScalar() && whole:
		factors := []*node{g.constant(math.Pow(n.val, p))}
		for _, s := range n.args[:n.scalars] {
			factors = append(factors, g.elementPow(s, p))
		}
		return g.mul(append(factors, g.elementPow(n.chain()[0], p))...)
	}
	return g.intern(node{op: opElementPow, val: p, shape: n.shape, args: []*node{n}})
}

// elementwise applies derivative number order of a function to every element.
// Where the derivative is a function of the table itself, that one is used.
func (g *graph) elementwise(name string, order int, n *node) *node {
	if order > 0 {
		switch name {
		case "exp":
			return g.elementwise("exp", 0, n)
		case "sin":
			return g.elementwise("cos", order-1, n)
		case "cos":
			return g.neg(g.elementwise("sin", order-1, n))
		case "softplus":
			return g.elementwise("sigmoid", order-1, n)
		case "log":
			r := g.elementPow(n, -float64(order))
			return g.mul(g.constant(math.Pow(-1, float64(order-1))*math.Gamma(float64(order))), r)
		}
	}
	return g.intern(node{op: opElementwise, name: name, k: order, shape: n.shape, args: []*node{n}})
}

// derivative returns f′(n's argument) for an element-wise node.
func (g *graph) derivative(n *node) *node {
	if n.op == opElementPow {
		return g.mul(g.constant(n.val), g.elementPow(n.args[0], n.val-1))
	}
	return g.elementwise(n.name, n.k+1, n.args[0])
}

func (g *graph) diag(n *node) *node {
	switch {
	case n.shape.isScalar():
		return n
	case n.op == opOnes:
		return g.identity(n.shape.rows)
	case n.isZero():
		return g.zeros(shape{n.shape.rows, n.shape.rows})
	}
	if scalar, rest := g.splitScalars(n); !scalar.isConst(1) {
		return g.mul(scalar, g.diag(rest))
	}
	return g.unary(opDiag, n, shape{n.shape.rows, n.shape.rows})
}

func (g *graph) diagonal(n *node) *node {
	switch {
	case n.shape.isScalar():
		return n
	case n.op == opDiag:
		return n.args[0]
	case n.op == opIdentity:
		return g.ones(shape{n.shape.rows, number(1)})
	case n.op == opTranspose:
		return g.diagonal(n.args[0])
	case n.isZero():
		return g.zeros(shape{n.shape.rows, number(1)})
	}
	if scalar, rest := g.splitScalars(n); !scalar.isConst(1) {
		return g.mul(scalar, g.diagonal(rest))
	}
	return g.unary(opDiagonal, n, shape{n.shape.rows, number(1)})
}

func (g *graph) unary(o op, n *node, s shape) *node {
	return g.intern(node{op: o, shape: s, args: []*node{n}})
}

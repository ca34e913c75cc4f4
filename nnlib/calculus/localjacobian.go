package calculus

import "fmt"

// localJacobian returns ∂n/∂(argument i) as a matrix with a row for every element
// of n and a column for every element of the argument, matrices taken by rows.
//
// Source: vec(AXB) = (A ⊗ Bᵀ) vec(X) for vec by rows; Petersen and Pedersen, The
// Matrix Cookbook (2012), section 10.2, has it by columns.
func (g *graph) localJacobian(n *node, i int) *node {
	a, self := n.args[i], g.self(n)
	length, _ := a.shape.size()
	switch n.op {
	case opNamed, opAdd, opVec:
		return g.identity(length)
	case opMul:
		return g.jacobianProduct(n, i)
	case opHadamard:
		others := append(append([]*node(nil), n.args[:i]...), n.args[i+1:]...)
		return g.diag(g.vec(g.hadamard(others...)))
	case opTranspose:
		return g.commutation(a.shape)
	case opPower:
		return g.jacobianPower(n)
	case opDet:
		return g.mul(self, g.rowOf(g.power(g.transpose(a), -1)))
	case opLogDet:
		return g.rowOf(g.power(g.transpose(a), -1))
	case opTrace:
		return g.rowOf(g.identity(a.shape.rows))
	case opSum:
		return g.ones(shape{number(1), length})
	case opNorm:
		return g.mul(g.elementPow(self, -1), g.rowOf(a))
	case opElementwise, opElementPow:
		return g.diag(g.vec(g.derivative(n)))
	case opSoftmax:
		return g.sub(g.diag(self), g.mul(self, g.transpose(self)))
	case opLogSumExp:
		return g.rowOf(g.softmax(a))
	case opCrossEntropy:
		c, _ := g.vjp(n, i, g.constant(1))
		return g.rowOf(c)
	}
	return g.jacobianStructure(n, i, length)
}

func (g *graph) rowOf(n *node) *node { return g.transpose(g.vec(n)) }

func (g *graph) jacobianStructure(n *node, i int, length dim) *node {
	a := n.args[i]
	switch n.op {
	case opConcat:
		offset := number(0)
		for _, before := range n.args[:i] {
			size, _ := before.shape.size()
			offset, _ = offset.plus(size, 1)
		}
		total, _ := n.shape.size()
		return g.pad(g.identity(length), offset, total)
	case opSlice:
		size, _ := n.shape.size()
		offset, _ := shape{n.offset, n.shape.cols}.size()
		return g.transpose(g.pad(g.identity(size), offset, length))
	case opIndex:
		return g.transpose(g.oneHot(n.index, a.shape.rows))
	case opRow:
		return g.kronecker(g.transpose(g.oneHot(n.index, a.shape.rows)), g.identity(a.shape.cols))
	}
	panic(&Error{
		Op: "Jacobian", Message: fmt.Sprintf("there is no Jacobian rule for %s", printer{}.print(n)),
		Hint: "Differential can differentiate it",
	})
}

func (g *graph) jacobianProduct(n *node, i int) *node {
	parts := append([]*node{g.constant(n.val)}, n.args[:n.scalars]...)
	if i < n.scalars {
		parts = append(append([]*node{g.constant(n.val)}, n.args[:i]...), n.args[i+1:n.scalars]...)
		if len(n.chain()) > 0 {
			parts = append(parts, g.vec(g.rawMul(1, nil, n.chain())))
		}
		return g.mul(parts...)
	}
	left, right := g.identity(n.args[i].shape.rows), g.identity(n.args[i].shape.cols)
	if i > n.scalars {
		left = g.mul(n.args[n.scalars:i]...)
	}
	if i+1 < len(n.args) {
		right = g.transpose(g.mul(n.args[i+1:]...))
	}
	return g.mul(append(parts, g.kronecker(left, right))...)
}

func (g *graph) jacobianPower(n *node) *node {
	a := n.args[0]
	var terms []*node
	for r := range n.k {
		terms = append(terms, g.kronecker(g.power(a, r), g.transpose(g.power(a, n.k-1-r))))
	}
	for r := 1; r <= -n.k; r++ {
		terms = append(terms, g.neg(g.kronecker(g.power(a, -r), g.transpose(g.power(a, n.k-1+r)))))
	}
	return g.add(terms...)
}

// shownJacobian returns the local Jacobian where an explanation can show it: not
// for matrices, whose Jacobians are Kronecker products.
func (g *graph) shownJacobian(n *node, i int) *node {
	if n.shape.isMatrix() || n.args[i].shape.isMatrix() {
		return nil
	}
	return g.localJacobian(n, i)
}

// jacobian runs the chain rule from an expression of any shape to the targets,
// multiplying Jacobians from the left.
func (b *backward) jacobian() {
	g := b.graph
	order := topological(b.root)
	b.mark(order)
	size, _ := b.root.shape.size()
	b.sums = map[*node][]*node{b.root: {g.identity(size)}}
	b.grads = make(map[*node]*node)
	for i := len(order) - 1; i >= 0; i-- {
		n := order[i]
		if !b.depends[n] || len(b.sums[n]) == 0 {
			continue
		}
		up := g.tidy(g.add(b.sums[n]...))
		b.grads[n] = up
		for _, f := range b.jacobianEdges(n, up) {
			b.sums[f.to] = append(b.sums[f.to], f.contribution)
			b.flows = append(b.flows, f)
		}
	}
}

func (b *backward) jacobianEdges(n, up *node) []flow {
	g := b.graph
	if n.op == opElementwise && n.name == "log" && n.k == 0 {
		if softmax := b.past(n.args[0]); softmax != nil {
			local := g.sub(g.identity(n.shape.rows), g.mul(g.ones(n.shape), g.transpose(n.args[0])))
			return []flow{{from: n, to: softmax.args[0], upstream: up, contribution: g.mul(up, local), rule: ruleLogSoftmax, local: local}}
		}
	}
	var flows []flow
	for i, a := range n.args {
		if !b.depends[a] {
			continue
		}
		local := g.localJacobian(n, i)
		_, rule := g.jacobianRule(n, i)
		flows = append(flows, flow{from: n, to: a, upstream: up, contribution: g.mul(up, local), rule: rule, local: local})
	}
	return flows
}

// jacobianRule names the rule behind a local Jacobian.
func (g *graph) jacobianRule(n *node, i int) (*node, string) {
	switch n.op {
	case opMul:
		if i >= n.scalars {
			if n.args[i].shape.isMatrix() {
				return nil, "vec(A X B) = (A ⊗ Bᵀ) vec(X), matrices taken by rows"
			}
			return nil, productRule(n, i)
		}
		return nil, ruleScalarFactor
	case opAdd:
		return nil, "sum: ∂(x + b)/∂b = I"
	}
	return g.vjp(n, i, g.zeros(n.shape))
}

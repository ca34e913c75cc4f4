package calculus

// differential carries a small change of the targets forward: the result is
// linear in the changes, which are variables called dX.
type differential struct {
	graph *graph
	// changes are the differentials of the targets.
	changes map[*node]*node
}

func (d differential) run(root *node) *node {
	g := d.graph
	done := make(map[*node]*node)
	for _, n := range topological(root) {
		if change, ok := d.changes[n]; ok {
			done[n] = change
			continue
		}
		var terms []*node
		for i, a := range n.args {
			if n.op != opCommutation && !done[a].isZero() {
				terms = append(terms, g.jvp(n, i, done[a]))
			}
		}
		if len(terms) == 0 {
			done[n] = g.zeros(n.shape)
			continue
		}
		done[n] = g.add(terms...)
	}
	return done[root]
}

// jvp returns the change of n when argument i changes by da.
func (g *graph) jvp(n *node, i int, da *node) *node {
	a := n.args[i]
	switch n.op {
	case opNamed, opAdd:
		return da
	case opMul:
		parts := append([]*node{g.constant(n.val)}, n.args...)
		parts[i+1] = da
		return g.mul(parts...)
	case opHadamard:
		parts := append([]*node(nil), n.args...)
		parts[i] = da
		return g.hadamard(parts...)
	case opPower:
		return g.jvpPower(n, da)
	case opDet:
		return g.mul(n, g.trace(g.mul(g.power(a, -1), da)))
	case opLogDet:
		return g.trace(g.mul(g.power(a, -1), da))
	case opNorm:
		return g.mul(g.elementPow(n, -1), g.innerProduct(a, da))
	case opElementwise, opElementPow:
		return g.hadamard(g.derivative(n), da)
	case opSoftmax:
		return g.sub(g.hadamard(n, da), g.mul(g.innerProduct(n, da), n))
	case opLogSumExp:
		return g.innerProduct(g.softmax(a), da)
	case opCrossEntropy:
		c, _ := g.vjp(n, i, g.constant(1))
		return g.innerProduct(c, da)
	case opConcat:
		parts := g.each(n.args, func(p *node) *node { return g.zeros(p.shape) })
		parts[i] = da
		return g.concat(parts...)
	case opKronecker:
		parts := append([]*node(nil), n.args...)
		parts[i] = da
		return g.kronecker(parts[0], parts[1])
	}
	return g.withArgs(n, []*node{da}) // the others are linear
}

func (g *graph) jvpPower(n, da *node) *node {
	a := n.args[0]
	var terms []*node
	for r := range n.k {
		terms = append(terms, g.mul(g.power(a, r), da, g.power(a, n.k-1-r)))
	}
	for r := 1; r <= -n.k; r++ {
		terms = append(terms, g.neg(g.mul(g.power(a, -r), da, g.power(a, n.k-1+r))))
	}
	return g.add(terms...)
}

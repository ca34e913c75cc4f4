package calculus

import (
	"math"
	"slices"
)

// withArgs returns the node like n with other arguments, in normal form.
func (g *graph) withArgs(n *node, args []*node) *node {
	switch n.op {
	case opNamed:
		return g.piece(n.name, args[0])
	case opAdd:
		return g.add(args...)
	case opMul:
		return g.mul(append([]*node{g.constant(n.val)}, args...)...)
	case opHadamard:
		return g.hadamard(args...)
	case opTranspose:
		return g.transpose(args[0])
	case opPower:
		return g.power(args[0], n.k)
	case opDet:
		return g.det(args[0])
	case opLogDet:
		return g.logDet(args[0])
	case opTrace:
		return g.trace(args[0])
	case opSum:
		return g.sum(args[0])
	case opNorm:
		return g.norm(args[0])
	case opElementwise:
		return g.elementwise(n.name, n.k, args[0])
	case opElementPow:
		return g.elementPow(args[0], n.val)
	case opSoftmax:
		return g.softmax(args[0])
	case opLogSumExp:
		return g.logSumExp(args[0])
	case opCrossEntropy:
		return g.crossEntropy(args[0], args[1])
	case opConcat:
		return g.concat(args...)
	case opSlice:
		return g.slice(args[0], n.offset, n.shape.rows)
	case opIndex:
		return g.index(args[0], n.index)
	case opRow:
		return g.row(args[0], n.index)
	case opDiag:
		return g.diag(args[0])
	case opDiagonal:
		return g.diagonal(args[0])
	case opKronecker:
		return g.kronecker(args[0], args[1])
	case opVec:
		return g.vec(args[0])
	}
	return n // a leaf, or opCommutation, whose argument is a shape
}

// rewrite replaces every node below the root, arguments first, by what f makes
// of it; f gets the old node and the one rebuilt on new arguments. Nodes that
// keep reports are left as they are, with all below them.
func (g *graph) rewrite(root *node, keep func(*node) bool, f func(old, rebuilt *node) *node) *node {
	done := make(map[*node]*node)
	var visit func(n *node) *node
	visit = func(n *node) *node {
		if r, ok := done[n]; ok {
			return r
		}
		rebuilt, changed := n, false
		if !keep(n) {
			args := g.each(n.args, visit)
			for i, a := range n.args {
				changed = changed || args[i] != a
			}
			if changed {
				rebuilt = g.withArgs(n, args)
			}
			rebuilt = f(n, rebuilt)
		}
		done[n] = rebuilt
		return rebuilt
	}
	return visit(root)
}

func keepNothing(*node) bool { return false }

// unnamed returns n with every name replaced by what is behind it.
func (g *graph) unnamed(n *node) *node {
	return g.rewrite(n, keepNothing, func(_, rebuilt *node) *node { return rebuilt.inner() })
}

// tidy factors sums, Bx + Bᵀx becomes (B + Bᵀ)x, and turns −(y − ŷ) into ŷ − y.
// Only results are tidied, since the rules of differentiation need no factors.
// What is behind a name was tidied when it got the name.
func (g *graph) tidy(n *node) *node {
	isName := func(n *node) bool { return n.op == opNamed }
	return g.rewrite(n, isName, func(_, rebuilt *node) *node {
		switch {
		case rebuilt.op == opMul && rebuilt.val == -1:
			return g.flipDifference(rebuilt)
		case rebuilt.op == opAdd:
			rebuilt = g.expandIfShorter(rebuilt)
			if rebuilt.op != opAdd || rebuilt.shape.isScalar() {
				return rebuilt
			}
			if factored := g.factor(rebuilt); factored != rebuilt {
				return factored
			}
			return g.factorScalars(rebuilt)
		}
		return rebuilt
	})
}

// expandIfShorter multiplies the products of a sum out where terms then cancel:
// (1 − y)ŷ − y(1 − ŷ) is ŷ − y.
func (g *graph) expandIfShorter(sum *node) *node {
	expanded := g.add(g.each(sum.args, g.distribute)...)
	if printedSize(expanded) < printedSize(sum) {
		return expanded
	}
	return sum
}

// distribute multiplies a product with one sum among its factors out.
func (g *graph) distribute(t *node) *node {
	if t.op != opMul && t.op != opHadamard {
		return t
	}
	at := -1
	for i, f := range t.args {
		if f.op == opAdd {
			if at >= 0 {
				return t
			}
			at = i
		}
	}
	if at < 0 {
		if t.op == opMul && len(t.chain()) == 1 && t.chain()[0].op == opHadamard {
			scalar, rest := g.splitScalars(t)
			if inside := g.distribute(rest); inside.op == opAdd {
				return g.add(g.each(inside.args, func(n *node) *node { return g.mul(scalar, n) })...)
			}
		}
		return t
	}
	terms := g.each(t.args[at].args, func(n *node) *node {
		args := slices.Clone(t.args)
		args[at] = n
		return g.withArgs(t, args)
	})
	return g.add(terms...)
}

// flipDifference moves the sign of a product into a factor that is a difference.
func (g *graph) flipDifference(product *node) *node {
	for i, f := range product.args {
		if f.op != opAdd || !slices.ContainsFunc(f.args, func(t *node) bool { c, _ := g.coefficient(t); return c < 0 }) {
			continue
		}
		negated := g.add(g.each(f.args, g.neg)...)
		args := append([]*node{g.constant(-product.val)}, product.args...)
		args[i+1] = negated
		return g.mul(args...)
	}
	return product
}

// factorScalars writes 2a − 2b as 2(a − b), s a + s b as s(a + b) and −a − b as
// −(a + b).
func (g *graph) factorScalars(sum *node) *node {
	first, _ := g.coefficient(sum.args[0])
	c := math.Abs(first)
	common := scalarFactors(sum.args[0])
	negative := true
	for _, t := range sum.args {
		k, _ := g.coefficient(t)
		if math.Abs(k) != c {
			c = 1
		}
		negative = negative && k < 0
		own := scalarFactors(t)
		common = slices.DeleteFunc(slices.Clone(common), func(s *node) bool { return !slices.Contains(own, s) })
	}
	if negative {
		c = -c // −a − b is −(a + b)
	}
	if c == 1 && len(common) == 0 {
		return sum
	}
	divisor := []*node{g.constant(1 / c)}
	for _, s := range common {
		divisor = append(divisor, g.elementPow(s, -1))
	}
	terms := g.each(sum.args, func(t *node) *node { return g.mul(append(divisor, t)...) })
	return g.mul(append(append([]*node{g.constant(c)}, common...), g.add(terms...))...)
}

// scalarFactors returns the scalar factors of a term.
func scalarFactors(t *node) []*node {
	if t.op != opMul {
		return nil
	}
	return t.args[:t.scalars]
}

func (g *graph) factor(sum *node) *node {
	for _, right := range []bool{true, false} {
		if factored := g.factorOut(sum, right); factored != sum {
			return factored
		}
	}
	return sum
}

// factorOut groups the terms of a sum that end (or begin) with the same matrix.
func (g *graph) factorOut(sum *node, right bool) *node {
	groups := make(map[*node][]*node) // common factor -> what is left of the terms
	var keys []*node                  // terms and common factors in order
	for _, t := range sum.args {
		common, rest := g.splitFactor(t, right)
		if common == nil {
			keys = append(keys, t)
			groups[t] = nil
			continue
		}
		if groups[common] == nil {
			keys = append(keys, common)
		}
		groups[common] = append(groups[common], rest)
	}
	if len(keys) == len(sum.args) {
		return sum
	}
	slices.SortStableFunc(keys, func(a, b *node) int { return len(groups[b]) - len(groups[a]) })
	terms := make([]*node, len(keys))
	for i, common := range keys {
		rests := groups[common]
		if rests == nil {
			terms[i] = common
			continue
		}
		// B + Bᵀ rather than Bᵀ + B
		slices.SortStableFunc(rests, func(a, b *node) int { return transposes(a) - transposes(b) })
		inside := g.add(rests...)
		if inside.op == opAdd && !inside.shape.isScalar() {
			inside = g.factor(inside)
		}
		if right {
			terms[i] = g.mul(inside, common)
		} else {
			terms[i] = g.mul(common, inside)
		}
	}
	return g.add(terms...)
}

// splitFactor splits the last (or first) matrix off a product of at least two.
func (g *graph) splitFactor(t *node, right bool) (common, rest *node) {
	if t.op != opMul || len(t.chain()) < 2 {
		return nil, nil
	}
	chain := t.chain()
	parts := append([]*node{g.constant(t.val)}, t.args[:t.scalars]...)
	if right {
		last := len(chain) - 1
		return chain[last], g.mul(append(parts, chain[:last]...)...)
	}
	return chain[0], g.mul(append(parts, chain[1:]...)...)
}

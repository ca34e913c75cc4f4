package calculus

import (
	"math"
	"slices"
)

// rawMul interns a product whose parts are already in normal form.
func (g *graph) rawMul(coef float64, scalars, chain []*node) *node {
	if coef == 1 && len(scalars)+len(chain) == 1 {
		return append(append([]*node(nil), scalars...), chain...)[0]
	}
	s := scalarShape
	if len(chain) > 0 {
		s = shape{chain[0].shape.rows, chain[len(chain)-1].shape.cols}
	}
	args := append(append([]*node(nil), scalars...), chain...)
	return g.intern(node{op: opMul, val: coef, scalars: len(scalars), shape: s, args: args})
}

// A factors value collects the parts of a product: a number, scalar factors, and
// the chain of matrix factors in order.
type factors struct {
	coef    float64
	scalars []*node
	chain   []*node
	shape   shape // of the chain
	hasZero bool
}

func (f *factors) push(g *graph, n *node) {
	if !n.shape.isScalar() {
		if len(f.chain) == 0 {
			f.shape.rows = n.shape.rows
		}
		f.shape.cols = n.shape.cols
	}
	switch {
	case n.isZero():
		f.hasZero = true
		if !n.shape.isScalar() {
			f.chain = append(f.chain, n)
		}
	case n.op == opConst:
		f.coef *= n.val
	case n.op == opMul:
		f.coef *= n.val
		f.scalars = append(f.scalars, n.args[:n.scalars]...)
		chain := n.chain()
		if n.shape.isScalar() && len(chain) > 0 {
			f.scalars = append(f.scalars, g.rawMul(1, nil, chain))
		} else {
			f.chain = append(f.chain, chain...)
		}
	case n.shape.isScalar():
		f.scalars = append(f.scalars, n)
	default:
		f.chain = append(f.chain, n)
	}
}

// mul returns the product of its arguments from left to right. Scalars may stand
// anywhere; the shapes of the others must fit.
func (g *graph) mul(parts ...*node) *node {
	f := factors{coef: 1, shape: scalarShape}
	for _, p := range parts {
		f.push(g, p)
	}
	f.extractScalars(g)
	if f.hasZero || f.coef == 0 {
		return g.zeros(f.shape)
	}
	f.chain = g.simplifyChain(f.chain)
	if len(f.chain) == 1 && f.chain[0].shape.isScalar() || len(f.chain) == 1 && f.chain[0].op == opMul {
		// A rule turned the chain into something with parts of its own.
		rest := append([]*node{g.constant(f.coef)}, f.scalars...)
		return g.mul(append(rest, f.chain[0])...)
	}
	if len(f.chain) > 0 && f.shape.isScalar() {
		f.scalars = append(f.scalars, g.rawMul(1, nil, f.chain))
		f.chain = nil
	}
	f.mergePowers(g)
	f.recognizeSoftmax(g)
	if f.shape.isScalar() {
		f.inlineOnlyChain()
	}
	if len(f.scalars)+len(f.chain) == 0 {
		return g.constant(f.coef)
	}
	return g.rawMul(f.coef, f.scalars, f.chain)
}

// extractScalars writes x uᵀh as (uᵀh) x: a row, matrices and a column in the
// middle of a chain are a scalar factor.
func (f *factors) extractScalars(g *graph) {
	row := -1
	for j := 0; j < len(f.chain); j++ {
		switch n := f.chain[j]; {
		case n.shape.isRow():
			row = j
		case n.shape.isColumn() && row >= 0 && j-row+1 < len(f.chain):
			scalar := g.mul(f.chain[row : j+1]...)
			f.chain = append(append([]*node(nil), f.chain[:row]...), f.chain[j+1:]...)
			f.push(g, scalar) // which may be a number or a product itself
			row, j = -1, -1
		}
	}
}

// mergePowers turns s·s into s² and s·s⁻¹ into 1 among the scalar factors.
func (f *factors) mergePowers(g *graph) {
	var bases []*node
	exponents := make(map[*node]float64)
	for _, s := range f.scalars {
		base, p := s, 1.0
		if s.op == opElementPow {
			base, p = s.args[0], s.val
		}
		if _, ok := exponents[base]; !ok {
			bases = append(bases, base)
		}
		exponents[base] += p
	}
	f.scalars = nil
	for _, b := range bases {
		if p := exponents[b]; p != 0 {
			f.scalars = append(f.scalars, g.elementPow(b, p))
		}
	}
}

// recognizeSoftmax turns exp(z) / Σ exp(z) into softmax(z).
func (f *factors) recognizeSoftmax(g *graph) {
	for i, e := range f.chain {
		if e.op != opElementwise || e.name != "exp" || e.k != 0 || !e.shape.isColumn() {
			continue
		}
		share := g.elementPow(g.sum(e), -1)
		if at := slices.Index(f.scalars, share); at >= 0 {
			f.scalars = slices.Delete(slices.Clone(f.scalars), at, at+1)
			f.chain = slices.Clone(f.chain)
			f.chain[i] = g.softmax(e.args[0])
			return
		}
	}
}

// inlineOnlyChain writes s·(uᵀh) as s uᵀ h when there is one such inner product.
func (f *factors) inlineOnlyChain() {
	at := -1
	for i, s := range f.scalars {
		if s.op == opMul {
			if at >= 0 {
				return
			}
			at = i
		}
	}
	if at < 0 {
		return
	}
	f.chain = f.scalars[at].chain()
	f.scalars = append(append([]*node(nil), f.scalars[:at]...), f.scalars[at+1:]...)
}

// simplifyChain applies the rules for neighbours in a matrix product until none
// does.
func (g *graph) simplifyChain(chain []*node) []*node {
	out := make([]*node, 0, len(chain))
	for _, n := range chain {
		out = append(out, n)
		for len(out) >= 2 {
			a, b := out[len(out)-2], out[len(out)-1]
			c := g.pair(a, b)
			if c == nil {
				break
			}
			out = append(out[:len(out)-2], c)
		}
	}
	if len(out) == 2 {
		if c := g.inner2(out[0], out[1]); c != nil {
			return []*node{c}
		}
	}
	return out
}

// pair returns the product of two neighbours where it is simpler, or nil.
func (g *graph) pair(a, b *node) *node {
	switch {
	case a.op == opIdentity:
		return b
	case b.op == opIdentity:
		return a
	case b.op == opOneHot && a.op == opTranspose && a.args[0].op == opVar && a.args[0].shape.isMatrix():
		return g.row(a.args[0], b.index)
	case a.op == opDiag && b.op == opDiag:
		return g.diag(g.hadamard(a.args[0], b.args[0]))
	case a.op == opDiag && b.shape.isColumn():
		return g.noCoefficient(g.hadamard(a.args[0], b))
	case a.shape.isRow() && b.op == opDiag:
		return g.noCoefficient(g.hadamard(a, g.transpose(b.args[0])))
	case a.shape.isSquare() && b.shape.isSquare() && a.shape.isMatrix():
		baseA, ka := powerBase(a)
		baseB, kb := powerBase(b)
		if baseA == baseB {
			return g.power(baseA, ka+kb)
		}
	}
	return nil
}

// noCoefficient drops the rewrite when its result is a product with parts of
// its own, which a chain cannot hold.
func (g *graph) noCoefficient(n *node) *node {
	if n.op == opMul || n.isZero() {
		return nil
	}
	return n
}

func powerBase(n *node) (*node, int) {
	if n.op == opPower {
		return n.args[0], n.k
	}
	return n, 1
}

// inner2 simplifies a whole product of a row and a column: 1ᵀv, e_yᵀv.
func (g *graph) inner2(a, b *node) *node {
	at := g.transpose(a)
	switch {
	case a.shape.isRow() && a.op == opOnes && b.shape.isColumn():
		return g.sum(b)
	case a.shape.isRow() && b.shape.isColumn() && b.op == opOnes:
		return g.sum(at)
	case a.shape.isRow() && b.op == opHadamard && slices.Contains(b.args, g.elementPow(at, -1)):
		return g.sum(g.hadamard(at, b)) // uᵀ(v ∘ u⁻¹) = Σv
	case at.op == opOneHot && b.shape.isColumn():
		return g.index(b, at.index)
	case b.op == opOneHot && a.shape.isRow():
		return g.index(at, b.index)
	}
	return nil
}

// hadamard returns the element-wise product.
func (g *graph) hadamard(parts ...*node) *node {
	s := parts[0].shape
	if s.isScalar() {
		return g.mul(parts...)
	}
	h := hadamardFactors{coef: []*node{}, exponents: make(map[*node]float64)}
	for _, p := range parts {
		if p.isZero() {
			return g.zeros(s)
		}
		h.push(g, p)
	}
	var list []*node
	for _, b := range h.bases {
		switch p := h.exponents[b]; {
		case b.op == opOneHot && p > 0:
			list = append(list, b) // e∘e = e
		case p != 0:
			list = append(list, g.elementPow(b, p))
		}
	}
	var product *node
	switch len(list) {
	case 0:
		product = g.ones(s)
	case 1:
		product = list[0]
	default:
		product = g.pickElement(list)
		if product == nil {
			product = g.intern(node{op: opHadamard, shape: s, args: list})
		}
	}
	return g.mul(append(h.coef, product)...)
}

// pickElement turns e_y ∘ v into v[y] e_y.
func (g *graph) pickElement(list []*node) *node {
	for i, n := range list {
		if n.op != opOneHot {
			continue
		}
		rest := append(append([]*node(nil), list[:i]...), list[i+1:]...)
		return g.mul(g.index(g.hadamard(rest...), n.index), n)
	}
	return nil
}

type hadamardFactors struct {
	coef      []*node // scalar factors
	bases     []*node
	exponents map[*node]float64
}

func (h *hadamardFactors) push(g *graph, n *node) {
	switch n.op {
	case opOnes:
		return
	case opHadamard:
		for _, a := range n.args {
			h.push(g, a)
		}
		return
	case opMul:
		if n.val != 1 || n.scalars > 0 {
			h.coef = append(append(h.coef, g.constant(n.val)), n.args[:n.scalars]...)
			h.push(g, g.rawMul(1, nil, n.chain()))
			return
		}
	}
	base, p := n, 1.0
	if n.op == opElementPow && !math.IsNaN(n.val) {
		base, p = n.args[0], n.val
	}
	if _, ok := h.exponents[base]; !ok {
		h.bases = append(h.bases, base)
	}
	h.exponents[base] += p
}

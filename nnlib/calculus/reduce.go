package calculus

import (
	"math"
	"strconv"
)

// splitScalars returns the scalar factors of n as one node, and the rest.
func (g *graph) splitScalars(n *node) (scalar, rest *node) {
	if n.op != opMul || len(n.chain()) == 0 || n.shape.isScalar() {
		return g.constant(1), n
	}
	return g.rawScalar(n.val, n.args[:n.scalars]), g.rawMul(1, nil, n.chain())
}

func (g *graph) rawScalar(coef float64, scalars []*node) *node {
	return g.mul(append([]*node{g.constant(coef)}, scalars...)...)
}

func (g *graph) det(n *node) *node {
	switch {
	case n.shape.isScalar():
		return n
	case n.op == opIdentity:
		return g.constant(1)
	case n.op == opTranspose:
		return g.det(n.args[0])
	case n.op == opPower:
		return g.elementPow(g.det(n.args[0]), float64(n.k))
	}
	return g.unary(opDet, n, scalarShape)
}

func (g *graph) logDet(n *node) *node {
	switch {
	case n.op == opIdentity:
		return g.constant(0)
	case n.op == opTranspose:
		return g.logDet(n.args[0])
	case n.op == opPower:
		return g.mul(g.constant(float64(n.k)), g.logDet(n.args[0]))
	}
	return g.unary(opLogDet, n, scalarShape)
}

func (g *graph) trace(n *node) *node {
	scalar, rest := g.splitScalars(n)
	switch {
	case rest.shape.isScalar():
		return g.mul(scalar, rest)
	case rest.isZero():
		return g.constant(0)
	case rest.op == opTranspose:
		return g.mul(scalar, g.trace(rest.args[0]))
	case rest.op == opIdentity && rest.shape.rows.isNumber():
		return g.mul(scalar, g.constant(float64(rest.shape.rows.number)))
	case rest.op == opKronecker && rest.args[0].shape.isSquare():
		return g.mul(scalar, g.trace(rest.args[0]), g.trace(rest.args[1]))
	case rest.op == opMul:
		// tr(x M yᵀ) = yᵀ x M, a scalar
		chain := rest.chain()
		if last := chain[len(chain)-1]; last.shape.isRow() {
			return g.mul(scalar, g.mul(append([]*node{last}, chain[:len(chain)-1]...)...))
		}
	}
	return g.mul(scalar, g.unary(opTrace, rest, scalarShape))
}

// sum returns the sum of all elements.
func (g *graph) sum(n *node) *node {
	scalar, rest := g.splitScalars(n)
	switch {
	case rest.shape.isScalar():
		return g.mul(scalar, rest)
	case rest.isZero():
		return g.constant(0)
	case rest.op == opOneHot, rest.inner().op == opSoftmax, rest.op == opVar && g.distributions[rest.name] && !g.building:
		return scalar
	case rest.op == opTranspose:
		return g.mul(scalar, g.sum(rest.args[0]))
	case rest.op == opOnes:
		if size, ok := rest.shape.size(); ok && size.isNumber() {
			return g.mul(scalar, g.constant(float64(size.number)))
		}
	case rest.op == opHadamard && rest.shape.isColumn():
		// Σ u∘v = uᵀv
		return g.mul(scalar, g.transpose(rest.args[0]), g.hadamard(rest.args[1:]...))
	}
	return g.mul(scalar, g.unary(opSum, rest, scalarShape))
}

func (g *graph) norm(n *node) *node {
	c, core := g.coefficient(n)
	if c != 1 && core.op != opConst {
		return g.mul(g.constant(math.Abs(c)), g.norm(core))
	}
	if n.op == opTranspose {
		return g.norm(n.args[0])
	}
	return g.unary(opNorm, n, scalarShape)
}

// innerProduct returns Σ a∘b in its usual form: aᵀb for columns, tr(aᵀb) for
// matrices.
func (g *graph) innerProduct(a, b *node) *node {
	switch {
	case a.shape.isScalar():
		return g.mul(a, b)
	case a.shape.isColumn():
		return g.mul(g.transpose(a), b)
	case a.shape.isRow():
		return g.mul(a, g.transpose(b))
	case a.op == opOnes:
		return g.sum(b)
	}
	return g.trace(g.mul(g.transpose(a), b))
}

func (g *graph) softmax(n *node) *node   { return g.unary(opSoftmax, n, n.shape) }
func (g *graph) logSumExp(n *node) *node { return g.unary(opLogSumExp, n, scalarShape) }

func (g *graph) crossEntropy(y, p *node) *node {
	return g.intern(node{op: opCrossEntropy, shape: scalarShape, args: []*node{y, p}})
}

// concat puts columns (or matrices of equal width) on top of one another.
func (g *graph) concat(parts ...*node) *node {
	var flat []*node
	allZero := true
	for _, p := range parts {
		if p.op == opConcat {
			flat = append(flat, p.args...)
		} else {
			flat = append(flat, p)
		}
		allZero = allZero && p.isZero()
	}
	if len(flat) == 1 {
		return flat[0]
	}
	s := shape{cols: flat[0].shape.cols}
	for _, p := range flat {
		s.rows, _ = s.rows.plus(p.shape.rows, 1) // the shape check has seen that it fits
	}
	if allZero {
		return g.zeros(s)
	}
	return g.intern(node{op: opConcat, shape: s, args: flat})
}

// slice returns rows offset … offset+rows−1 of n.
func (g *graph) slice(n *node, offset, rows dim) *node {
	s := shape{rows, n.shape.cols}
	switch {
	case rows == n.shape.rows:
		return n
	case n.isZero():
		return g.zeros(s)
	case n.op == opOnes:
		return g.ones(s)
	case n.op == opConcat:
		at := number(0)
		for _, p := range n.args {
			if at == offset && p.shape.rows == rows {
				return p
			}
			at, _ = at.plus(p.shape.rows, 1)
		}
	}
	return g.intern(node{op: opSlice, offset: offset, shape: s, args: []*node{n}})
}

// pad puts zero rows around n so that it becomes rows offset … of a matrix with
// total rows: what slice undoes.
func (g *graph) pad(n *node, offset, total dim) *node {
	end, _ := offset.plus(n.shape.rows, 1)
	after, _ := total.plus(end, -1)
	var parts []*node
	if offset != number(0) {
		parts = append(parts, g.zeros(shape{offset, n.shape.cols}))
	}
	parts = append(parts, n)
	if after != number(0) {
		parts = append(parts, g.zeros(shape{after, n.shape.cols}))
	}
	return g.concat(parts...)
}

func (g *graph) index(n *node, index string) *node {
	switch {
	case n.shape.isScalar():
		return n
	case n.isZero():
		return g.constant(0)
	case n.op == opOnes:
		return g.constant(1)
	case n.op == opOneHot && n.index == index:
		return g.constant(1)
	case n.op == opOneHot && isNumeral(n.index) && isNumeral(index):
		return g.constant(0)
	case n.op == opMul && len(n.chain()) == 1:
		return g.mul(g.rawScalar(n.val, n.args[:n.scalars]), g.index(n.chain()[0], index))
	case n.op == opElementwise:
		return g.elementwise(n.name, n.k, g.index(n.args[0], index)) // log(p)[y] is log(p[y])
	case n.op == opElementPow:
		return g.elementPow(g.index(n.args[0], index), n.val)
	}
	return g.intern(node{op: opIndex, index: index, shape: scalarShape, args: []*node{n}})
}

func isNumeral(index string) bool {
	_, err := strconv.Atoi(index)
	return err == nil
}

func (g *graph) row(n *node, index string) *node {
	return g.intern(node{op: opRow, index: index, shape: shape{n.shape.cols, number(1)}, args: []*node{n}})
}

func (g *graph) kronecker(a, b *node) *node {
	if a.shape.isScalar() || b.shape.isScalar() {
		return g.mul(a, b)
	}
	if a.op == opIdentity && b.op == opIdentity {
		if n, ok := (shape{a.shape.rows, b.shape.rows}).size(); ok {
			return g.identity(n)
		}
	}
	return g.intern(node{op: opKronecker, shape: kroneckerShape(a.shape, b.shape), args: []*node{a, b}})
}

func kroneckerShape(a, b shape) shape {
	rows, _ := shape{a.rows, b.rows}.size()
	cols, _ := shape{a.cols, b.cols}.size()
	return shape{rows, cols}
}

// vec returns the rows of n one after another, as a column.
func (g *graph) vec(n *node) *node {
	switch {
	case n.shape.isScalar() || n.shape.isColumn():
		return n
	case n.shape.isRow():
		return g.transpose(n)
	}
	rows, _ := n.shape.size()
	scalar, rest := g.splitScalars(n)
	return g.mul(scalar, g.unary(opVec, rest, shape{rows, number(1)}))
}

// commutation returns the K with vec(Xᵀ) = K·vec(X) for X of shape s; it is the
// identity for vectors. Its shape field cannot say s, so it keeps X's zero
// matrix as an argument.
func (g *graph) commutation(s shape) *node {
	n, _ := s.size()
	if !s.isMatrix() {
		return g.identity(n)
	}
	return g.unary(opCommutation, g.zeros(s), shape{n, n})
}

package calculus

import "fmt"

// The rules of differentiation, in the words that explanations use.
const (
	ruleSum                 = "sum: each term gets the gradient unchanged"
	ruleProduct             = "product rule"
	ruleLinear              = "∂(W x)/∂x = W"
	ruleInner               = "∂(uᵀh)/∂h = uᵀ"
	ruleInnerLeft           = "∂(uᵀh)/∂u = hᵀ"
	ruleOuter               = "∂zᵢ/∂Wᵢⱼ = xⱼ, so ∂s/∂Wᵢⱼ = δᵢ xⱼ: an outer product"
	ruleRightMatrix         = "∂(X W)/∂W: Xᵀ times the gradient of the product"
	ruleScalarFactor        = "scalar factor"
	ruleHadamard            = "element-wise product: the other factor"
	ruleTranspose           = "the gradient of a transpose is the transposed gradient"
	ruleElementwise         = "element-wise function: ∂f(z)/∂z = diag(f′(z))"
	rulePower               = "power rule: each of the k factors in turn"
	ruleInverse             = "∂X⁻¹ = −X⁻¹ ∂X X⁻¹"
	ruleDet                 = "∂det(X)/∂X = det(X) X⁻ᵀ"
	ruleLogDet              = "∂log|det(X)|/∂X = X⁻ᵀ"
	ruleTrace               = "∂tr(X)/∂X = I"
	ruleSumOfElements       = "∂ Σxᵢ/∂x = ones"
	ruleNorm                = "∂‖x‖/∂x = x/‖x‖, not defined at x = 0"
	ruleSquaredNorm         = "∂‖x‖²/∂x = 2x"
	ruleElementPow          = "power of each element: p xᵖ⁻¹"
	ruleSoftmax             = "softmax: ∂ŷ/∂z = diag(ŷ) − ŷ ŷᵀ"
	ruleLogSumExp           = "∂ log Σ exp(zᵢ)/∂z = softmax(z)"
	ruleCrossEntropy        = "cross-entropy: ∂(−Σ y log p)/∂p = −y/p"
	ruleCrossEntropyTarget  = "cross-entropy: ∂(−Σ y log p)/∂y = −log p"
	ruleSoftmaxCrossEntropy = "softmax and cross-entropy together: ŷ − y, since Σy = 1"
	ruleLogSoftmaxIndex     = "log of a softmax at index y: ∂ log ŷ_y/∂z = e_y − ŷ"
	ruleLogSoftmax          = "log of a softmax: ∂ log ŷ/∂z = I − 1 ŷᵀ"
	ruleLogSigmoid          = "log of a sigmoid: ∂ log σ(z)/∂z = 1 − σ(z)"
	ruleLogOneMinusSigmoid  = "log of one minus a sigmoid: ∂ log(1 − σ(z))/∂z = −σ(z)"
	ruleConcat              = "concatenation: each part gets its slice of the gradient"
	ruleSlice               = "slice: zeros around the gradient"
	ruleIndex               = "element: the gradient at that index, zero elsewhere"
	ruleRow                 = "look-up: only the row that was looked up gets the gradient"
	ruleDiag                = "diag: the diagonal of the gradient"
	ruleDiagonal            = "diagonal: the gradient on the diagonal"
	ruleVec                 = "vec: the gradient, put back in rows"
	ruleName                = "definition"
)

// vjp returns what the gradient Y̅ of n contributes to the gradient of argument
// i, in the shape of that argument, and the rule.
func (g *graph) vjp(n *node, i int, grad *node) (*node, string) {
	a, self := n.args[i], g.self(n)
	switch n.op {
	case opNamed:
		return grad, ruleName
	case opAdd:
		return grad, ruleSum
	case opMul:
		return g.vjpProduct(n, i, grad)
	case opHadamard:
		others := append(append([]*node{grad}, n.args[:i]...), n.args[i+1:]...)
		return g.hadamard(others...), ruleHadamard
	case opTranspose:
		return g.transpose(grad), ruleTranspose
	case opPower:
		return g.vjpPower(n, grad)
	case opDet:
		return g.mul(grad, self, g.power(g.transpose(a), -1)), ruleDet
	case opLogDet:
		return g.mul(grad, g.power(g.transpose(a), -1)), ruleLogDet
	case opTrace:
		return g.mul(grad, g.identity(a.shape.rows)), ruleTrace
	case opSum:
		return g.mul(grad, g.ones(a.shape)), ruleSumOfElements
	case opNorm:
		return g.mul(grad, g.elementPow(self, -1), a), ruleNorm
	case opElementwise:
		return g.hadamard(grad, g.derivative(n)), ruleElementwise
	case opElementPow:
		return g.hadamard(grad, g.derivative(n)), ruleElementPow
	case opSoftmax:
		// (diag(ŷ) − ŷŷᵀ) Y̅ = ŷ∘Y̅ − (ŷᵀY̅) ŷ
		return g.sub(g.hadamard(self, grad), g.mul(g.innerProduct(self, grad), self)), ruleSoftmax
	case opLogSumExp:
		return g.mul(grad, g.softmax(a)), ruleLogSumExp
	case opCrossEntropy:
		if i == 0 {
			return g.neg(g.mul(grad, g.elementwise("log", 0, n.args[1]))), ruleCrossEntropyTarget
		}
		return g.neg(g.mul(grad, g.hadamard(n.args[0], g.elementPow(n.args[1], -1)))), ruleCrossEntropy
	}
	return g.vjpStructure(n, i, grad)
}

// vjpStructure has the rules of the operations that only move elements about.
func (g *graph) vjpStructure(n *node, i int, grad *node) (*node, string) {
	a := n.args[i]
	switch n.op {
	case opConcat:
		offset := number(0)
		for _, before := range n.args[:i] {
			offset, _ = offset.plus(before.shape.rows, 1)
		}
		return g.slice(grad, offset, a.shape.rows), ruleConcat
	case opSlice:
		return g.pad(grad, n.offset, a.shape.rows), ruleSlice
	case opIndex:
		return g.mul(grad, g.oneHot(n.index, a.shape.rows)), ruleIndex
	case opRow:
		return g.mul(g.oneHot(n.index, a.shape.rows), g.transpose(grad)), ruleRow
	case opDiag:
		return g.diagonal(grad), ruleDiag
	case opDiagonal:
		return g.diag(grad), ruleDiagonal
	}
	panic(&Error{
		Op: "Grad", Message: fmt.Sprintf("there is no gradient rule for %s", printer{}.print(n)),
		Hint: "Differential can differentiate it",
	})
}

func (g *graph) vjpProduct(n *node, i int, grad *node) (*node, string) {
	if i < n.scalars {
		others := append([]*node{g.constant(n.val)}, n.args[:i]...)
		others = append(others, n.args[i+1:n.scalars]...)
		rest := g.mul(others...)
		if len(n.chain()) == 0 {
			return g.mul(grad, rest), ruleScalarFactor
		}
		return g.mul(rest, g.innerProduct(grad, g.rawMul(1, nil, n.chain()))), ruleScalarFactor
	}
	left, right := n.args[n.scalars:i], n.args[i+1:]
	parts := append([]*node{g.constant(n.val)}, n.args[:n.scalars]...)
	if grad.shape.isScalar() {
		parts = append(parts, grad)
	}
	for k := len(left) - 1; k >= 0; k-- {
		parts = append(parts, g.transpose(left[k]))
	}
	if !grad.shape.isScalar() {
		parts = append(parts, grad)
	}
	for k := len(right) - 1; k >= 0; k-- {
		parts = append(parts, g.transpose(right[k]))
	}
	return g.mul(parts...), productRule(n, i)
}

// productRule names the case of the product rule that applies.
func productRule(n *node, i int) string {
	a := n.args[i]
	first, last := i == n.scalars, i == len(n.args)-1
	switch {
	case first && last:
		return ruleScalarFactor
	case n.shape.isScalar() && last && a.shape.isColumn():
		return ruleInner
	case n.shape.isScalar() && first && a.shape.isRow():
		return ruleInnerLeft
	case first && a.shape.isMatrix() && n.shape.isColumn():
		return ruleOuter
	case last && a.shape.isColumn():
		return ruleLinear
	case last && a.shape.isMatrix():
		return ruleRightMatrix
	}
	return ruleProduct
}

func (g *graph) vjpPower(n *node, grad *node) (*node, string) {
	at := g.transpose(n.args[0])
	var terms []*node
	if n.k > 0 {
		for r := range n.k {
			terms = append(terms, g.mul(g.power(at, r), grad, g.power(at, n.k-1-r)))
		}
		return g.add(terms...), rulePower
	}
	for r := 1; r <= -n.k; r++ {
		terms = append(terms, g.neg(g.mul(g.power(at, -r), grad, g.power(at, n.k-1+r))))
	}
	return g.add(terms...), ruleInverse
}

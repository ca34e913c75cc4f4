package calculus

import "slices"

// backward runs the chain rule from a scalar back to its variables and keeps the
// shape convention: the gradient of a node has the node's shape.
type backward struct {
	graph   *graph
	root    *node
	targets map[*node]bool
	// rows names the local error signals as rows, as the lecture writes them.
	rows bool
	// separate takes softmax and logarithm one by one, as a graph draws them.
	separate bool
	// errorName returns the name of local error signal number i.
	errorName func(i int) string

	depends map[*node]bool    // leads to a target
	reaches map[*node]int     // how many targets
	sums    map[*node][]*node // contributions to the gradient of a node
	grads   map[*node]*node
	flows   []flow
	errors  []*node        // the named local error signals, from the output to the inputs
	preact  map[*node]bool // arguments of activations
	logits  map[*node]bool // arguments of softmax
}

// A flow is one application of the chain rule: what the gradient of from
// contributes to that of to.
type flow struct {
	from, to     *node
	upstream     *node // gradient of from
	contribution *node
	rule         string
	// local is the Jacobian ∂from/∂to where it says something, or nil.
	local *node
}

func (b *backward) run() {
	order := topological(b.root)
	b.mark(order)
	b.sums = map[*node][]*node{b.root: {b.graph.constant(1)}}
	b.grads = make(map[*node]*node)
	for i := len(order) - 1; i >= 0; i-- {
		n := order[i]
		if !b.depends[n] || len(b.sums[n]) == 0 {
			continue
		}
		terms := b.sums[n]
		if len(terms) > 1 { // BX + BᵀX rather than BᵀX + BX
			terms = slices.Clone(terms)
			slices.SortStableFunc(terms, func(a, b *node) int { return transposes(a) - transposes(b) })
		}
		grad := b.nameError(n, b.graph.tidy(b.graph.add(terms...)))
		b.grads[n] = grad
		for _, f := range b.edges(n, grad) {
			b.sums[f.to] = append(b.sums[f.to], f.contribution)
			b.flows = append(b.flows, f)
		}
	}
}

// mark finds what leads to the targets, and what feeds activations.
func (b *backward) mark(order []*node) {
	b.depends = make(map[*node]bool)
	below := make(map[*node]map[*node]bool)
	b.reaches = make(map[*node]int)
	b.preact = make(map[*node]bool)
	b.logits = make(map[*node]bool)
	for _, n := range order {
		set := make(map[*node]bool)
		if b.targets[n] {
			set[n] = true
		}
		for _, a := range n.args {
			for t := range below[a] {
				set[t] = true
			}
		}
		below[n] = set
		b.reaches[n] = len(set)
		b.depends[n] = len(set) > 0
		switch {
		case n.op == opElementwise && n.k == 0 && findElementwise(n.name).isActivation():
			b.preact[n.args[0]] = true
		case n.op == opSoftmax:
			b.logits[n.args[0]] = true
		}
	}
}

// nameError gives the gradient at the input of an activation the name δ, so that
// it is computed once and the formulas below it stay short. The gradient of
// other named pieces gets a name where several targets share it: that of logits
// always, of others if it is long.
func (b *backward) nameError(n, grad *node) *node {
	if n.op != opNamed || b.errorName == nil {
		return grad
	}
	below := b.reaches[n]
	if b.targets[n] {
		below-- // itself
	}
	shared := below >= 2 && (b.logits[n] || printedSize(grad) > longGradient)
	if below == 0 || !b.preact[n] && !shared {
		return grad
	}
	_, core := b.graph.coefficient(grad)
	if core.op == opVar || core.op == opConst || core.op == opNamed || core.op == opTranspose || core.isZero() {
		return grad
	}
	name := b.errorName(len(b.errors))
	if b.rows && n.shape.isColumn() {
		named := b.graph.named(name, b.graph.transpose(grad))
		b.errors = append(b.errors, named)
		return b.graph.transpose(named)
	}
	named := b.graph.named(name, grad)
	b.errors = append(b.errors, named)
	return named
}

// longGradient is the number of operations from which a shared gradient gets a
// name.
const longGradient = 15

// edges returns the flows from n to its arguments, or past them where a textbook
// takes two operations at once: softmax and the logarithm, norm and square.
func (b *backward) edges(n, grad *node) []flow {
	if !b.separate {
		if fused := b.fused(n, grad); fused != nil {
			return fused
		}
	}
	var flows []flow
	for i, a := range n.args {
		if b.depends[a] {
			c, rule := b.graph.vjp(n, i, grad)
			flows = append(flows, flow{from: n, to: a, upstream: grad, contribution: c, rule: rule, local: b.graph.shownJacobian(n, i)})
		}
	}
	return flows
}

// past returns the softmax behind names, unless a target is in between.
func (b *backward) past(n *node) *node {
	for n.op == opNamed && !b.targets[n] {
		n = n.args[0]
	}
	if n.op == opSoftmax && b.depends[n] {
		return n
	}
	return nil
}

func (b *backward) fused(n, grad *node) []flow {
	g := b.graph
	switch {
	case n.op == opCrossEntropy:
		softmax := b.past(n.args[1])
		if softmax == nil {
			return nil
		}
		y := n.args[0]
		// Σy = 1 makes the factor of ŷ vanish.
		c := g.mul(grad, g.sub(g.mul(g.sum(y), n.args[1]), y))
		flows := []flow{{from: n, to: softmax.args[0], upstream: grad, contribution: c, rule: ruleSoftmaxCrossEntropy}}
		if b.depends[y] {
			c, rule := g.vjp(n, 0, grad)
			flows = append(flows, flow{from: n, to: y, upstream: grad, contribution: c, rule: rule})
		}
		return flows
	case n.op == opElementPow && n.val == 2 && n.args[0].op == opNorm:
		x := n.args[0].args[0]
		return []flow{{from: n, to: x, upstream: grad, contribution: g.mul(g.constant(2), grad, x), rule: ruleSquaredNorm}}
	case n.op == opElementwise && n.name == "log" && n.k == 0:
		arg := n.args[0]
		for arg.op == opNamed && !b.targets[arg] {
			arg = arg.args[0]
		}
		if arg.op == opIndex {
			if softmax := b.past(arg.args[0]); softmax != nil {
				e := g.oneHot(arg.index, softmax.shape.rows)
				c := g.mul(grad, g.sub(e, arg.args[0]))
				return []flow{{from: n, to: softmax.args[0], upstream: grad, contribution: c, rule: ruleLogSoftmaxIndex}}
			}
			return nil
		}
		if f := b.logSigmoid(n, grad); f != nil {
			return f
		}
		if softmax := b.past(n.args[0]); softmax != nil {
			c := g.sub(grad, g.mul(g.sum(grad), n.args[0]))
			return []flow{{from: n, to: softmax.args[0], upstream: grad, contribution: c, rule: ruleLogSoftmax}}
		}
	}
	return nil
}

// logSigmoid takes log σ(z) and log(1 − σ(z)) at once: their derivatives are
// 1 − σ(z) and −σ(z), without a quotient.
func (b *backward) logSigmoid(n, grad *node) []flow {
	g := b.graph
	peel := func(n *node) *node {
		for n.op == opNamed && !b.targets[n] {
			n = n.args[0]
		}
		if n.op == opElementwise && n.name == "sigmoid" && n.k == 0 && b.depends[n] {
			return n
		}
		return nil
	}
	ones := g.ones(n.shape)
	if s := peel(n.args[0]); s != nil {
		c := g.hadamard(grad, g.sub(ones, n.args[0]))
		return []flow{{from: n, to: s.args[0], upstream: grad, contribution: c, rule: ruleLogSigmoid}}
	}
	arg := n.args[0]
	for arg.op == opNamed && !b.targets[arg] {
		arg = arg.args[0]
	}
	if arg.op != opAdd || len(arg.args) != 2 || !slices.Contains(arg.args, ones) {
		return nil
	}
	for _, t := range arg.args {
		k, core := g.coefficient(t)
		if s := peel(core); s != nil && k == -1 {
			c := g.neg(g.hadamard(grad, core))
			return []flow{{from: n, to: s.args[0], upstream: grad, contribution: c, rule: ruleLogOneMinusSigmoid}}
		}
	}
	return nil
}

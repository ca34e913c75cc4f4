package calculus

import (
	"fmt"
	"strings"
)

// A Graph is the computation graph of a formula: a node for every operation, with
// its value, and the gradients that flow back along the edges. It shows itself
// as a drawing.
type Graph struct {
	Nodes []GraphNode
	Edges []GraphEdge
	title string
}

// A GraphNode is a variable, a constant or an operation.
type GraphNode struct {
	Label    string // z: +, f, W
	Shape    string
	Value    string // empty without values
	Gradient string // upstream gradient of the root, empty if there is none
}

// A GraphEdge leads from an argument to the operation that uses it.
type GraphEdge struct {
	From, To int // indices of Nodes
	Local    string
	Gradient string // upstream times local: what this edge sends back
}

// Graph returns the computation graph. With values every node shows its value
// and, for a scalar formula, its gradient; with nil it shows formulas alone. It
// panics with an [*Error] if values are missing or do not fit.
func (f *Formula) Graph(values Values) *Graph {
	var e *evaluator
	if values != nil {
		var err error
		if e, err = f.evaluator(values); err == nil {
			e.standIn = standIn
			_, err = e.eval(f.root)
		}
		if err != nil {
			panic(err)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if e != nil {
		e.locked = true
	}
	root := f.pieces()
	b := f.backward(root, f.allVariables(root), false)
	b.separate = true
	if root.shape.isScalar() {
		b.errorName = f.freshNames("δ", len(topological(root)))
		b.run()
		errors := len(b.errors)
		b = f.backward(root, f.allVariables(root), false)
		b.separate, b.errorName = true, f.freshNames("δ", errors)
		b.run()
	}
	g := &grapher{graph: &Graph{title: f.label()}, ids: map[*node]int{}, values: e, backward: b, formula: f}
	g.draw(root)
	return g.graph
}

// allVariables returns the variables below the root: the targets of a graph.
func (f *Formula) allVariables(root *node) []*node {
	var targets []*node
	for _, n := range topological(root) {
		if n.op == opVar {
			targets = append(targets, n)
		}
	}
	return targets
}

// grapher collects the nodes and edges of a drawing.
type grapher struct {
	graph    *Graph
	ids      map[*node]int
	values   *evaluator
	backward *backward
	formula  *Formula
}

func (g *grapher) draw(root *node) {
	names := map[*node]string{root.inner(): g.formula.label()}
	order := topological(root)
	for _, n := range order {
		if n.op == opNamed {
			names[n.inner()] = n.name
		}
	}
	for _, n := range order {
		if n.op == opNamed {
			continue // drawn as the label of what it names
		}
		g.ids[n] = len(g.graph.Nodes)
		g.graph.Nodes = append(g.graph.Nodes, GraphNode{
			Label: nodeLabel(n, names[n]), Shape: n.shape.String(), Value: g.value(n), Gradient: g.gradient(g.backward.grads[n], true),
		})
		if n.op == opCommutation {
			continue
		}
		for i, a := range n.args {
			g.graph.Edges = append(g.graph.Edges, g.edge(n, i, a))
		}
	}
}

// edge returns the edge of argument i with what flows back along it.
func (g *grapher) edge(n *node, i int, a *node) GraphEdge {
	e := GraphEdge{From: g.ids[a.inner()], To: g.ids[n]}
	count := 0 // the same argument may occur twice
	for _, before := range n.args[:i] {
		if before == a {
			count++
		}
	}
	for _, f := range g.backward.flows {
		if f.from != n || f.to != a {
			continue
		}
		if count > 0 {
			count--
			continue
		}
		if f.local != nil {
			e.Local = shorten(printer{}.print(f.local))
		} else {
			// For matrices: what the edge does to the gradient that comes in.
			graph := g.formula.graph
			upstream := graph.variable("(·)", n.shape)
			c, _ := graph.vjp(n, i, upstream)
			e.Local = shorten(printer{}.print(c))
		}
		e.Gradient = g.gradient(f.contribution, false)
		break
	}
	return e
}

func shorten(text string) string {
	const limit = 22
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return text
}

func (g *grapher) value(n *node) string {
	if g.values == nil || n.op == opConst {
		return ""
	}
	v, err := g.values.eval(n)
	if err != nil {
		return ""
	}
	return compact(v)
}

// gradient returns the value of a gradient, or its formula where there are no
// values; define adds what a δ stands for.
func (g *grapher) gradient(n *node, define bool) string {
	if n == nil || !g.backward.root.shape.isScalar() {
		return ""
	}
	if g.values == nil {
		text := printer{}.print(n)
		if n.op == opNamed && define {
			text += " = " + printer{}.print(n.args[0])
		}
		return shorten(text)
	}
	v, err := g.values.eval(n)
	if err != nil {
		return "not defined here"
	}
	return compact(v)
}

// compact writes a value in a few characters: small vectors whole, others by
// their size and norm.
func compact(m *Matrix) string {
	if len(m.Data) > 4 || m.Rows > 1 && m.Cols > 1 {
		return fmt.Sprintf("%d×%d, norm %.3g", m.Rows, m.Cols, norm(m.Data))
	}
	parts := make([]string, len(m.Data))
	for i, v := range m.Data {
		parts[i] = fmt.Sprintf("%.3g", v+0) // +0 turns −0 into 0
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return "[" + strings.Join(parts, " ") + "]"
}

// nodeLabel names an operation in a sign or a word.
func nodeLabel(n *node, name string) string {
	label := operationLabel(n)
	if name == "" || n.op == opVar {
		return label
	}
	return printer{}.name(name) + ": " + label
}

func operationLabel(n *node) string {
	switch n.op {
	case opVar, opConst, opZero, opOnes, opIdentity, opOneHot, opCommutation:
		return printer{}.print(n)
	case opAdd:
		return "+"
	case opMul:
		sign := "·"
		if len(n.args) == 1 {
			sign = "×"
		}
		if n.val != 1 {
			text, _ := printer{}.constant(n.val)
			return sign + " " + text
		}
		return sign
	case opHadamard:
		return "∘"
	case opTranspose:
		return "ᵀ"
	case opPower:
		return printer{}.exponent("·", float64(n.k))
	case opElementPow:
		return printer{}.exponent("·", n.val)
	case opElementwise:
		if n.name == "max0" && n.k == 0 {
			return "max(0, ·)"
		}
		return findElementwise(n.name).display() + strings.Repeat("′", n.k)
	case opNorm:
		return "‖·‖"
	case opIndex, opRow:
		return "·[" + n.index + "]"
	case opConcat:
		return "[ ; ]"
	case opSlice:
		end, _ := n.offset.plus(n.shape.rows, 1)
		return "·[" + n.offset.String() + ":" + end.String() + "]"
	case opKronecker:
		return "⊗"
	}
	name, _, _ := strings.Cut(printer{}.call(n), "(")
	return name
}

// String lists the nodes with their values and gradients.
func (g *Graph) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "computation graph of %s: %d nodes, %d edges", g.title, len(g.Nodes), len(g.Edges))
	for i, n := range g.Nodes {
		fmt.Fprintf(&b, "\n%3d  %-14s %-8s", i, n.Label, n.Shape)
		if n.Value != "" {
			b.WriteString("  value " + n.Value)
		}
		if n.Gradient != "" {
			b.WriteString("  gradient " + n.Gradient)
		}
		var from []string
		for _, e := range g.Edges {
			if e.To == i {
				from = append(from, fmt.Sprint(e.From))
			}
		}
		if len(from) > 0 {
			b.WriteString("  from " + strings.Join(from, ", "))
		}
	}
	return b.String()
}

// MIMEBundle shows the graph in a notebook as a drawing.
func (g *Graph) MIMEBundle() map[string]any {
	return map[string]any{"text/plain": g.String(), "image/svg+xml": g.SVG()}
}

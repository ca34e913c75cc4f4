package calculus

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Sizes of the drawing in SVG units.
const (
	boxHeight    = 40.0
	rowHeight    = 104.0
	columnGap    = 176.0 // between boxes: room for the labels of the edges
	margin       = 24.0
	charWidth    = 7.2
	smallChar    = 6.0
	minBoxWidth  = 56.0
	legendHeight = 30.0
)

// placement is where the nodes are drawn. Indices past the nodes are bends of
// long edges.
type placement struct {
	x, y   []float64 // centres
	width  []float64
	layers [][]int // nodes and bends of each layer from top to bottom
	paths  [][]int // of each edge: its ends and the bends between
}

// SVG draws the graph from the variables on the left to the root on the right.
// Values are green and above a node's wire, gradients red and below; the label of
// an edge is the local derivative, and in red what it sends back.
func (g *Graph) SVG() string {
	p := g.place()
	width, height := 0.0, 0.0
	for i := range g.Nodes {
		width = max(width, p.x[i]+p.width[i]/2)
		height = max(height, p.y[i])
	}
	width, height = width+margin+40, height+boxHeight/2+2*margin+legendHeight
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" font-family="DejaVu Sans, Arial, sans-serif">`, width, height, width, height)
	b.WriteString(`<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#555"/></marker></defs>`)
	fmt.Fprintf(&b, `<rect width="%.0f" height="%.0f" fill="white"/>`, width, height)
	g.drawEdges(&b, p)
	for i, n := range g.Nodes {
		g.drawNode(&b, p, i, n)
	}
	fmt.Fprintf(&b, `<text x="%.0f" y="%.0f" font-size="11" fill="#555">value above (<tspan fill="#1a7f37">green</tspan>), gradient ∂%s/∂node below (<tspan fill="#c62828">red</tspan>); on an edge its local derivative, below it what it sends back</text>`,
		margin, height-12, escape(g.title))
	b.WriteString("</svg>")
	return b.String()
}

func (g *Graph) drawNode(b *strings.Builder, p placement, i int, n GraphNode) {
	x, y, w := p.x[i], p.y[i], p.width[i]
	fill, radius := "#e8f0fe", 8.0
	if !g.isOperation(i) {
		fill, radius = "#fff8e1", boxHeight/2
	}
	fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="%.1f" fill="%s" stroke="#555"/>`, x-w/2, y-boxHeight/2, w, boxHeight, radius, fill)
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="middle" font-size="14">%s</text>`, x, y+1, escape(n.Label))
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="middle" font-size="9" fill="#777">%s</text>`, x, y+14, escape(n.Shape))
	if n.Value != "" {
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="middle" font-size="11" fill="#1a7f37">%s</text>`, x, y-boxHeight/2-6, escape(n.Value))
	}
	if n.Gradient != "" {
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="middle" font-size="11" fill="#c62828">%s</text>`, x, y+boxHeight/2+14, escape(n.Gradient))
	}
}

func (g *Graph) isOperation(i int) bool {
	return slices.ContainsFunc(g.Edges, func(e GraphEdge) bool { return e.To == i })
}

func (g *Graph) drawEdges(b *strings.Builder, p placement) {
	var labels strings.Builder // above all lines
	pairs := make(map[[2]int]int)
	for k, e := range g.Edges {
		// Several edges between the same nodes bend away from one another.
		bend := 30 * float64(pairs[[2]int{e.From, e.To}])
		pairs[[2]int{e.From, e.To}]++
		path := p.paths[k]
		x1, y1 := p.x[e.From]+p.width[e.From]/2, p.y[e.From]
		fmt.Fprintf(b, `<path d="M%.1f %.1f`, x1, y1)
		for i := 1; i < len(path); i++ {
			x2, y2 := p.x[path[i]]-p.width[path[i]]/2, p.y[path[i]]
			reach := (x2 - x1) / 2
			fmt.Fprintf(b, ` C%.1f %.1f %.1f %.1f %.1f %.1f`, x1+reach, y1+bend, x2-reach, y2+bend, x2, y2)
			if i == len(path)-1 {
				x, y := (x1+x2)/2, bezier(0.5, y1, y1+bend, y2+bend, y2)
				edgeText(&labels, x, y-5, e.Local, "#444")
				edgeText(&labels, x, y+13, e.Gradient, "#c62828")
			}
			x1, y1 = x2, y2
		}
		b.WriteString(`" fill="none" stroke="#555" marker-end="url(#arrow)"/>`)
	}
	b.WriteString(labels.String())
}

// edgeText writes a label on a white ground.
func edgeText(b *strings.Builder, x, y float64, text, colour string) {
	if text == "" {
		return
	}
	w := smallChar*float64(utf8.RuneCountInString(text)) + 6
	fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="14" fill="white" fill-opacity="0.85"/>`, x-w/2, y-10.5, w)
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="middle" font-size="10" fill="%s">%s</text>`, x, y, colour, escape(text))
}

func bezier(t, a, b, c, d float64) float64 {
	u := 1 - t
	return u*u*u*a + 3*u*u*t*b + 3*u*t*t*c + t*t*t*d
}

// place puts every node as late as its users allow, so that only what is used
// several times has long edges, leads those through bends in the layers between,
// and orders each layer so that edges cross little.
func (g *Graph) place() placement {
	depth := make([]int, len(g.Nodes)) // steps to the root
	for i := len(g.Nodes) - 1; i >= 0; i-- {
		for _, e := range g.Edges {
			if e.From == i { // users come after their arguments
				depth[i] = max(depth[i], depth[e.To]+1)
			}
		}
	}
	p := placement{layers: make([][]int, slices.Max(depth)+1)}
	add := func(layer int) int {
		i := len(p.x)
		p.x, p.y, p.width = append(p.x, 0), append(p.y, 0), append(p.width, 0)
		p.layers[layer] = append(p.layers[layer], i)
		return i
	}
	for i := range g.Nodes {
		add(len(p.layers) - 1 - depth[i])
	}
	for _, e := range g.Edges {
		path := []int{e.From}
		for d := depth[e.From] - 1; d > depth[e.To]; d-- {
			path = append(path, add(len(p.layers)-1-d))
		}
		p.paths = append(p.paths, append(path, e.To))
	}
	p.order()
	g.coordinates(&p)
	return p
}

// order sorts the layers by the mean position of their neighbours, back and
// forth.
func (p *placement) order() {
	neighbours := make([][]int, len(p.x))
	for _, path := range p.paths {
		for i := 1; i < len(path); i++ {
			neighbours[path[i]] = append(neighbours[path[i]], path[i-1])
			neighbours[path[i-1]] = append(neighbours[path[i-1]], path[i])
		}
	}
	position := make([]float64, len(p.x))
	number := func(layer []int) {
		for k, i := range layer {
			position[i] = float64(k) - float64(len(layer)-1)/2
		}
	}
	for _, layer := range p.layers {
		number(layer)
	}
	for sweep := range 8 {
		for k := range p.layers {
			layer := p.layers[k]
			if sweep%2 == 0 {
				layer = p.layers[len(p.layers)-1-k]
			}
			mean := make(map[int]float64)
			for _, i := range layer {
				for _, j := range neighbours[i] {
					mean[i] += position[j] / float64(len(neighbours[i]))
				}
			}
			slices.SortStableFunc(layer, func(a, b int) int { return cmp.Compare(mean[a], mean[b]) })
			number(layer)
		}
	}
}

func (g *Graph) coordinates(p *placement) {
	tallest := 0
	for _, layer := range p.layers {
		tallest = max(tallest, len(layer))
	}
	x := margin
	for _, layer := range p.layers {
		widest := minBoxWidth
		for _, i := range layer {
			if i >= len(g.Nodes) {
				continue // a bend
			}
			n := g.Nodes[i]
			p.width[i] = max(minBoxWidth, charWidth*float64(utf8.RuneCountInString(n.Label))+20)
			annotation := smallChar * float64(max(utf8.RuneCountInString(n.Value), utf8.RuneCountInString(n.Gradient)))
			widest = max(widest, p.width[i], min(annotation, 130))
		}
		for k, i := range layer {
			p.x[i] = x + widest/2
			p.y[i] = margin + boxHeight + (float64(k)+float64(tallest-len(layer))/2)*rowHeight
		}
		x += widest + columnGap
	}
}

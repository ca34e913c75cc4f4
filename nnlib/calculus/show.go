package calculus

import (
	"html"
	"strings"
)

// bundle returns a MIME bundle of text and, where given, LaTeX and HTML.
func bundle(text, latex, htmlText string) map[string]any {
	b := map[string]any{"text/plain": text}
	if latex != "" {
		b["text/latex"] = latex
	}
	if htmlText != "" {
		b["text/html"] = htmlText
	}
	return b
}

func escape(text string) string { return html.EscapeString(text) }

// inlineMath writes LaTeX for HTML, where the notebook typesets $…$.
func inlineMath(latex string) string { return "$" + escape(latex) + "$" }

// String prints the formula with its definitions, one a line, and the shapes of
// its variables.
func (f *Formula) String() string {
	var b strings.Builder
	p := printer{}
	if f.name != "" {
		b.WriteString(p.name(f.name) + " = ")
	}
	b.WriteString(p.print(f.root))
	for _, n := range f.definitionNodes() {
		b.WriteString("\n" + p.name(n.name) + " = " + p.print(n.args[0]))
	}
	for i, v := range f.vars {
		if i == 0 {
			b.WriteString("\nwhere ")
		} else {
			b.WriteString(", ")
		}
		b.WriteString(p.name(v.name) + ": " + v.describe())
	}
	return b.String()
}

// describe writes a variable's shape with what else is known of it.
func (v variable) describe() string {
	text := v.shape.String()
	if v.shape.isScalar() {
		text = "scalar"
	}
	if v.symmetric {
		text += " symmetric"
	}
	if v.distribution {
		text += " distribution"
	}
	return text
}

// definitionNodes returns the user's definitions below the root, outermost first.
func (f *Formula) definitionNodes() []*node {
	var defs []*node
	order := topological(f.root)
	for i := len(order) - 1; i >= 0; i-- {
		if order[i].op == opNamed {
			defs = append(defs, order[i])
		}
	}
	return defs
}

// LaTeX returns the formula with its definitions and shapes as LaTeX without
// dollar signs.
func (f *Formula) LaTeX() string {
	p := printer{latex: true}
	var lines []string
	if f.name != "" {
		lines = append(lines, p.name(f.name)+" &= "+p.print(f.root))
	} else {
		lines = append(lines, "& "+p.print(f.root))
	}
	for _, n := range f.definitionNodes() {
		lines = append(lines, p.name(n.name)+" &= "+p.print(n.args[0]))
	}
	if shapes := f.latexShapes(); shapes != "" {
		lines = append(lines, `&\text{with } `+shapes)
	}
	return `\begin{aligned}` + strings.Join(lines, ` \\ `) + `\end{aligned}`
}

// latexShapes writes W ∈ ℝ^{8×20}, x ∈ ℝ^{20}.
func (f *Formula) latexShapes() string {
	p := printer{latex: true}
	var parts []string
	for _, v := range f.vars {
		parts = append(parts, p.name(v.name)+` \in `+latexSpace(v.shape))
	}
	return strings.Join(parts, `,\ `)
}

// latexSpace writes the set that a shape's values are from.
func latexSpace(s shape) string {
	switch {
	case s.isScalar():
		return `\mathbb{R}`
	case s.isColumn():
		return `\mathbb{R}^{` + s.rows.String() + `}`
	}
	return `\mathbb{R}^{` + s.rows.String() + ` \times ` + s.cols.String() + `}`
}

// MIMEBundle shows the formula in a notebook.
func (f *Formula) MIMEBundle() map[string]any {
	return bundle(f.String(), "$$"+f.LaTeX()+"$$", "")
}

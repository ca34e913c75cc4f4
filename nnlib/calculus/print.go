package calculus

import (
	"strconv"
	"strings"
)

// A printer writes nodes as text that the parser reads back, or as LaTeX.
type printer struct {
	latex bool
	// expand writes out what is behind a name instead of the name, and the sizes
	// of I and e_y, so that the parser reads the same expression back.
	expand bool
}

// Binding strengths, weakest first. The lecture's Wᵀδ ∘ f′(z) needs no
// parentheses, so ∘ binds less tightly than a matrix product.
const (
	levelSum = iota
	levelHadamard
	levelKronecker
	levelProduct
	levelPostfix
)

func (p printer) print(n *node) string {
	text, _ := p.render(n)
	return text
}

// at returns n for a place that needs at least the given binding strength.
func (p printer) at(n *node, level int) string {
	text, has := p.render(n)
	if has < level {
		return p.parens(text)
	}
	return text
}

func (p printer) parens(text string) string {
	if p.latex {
		return `\left(` + text + `\right)`
	}
	return "(" + text + ")"
}

// render returns the text of n and how strongly its outermost part binds.
func (p printer) render(n *node) (string, int) {
	switch n.op {
	case opConst:
		return p.constant(n.val)
	case opVar:
		return p.name(n.name), levelPostfix
	case opNamed:
		if p.expand {
			return p.render(n.args[0])
		}
		return p.name(n.name), levelPostfix
	case opAdd:
		return p.sum(n), levelSum
	case opMul:
		return p.product(n)
	case opHadamard:
		return p.join(n.args, " ∘ ", ` \circ `, levelKronecker), levelHadamard
	case opKronecker:
		return p.join(n.args, " ⊗ ", ` \otimes `, levelProduct), levelKronecker
	case opTranspose:
		return p.superscript(p.at(n.args[0], levelPostfix), "ᵀ", `\top`), levelPostfix
	case opPower:
		return p.power(n), levelPostfix
	case opElementPow:
		return p.elementPower(n), levelPostfix
	case opElementwise:
		return p.elementwise(n), levelPostfix
	case opNorm:
		if p.latex {
			return `\left\lVert ` + p.print(n.args[0]) + ` \right\rVert`, levelPostfix
		}
		return "‖" + p.print(n.args[0]) + "‖", levelPostfix
	case opIndex, opRow:
		if p.latex {
			return p.subscript(p.at(n.args[0], levelPostfix), p.indexName(n.index)), levelPostfix
		}
		return p.at(n.args[0], levelPostfix) + "[" + p.indexName(n.index) + "]", levelPostfix
	case opSlice:
		end, _ := n.offset.plus(n.shape.rows, 1)
		bounds := n.offset.String() + ":" + end.String()
		if p.latex {
			return p.subscript(p.at(n.args[0], levelPostfix), bounds), levelPostfix
		}
		return p.at(n.args[0], levelPostfix) + "[" + bounds + "]", levelPostfix
	case opConcat:
		if p.latex {
			return `\begin{bmatrix}` + p.join(n.args, "", ` \\ `, levelSum) + `\end{bmatrix}`, levelPostfix
		}
		return "[" + p.join(n.args, "; ", "", levelSum) + "]", levelPostfix
	}
	return p.call(n), levelPostfix
}

// call writes the operations that look like functions, and the constants.
func (p printer) call(n *node) string {
	var name, latex string
	switch n.op {
	case opZero:
		if p.latex {
			return `\mathbf{0}`
		}
		return "zeros(" + n.shape.rows.String() + ", " + n.shape.cols.String() + ")"
	case opOnes:
		if p.latex {
			if n.shape.isRow() {
				return `\mathbf{1}^\top`
			}
			return `\mathbf{1}`
		}
		if n.shape.isColumn() {
			return "ones(" + n.shape.rows.String() + ")"
		}
		return "ones(" + n.shape.rows.String() + ", " + n.shape.cols.String() + ")"
	case opIdentity:
		if p.expand && !p.latex {
			return "eye(" + n.shape.rows.String() + ")"
		}
		return "I"
	case opOneHot:
		if p.expand && !p.latex {
			return "onehot(" + n.index + ", " + n.shape.rows.String() + ")"
		}
		if p.latex {
			return `e_{` + p.indexName(n.index) + `}`
		}
		return "e_" + n.index
	case opCommutation:
		s := n.args[0].shape
		if p.latex {
			return `K_{` + s.rows.String() + "," + s.cols.String() + `}`
		}
		return "commutation(" + s.rows.String() + ", " + s.cols.String() + ")"
	case opDet:
		name, latex = "det", `\det`
	case opLogDet:
		name, latex = "logdet", `\log\lvert\det`
	case opTrace:
		name, latex = "tr", `\operatorname{tr}`
	case opSum:
		name, latex = "sum", `\operatorname{sum}`
	case opSoftmax:
		name, latex = "softmax", `\operatorname{softmax}`
	case opLogSumExp:
		name, latex = "logsumexp", `\operatorname{logsumexp}`
	case opCrossEntropy:
		name, latex = "CE", `\operatorname{CE}`
	case opDiag:
		name, latex = "diag", `\operatorname{diag}`
	case opDiagonal:
		name, latex = "diagonal", `\operatorname{diagonal}`
	case opVec:
		name, latex = "vec", `\operatorname{vec}`
	}
	args := p.parens(p.join(n.args, ", ", ", ", levelSum))
	if !p.latex {
		return name + args
	}
	if n.op == opLogDet {
		return latex + args + `\rvert`
	}
	return latex + args
}

func (p printer) join(nodes []*node, separator, latexSeparator string, level int) string {
	if p.latex {
		separator = latexSeparator
	}
	parts := make([]string, len(nodes))
	for i, n := range nodes {
		parts[i] = p.at(n, level)
	}
	return strings.Join(parts, separator)
}

// constant writes a number; a negative one binds as weakly as a difference.
func (p printer) constant(v float64) (string, int) {
	text := strconv.FormatFloat(v, 'g', -1, 64)
	if mantissa, exponent, ok := strings.Cut(text, "e"); ok && p.latex {
		e, _ := strconv.Atoi(exponent) // FormatFloat writes a valid exponent
		text = mantissa + ` \cdot 10^{` + strconv.Itoa(e) + `}`
	}
	if v < 0 {
		return p.minus() + text[1:], levelSum
	}
	return text, levelPostfix
}

func (p printer) minus() string {
	if p.latex {
		return "-"
	}
	return "−"
}

func (p printer) sum(n *node) string {
	var b strings.Builder
	for i, t := range n.args {
		// A term that is itself a sum (behind a name that is expanded) keeps its
		// parentheses.
		text := p.at(t, levelSum)
		if p.expand && t.inner().op == opAdd {
			text = p.parens(text)
		}
		rest, negative := strings.CutPrefix(text, p.minus())
		switch {
		case i == 0:
			b.WriteString(text)
			continue
		case negative:
			b.WriteString(" " + p.minus() + " ")
			text = rest
		default:
			b.WriteString(" + ")
		}
		b.WriteString(text)
	}
	return b.String()
}

func (p printer) superscript(base, text, latex string) string {
	if p.latex {
		return latexBase(base) + "^{" + latex + "}"
	}
	return base + text
}

// latexBase braces what already has a superscript, which LaTeX cannot double.
func latexBase(base string) string {
	if strings.ContainsAny(base, "^'") {
		return "{" + base + "}"
	}
	return base
}

func (p printer) subscript(base, index string) string {
	if strings.Contains(base, "_") {
		base = "{" + base + "}"
	}
	return base + "_{" + index + "}"
}

func (p printer) elementwise(n *node) string {
	arg := p.print(n.args[0])
	f := findElementwise(n.name)
	switch {
	case n.name == "max0" && n.k == 0:
		if p.latex {
			return `\max\left(0, ` + arg + `\right)`
		}
		return "max(0, " + arg + ")"
	case n.name == "max0" && n.k == 1:
		if p.latex {
			return `\mathbf{1}\left[` + arg + ` > 0\right]`
		}
		return "1[" + arg + " > 0]"
	case n.name == "abs" && n.k == 1:
		if p.latex {
			return `\operatorname{sgn}` + p.parens(arg)
		}
		return "sgn(" + arg + ")"
	case p.latex:
		return f.latex + strings.Repeat("'", n.k) + p.parens(arg)
	}
	return f.display() + strings.Repeat("′", n.k) + "(" + arg + ")"
}

func (p printer) indexName(index string) string {
	if isNumeral(index) {
		return index
	}
	return p.name(index)
}

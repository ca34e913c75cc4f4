package calculus

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// product writes −2 a (b + c)ᵀ x / ‖x‖.
func (p printer) product(n *node) (string, int) {
	var above, below []*node
	for _, s := range n.args[:n.scalars] {
		if s.op == opElementPow && s.val < 0 {
			below = append(below, s)
		} else {
			above = append(above, s)
		}
	}
	above = append(above, n.chain()...)
	var parts []string
	if n.val != 1 && n.val != -1 || len(above) == 0 {
		text, _ := p.constant(max(n.val, -n.val))
		parts = append(parts, text)
	}
	if len(parts) == 0 && len(above) == 1 && len(below) == 0 {
		// −(u ∘ v) needs no parentheses, −(a + b) does.
		return p.minus() + p.at(above[0], levelHadamard), levelSum
	}
	for i, f := range above {
		text := p.at(f, levelProduct)
		if f.op == opMul || p.expand && f.inner().op == opMul {
			text = p.parens(p.print(f)) // an inner product that is a scalar factor
		}
		if i == 0 && len(parts) == 1 && len(above) == 1 && f.op == opHadamard {
			text = p.parens(p.print(f))
		}
		parts = append(parts, text)
	}
	text := p.juxtapose(parts)
	if len(below) > 0 {
		text = p.fraction(text, n, below)
	}
	if n.val < 0 {
		return p.minus() + text, levelSum
	}
	return text, levelProduct
}

func (p printer) fraction(above string, n *node, below []*node) string {
	parts := make([]string, len(below))
	for i, s := range below {
		parts[i] = p.reciprocal(s)
	}
	text := p.juxtapose(parts)
	if p.latex {
		return `\frac{` + above + `}{` + text + `}`
	}
	if len(below) > 1 {
		text = "(" + text + ")"
	}
	return above + " / " + text
}

// reciprocal writes 1/s for s = base^−p, that is base^p.
func (p printer) reciprocal(s *node) string {
	base := s.args[0]
	text := p.at(base, levelPostfix)
	switch s.val {
	case -1:
		return text
	case -0.5:
		if p.latex {
			return `\sqrt{` + p.print(base) + `}`
		}
		return "sqrt(" + p.print(base) + ")"
	}
	return p.exponent(text, -s.val)
}

// juxtapose writes factors side by side, with a space only where two of them
// would run together.
func (p printer) juxtapose(parts []string) string {
	var b strings.Builder
	for i, part := range parts {
		if i > 0 && (p.latex || runTogether(parts[i-1], part)) {
			b.WriteByte(' ')
		}
		b.WriteString(part)
	}
	return b.String()
}

func runTogether(a, b string) bool {
	last, _ := utf8.DecodeLastRuneInString(a)
	first, _ := utf8.DecodeRuneInString(b)
	if first == '[' {
		return true // not an index
	}
	if first == '(' {
		// x (a + b) would read as a call or an index for some names only, so a
		// space is clearer after a letter.
		return isNameRune(last) && !unicode.IsDigit(last)
	}
	if unicode.IsDigit(last) && unicode.IsLetter(first) && first != 'e' && first != 'E' {
		return !isNumber(a)
	}
	return (isNameRune(last) || last == '.') && (isNameRune(first) || unicode.IsDigit(first)) || last == ')' && first == '1'
}

func isNumber(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil
}

func (p printer) power(n *node) string {
	base := n.args[0]
	if base.op == opTranspose && n.k == -1 {
		return p.superscript(p.at(base.args[0], levelPostfix), "⁻ᵀ", `-\top`)
	}
	if base.op == opTranspose && p.latex {
		return p.exponent("{"+p.at(base, levelPostfix)+"}", float64(n.k))
	}
	return p.exponent(p.at(base, levelPostfix), float64(n.k))
}

// exponent writes base^e; whole exponents as superscript digits.
func (p printer) exponent(base string, e float64) string {
	text := strconv.FormatFloat(e, 'g', -1, 64)
	if p.latex {
		return latexBase(base) + "^{" + text + "}"
	}
	if e == math.Trunc(e) && math.Abs(e) < 1e4 {
		return base + superscriptDigits.Replace(text)
	}
	if e < 0 {
		return base + "^(" + text + ")"
	}
	return base + "^" + text
}

var superscriptDigits = strings.NewReplacer("-", "⁻", "0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴",
	"5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹")

func (p printer) elementPower(n *node) string {
	base := n.args[0]
	if n.val == 0.5 {
		if p.latex {
			return `\sqrt{` + p.print(base) + `}`
		}
		return "sqrt(" + p.print(base) + ")"
	}
	text := p.at(base, levelPostfix)
	if !n.shape.isMatrix() {
		return p.exponent(text, n.val)
	}
	e := strconv.FormatFloat(n.val, 'g', -1, 64)
	switch {
	case p.latex:
		return latexBase(text) + `^{\circ ` + e + `}`
	case n.val < 0:
		return text + ".^(" + e + ")"
	}
	return text + ".^" + e
}

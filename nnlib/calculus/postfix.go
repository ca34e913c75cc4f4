package calculus

import (
	"math"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// postfix reads what may follow an operand.
func (p *parser) postfix(e *syntax) *syntax {
	for {
		t := p.peek()
		switch {
		case t.kind == tokenSuper:
			p.pos++
			e = p.superscript(e, t)
		case p.accept("'"), p.accept("⊤"), p.accept(".T"):
			e = &syntax{kind: syntaxTranspose, at: e.at.to(t.at), args: []*syntax{e}}
		case p.accept("^"):
			e = p.exponent(e, syntaxPow)
		case p.accept(".^"):
			e = p.exponent(e, syntaxElementPow)
		case p.is("[") && !t.space:
			e = p.index(e)
		default:
			return e
		}
	}
}

// superscript applies ᵀ, ², ⁻¹, ⁻ᵀ.
func (p *parser) superscript(e *syntax, t token) *syntax {
	at := e.at.to(t.at)
	text := t.text
	transposed := text[len(text)-1] == 'T'
	if transposed {
		text = text[:len(text)-1]
	}
	switch text {
	case "":
	case "-":
		if !transposed {
			p.fail(t.at, "⁻ needs a number after it")
		}
		e = &syntax{kind: syntaxPow, at: at, value: -1, args: []*syntax{e}}
	default:
		v, err := strconv.Atoi(text)
		if err != nil {
			p.fail(t.at, "the exponent %s is not a number", text)
		}
		e = &syntax{kind: syntaxPow, at: at, value: float64(v), args: []*syntax{e}}
	}
	if transposed {
		e = &syntax{kind: syntaxTranspose, at: at, args: []*syntax{e}}
	}
	return e
}

// exponent reads what follows ^: T, ⊤, a number, or one of them in braces or
// parentheses.
func (p *parser) exponent(e *syntax, kind syntaxKind) *syntax {
	open := p.peek()
	closing := ""
	switch {
	case p.accept("{"):
		closing = "}"
	case p.accept("("):
		closing = ")"
	}
	sign := 1.0
	for p.is("-") {
		p.pos++
		sign = -sign
	}
	t := p.take()
	end := t.at
	pow := func(v float64) *syntax {
		if math.IsInf(v, 0) || math.IsNaN(v) {
			p.fail(t.at, "the exponent is out of range")
		}
		return &syntax{kind: kind, value: v, args: []*syntax{e}}
	}
	var out *syntax
	switch {
	case t.kind == tokenNumber:
		v, _ := strconv.ParseFloat(t.text, 64) // out of range gives ±Inf
		if closing != "" && p.accept("/") {
			d := p.take()
			w, err := strconv.ParseFloat(d.text, 64)
			if err != nil {
				p.fail(d.at, "the exponent must be a number")
			}
			v /= w
		}
		out = pow(sign * v)
	case kind == syntaxPow && (t.text == "⊤" || p.transposeSign(t)):
		out = e
		if sign < 0 {
			out = pow(-1)
		}
		out = &syntax{kind: syntaxTranspose, args: []*syntax{out}}
	default:
		panic(failf(p.text, open.at, "the exponent must be a number or T").withHint("write exp(x) for e^x"))
	}
	if closing != "" {
		end = p.expect(closing).at
	}
	for s := out; s != e; s = s.args[0] {
		s.at = e.at.to(end)
	}
	return out
}

// transposeSign reports whether a name after ^ is the T of a transpose; of x^Ty
// it leaves y to be read.
func (p *parser) transposeSign(t token) bool {
	if t.kind != tokenName || t.text[0] != 'T' {
		return false
	}
	if rest := t.text[1:]; rest != "" {
		if first, _ := utf8.DecodeRuneInString(rest); !unicode.IsLetter(first) || p.text[t.at.start] != 'T' {
			return false
		}
		p.pos--
		p.tokens[p.pos] = token{tokenName, canonicalName(rest), span{t.at.start + 1, t.at.end}, false}
	}
	return true
}

// index reads [y], [3] or [0:4].
func (p *parser) index(e *syntax) *syntax {
	p.take()
	p.brackets++
	defer func() { p.brackets-- }()
	start := p.peek().at
	colon, i := -1, p.pos
	for ; i < len(p.tokens) && p.tokens[i].kind != tokenEnd; i++ {
		if t := p.tokens[i]; t.kind == tokenOperator && t.text == "]" {
			break
		} else if t.kind == tokenOperator && t.text == ":" {
			colon = i
		}
	}
	if p.tokens[i].kind == tokenEnd {
		p.fail(span{start.start - 1, start.start}, "this [ is never closed")
	}
	if colon >= 0 {
		lo, ok1 := parseDim(p.text[start.start:p.tokens[colon].at.start])
		hi, ok2 := parseDim(p.text[p.tokens[colon].at.end:p.tokens[i].at.start])
		if !ok1 || !ok2 {
			p.fail(span{start.start, p.tokens[i].at.start}, "the bounds of a slice must be dimensions such as 0:4 or d:2d")
		}
		p.pos = i
		return &syntax{kind: syntaxSlice, lo: lo, hi: hi, at: e.at.to(p.take().at), args: []*syntax{e}}
	}
	t := p.take()
	if t.kind != tokenNumber && t.kind != tokenName {
		p.fail(t.at, "an index must be a number or a name")
	}
	text := t.text
	if t.kind == tokenNumber {
		n, err := strconv.Atoi(text)
		if err != nil {
			p.fail(t.at, "an index must be a whole number")
		}
		text = strconv.Itoa(n)
	}
	return &syntax{kind: syntaxIndex, text: text, at: e.at.to(p.expect("]").at), args: []*syntax{e}}
}

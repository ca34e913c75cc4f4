package calculus

import (
	"math"
	"strconv"
)

// maxDepth bounds the nesting of an expression and maxTokens its length, so that
// no text can exhaust the stack.
const maxDepth, maxTokens = 300, 10_000

// A parser reads statements by recursive descent:
//
//	sum      = hadamard { ("+" | "−") hadamard }
//	hadamard = kron { ("∘" | "./") kron }
//	kron     = product { "⊗" product }
//	product  = prefix { ["*" | "/"] prefix }      side by side is a product
//	prefix   = "−" prefix | function postfix | postfix
//	postfix  = primary { "'" | "ᵀ" | "⊤" | "^" exponent | ".^" exponent | "[" index "]" }
//	primary  = number | name | function "(" args ")" | "(" sum ")" | "[" sum { ";" sum } "]" | "‖" sum "‖" | "|" sum "|"
type parser struct {
	text   string
	tokens []token
	pos    int
	depth  int
	// bars are the norms and determinants that are open: inside ‖ … the next ‖
	// in the place of an operator closes.
	bars []string
	// brackets counts open parentheses and brackets, within which a line break
	// is a space.
	brackets int
}

// parseStatements reads a text of definitions and declarations.
func parseStatements(text string) (list []statement, err error) {
	tokens, failure := tokenize(text)
	if failure != nil {
		return nil, failure
	}
	if len(tokens) > maxTokens {
		return nil, failf(text, tokens[maxTokens].at, "the formula has more than %d words and signs", maxTokens)
	}
	p := &parser{text: text, tokens: tokens}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			list, err = nil, e
		}
	}()
	for {
		for p.separator() {
			p.pos++
		}
		if p.peek().kind == tokenEnd {
			break
		}
		list = append(list, p.statement())
		if p.peek().kind != tokenEnd && !p.separator() {
			p.unexpected("an operator")
		}
	}
	if len(list) == 0 {
		return nil, failf(text, span{0, len(text)}, "there is no expression")
	}
	return list, nil
}

// separator reports whether the next token ends a statement.
func (p *parser) separator() bool {
	t := p.peek()
	return t.kind == tokenBreak || t.kind == tokenOperator && (t.text == ";" || t.text == ",") || t.kind == tokenName && t.text == "where"
}

func (p *parser) peek() token {
	for p.brackets > 0 && p.tokens[p.pos].kind == tokenBreak {
		p.pos++
	}
	return p.tokens[p.pos]
}

func (p *parser) take() token {
	t := p.peek()
	if t.kind != tokenEnd {
		p.pos++
	}
	return t
}

// is reports whether the next token is the operator.
func (p *parser) is(op string) bool {
	t := p.peek()
	return t.kind == tokenOperator && t.text == op
}

func (p *parser) accept(op string) bool {
	if p.is(op) {
		p.pos++
		return true
	}
	return false
}

func (p *parser) expect(op string) token {
	if !p.is(op) {
		p.unexpected(strconv.Quote(op))
	}
	return p.take()
}

// fail ends the parse; parseStatements recovers the error.
func (p *parser) fail(at span, format string, args ...any) {
	panic(failf(p.text, at, format, args...))
}

func (p *parser) unexpected(want string) {
	t := p.peek()
	if t.kind == tokenEnd || t.kind == tokenBreak {
		p.fail(span{t.at.start, t.at.start}, "the formula ends where %s should follow", want)
	}
	p.fail(t.at, "%q where %s should be", p.text[t.at.start:t.at.end], want)
}

func (p *parser) statement() statement {
	t := p.peek()
	if t.kind == tokenName && p.pos+1 < len(p.tokens) {
		next := p.tokens[p.pos+1]
		if next.kind == tokenOperator && (next.text == ":" || next.text == "∈") {
			return p.declaration()
		}
		if next.kind == tokenOperator && next.text == "=" {
			if isFunctionName(t.text) {
				p.fail(t.at, "%s is a function and cannot be defined", t.text)
			}
			p.pos += 2
			return statement{name: t.text, at: t.at, expr: p.sum()}
		}
		if end := p.arguments(); end > 0 && !isFunctionName(t.text) {
			p.pos = end + 1
			return statement{name: t.text, at: t.at, expr: p.sum()}
		}
	}
	expr := p.sum()
	return statement{at: expr.at, expr: expr}
}

// arguments returns the place of the = in J(θ, W) = …, where the names in
// parentheses say nothing new, or 0.
func (p *parser) arguments() int {
	i := p.pos + 1
	if p.tokens[i].text != "(" {
		return 0
	}
	for i++; p.tokens[i].kind == tokenName; i += 2 {
		switch p.tokens[i+1].text {
		case ")":
			if p.tokens[i+2].text == "=" && p.tokens[i+2].kind == tokenOperator {
				return i + 2
			}
			return 0
		case ",":
		default:
			return 0
		}
	}
	return 0
}

// declaration reads W: 8×20 up to the end of the statement; its text is read
// when the shapes are.
func (p *parser) declaration() statement {
	name := p.take()
	p.pos++
	start := p.peek().at.start
	end := start
	for p.peek().kind != tokenEnd && !p.separator() {
		end = p.take().at.end
	}
	return statement{name: name.text, at: name.at, shape: p.text[start:end], place: span{start, end}}
}

func (p *parser) enter() {
	p.depth++
	if p.depth > maxDepth {
		p.fail(p.peek().at, "the expression is nested more than %d deep", maxDepth)
	}
}

func (p *parser) sum() *syntax {
	p.enter()
	defer func() { p.depth-- }()
	left := p.hadamard()
	for {
		switch {
		case p.accept("+"):
			left = newBinary(syntaxAdd, left, p.hadamard())
		case p.accept("-"):
			left = newBinary(syntaxSub, left, p.hadamard())
		default:
			return left
		}
	}
}

func newBinary(kind syntaxKind, a, b *syntax) *syntax {
	return &syntax{kind: kind, at: a.at.to(b.at), args: []*syntax{a, b}}
}

func (p *parser) hadamard() *syntax {
	left := p.kronecker()
	for {
		switch {
		case p.accept("∘"):
			left = newBinary(syntaxHadamard, left, p.kronecker())
		case p.accept("./"):
			left = newBinary(syntaxHadamardDiv, left, p.kronecker())
		default:
			return left
		}
	}
}

func (p *parser) kronecker() *syntax {
	left := p.product()
	for p.accept("⊗") {
		left = newBinary(syntaxKronecker, left, p.product())
	}
	return left
}

func (p *parser) product() *syntax {
	left := p.prefix()
	for {
		switch {
		case p.accept("*"):
			left = newBinary(syntaxMul, left, p.prefix())
		case p.accept("/"):
			left = newBinary(syntaxDiv, left, p.prefix())
		case p.startsFactor():
			left = newBinary(syntaxMul, left, p.prefix())
		default:
			return left
		}
	}
}

// startsFactor reports whether the next token begins another factor of a product
// written side by side.
func (p *parser) startsFactor() bool {
	t := p.peek()
	switch t.kind {
	case tokenNumber:
		return true
	case tokenName:
		return t.text != "where"
	case tokenOperator:
		if t.text == "‖" || t.text == "|" {
			return len(p.bars) == 0 || p.bars[len(p.bars)-1] != t.text
		}
		return t.text == "(" || t.text == "["
	}
	return false
}

func (p *parser) prefix() *syntax {
	p.enter()
	defer func() { p.depth-- }()
	t := p.peek()
	switch {
	case p.accept("-"):
		arg := p.prefix()
		return &syntax{kind: syntaxNeg, at: t.at.to(arg.at), args: []*syntax{arg}}
	case p.accept("+"):
		return p.prefix()
	}
	return p.postfix(p.primary())
}

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
	if rest := t.text[1:]; rest != "" && p.text[t.at.start] == 'T' {
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

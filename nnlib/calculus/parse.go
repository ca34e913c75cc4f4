package calculus

import (
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
	// values are the names that the text defines or declares: f = x' A x makes f
	// a value, though f is a function elsewhere.
	values map[string]bool
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
	p := &parser{text: text, tokens: tokens, values: map[string]bool{}}
	p.findValues()
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

// findValues notes the names at the beginning of definitions and declarations.
func (p *parser) findValues() {
	depth := 0
	for i := range p.tokens {
		t := p.tokens[i]
		if t.kind == tokenOperator {
			switch t.text {
			case "(", "[":
				depth++
			case ")", "]":
				depth--
			}
		}
		p.pos = i
		if t.kind != tokenName || depth != 0 || i > 0 && !separates(p.tokens[i-1]) {
			continue
		}
		if next := p.tokens[i+1].text; next == "=" || next == ":" || next == "∈" || p.arguments() > 0 {
			p.values[t.text] = true
		}
	}
	p.pos = 0
}

// function returns the canonical name of the function that a name is here, or "".
func (p *parser) function(name string) string {
	if f := findElementwise(name); f != nil && f.abstract && p.values[name] {
		return ""
	}
	return functionName(name)
}

// separates reports whether a token ends a statement.
func separates(t token) bool {
	return t.kind == tokenBreak || t.kind == tokenOperator && (t.text == ";" || t.text == ",") || t.kind == tokenName && t.text == "where"
}

// separator reports whether the next token ends a statement.
func (p *parser) separator() bool {
	return separates(p.peek())
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
			if p.function(t.text) != "" {
				p.fail(t.at, "%s is a function and cannot be defined", t.text)
			}
			p.pos += 2
			return statement{name: t.text, at: t.at, expr: p.sum()}
		}
		if end := p.arguments(); end > 0 && p.function(t.text) == "" {
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

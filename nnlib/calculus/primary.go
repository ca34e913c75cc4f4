package calculus

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// primary reads an operand.
func (p *parser) primary() *syntax {
	t := p.peek()
	switch t.kind {
	case tokenNumber:
		return p.number()
	case tokenName:
		if name := p.function(t.text); name != "" {
			return p.call(name)
		}
		if t.text == "where" {
			break
		}
		p.pos++
		p.rejectUnknownFunction(t)
		return &syntax{kind: syntaxName, text: t.text, at: t.at}
	case tokenOperator:
		switch t.text {
		case "(":
			return p.parenthesized()
		case "[":
			return p.concat()
		case "‖":
			return p.between("‖", syntaxNorm)
		case "|":
			return p.between("|", syntaxBars)
		}
	}
	p.unexpected("a variable, number or function")
	return nil
}

// rejectUnknownFunction stops gelu(x) from being a product. A single letter before
// a parenthesis is a factor, as in x(a + b).
func (p *parser) rejectUnknownFunction(t token) {
	base, _, _ := strings.Cut(t.text, "_")
	letters := strings.TrimRight(base, "0123456789")
	if next := p.peek(); utf8.RuneCountInString(letters) < 2 || !p.is("(") || next.space || p.values[t.text] || strings.ContainsRune(letters, combiningHat) {
		return
	}
	names := slices.Sorted(maps.Keys(matrixFunctions))
	names = append(definedFunctions(), names...)
	panic(failf(p.text, t.at, "%s is not a function that is known here", t.text).withHint("known are %s, and f, g, φ, ψ", strings.Join(names, ", ")))
}

// number reads a number, or the indicator 1[x > 0].
func (p *parser) number() *syntax {
	t := p.take()
	v, err := strconv.ParseFloat(t.text, 64)
	if err != nil {
		p.fail(t.at, "the number %s is out of range", t.text)
	}
	if next := p.peek(); t.text == "1" && p.is("[") && !next.space {
		p.pos++
		p.brackets++
		arg := p.sum()
		p.expect(">")
		if z := p.take(); z.text != "0" {
			p.fail(z.at, "an indicator compares with 0: 1[x > 0]")
		}
		p.brackets--
		end := p.expect("]")
		return &syntax{kind: syntaxCall, text: "max0", order: 1, at: t.at.to(end.at), args: []*syntax{arg}}
	}
	return &syntax{kind: syntaxNumber, value: v, at: t.at}
}

func (p *parser) parenthesized() *syntax {
	open := p.take()
	bars := p.bars
	p.bars = nil
	p.brackets++
	e := p.sum()
	p.bars = bars
	if !p.is(")") {
		p.unclosed(open, ")")
	}
	p.brackets--
	inside := *e
	inside.at = open.at.to(p.take().at)
	return &inside
}

func (p *parser) unclosed(open token, closing string) {
	t := p.peek()
	if t.kind == tokenEnd {
		p.fail(open.at, "this %s is never closed", open.text)
	}
	p.unexpected(strconv.Quote(closing))
}

// concat reads [a; b; c], columns on top of one another.
func (p *parser) concat() *syntax {
	open := p.take()
	bars := p.bars
	p.bars = nil
	p.brackets++
	e := &syntax{kind: syntaxConcat, args: []*syntax{p.sum()}}
	for p.accept(";") {
		e.args = append(e.args, p.sum())
	}
	if p.is(",") {
		panic(failf(p.text, p.peek().at, "a comma in brackets").withHint("vectors are put on top of one another with semicolons: [a; b]"))
	}
	p.bars = bars
	if !p.is("]") {
		p.unclosed(open, "]")
	}
	p.brackets--
	e.at = open.at.to(p.take().at)
	return e
}

// between reads ‖x‖, ‖X‖_F, ‖x‖₂, ‖x‖₁ or |X|.
func (p *parser) between(bar string, kind syntaxKind) *syntax {
	open := p.take()
	p.bars = append(p.bars, bar)
	e := p.sum()
	p.bars = p.bars[:len(p.bars)-1]
	if !p.is(bar) {
		p.unclosed(open, bar)
	}
	at := open.at.to(p.take().at)
	if sub := p.peek(); kind == syntaxNorm && p.accept("₁") {
		at = at.to(sub.at)
		e = &syntax{kind: syntaxCall, text: "abs", at: at, args: []*syntax{e}}
		return &syntax{kind: syntaxCall, text: "sum", at: at, args: []*syntax{e}}
	}
	return &syntax{kind: kind, at: at, args: []*syntax{e}}
}

// call reads a function with its primes and its arguments; one argument may
// stand without parentheses, as in log det X.
func (p *parser) call(name string) *syntax {
	t := p.take()
	e := &syntax{kind: syntaxCall, text: name, at: t.at}
	for p.is("'") {
		p.pos++
		e.order++
	}
	want, isMatrixFunction := matrixFunctions[name]
	if e.order > 0 && isMatrixFunction {
		p.fail(t.at, "%s is not an element-wise function and has no %s′", name, name)
	}
	if !p.is("(") {
		if want > 1 || want < 0 {
			p.fail(t.at, "%s needs its arguments in parentheses", name)
		}
		if !p.startsFactor() {
			p.unexpected("the argument of " + name)
		}
		p.enter()
		arg := p.postfix(p.primary())
		p.depth--
		e.args = []*syntax{arg}
		e.at = t.at.to(arg.at)
		return e
	}
	open := p.take()
	bars := p.bars
	p.bars = nil
	p.brackets++
	if want < 0 {
		p.dimArguments(e)
	} else {
		e.args = append(e.args, p.sum())
		for p.accept(",") {
			e.args = append(e.args, p.sum())
		}
	}
	p.bars = bars
	if !p.is(")") {
		p.unclosed(open, ")")
	}
	p.brackets--
	e.at = t.at.to(p.take().at)
	if want == 0 {
		want = 1 // element-wise
	}
	if want > 0 && len(e.args) != want {
		p.fail(e.at, "%s takes %d argument(s), not %d", name, want, len(e.args))
	}
	return e
}

// dimArguments reads the dimensions of ones(n), zeros(n, m) and so on; the
// first argument of onehot is an index.
func (p *parser) dimArguments(e *syntax) {
	start := p.peek().at.start
	for depth := 0; depth > 0 || !p.is(")"); {
		switch t := p.take(); {
		case t.kind == tokenEnd:
			p.fail(e.at, "the parenthesis after %s is never closed", e.text)
		case t.text == "(":
			depth++
		case t.text == ")":
			depth--
		}
	}
	text := p.text[start:p.peek().at.start]
	parts := strings.Split(text, ",")
	if e.text == "onehot" {
		e.text = "onehot:" + canonicalName(strings.TrimSpace(parts[0]))
		if !isWord(strings.TrimSpace(parts[0])) {
			p.fail(e.at, "the index of onehot must be a name or a number")
		}
		parts = parts[1:]
	}
	if len(parts) < 1 || len(parts) > 2 {
		p.fail(e.at, "one or two dimensions should follow")
	}
	dims := make([]dim, 2)
	dims[1] = number(1)
	for i, part := range parts {
		d, ok := parseDim(part)
		if !ok {
			p.fail(span{start, start + len(text)}, "%q is not a dimension", strings.TrimSpace(part))
		}
		dims[i] = d
	}
	e.lo, e.hi = dims[0], dims[1]
}

// parseDim reads 8, n, 5d, 2d+n+1, and the product of dimensions n·m.
func parseDim(text string) (dim, bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return dim{}, false
	}
	var sum dim
	for text != "" {
		sign := 1
		if rest, ok := strings.CutPrefix(text, "+"); ok {
			text = rest
		} else if rest, ok := strings.CutPrefix(text, "-"); ok {
			text, sign = rest, -1
		}
		end := endOfTerm(text)
		d, ok := parseDimTerm(strings.TrimSpace(text[:end]))
		if !ok {
			return dim{}, false
		}
		text = text[end:]
		if sum, ok = sum.plus(d, sign); !ok {
			return dim{}, false
		}
	}
	return sum, true
}

// endOfTerm returns where the next sign outside parentheses is.
func endOfTerm(text string) int {
	depth := 0
	for i, r := range text {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		case '+', '-':
			if depth == 0 {
				return i
			}
		}
	}
	return len(text)
}

// parseDimTerm reads 8, d, 5d and n·m.
func parseDimTerm(term string) (dim, bool) {
	digits := len(term) - len(strings.TrimLeft(term, "0123456789"))
	coef := 1
	if digits > 0 {
		n, err := strconv.Atoi(term[:digits])
		if err != nil || n > maxDimension {
			return dim{}, false
		}
		coef = n
	}
	name := strings.TrimSpace(term[digits:])
	switch {
	case name == "":
		return number(coef), digits > 0
	case isWord(name):
		return timesDim(symbol(name), coef), true
	}
	if _, _, ok := splitDimProduct(name); ok {
		return timesDim(symbol(name), coef), true
	}
	return dim{}, false
}

// splitDimProduct splits n·m or (2d+1)·(n·m) at the dot outside parentheses.
func splitDimProduct(text string) (a, b dim, ok bool) {
	depth := 0
	for i, r := range text {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		case '·':
			if depth == 0 {
				a, ok1 := parseDim(unparenthesized(text[:i]))
				b, ok2 := parseDim(unparenthesized(text[i+len("·"):]))
				return a, b, ok1 && ok2
			}
		}
	}
	return dim{}, dim{}, false
}

func unparenthesized(text string) string {
	if strings.HasPrefix(text, "(") && strings.HasSuffix(text, ")") {
		return text[1 : len(text)-1]
	}
	return text
}

// maxDimension bounds a dimension so that sizes cannot overflow.
const maxDimension = 1 << 24

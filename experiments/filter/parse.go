package filter

import (
	"regexp"
	"strings"
	"time"
)

// maxDepth bounds how deep expressions nest, and maxRefs how many names they
// have: a database joins a table for each.
const (
	maxDepth = 100
	maxRefs  = 40
)

// Parse parses a condition. Times are those of the zone and the moment of now.
// It returns nil for an empty condition, and a [*SyntaxError] for one that is
// wrong.
func Parse(text string, now time.Time) (Expr, error) {
	p := &parser{lexer: lexer{text: text}, now: now}
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	e, err := p.expression(0)
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokEnd {
		return nil, p.errorf(p.tok.pos, "expected and, or, or the end, not %v", p.tok)
	}
	if e.Type() != Bool {
		return nil, p.errorf(e.pos(), "this is %v, not a condition; compare it with something", e.Type())
	}
	return e, nil
}

// Order is what to order by.
type Order struct {
	Expr Expr
	Desc bool
}

// ParseOrder parses an expression, with ASC or DESC after it or without, to
// order by.
func ParseOrder(text string, now time.Time) (Order, error) {
	p := &parser{lexer: lexer{text: text}, now: now}
	if err := p.advance(); err != nil {
		return Order{}, err
	}
	e, err := p.expression(precedenceComparison)
	if err != nil {
		return Order{}, err
	}
	if e.Type() == Bool {
		return Order{}, p.errorf(e.pos(), "runs are ordered by a value, not by a condition")
	}
	o := Order{Expr: e}
	if p.word("asc") || p.word("desc") {
		o.Desc = p.word("desc")
		if err := p.advance(); err != nil {
			return o, err
		}
	}
	if p.tok.kind != tokEnd {
		return o, p.errorf(p.tok.pos, "expected asc, desc or the end, not %v", p.tok)
	}
	return o, nil
}

type parser struct {
	lexer
	tok   token
	now   time.Time
	depth int
	refs  int
}

func (p *parser) advance() error {
	var err error
	p.tok, err = p.next()
	return err
}

// word reports whether the token is this word, in any case.
func (p *parser) word(w string) bool {
	return p.tok.kind == tokName && !p.tok.dotted && strings.EqualFold(p.tok.text, w)
}

func (p *parser) op(op string) bool { return p.tok.kind == tokOp && p.tok.text == op }

// How strongly operators bind.
const (
	precedenceOr = iota + 1
	precedenceAnd
	precedenceComparison
	precedenceSum
	precedenceProduct
)

// infix returns the operator at hand, in one spelling, and its precedence.
func (p *parser) infix() (string, int) {
	switch p.tok.kind {
	case tokName:
		switch op := strings.ToLower(p.tok.text); {
		case p.tok.dotted:
		case op == "or":
			return op, precedenceOr
		case op == "and":
			return op, precedenceAnd
		case op == "like", op == "ilike", op == "in", op == "is", op == "not":
			return op, precedenceComparison
		}
	case tokOp:
		switch op := p.tok.text; op {
		case "==":
			return "=", precedenceComparison
		case "<>":
			return "!=", precedenceComparison
		case "=", "!=", "<", "<=", ">", ">=", "=~", "!~":
			return op, precedenceComparison
		case "+", "-":
			return op, precedenceSum
		case "*", "/":
			return op, precedenceProduct
		}
	}
	return "", 0
}

// expression parses operators that bind more strongly than least.
func (p *parser) expression(least int) (Expr, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.errorf(p.tok.pos, "nested more than %d deep", maxDepth)
	}
	defer func() { p.depth-- }()
	x, err := p.operand()
	if err != nil {
		return nil, err
	}
	for n := 0; ; n++ {
		op, precedence := p.infix()
		if precedence <= least {
			return x, nil
		}
		if n > 1000 {
			return nil, p.errorf(p.tok.pos, "more than 1000 operators")
		}
		at := p.tok.pos
		if err := p.advance(); err != nil {
			return nil, err
		}
		if precedence == precedenceComparison {
			x, err = p.comparison(x, op, at)
		} else {
			var y Expr
			if y, err = p.expression(precedence); err == nil {
				x, err = p.binary(x, op, at, y)
			}
		}
		if err != nil {
			return nil, err
		}
	}
}

func (p *parser) binary(x Expr, op string, at int, y Expr) (Expr, error) {
	for _, e := range []Expr{x, y} {
		if op == "and" || op == "or" {
			if e.Type() != Bool {
				return nil, p.errorf(e.pos(), "%s joins conditions, and this is %v", op, e.Type())
			}
		} else if err := p.needNumber(e, op); err != nil {
			return nil, err
		}
	}
	return &Binary{position(x.pos()), op, x, y}, nil
}

// needNumber makes a param a number, and refuses what is none.
func (p *parser) needNumber(e Expr, op string) error {
	switch e.Type() {
	case Number:
		return nil
	case Any:
		e.(*Ref).AsNumber = true // only a Ref is Any
		return nil
	}
	return p.errorf(e.pos(), "%s needs numbers, and this is %v", op, e.Type())
}

// comparison parses what follows a comparison operator.
func (p *parser) comparison(x Expr, op string, at int) (Expr, error) {
	if x.Type() == Bool {
		return nil, p.errorf(at, "%s compares values, and what stands before it is a condition", op)
	}
	not := false
	if op == "not" {
		if !p.word("like") && !p.word("ilike") && !p.word("in") {
			return nil, p.errorf(p.tok.pos, "expected like, ilike or in after not, not %v", p.tok)
		}
		not = true
		op = strings.ToLower(p.tok.text)
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	switch op {
	case "is":
		return p.isNull(x)
	case "in":
		return p.in(x, not)
	case "like", "ilike", "=~", "!~":
		return p.match(x, op, not)
	}
	y, err := p.expression(precedenceComparison)
	if err != nil {
		return nil, err
	}
	if err := p.agree(x, y, op); err != nil {
		return nil, err
	}
	return &Binary{position(x.pos()), op, x, y}, nil
}

// agree makes the two sides of a comparison of one type.
func (p *parser) agree(x, y Expr, op string) error {
	if err := p.dates(x, y); err != nil {
		return err
	}
	if err := p.dates(y, x); err != nil {
		return err
	}
	tx, ty := x.Type(), y.Type()
	switch {
	case tx == Bool || ty == Bool:
		return p.errorf(y.pos(), "%s compares values, not conditions", op)
	case tx == Number || ty == Number:
		for _, e := range []Expr{x, y} {
			if e.Type() == Text {
				return p.errorf(e.pos(), "this is text, and the other side of %s is a number; numbers have no quotes", op)
			}
			if err := p.needNumber(e, op); err != nil {
				return err
			}
		}
	}
	return nil
}

// dates reads the text y as a date if x is a time.
func (p *parser) dates(x, y Expr) error {
	text, ok := y.(*Literal)
	if !ok || !text.IsText || !hasTime(x) {
		return nil
	}
	for _, layout := range []string{"2006-01-02", "2006-01-02 15:04", "2006-01-02 15:04:05", time.RFC3339} {
		if t, err := time.ParseInLocation(layout, text.Text, p.now.Location()); err == nil {
			text.IsText = false
			text.Number = float64(t.UnixMilli())
			return nil
		}
	}
	return p.errorf(y.pos(), `%q is no date; write "2026-11-23", "2026-11-23 14:00" or RFC 3339`, text.Text)
}

func hasTime(e Expr) bool {
	r, ok := e.(*Ref)
	return ok && r.isTime()
}

func (p *parser) isNull(x Expr) (Expr, error) {
	e := &IsNull{position: position(x.pos()), X: x}
	if p.word("not") {
		e.Not = true
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	if !p.word("null") {
		return nil, p.errorf(p.tok.pos, "expected null or not null after is, not %v", p.tok)
	}
	return e, p.advance()
}

func (p *parser) in(x Expr, not bool) (Expr, error) {
	e := &In{position: position(x.pos()), X: x, Not: not}
	if !p.op("(") {
		return nil, p.errorf(p.tok.pos, "expected a list in parentheses after in, not %v", p.tok)
	}
	for {
		if err := p.advance(); err != nil {
			return nil, err
		}
		y, err := p.expression(precedenceSum - 1)
		if err != nil {
			return nil, err
		}
		literal, ok := y.(*Literal)
		if !ok {
			return nil, p.errorf(y.pos(), "the list of in holds only numbers and text")
		}
		if err := p.agree(x, y, "in"); err != nil {
			return nil, err
		}
		e.List = append(e.List, literal)
		if p.op(")") {
			break
		}
		if !p.op(",") {
			return nil, p.errorf(p.tok.pos, "expected , or ) in the list, not %v", p.tok)
		}
	}
	for _, l := range e.List { // a number after text has made a param a number
		if x.Type() == Number && l.IsText {
			return nil, p.errorf(l.pos(), "the list mixes numbers and text")
		}
	}
	return e, p.advance()
}

func (p *parser) match(x Expr, op string, not bool) (Expr, error) {
	if x.Type() == Number {
		return nil, p.errorf(x.pos(), "%s needs text, and this is a number", op)
	}
	if p.tok.kind != tokString {
		return nil, p.errorf(p.tok.pos, "expected a pattern in quotes after %s, not %v", op, p.tok)
	}
	if op == "!~" {
		op, not = "=~", true
	}
	e := &Match{position(x.pos()), x, op, p.tok.text, not}
	if op == "=~" {
		if _, err := regexp.Compile(e.Pattern); err != nil {
			return nil, p.errorf(p.tok.pos, "%v", err)
		}
	}
	return e, p.advance()
}

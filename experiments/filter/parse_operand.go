package filter

import (
	"math"
	"strings"

	"github.com/lectern-go/lectern/experiments"
)

// operand parses what operators join.
func (p *parser) operand() (Expr, error) {
	t := p.tok
	at := position(t.pos)
	if t.kind == tokEnd {
		return nil, p.errorf(t.pos, "something is missing at the end")
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	switch {
	case t.kind == tokString:
		return &Literal{position: at, Text: t.text, IsText: true}, nil
	case t.kind == tokNumber || t.kind == tokSpan:
		return &Literal{position: at, Number: t.number}, nil
	case t.kind == tokName:
		return p.named(t)
	case t.text == "(":
		e, err := p.expression(0)
		if err != nil {
			return nil, err
		}
		if !p.op(")") {
			return nil, p.errorf(t.pos, "this parenthesis is not closed")
		}
		return e, p.advance()
	case t.text == "-":
		x, err := p.expression(precedenceProduct)
		if err != nil {
			return nil, err
		}
		if l, ok := x.(*Literal); ok && !l.IsText {
			return &Literal{position: at, Number: -l.Number}, nil
		}
		return &Unary{at, "-", x}, p.needNumber(x, "-")
	}
	return nil, p.errorf(t.pos, "expected a name, a number or text, not %v", t)
}

// named parses what begins with a word.
func (p *parser) named(t token) (Expr, error) {
	if t.dotted {
		return p.ref(t)
	}
	lower := strings.ToLower(t.text)
	if p.op("(") && lower != "not" && lower != "and" && lower != "or" && lower != "in" {
		return p.call(t)
	}
	switch lower {
	case "not":
		x, err := p.expression(precedenceAnd)
		if err != nil {
			return nil, err
		}
		if x.Type() != Bool {
			return nil, p.errorf(x.pos(), "not needs a condition, and this is %v", x.Type())
		}
		return &Unary{position(t.pos), "not", x}, nil
	case "now":
		return &Literal{position: position(t.pos), Number: float64(p.now.UnixMilli())}, nil
	case "inf", "infinity":
		return &Literal{position: position(t.pos), Number: math.Inf(1)}, nil
	case "nan":
		return nil, p.errorf(t.pos, "nothing equals NaN; nans(metrics.K) counts them")
	}
	if attributes[lower] == "" {
		return nil, p.errorf(t.pos, "unknown name %q; write metrics.K, params.K or tags.K, and text in quotes", t.text)
	}
	return p.ref(token{pos: t.pos, prefix: "attributes", text: lower})
}

var prefixes = map[string]Kind{
	"metrics": Metric, "metric": Metric, "params": Param, "param": Param, "parameters": Param, "parameter": Param,
	"tags": Tag, "tag": Tag, "attributes": Attribute, "attribute": Attribute, "attr": Attribute, "run": Attribute,
}

func isPrefix(s string) bool {
	_, ok := prefixes[strings.ToLower(s)]
	return ok
}

func (p *parser) ref(t token) (Expr, error) {
	if p.refs++; p.refs > maxRefs {
		return nil, p.errorf(t.pos, "more than %d names", maxRefs)
	}
	kind, ok := prefixes[strings.ToLower(t.prefix)]
	if !ok {
		return nil, p.errorf(t.pos, "unknown kind %q; it is metrics, params, tags or attributes", t.prefix)
	}
	r := &Ref{position: position(t.pos), Kind: kind, Key: t.text}
	switch kind {
	case Metric:
		r.Stat = "last"
	case Attribute:
		if r.Key = attributes[strings.ToLower(t.text)]; r.Key == "" {
			return nil, p.errorf(t.pos, "unknown attribute %q", t.text)
		}
	}
	return r, nil
}

var statistics = map[string]bool{
	"last": true, "first": true, "min": true, "max": true, "mean": true, "slope": true, "best": true, "count": true,
	"nans": true, "at": true,
}

// call parses a function with its arguments.
func (p *parser) call(t token) (Expr, error) {
	name := strings.ToLower(t.text)
	if !statistics[name] && name != "abs" {
		return nil, p.errorf(t.pos, "unknown function %q; there are abs, at, best, count, first, last, max, mean, min, nans, slope", t.text)
	}
	if err := p.advance(); err != nil { // the parenthesis
		return nil, err
	}
	x, err := p.expression(precedenceComparison)
	if err != nil {
		return nil, err
	}
	var result Expr
	if name == "abs" {
		if err := p.needNumber(x, name); err != nil {
			return nil, err
		}
		result = &Unary{position(t.pos), "abs", x}
	} else if result, err = p.statistic(t, name, x); err != nil {
		return nil, err
	}
	if !p.op(")") {
		return nil, p.errorf(p.tok.pos, "expected ) after the argument of %s, not %v", name, p.tok)
	}
	return result, p.advance()
}

func (p *parser) statistic(t token, name string, x Expr) (Expr, error) {
	r, ok := x.(*Ref)
	if !ok || r.Kind != Metric || r.Stat != "last" {
		return nil, p.errorf(x.pos(), "%s needs a metric, such as %s(metrics.loss)", name, name)
	}
	r.position, r.Stat = position(t.pos), name
	switch name {
	case "best":
		r.Stat = "max"
		if experiments.LowerIsBetter(r.Key) {
			r.Stat = "min"
		}
	case "at":
		if !p.op(",") {
			return nil, p.errorf(p.tok.pos, "at needs a step too, such as at(metrics.loss, 100)")
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		step, err := p.expression(precedenceComparison)
		if err != nil {
			return nil, err
		}
		l, ok := step.(*Literal)
		if !ok || l.IsText || l.Number != math.Trunc(l.Number) || math.Abs(l.Number) >= 1<<62 {
			return nil, p.errorf(step.pos(), "the step of at is a whole number")
		}
		r.Step = int64(l.Number)
	}
	return r, nil
}

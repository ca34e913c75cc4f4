package filter

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/lectern-go/lectern/experiments"
)

// Subject is what an expression is evaluated on.
type Subject struct {
	Run        *experiments.Run
	Experiment string // its name
	Now        time.Time
	// At returns the last value of a metric at a step. It may be nil if no
	// expression has at.
	At func(key string, step int64) (float64, bool)
}

// Selects reports whether the condition e is true of s. It is what a store's
// search must agree with. A nil condition is true.
func Selects(e Expr, s *Subject) bool {
	return e == nil || s.truth(e) == yes
}

// truth is the value of a condition.
type truth int

const (
	no truth = iota
	unknown
	yes
)

func (t truth) not() truth { return yes - t }

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

func (s *Subject) truth(e Expr) truth {
	switch e := e.(type) {
	case *Unary:
		return s.truth(e.X).not()
	case *Binary:
		switch e.Op {
		case "and":
			return min(s.truth(e.X), s.truth(e.Y))
		case "or":
			return max(s.truth(e.X), s.truth(e.Y))
		}
		return s.compare(e)
	case *IsNull:
		return truthOf(s.null(e.X) != e.Not)
	case *Match:
		text, ok := s.text(e.X)
		if !ok {
			return unknown
		}
		return truthOf(matches(e, text) != e.Not)
	case *In:
		return s.in(e)
	}
	panic("filter: not a condition")
}

func (s *Subject) null(e Expr) bool {
	var ok bool
	if e.Type() == Number {
		_, ok = s.number(e)
	} else {
		_, ok = s.text(e)
	}
	return !ok
}

func (s *Subject) compare(e *Binary) truth {
	if e.X.Type() == Number {
		x, okX := s.number(e.X)
		y, okY := s.number(e.Y)
		if !okX || !okY {
			return unknown
		}
		return truthOf(ordered(e.Op, x < y, x == y))
	}
	x, okX := s.text(e.X)
	y, okY := s.text(e.Y)
	if !okX || !okY {
		return unknown
	}
	return truthOf(ordered(e.Op, x < y, x == y))
}

func ordered(op string, less, equal bool) bool {
	switch op {
	case "=":
		return equal
	case "!=":
		return !equal
	case "<":
		return less
	case "<=":
		return less || equal
	case ">":
		return !less && !equal
	}
	return !less
}

func (s *Subject) in(e *In) truth {
	number := e.X.Type() == Number
	x, okX := s.number(e.X)
	text, okText := "", false
	if !number {
		text, okText = s.text(e.X)
	}
	if number && !okX || !number && !okText {
		return unknown
	}
	found := false
	for _, l := range e.List {
		found = found || number && l.Number == x || !number && l.Text == text
	}
	return truthOf(found != e.Not)
}

// number returns the value of an expression, or false for null.
func (s *Subject) number(e Expr) (float64, bool) {
	switch e := e.(type) {
	case *Literal:
		return e.Number, !e.IsText
	case *Ref:
		x, ok := s.numberOf(e)
		return x, ok && !math.IsNaN(x)
	case *Unary:
		x, ok := s.number(e.X)
		if e.Op == "abs" {
			return math.Abs(x), ok
		}
		return -x, ok
	case *Binary:
		x, okX := s.number(e.X)
		y, okY := s.number(e.Y)
		if !okX || !okY {
			return 0, false
		}
		z := arithmetic(e.Op, x, y)
		return z, !math.IsNaN(z) && !(e.Op == "/" && y == 0)
	}
	return 0, false
}

func arithmetic(op string, x, y float64) float64 {
	switch op {
	case "+":
		return x + y
	case "-":
		return x - y
	case "*":
		return x * y
	}
	return x / y
}

func (s *Subject) numberOf(r *Ref) (float64, bool) {
	switch r.Kind {
	case Metric:
		return s.metric(r)
	case Param:
		value, ok := s.Run.Param(r.Key)
		x, err := strconv.ParseFloat(value, 64)
		return x, ok && err == nil
	}
	run := s.Run
	switch r.Key {
	case "start_time":
		return float64(run.StartTime), true
	case "end_time":
		return float64(run.EndTime), run.EndTime != 0
	case "heartbeat":
		return float64(run.Heartbeat), run.Heartbeat != 0
	}
	return float64(run.Duration().Milliseconds()), true
}

func (s *Subject) metric(r *Ref) (float64, bool) {
	if r.Stat == "at" {
		return s.At(r.Key, r.Step)
	}
	m, ok := s.Run.Metric(r.Key)
	if !ok {
		return 0, false
	}
	switch r.Stat {
	case "first":
		return m.First.Value, true
	case "min":
		return m.Min.Value, true
	case "max":
		return m.Max.Value, true
	case "mean":
		return m.Mean(), true
	case "slope":
		return m.Slope(), true
	case "count":
		return float64(m.Count), true
	case "nans":
		return float64(m.NaNs), true
	}
	return m.Last.Value, true
}

// text returns the value of an expression, or false for null.
func (s *Subject) text(e Expr) (string, bool) {
	if l, ok := e.(*Literal); ok {
		return l.Text, true
	}
	r, ok := e.(*Ref)
	if !ok {
		return "", false
	}
	switch r.Kind {
	case Param:
		return s.Run.Param(r.Key)
	case Tag:
		for _, t := range s.Run.Tags {
			if t.Key == r.Key {
				return t.Value, true
			}
		}
		return "", false
	}
	switch r.Key {
	case "run_id":
		return s.Run.ID, true
	case "run_name":
		return s.Run.Name, true
	case "status":
		return string(s.Run.State(s.Now)), true
	case "user_id":
		return s.Run.User, true
	case "artifact_uri":
		return s.Run.ArtifactURI, true
	case "experiment":
		return s.Experiment, true
	}
	return s.Run.ExperimentID, true
}

func matches(m *Match, text string) bool {
	if m.Op == "=~" {
		return regexp.MustCompile(m.Pattern).MatchString(text)
	}
	pattern := m.Pattern
	if m.Op == "ilike" {
		pattern, text = lowerASCII(pattern), lowerASCII(text)
	}
	var b strings.Builder
	b.WriteString("(?s)^")
	for _, r := range pattern {
		switch r {
		case '%':
			b.WriteString(".*")
		case '_':
			b.WriteString(".")
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	b.WriteString("$")
	return regexp.MustCompile(b.String()).MatchString(text)
}

func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

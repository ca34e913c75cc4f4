package calculus

import (
	"sort"
	"strconv"
	"strings"
)

// A dim is one dimension of a shape: a number such as 8, a symbol such as n, or
// a sum of both such as 2d+1 (the length of a window of concatenated vectors).
// It is comparable: equal dims are equal values.
type dim struct {
	number int
	terms  [maxTerms]dimTerm // sorted by symbol, unused ones last and zero
}

type dimTerm struct {
	symbol string
	coef   int
}

// maxTerms bounds the different symbols of one dimension.
const maxTerms = 4

func number(n int) dim { return dim{number: n} }

func symbol(name string) dim {
	return dim{terms: [maxTerms]dimTerm{{name, 1}}}
}

// isNumber reports whether d has no symbols.
func (d dim) isNumber() bool { return d.terms[0].coef == 0 }

// isOne reports whether d is the number 1. Symbols and unknowns are never 1:
// this is what tells scalars, vectors and matrices apart.
func (d dim) isOne() bool { return d == number(1) }

// plus returns d + k·e. ok is false when the sum has more than maxTerms symbols.
func (d dim) plus(e dim, k int) (sum dim, ok bool) {
	coefs := make(map[string]int, 2*maxTerms)
	for _, t := range d.terms {
		coefs[t.symbol] += t.coef
	}
	for _, t := range e.terms {
		coefs[t.symbol] += k * t.coef
	}
	symbols := make([]string, 0, len(coefs))
	for s, c := range coefs {
		if c != 0 {
			symbols = append(symbols, s)
		}
	}
	if len(symbols) > maxTerms {
		return dim{}, false
	}
	sort.Strings(symbols)
	sum.number = d.number + k*e.number
	for i, s := range symbols {
		sum.terms[i] = dimTerm{s, coefs[s]}
	}
	return sum, true
}

// String prints d as 8, n, 5d or 2d+n+1.
func (d dim) String() string {
	var b strings.Builder
	for _, t := range d.terms {
		if t.coef == 0 {
			break
		}
		switch {
		case t.coef < 0:
			b.WriteString("-")
		case b.Len() > 0:
			b.WriteString("+")
		}
		if c := max(t.coef, -t.coef); c != 1 {
			b.WriteString(strconv.Itoa(c))
		}
		b.WriteString(t.symbol)
	}
	switch {
	case b.Len() == 0:
		return strconv.Itoa(d.number)
	case d.number > 0:
		b.WriteString("+" + strconv.Itoa(d.number))
	case d.number < 0:
		b.WriteString(strconv.Itoa(d.number))
	}
	return b.String()
}

// A shape is rows × columns. A scalar is 1×1, a vector n×1, a row 1×n.
type shape struct{ rows, cols dim }

var scalarShape = shape{number(1), number(1)}

func (s shape) isScalar() bool { return s.rows.isOne() && s.cols.isOne() }
func (s shape) isColumn() bool { return s.cols.isOne() && !s.rows.isOne() }
func (s shape) isRow() bool    { return s.rows.isOne() && !s.cols.isOne() }
func (s shape) isVector() bool { return s.isColumn() || s.isRow() }
func (s shape) isMatrix() bool { return !s.rows.isOne() && !s.cols.isOne() }
func (s shape) isSquare() bool { return s.rows == s.cols }
func (s shape) transposed() shape {
	return shape{s.cols, s.rows}
}

// String prints 8×20, and n×1 for a vector.
func (s shape) String() string {
	return dimFactor(s.rows) + "×" + dimFactor(s.cols)
}

// dimFactor prints a dimension as a factor: sums in parentheses.
func dimFactor(d dim) string {
	text := d.String()
	if strings.ContainsAny(text, "+-") {
		return "(" + text + ")"
	}
	return text
}

// size returns rows·columns where it can be written as a dimension.
func (s shape) size() (dim, bool) {
	switch {
	case s.cols.isOne():
		return s.rows, true
	case s.rows.isOne():
		return s.cols, true
	case s.rows.isNumber():
		return timesDim(s.cols, s.rows.number), true
	case s.cols.isNumber():
		return timesDim(s.rows, s.cols.number), true
	}
	// A product of symbols is a symbol of its own: nm, d·H.
	factor := func(d dim) string {
		if text := d.String(); !strings.Contains(text, "·") {
			return dimFactor(d)
		}
		return "(" + d.String() + ")"
	}
	return symbol(factor(s.rows) + "·" + factor(s.cols)), true
}

func timesDim(d dim, k int) dim {
	product, _ := dim{}.plus(d, k)
	return product
}

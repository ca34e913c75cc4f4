package calculus

import (
	"fmt"
	"strings"
)

// parseDeclaration reads 8×20, 8x20, ℝ^{8×20}, 8 (a column), scalar, and the
// words symmetric, onehot and distribution.
func parseDeclaration(text string, s statement) (declaration, error) {
	d := declaration{at: s.place}
	bad := func() error {
		return failf(text, s.place, "%q is not a shape", s.shape).withHint("write 8×20, n×m, 8 for a column, 1×8 for a row, or scalar")
	}
	words := strings.NewReplacer("ℝ", " ", "R^", " ", "{", " ", "}", " ", "^", " ", "×", " × ", "*", " × ", "one-hot", "onehot").Replace(s.shape)
	var dims []dim
	for _, word := range strings.Fields(words) {
		switch word {
		case "scalar":
			dims = append(dims, number(1))
		case "symmetric":
			d.symmetric = true
		case "onehot", "distribution":
			d.distribution = true
		case "×", "x", "by", "vector", "matrix", "column":
		default:
			for _, part := range splitTimes(word) {
				size, ok := parseDim(unparenthesized(part))
				if !ok || size.isNumber() && size.number < 1 || hasSymbol(size, "x") { // x is a times sign
					return d, bad()
				}
				dims = append(dims, size)
			}
		}
	}
	switch len(dims) {
	case 1:
		d.shape = shape{dims[0], number(1)}
		if d.symmetric {
			d.shape.cols = dims[0]
		}
	case 2:
		d.shape = shape{dims[0], dims[1]}
	default:
		return d, bad()
	}
	if d.symmetric && !d.shape.isSquare() || d.distribution && !d.shape.isColumn() {
		return d, bad()
	}
	return d, nil
}

func hasSymbol(d dim, name string) bool {
	for _, t := range d.terms {
		if t.symbol == name {
			return true
		}
	}
	return false
}

// splitTimes splits 8x20, which a typist writes for 8×20.
func splitTimes(word string) []string {
	left, right, ok := strings.Cut(word, "x")
	if ok && left != "" && strings.Trim(left, "0123456789") == "" && right != "" {
		return []string{left, right}
	}
	return []string{word}
}

func shapeOf(dims []any) (shape, error) {
	s := scalarShape
	if len(dims) > 2 {
		return s, &Error{Op: "Shape", Message: fmt.Sprintf("%d dimensions, want two at most", len(dims))}
	}
	for i, v := range dims {
		var d dim
		ok := false
		switch v := v.(type) {
		case int:
			d, ok = number(v), v >= 1 && v <= maxDimension
		case string:
			d, ok = parseDim(v)
			ok = ok && (!d.isNumber() || d.number >= 1)
		}
		if !ok {
			return s, &Error{Op: "Shape", Message: fmt.Sprintf("%v is not a dimension", v), Hint: `a dimension is an int of at least 1 or a symbol such as "n"`}
		}
		if i == 0 {
			s.rows = d
		} else {
			s.cols = d
		}
	}
	return s, nil
}

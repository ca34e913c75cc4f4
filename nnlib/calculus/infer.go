package calculus

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// inference finds the shape of every sub-expression. Dimensions that are not
// declared are unknowns, which the products and sums around them decide; what
// nothing decides becomes a symbol n, m, …
type inference struct {
	text     string
	decls    map[string]declaration
	defs     map[string]*statement
	state    map[string]int // of a definition: 0 untouched, 1 in progress, 2 done
	names    []string       // variables in order of appearance
	vars     map[string]shape
	first    map[string]span // where a name appears first
	indices  map[string]bool // names used as an index
	shapes   map[*syntax]shape
	bound    map[string]dim // unknown -> what it was found to be
	unknowns int
	distrib  map[string]bool
	products []dimProduct
}

// A declaration is what is known about a variable beforehand.
type declaration struct {
	shape        shape
	distribution bool // its elements sum to 1
	symmetric    bool
	at           span // in the text; zero when it came from Formula.Shape
}

// fail ends the inference; newFormula recovers the error.
func (c *inference) fail(at span, format string, args ...any) {
	c.failHint(at, "", format, args...)
}

func (c *inference) failHint(at span, hint, format string, args ...any) {
	e := failf(c.text, at, format, args...).withHint("%s", hint)
	e.Message = unknownNumbers.ReplaceAllString(e.Message, "?")
	panic(e)
}

// unknownNumbers matches the unknowns of messages, which are shown as ? alone.
var unknownNumbers = regexp.MustCompile(`\?[0-9]+`)

// source returns the text of an expression.
func (c *inference) source(e *syntax) string { return c.text[e.at.start:e.at.end] }

// infer returns the shape of e and notes it.
func (c *inference) infer(e *syntax) shape {
	s := c.resolveShape(c.shapeOf(e))
	c.shapes[e] = s
	return s
}

func (c *inference) shapeOf(e *syntax) shape {
	switch e.kind {
	case syntaxNumber:
		return scalarShape
	case syntaxName:
		return c.name(e)
	case syntaxAdd, syntaxSub, syntaxHadamard, syntaxHadamardDiv:
		return c.same(e)
	case syntaxNeg:
		return c.infer(e.args[0])
	case syntaxMul:
		return c.product(e)
	case syntaxDiv:
		a, b := c.infer(e.args[0]), c.infer(e.args[1])
		if !b.isScalar() {
			c.failHint(e.args[1].at, "write ./ to divide element by element",
				"division by %s, which is %s and not a scalar", c.source(e.args[1]), b)
		}
		return a
	case syntaxKronecker:
		a, b := c.infer(e.args[0]), c.infer(e.args[1])
		return shape{c.productDim(e, a.rows, b.rows), c.productDim(e, a.cols, b.cols)}
	case syntaxTranspose:
		return c.infer(e.args[0]).transposed()
	case syntaxPow:
		return c.pow(e)
	case syntaxElementPow:
		return c.infer(e.args[0])
	case syntaxCall:
		return c.call(e)
	case syntaxIndex:
		return c.index(e)
	case syntaxSlice:
		return c.slice(e)
	case syntaxNorm:
		c.infer(e.args[0])
		return scalarShape
	case syntaxBars:
		c.square(e.args[0], "|·| of a matrix is its determinant")
		return scalarShape
	case syntaxConcat:
		return c.concat(e)
	}
	panic("calculus: syntax kind without a shape rule: " + strconv.Itoa(int(e.kind)))
}

// name returns the shape of a variable or definition.
func (c *inference) name(e *syntax) shape {
	name := e.text
	if def, ok := c.defs[name]; ok {
		return c.definition(def, e.at)
	}
	if c.indices[name] {
		c.fail(e.at, "%s is used as an index elsewhere and cannot be a vector or matrix here", name)
	}
	if s, ok := c.vars[name]; ok {
		return s
	}
	if _, declared := c.decls[name]; !declared {
		if name == "I" {
			n := c.unknown()
			return shape{n, n}
		}
		if index, ok := oneHotIndex(name); ok {
			c.useIndex(index, e.at)
			return shape{c.unknown(), number(1)}
		}
	}
	return c.newVariable(name, e.at)
}

func (c *inference) newVariable(name string, at span) shape {
	d, declared := c.decls[name]
	s := d.shape
	if !declared {
		c.rejectRunTogether(name, at)
		s = c.conventional(name)
	}
	c.names = append(c.names, name)
	c.vars[name] = s
	c.first[name] = at
	return s
}

// conventional returns the shape that a name has by convention: capitals are
// matrices, small letters are columns, Greek letters and the scores s, s_c are
// scalars.
func (c *inference) conventional(name string) shape {
	base, _, _ := strings.Cut(name, "_")
	r, _ := utf8.DecodeRuneInString(base)
	switch {
	case base == "s" || greekNames[r] != "" && unicode.IsLower(r) && !strings.ContainsRune("βδθμξφχψω", r):
		return scalarShape
	case unicode.IsUpper(r):
		return shape{c.unknown(), c.unknown()}
	}
	return shape{c.unknown(), number(1)}
}

// rejectRunTogether stops Wx from becoming one variable in silence.
func (c *inference) rejectRunTogether(name string, at span) {
	base, _, _ := strings.Cut(name, "_")
	var letters []string
	for _, r := range base {
		switch {
		case accents[r] != "" && len(letters) > 0:
			letters[len(letters)-1] += string(r)
		case unicode.IsDigit(r) && len(letters) > 0:
			letters[len(letters)-1] += string(r)
		default:
			letters = append(letters, string(r))
		}
	}
	if len(letters) < 2 {
		return
	}
	product := strings.Join(letters, " ")
	if letters[1] == "T" && len(letters) > 2 {
		product = letters[0] + "' " + strings.Join(letters[2:], " ") // xTy
	}
	hint := fmt.Sprintf("write %s for the product, or declare %s with its shape: %s: 8×20", product, name, name)
	if len(letters) > 3 {
		hint = fmt.Sprintf("declare it with its shape: %s: 8×20", name)
	}
	c.failHint(at, hint, "%s is not a known name", name)
}

// definition infers a definition once and finds circles.
func (c *inference) definition(def *statement, at span) shape {
	switch c.state[def.name] {
	case 1:
		c.fail(at, "%s is defined by itself", def.name)
	case 0:
		c.state[def.name] = 1
		s := c.infer(def.expr)
		if d, ok := c.decls[def.name]; ok && !c.unifyShapes(s, d.shape) {
			c.fail(def.expr.at, "%s is declared %s, but this is %s", def.name, d.shape, c.resolveShape(s))
		}
		c.state[def.name] = 2
	}
	return c.resolveShape(c.shapes[def.expr])
}

// same infers a sum or element-wise product, whose sides have equal shapes or of
// which one is a scalar.
func (c *inference) same(e *syntax) shape {
	a, b := c.infer(e.args[0]), c.infer(e.args[1])
	a = c.resolveShape(a)
	switch {
	case a.isScalar():
		return b
	case b.isScalar():
		return a
	}
	if !c.unifyShapes(a, b) {
		verb := map[syntaxKind]string{
			syntaxAdd: "added", syntaxSub: "subtracted", syntaxHadamard: "multiplied element by element",
			syntaxHadamardDiv: "divided element by element",
		}[e.kind]
		hint := ""
		if a.isVector() && b.isVector() && a.isRow() != b.isRow() {
			hint = "one is a row and one a column: transpose one of them"
		}
		c.failHint(e.at, hint, "%s is %s and %s is %s: they cannot be %s",
			c.source(e.args[0]), c.resolveShape(a), c.source(e.args[1]), c.resolveShape(b), verb)
	}
	return a
}

func (c *inference) product(e *syntax) shape {
	a, b := c.infer(e.args[0]), c.infer(e.args[1])
	a = c.resolveShape(a)
	switch {
	case a.isScalar():
		return b
	case b.isScalar():
		return a
	}
	if !c.unify(a.cols, b.rows) {
		left, right := c.source(e.args[0]), c.source(e.args[1])
		hint := ""
		if a.isColumn() && b.isColumn() {
			hint = fmt.Sprintf("write %s' %s for the inner product, %s ∘ %s for the element-wise one", left, right, left, right)
		}
		c.failHint(e.at, hint, "%s is %s and %s is %s: the inner dimensions %s and %s differ",
			left, c.resolveShape(a), right, c.resolveShape(b), c.resolve(a.cols), c.resolve(b.rows))
	}
	return shape{a.rows, b.cols}
}

// square infers an operation on a square matrix, and reports whether e is a
// scalar, which is let through.
func (c *inference) square(e *syntax, what string) shape {
	if e.kind == syntaxKronecker { // A ⊗ B is square if both are
		c.square(e.args[0], what)
		c.square(e.args[1], what)
	}
	s := c.infer(e)
	if !s.isScalar() && !c.unify(s.rows, s.cols) {
		c.fail(e.at, "%s is %s: %s needs a square matrix", c.source(e), s, what)
	}
	return c.resolveShape(s)
}

func (c *inference) pow(e *syntax) shape {
	s := c.infer(e.args[0])
	if s.isScalar() || s.isVector() {
		return s
	}
	if e.value != math.Trunc(e.value) {
		c.failHint(e.at, "write .^ for the power of every element", "a matrix has no power %g", e.value)
	}
	if math.Abs(e.value) > maxPower {
		c.fail(e.at, "a matrix power of %g is more than %d", e.value, maxPower)
	}
	return c.square(e.args[0], "a matrix power")
}

func (c *inference) index(e *syntax) shape {
	s := c.infer(e.args[0])
	c.useIndex(e.text, e.at)
	length := s.rows
	if s.isRow() {
		length = s.cols
	}
	if n, err := strconv.Atoi(e.text); err == nil && length.isNumber() && n >= length.number {
		c.fail(e.at, "index %d is out of range: %s has %s elements or rows, counted from 0", n, c.source(e.args[0]), length)
	}
	if s.isMatrix() {
		return shape{s.cols, number(1)}
	}
	return scalarShape
}

// useIndex notes that a name is an index and not a vector or matrix.
func (c *inference) useIndex(name string, at span) {
	if isNumeral(name) {
		return
	}
	_, isDef := c.defs[name]
	if s, isVar := c.vars[name]; isVar && !s.isScalar() || isDef {
		c.fail(at, "%s is a vector or matrix elsewhere and cannot be an index here", name)
	}
	c.indices[name] = true
}

func (c *inference) slice(e *syntax) shape {
	s := c.infer(e.args[0])
	rows, ok := e.hi.plus(e.lo, -1)
	if !ok || rows.isNumber() && rows.number < 1 || e.lo.number < 0 {
		c.fail(e.at, "the slice %s:%s is empty or negative", e.lo, e.hi)
	}
	if s.rows.isNumber() && e.hi.isNumber() && e.hi.number > s.rows.number {
		c.fail(e.at, "the slice ends at %s, but %s has %s rows", e.hi, c.source(e.args[0]), s.rows)
	}
	return shape{rows, s.cols}
}

func (c *inference) concat(e *syntax) shape {
	total := shape{cols: c.infer(e.args[0]).cols}
	for _, a := range e.args {
		s := c.infer(a)
		if !c.unify(s.cols, total.cols) {
			c.fail(a.at, "%s is %s: it cannot stand on a matrix with %s columns", c.source(a), s, c.resolve(total.cols))
		}
		rows, ok := total.rows.plus(s.rows, 1)
		if !ok {
			c.fail(e.at, "the parts have more than %d different symbolic lengths", maxTerms)
		}
		total.rows = rows
	}
	return total
}

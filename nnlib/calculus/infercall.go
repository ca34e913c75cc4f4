package calculus

import "strings"

// call infers the shape of a function's result.
func (c *inference) call(e *syntax) shape {
	if index, ok := strings.CutPrefix(e.text, "onehot:"); ok {
		c.useIndex(index, e.at)
		return shape{e.lo, e.hi}
	}
	switch e.text {
	case "ones", "zeros":
		return shape{e.lo, e.hi}
	case "eye":
		return shape{e.lo, e.lo}
	case "commutation":
		n, _ := shape{e.lo, e.hi}.size()
		return shape{n, n}
	}
	arg := e.args[0]
	switch e.text {
	case "det", "logdet", "tr":
		c.square(arg, e.text)
		return scalarShape
	case "inv":
		return c.square(arg, "the inverse")
	case "diagonal":
		return shape{c.square(arg, "diagonal").rows, number(1)}
	case "sum", "norm":
		c.infer(arg)
		return scalarShape
	case "softmax", "logsoftmax", "logsumexp":
		s := c.column(arg, e.text)
		if e.text == "logsumexp" {
			return scalarShape
		}
		return s
	case "diag":
		n := c.column(arg, "diag").rows
		return shape{n, n}
	case "vec":
		s := c.infer(arg)
		return shape{c.productDim(e, s.rows, s.cols), number(1)}
	case "CE":
		return c.crossEntropy(e)
	case "max", "min":
		return c.extremum(e)
	}
	return c.infer(arg) // element-wise
}

func (c *inference) column(e *syntax, function string) shape {
	s := c.infer(e)
	if !s.cols.isOne() || s.isScalar() {
		hint := ""
		if s.isRow() {
			hint = "transpose it"
		}
		c.failHint(e.at, hint, "%s needs a column vector, but %s is %s", function, c.source(e), s)
	}
	return s
}

// crossEntropy infers CE(y, p); a variable y is from then on a distribution.
func (c *inference) crossEntropy(e *syntax) shape {
	y, p := c.column(e.args[0], "CE"), c.column(e.args[1], "CE")
	if !c.unifyShapes(y, p) {
		c.fail(e.at, "CE(y, p) needs vectors of the same length, but %s is %s and %s is %s",
			c.source(e.args[0]), c.resolveShape(y), c.source(e.args[1]), c.resolveShape(p))
	}
	if target := e.args[0]; target.kind == syntaxName && c.defs[target.text] == nil {
		c.distrib[target.text] = true
	}
	return scalarShape
}

func (c *inference) extremum(e *syntax) shape {
	a, b := c.infer(e.args[0]), c.infer(e.args[1])
	a = c.resolveShape(a)
	switch {
	case a.isScalar():
		return b
	case b.isScalar():
		return a
	case !c.unifyShapes(a, b):
		c.fail(e.at, "%s compares %s, which is %s, with %s, which is %s", e.text, c.source(e.args[0]), a, c.source(e.args[1]), b)
	}
	return a
}

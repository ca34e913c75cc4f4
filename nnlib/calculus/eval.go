package calculus

import (
	"fmt"
	"math"
	"strconv"
)

// evaluator computes nodes from the values of the variables.
type evaluator struct {
	formula *Formula
	values  map[string]*Matrix
	indices map[string]int
	dims    map[string]int
	// standIn replaces functions without a definition, for checks only.
	standIn string
	done    map[*node]*Matrix
	// locked says that the caller holds the formula's lock, so that errors go
	// without their place.
	locked bool
	// set is a node whose value was given instead of computed, or nil.
	set *node
}

// eval returns the values of n, computing each node below it once.
func (e *evaluator) eval(n *node) (*Matrix, error) {
	for _, m := range topological(n) {
		if e.done[m] != nil {
			continue
		}
		args := make([]*Matrix, len(m.args))
		for i, a := range m.args {
			args[i] = e.done[a]
		}
		v, err := e.apply(m, args)
		if err != nil {
			return nil, err
		}
		if hasNaN(v) {
			return nil, e.failure(m, "%s is not a number here (0/0, ∞−∞ or the log or root of a negative number)", printer{}.print(m))
		}
		e.done[m] = v
	}
	return e.done[n], nil
}

// result returns the value of n as the caller's own: it shares no memory with
// the values that were given.
func (e *evaluator) result(n *node) (*Matrix, error) {
	v, err := e.eval(n)
	if err != nil {
		return nil, err
	}
	return v.Clone(), nil
}

func hasNaN(m *Matrix) bool {
	for _, v := range m.Data {
		if math.IsNaN(v) {
			return true
		}
	}
	return false
}

// failure returns an error with a caret under the text that the node came from,
// or under the closest part of the formula below it.
func (e *evaluator) failure(n *node, format string, args ...any) error {
	err := &Error{Op: "Eval", Message: fmt.Sprintf(format, args...)}
	if e.locked {
		return err
	}
	if at, ok := e.formula.place(n); ok {
		err.Source, err.Start, err.End = e.formula.text, at.start, at.end
	}
	return err
}

func (e *evaluator) size(s shape) (rows, cols int, err error) {
	rows, ok1 := evalDim(s.rows, e.dims)
	cols, ok2 := evalDim(s.cols, e.dims)
	if !ok1 || !ok2 {
		return 0, 0, &Error{Op: "Eval", Message: fmt.Sprintf("no value decides the dimensions %s", s)}
	}
	if rows < 0 || cols < 0 {
		return 0, 0, &Error{Op: "Eval", Message: fmt.Sprintf("the dimensions %s are negative for these values", s)}
	}
	return rows, cols, nil
}

// evalDim replaces symbols by numbers. The symbol n·m is the product of the
// dimensions n and m.
func evalDim(d dim, dims map[string]int) (int, bool) {
	n := d.number
	for _, t := range d.terms {
		if t.coef == 0 {
			break
		}
		v, ok := dims[t.symbol]
		if !ok {
			a, b, isProduct := splitDimProduct(t.symbol)
			if !isProduct {
				return 0, false
			}
			x, ok1 := evalDim(a, dims)
			y, ok2 := evalDim(b, dims)
			if !ok1 || !ok2 {
				return 0, false
			}
			v = x * y
		}
		n += t.coef * v
	}
	return n, true
}

func (e *evaluator) index(n *node, length int) (int, error) {
	i, err := strconv.Atoi(n.index)
	if err != nil {
		v, ok := e.indices[n.index]
		if !ok {
			return 0, e.failure(n, "the index %s has no value", n.index)
		}
		i = v
	}
	if i < 0 || i >= length {
		return 0, e.failure(n, "the index %s is %d, but must be from 0 to %d", n.index, i, length-1)
	}
	return i, nil
}

// apply computes one node from the values of its arguments.
func (e *evaluator) apply(n *node, args []*Matrix) (*Matrix, error) {
	switch n.op {
	case opConst:
		return Vector(n.val), nil
	case opVar:
		v, ok := e.values[n.name]
		if !ok {
			return nil, e.failure(n, "%s has no value", n.name)
		}
		return v, nil
	case opNamed:
		return args[0], nil
	case opZero, opOnes, opIdentity, opOneHot, opCommutation:
		return e.special(n)
	case opIndex, opRow, opSlice:
		return e.part(n, args[0])
	case opElementwise:
		return e.elementwise(n, args[0])
	case opElementPow:
		if n.val < 0 {
			for _, v := range args[0].Data {
				if v == 0 {
					return nil, e.divisionByZero(n)
				}
			}
		}
		return elementPower(args[0], n.val), nil
	case opPower:
		return e.power(n, args[0])
	case opCrossEntropy:
		return e.crossEntropy(n, args)
	case opLogDet:
		if v := factorLU(args[0]).logAbsDet(); !math.IsInf(v, 0) {
			return Vector(v), nil
		}
		return nil, e.failure(n, "%s is singular here: the log of its determinant is not finite", printer{}.print(n.args[0]))
	}
	return algebra(n, args), nil
}

func (e *evaluator) divisionByZero(n *node) error {
	if base := n.args[0].inner(); base.op == opNorm {
		return e.failure(base, "%s has no derivative where its argument is 0", printer{}.print(base))
	}
	return e.failure(n.args[0], "%s is 0 here and stands in a denominator", printer{}.print(n.args[0]))
}

// elementPower avoids math.Pow for the common exponents, where the exact
// operations are also more accurate.
func elementPower(m *Matrix, p float64) *Matrix {
	switch p {
	case 2:
		return m.apply(func(v float64) float64 { return v * v })
	case -1:
		return m.apply(func(v float64) float64 { return 1 / v })
	case 0.5:
		return m.apply(math.Sqrt)
	}
	return m.apply(func(v float64) float64 { return math.Pow(v, p) })
}

// special computes the constants whose size depends on the dimensions.
func (e *evaluator) special(n *node) (*Matrix, error) {
	rows, cols, err := e.size(n.shape)
	if err != nil {
		return nil, err
	}
	m := NewMatrix(rows, cols)
	switch n.op {
	case opOnes:
		for i := range m.Data {
			m.Data[i] = 1
		}
	case opIdentity:
		return identityMatrix(rows), nil
	case opOneHot:
		i, err := e.index(n, rows)
		if err != nil {
			return nil, err
		}
		m.Data[i] = 1
	case opCommutation:
		r, c, err := e.size(n.args[0].shape)
		if err != nil {
			return nil, err
		}
		// element (i,j) of X is at i·c+j in vec(X) and at j·r+i in vec(Xᵀ)
		for i := range r {
			for j := range c {
				m.Data[(j*r+i)*cols+i*c+j] = 1
			}
		}
	}
	return m, nil
}

// part computes an element, a row or a slice.
func (e *evaluator) part(n *node, m *Matrix) (*Matrix, error) {
	if n.op == opSlice {
		rows, _, err := e.size(n.shape)
		if err != nil {
			return nil, err
		}
		from, ok := evalDim(n.offset, e.dims)
		if !ok || from < 0 || from+rows > m.Rows {
			return nil, e.failure(n, "rows %d to %d of a matrix with %d rows", from, from+rows, m.Rows)
		}
		return &Matrix{rows, m.Cols, m.Data[from*m.Cols : (from+rows)*m.Cols]}, nil
	}
	i, err := e.index(n, m.Rows)
	if err != nil {
		return nil, err
	}
	if n.op == opIndex {
		return Vector(m.Data[i]), nil
	}
	return Vector(m.Data[i*m.Cols : (i+1)*m.Cols]...), nil
}

func (e *evaluator) elementwise(n *node, arg *Matrix) (*Matrix, error) {
	name := n.name
	if defined, ok := e.formula.functions[name]; ok {
		name = defined
	}
	f := findElementwise(name)
	if f.abstract {
		if e.standIn == "" {
			return nil, e.failure(n, "the function %s has no definition; say which with Func(%q, \"tanh\")", n.name, n.name)
		}
		f = findElementwise(e.standIn)
	}
	if n.k > 2 {
		return nil, e.failure(n, "derivative number %d of %s is not available", n.k, n.name)
	}
	if n.k > 0 && f.kink != nil {
		for i, v := range arg.Data {
			if f.kink(v) {
				where := ""
				if len(arg.Data) > 1 {
					where = fmt.Sprintf(" (element %d)", i)
				}
				name := f.display()
				if f.name == "max0" {
					name = "max(0, ·)"
				}
				return nil, e.failure(n, "%s has a kink at %s: its derivative is not defined there%s", name, formatNumber(v), where)
			}
		}
	}
	if f.name == "log" && n.k == 0 {
		if v, ok := e.logSoftmax(n.args[0]); ok {
			return v, nil
		}
	}
	return arg.apply(f.eval[n.k]), nil
}

// logSoftmax computes log softmax(z) and log softmax(z)[y] from z, since the log
// of a softmax that has underflowed to 0 is lost.
func (e *evaluator) logSoftmax(arg *node) (*Matrix, bool) {
	for arg.op == opNamed {
		if arg == e.set {
			return nil, false
		}
		arg = arg.args[0]
	}
	if arg == e.set {
		return nil, false
	}
	if arg.op == opIndex {
		v, ok := e.logSoftmax(arg.args[0])
		if !ok {
			return nil, false
		}
		i, err := e.index(arg, v.Rows)
		if err != nil {
			return nil, false
		}
		return Vector(v.Data[i]), true
	}
	if arg.op != opSoftmax {
		return nil, false
	}
	z := e.done[arg.args[0]]
	total := logSumExp(z)
	return z.apply(func(v float64) float64 { return v - total }), true
}

func (e *evaluator) crossEntropy(n *node, args []*Matrix) (*Matrix, error) {
	logP, stable := e.logSoftmax(n.args[1])
	if !stable {
		logP = args[1].apply(math.Log)
	}
	sum := 0.0
	for i, y := range args[0].Data {
		if y != 0 { // 0·log 0 is 0
			sum -= y * logP.Data[i]
		}
	}
	return Vector(sum), nil
}

func (e *evaluator) power(n *node, m *Matrix) (*Matrix, error) {
	k := n.k
	if k < 0 {
		inv := factorLU(m).inverse()
		if inv == nil {
			base := n.args[0]
			if base.op == opTranspose {
				base = base.args[0]
			}
			return nil, e.failure(base, "%s is singular here and has no inverse", printer{}.print(base))
		}
		m, k = inv, -k
	}
	p := m
	for range k - 1 {
		p = matmul(p, m)
	}
	return p, nil
}

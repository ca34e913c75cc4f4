package calculus

import (
	"fmt"
	"math"
	"slices"
)

// Values are the values of a formula's variables by name. A value is a number
// (float64 or int) for a scalar or an index, a []float64 for a column or row, a
// [][]float64 or *[Matrix] for a matrix, or anything with the methods
// Dims() (rows, cols int) and At(i, j int) float64, as gonum's matrices have.
type Values map[string]any

// Eval returns the value of the formula. It reports missing values and shapes
// that do not fit as an [*Error].
func (f *Formula) Eval(values Values) (*Matrix, error) {
	e, err := f.evaluator(values)
	if err != nil {
		return nil, err
	}
	return e.result(f.root)
}

// Intermediates returns the values of the pieces of the formula by name: its
// definitions, the z, h and ŷ that explanations name, and the formula itself.
// It reports missing values and shapes that do not fit as an [*Error].
func (f *Formula) Intermediates(values Values) (map[string]*Matrix, error) {
	e, err := f.evaluator(values)
	if err != nil {
		return nil, err
	}
	root := f.lockedPieces()
	v, err := e.result(root)
	if err != nil {
		return nil, err
	}
	all := map[string]*Matrix{f.label(): v}
	for _, n := range topological(root) {
		if n.op == opNamed {
			all[n.name] = e.done[n].Clone()
		}
	}
	return all, nil
}

func (f *Formula) lockedPieces() *node {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.pieces()
}

// evaluator checks the values and solves for the symbolic dimensions.
func (f *Formula) evaluator(values Values) (*evaluator, error) {
	e := &evaluator{formula: f, values: map[string]*Matrix{}, indices: map[string]int{}, dims: map[string]int{}, done: map[*node]*Matrix{}}
	byName := make(Values, len(values))
	for name, v := range values {
		byName[canonicalName(name)] = v
	}
	for _, v := range f.vars {
		given, ok := byName[v.name]
		if !ok {
			continue // it is an error only where it is needed
		}
		m, err := toMatrix(v.name, given, v.shape)
		if err != nil {
			return nil, err
		}
		e.values[v.name] = m
	}
	for _, name := range f.indices {
		if given, ok := byName[name]; ok {
			i, isInt := given.(int)
			if !isInt {
				return nil, &Error{Op: "Eval", Message: fmt.Sprintf("%s is an index and must be an int, not %T", name, given)}
			}
			e.indices[name] = i
		}
	}
	for name := range byName {
		if !f.has(name) && !slices.Contains(f.indices, name) {
			err := f.requireName("Eval", name)
			return nil, err
		}
	}
	if err := e.solveDims(); err != nil {
		return nil, err
	}
	return e, e.checkValues()
}

// toMatrix converts a value; a slice becomes a row where the shape is a row.
func toMatrix(name string, value any, s shape) (*Matrix, error) {
	switch v := value.(type) {
	case *Matrix:
		if v != nil && len(v.Data) == v.Rows*v.Cols {
			return v, nil
		}
	case float64:
		return Vector(v), nil
	case int:
		return Vector(float64(v)), nil
	case []float64:
		if s.isRow() {
			return &Matrix{1, len(v), v}, nil
		}
		return &Matrix{len(v), 1, v}, nil
	case [][]float64:
		return fromRows(name, v)
	case interface {
		Dims() (int, int)
		At(i, j int) float64
	}:
		rows, cols := v.Dims()
		m := NewMatrix(rows, cols)
		for i := range rows {
			for j := range cols {
				m.Data[i*cols+j] = v.At(i, j)
			}
		}
		return m, nil
	}
	return nil, &Error{
		Op: "Eval", Message: fmt.Sprintf("the value of %s is a %T", name, value),
		Hint: "use float64, []float64, [][]float64 or *calculus.Matrix",
	}
}

func fromRows(name string, rows [][]float64) (*Matrix, error) {
	m := &Matrix{Rows: len(rows)}
	for i, row := range rows {
		if i == 0 {
			m.Cols = len(row)
		}
		if len(row) != m.Cols {
			return nil, &Error{Op: "Eval", Message: fmt.Sprintf("row %d of %s has %d elements, the rows above have %d", i, name, len(row), m.Cols)}
		}
		m.Data = append(m.Data, row...)
	}
	return m, nil
}

// solveDims finds the symbolic dimensions from the sizes of the values: those
// that stand alone first, then the rest of sums such as 2d+n.
func (e *evaluator) solveDims() error {
	for range maxTerms {
		for _, v := range e.formula.vars {
			m := e.values[v.name]
			if m == nil {
				continue
			}
			if !e.solve(v.shape.rows, m.Rows) || !e.solve(v.shape.cols, m.Cols) {
				return e.wrongShape(v, m)
			}
		}
	}
	return nil
}

// solve notes the one unknown symbol of d when d is n; it returns false when d
// is known and is not n.
func (e *evaluator) solve(d dim, n int) bool {
	if value, ok := evalDim(d, e.dims); ok {
		return value == n
	}
	unknown := dimTerm{}
	for _, t := range d.terms {
		if _, known := e.dims[t.symbol]; t.coef != 0 && !known {
			if unknown.coef != 0 {
				return true // two unknowns: later
			}
			unknown = t
		}
	}
	without, _ := d.plus(symbol(unknown.symbol), -unknown.coef)
	known, _ := evalDim(without, e.dims)
	if (n-known)%unknown.coef != 0 {
		return false
	}
	e.dims[unknown.symbol] = (n - known) / unknown.coef
	return e.dims[unknown.symbol] > 0
}

func (e *evaluator) wrongShape(v variable, m *Matrix) error {
	message := fmt.Sprintf("%s is %d×%d, want %s", v.name, m.Rows, m.Cols, v.shape)
	if rows, cols, err := e.size(v.shape); err == nil {
		if exact := fmt.Sprintf("%d×%d", rows, cols); exact != v.shape.String() {
			message += fmt.Sprintf(" (%s with the other values)", exact)
		}
	}
	return e.variableFailure(v, "%s", message)
}

// variableFailure returns an error with a caret under the variable.
func (e *evaluator) variableFailure(v variable, format string, args ...any) error {
	err := &Error{Op: "Eval", Message: fmt.Sprintf(format, args...)}
	found := false
	for n, at := range e.formula.places {
		if n.op == opVar && n.name == v.name && (!found || at.start < err.Start) {
			err.Source, err.Start, err.End, found = e.formula.text, at.start, at.end, true
		}
	}
	return err
}

// checkValues rejects what the rules of differentiation rely on not happening.
func (e *evaluator) checkValues() error {
	for _, v := range e.formula.vars {
		m := e.values[v.name]
		if m == nil {
			continue
		}
		if sum := total(m); v.distribution && math.Abs(sum-1) > 1e-9 {
			return e.variableFailure(v, "%s is a distribution (the target of a cross-entropy): its elements must sum to 1, not %s", v.name, formatNumber(sum))
		}
		if v.symmetric {
			for i := range m.Rows {
				for j := range i {
					if math.Abs(m.Data[i*m.Cols+j]-m.Data[j*m.Cols+i]) > 1e-9 {
						return e.variableFailure(v, "%s is declared symmetric, but elements %d,%d and %d,%d differ", v.name, i, j, j, i)
					}
				}
			}
		}
	}
	return nil
}

package calculus

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"strings"
)

// checkTolerance is the relative error up to which a symbolic derivative counts
// as equal to the numbers.
const checkTolerance = 1e-8

// Check compares the derivative with finite differences of the formula at a
// random point, element by element, to a relative error of 1e-8. Symbolic
// dimensions get small sizes and functions without a definition are taken as
// tanh; the report says so. The point is chosen so that logs, roots and inverses
// exist; a formula for which none is found fails the check.
func (d *Derivative) Check(seed uint64) *CheckReport {
	rng := rand.New(rand.NewPCG(seed, 2))
	var last error
	for attempt := range 12 {
		values, dims := d.formula.randomValues(rng, attempt)
		r, err := d.checkAt(values)
		if err != nil {
			last = err
			continue
		}
		if !r.Passed && attempt < 11 && !(r.Worst.NumericError <= checkTolerance*math.Abs(r.Worst.Numeric)) {
			last = fmt.Errorf("calculus: Check: the finite differences are uncertain at the points tried: %s", r.verdict())
			continue
		}
		if len(dims) > 0 {
			r.Notes = append(r.Notes, "with "+strings.Join(dims, ", "))
		}
		return r
	}
	return &CheckReport{Tolerance: checkTolerance, Notes: []string{"no point was found at which the formula can be checked: " + last.Error()}}
}

// CheckAt compares the derivative with finite differences at a point. It returns
// an [*Error] if values are missing or the derivative is not defined there.
func (d *Derivative) CheckAt(values Values) (*CheckReport, error) {
	return d.checkAt(values)
}

// randomValues draws the variables: from the normal distribution at first, then
// positive ones, then positive with dominant diagonals.
func (f *Formula) randomValues(rng *rand.Rand, attempt int) (Values, []string) {
	sizes := map[string]int{}
	var dims []string
	next := 0
	for _, v := range f.vars {
		for _, d := range []dim{v.shape.rows, v.shape.cols} {
			for _, t := range d.terms {
				if _, known := sizes[t.symbol]; t.coef == 0 || known {
					continue
				}
				sizes[t.symbol] = 3 + next%3
				if attempt >= 6 { // XᵀX is singular for the wide, XXᵀ for the tall
					sizes[t.symbol] = 5 - next%3
				}
				dims = append(dims, fmt.Sprintf("%s = %d", t.symbol, sizes[t.symbol]))
				next++
			}
		}
	}
	values := Values{}
	for _, v := range f.vars {
		rows, _ := evalDim(v.shape.rows, sizes)
		cols, _ := evalDim(v.shape.cols, sizes)
		values[v.name] = randomMatrix(rng, v, max(rows, 1), max(cols, 1), attempt)
	}
	for _, name := range f.indices {
		values[name] = rng.IntN(2) // symbolic sizes are at least 3
	}
	return values, dims
}

func randomMatrix(rng *rand.Rand, v variable, rows, cols, attempt int) *Matrix {
	m := NewMatrix(rows, cols)
	family := attempt % 3
	for i := range m.Data {
		if family == 0 {
			m.Data[i] = rng.NormFloat64()
		} else {
			m.Data[i] = 0.3 + rng.Float64()
		}
	}
	if rows == cols && rows > 1 && family == 2 {
		for i := range rows {
			m.Data[i*cols+i] += float64(rows)
		}
	}
	switch {
	case v.symmetric:
		for i := range rows {
			for j := range i {
				m.Data[i*cols+j] = m.Data[j*cols+i]
			}
		}
	case v.distribution:
		m = m.apply(math.Abs)
		sum := total(m)
		m = m.apply(func(x float64) float64 { return x / sum })
	}
	return m
}

// checkAt compares every result with numbers.
func (d *Derivative) checkAt(values Values) (*CheckReport, error) {
	e, err := d.formula.evaluator(values)
	if err != nil {
		return nil, err
	}
	e.standIn = standIn
	r := &CheckReport{Passed: true, Tolerance: checkTolerance}
	for _, t := range d.results {
		if err := d.checkResult(r, e, t); err != nil {
			return nil, err
		}
	}
	if name := d.formula.abstractFunction(); name != "" {
		r.Notes = append(r.Notes, fmt.Sprintf("%s taken as %s", name, standIn))
	}
	return r, nil
}

// abstractFunction returns a function of the formula that has no definition.
func (f *Formula) abstractFunction() string {
	for _, n := range topological(f.root) {
		if n.op == opElementwise && findElementwise(n.name).abstract && f.functions[n.name] == "" {
			return n.name
		}
	}
	return ""
}

func (d *Derivative) checkResult(r *CheckReport, e *evaluator, t result) error {
	f, target := d.root, t.target
	start, err := e.fresh(nil, nil).eval(target)
	if err != nil {
		return err
	}
	point := e
	var direction *Matrix
	if d.differential {
		direction = start.Clone()
		rng := rand.New(rand.NewPCG(uint64(len(start.Data)), 3))
		for i := range direction.Data {
			direction.Data[i] = rng.NormFloat64()
		}
		point = e.fresh(nil, nil)
		point.values = maps.Clone(e.values)
		point.values["d"+t.name] = direction
	}
	analytic, err := point.fresh(nil, nil).eval(t.expr)
	if err != nil {
		return err
	}
	var failure error
	at := func(x []float64) []float64 {
		y, err := e.fresh(target, &Matrix{start.Rows, start.Cols, x}).eval(f)
		if err != nil {
			failure = err
			return make([]float64, d.valueSize(e, f))
		}
		return y.Data
	}
	columns := checkedColumns(len(start.Data))
	var numeric *Estimate
	if d.differential {
		columns = []int{0}
		numeric = Differences{}.JVP(at, start.Data, direction.Data)
	} else {
		numeric = Differences{}.Jacobian(func(part []float64) []float64 {
			x := append([]float64(nil), start.Data...)
			for k, j := range columns {
				x[j] = part[k]
			}
			return at(x)
		}, pick(start.Data, columns))
	}
	if failure != nil {
		return failure
	}
	d.compareAll(r, t, columns, start, analytic, numeric)
	return nil
}

// checkedColumns returns which of n elements are checked: all, or of many an
// even sample.
func checkedColumns(n int) []int {
	const most = 256
	columns := make([]int, min(n, most))
	for k := range columns {
		columns[k] = k * n / len(columns)
	}
	return columns
}

func pick(values []float64, indices []int) []float64 {
	out := make([]float64, len(indices))
	for k, i := range indices {
		out[k] = values[i]
	}
	return out
}

func (d *Derivative) valueSize(e *evaluator, f *node) int {
	rows, cols, err := e.size(f.shape)
	if err != nil {
		return 1
	}
	return rows * cols
}

// compareAll compares the derivatives by the given elements of the variable: both
// have a row for each element of the formula, in the order of the variable's
// rows.
func (d *Derivative) compareAll(r *CheckReport, t result, columns []int, start, analytic *Matrix, numeric *Estimate) {
	n := len(start.Data)
	if d.differential {
		n = 1
	}
	if len(analytic.Data)*len(columns) != len(numeric.Value.Data)*n {
		r.Passed = false
		r.Notes = append(r.Notes, fmt.Sprintf("the derivative has %d elements, the differences say %d", len(analytic.Data), len(numeric.Value.Data)*n/len(columns)))
		return
	}
	// Differences see no less than about 1e-12 of a function of ordinary size.
	floor := max(1e-3*max(largest(analytic.Data), largest(numeric.Value.Data)), 1e-4)
	worst := CheckedEntry{Name: t.name}
	for k, value := range numeric.Value.Data {
		i := k/len(columns)*n + columns[k%len(columns)]
		entry := compare(t.name, i, analytic.Data[i], slope{value: []float64{value}, err: numeric.Error.Data[k : k+1]}, floor)
		switch cols := start.Cols; {
		case analytic.Rows > 1 && analytic.Cols > 1:
			entry.Where = fmt.Sprintf("[%d,%d]", i/analytic.Cols, i%analytic.Cols)
		case cols > 1 && d.root.shape.isScalar():
			entry.Where = fmt.Sprintf("[%d,%d]", i/cols, i%cols)
		}
		r.add(entry, 0)
		if entry.RelativeError >= worst.RelativeError {
			worst = entry
		}
	}
	r.Calls += numeric.Calls
	if len(columns) < n {
		r.Notes = append(r.Notes, fmt.Sprintf("%d of the %d elements of %s, evenly chosen", len(columns), n, t.name))
	}
	r.Parameters = append(r.Parameters, worst)
}

// fresh returns an evaluator for another computation at the same point, with one
// node set to a value.
func (e *evaluator) fresh(set *node, value *Matrix) *evaluator {
	c := *e
	c.done = map[*node]*Matrix{}
	if set != nil {
		c.done[set], c.set = value, set
	}
	return &c
}

package calculus

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A Matrix is a dense matrix of float64, stored by rows. A vector is a Matrix
// with one column, a scalar is 1×1.
type Matrix struct {
	Rows, Cols int
	Data       []float64 // len Rows·Cols, element i,j at i·Cols+j
}

// NewMatrix returns the rows×cols matrix with the given elements, by rows; with
// no elements it is zero. The Matrix owns data. NewMatrix panics with an [*Error] if the number of
// elements is neither 0 nor rows·cols, or a dimension is negative.
func NewMatrix(rows, cols int, data ...float64) *Matrix {
	if rows < 0 || cols < 0 || len(data) != 0 && len(data) != rows*cols {
		panic(&Error{Op: "NewMatrix", Message: fmt.Sprintf("%d elements do not fill a %d×%d matrix", len(data), rows, cols)})
	}
	if len(data) == 0 {
		data = make([]float64, rows*cols)
	}
	return &Matrix{Rows: rows, Cols: cols, Data: data}
}

// Vector returns the column vector of the values.
func Vector(values ...float64) *Matrix {
	return &Matrix{Rows: len(values), Cols: 1, Data: values}
}

// At returns element i,j, counted from 0. It panics if the index is out of range.
func (m *Matrix) At(i, j int) float64 {
	m.checkIndex("At", i, j)
	return m.Data[i*m.Cols+j]
}

// Set stores v as element i,j, counted from 0. It panics if the index is out of
// range.
func (m *Matrix) Set(i, j int, v float64) {
	m.checkIndex("Set", i, j)
	m.Data[i*m.Cols+j] = v
}

func (m *Matrix) checkIndex(op string, i, j int) {
	if i < 0 || i >= m.Rows || j < 0 || j >= m.Cols {
		panic(&Error{Op: "Matrix." + op, Message: fmt.Sprintf("index %d,%d of a %d×%d matrix", i, j, m.Rows, m.Cols)})
	}
}

// Dims returns the numbers of rows and columns.
func (m *Matrix) Dims() (rows, cols int) { return m.Rows, m.Cols }

// Scalar returns the only element of a 1×1 matrix, and panics for any other.
func (m *Matrix) Scalar() float64 {
	if m.Rows != 1 || m.Cols != 1 {
		panic(&Error{Op: "Matrix.Scalar", Message: fmt.Sprintf("the matrix is %d×%d, want 1×1", m.Rows, m.Cols)})
	}
	return m.Data[0]
}

// T returns the transpose.
func (m *Matrix) T() *Matrix {
	t := NewMatrix(m.Cols, m.Rows)
	for i := range m.Rows {
		for j := range m.Cols {
			t.Data[j*t.Cols+i] = m.Data[i*m.Cols+j]
		}
	}
	return t
}

// Clone returns a copy.
func (m *Matrix) Clone() *Matrix {
	return &Matrix{m.Rows, m.Cols, append([]float64(nil), m.Data...)}
}

// String prints the matrix in brackets, one row a line, six significant digits.
// Of a large one it prints the first 24 rows and columns and its size.
func (m *Matrix) String() string {
	if m.Rows == 1 && m.Cols == 1 {
		return formatNumber(m.Data[0])
	}
	const most = 24
	rows, cols := min(m.Rows, most), min(m.Cols, most)
	width := make([]int, cols)
	for i := range rows {
		for j := range cols {
			width[j] = max(width[j], len(formatNumber(m.Data[i*m.Cols+j])))
		}
	}
	var b strings.Builder
	for i := range rows {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteByte('[')
		for j := range cols {
			if j > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprintf(&b, "%*s", width[j], formatNumber(m.Data[i*m.Cols+j]))
		}
		if cols < m.Cols {
			b.WriteString(" …")
		}
		b.WriteByte(']')
	}
	if rows < m.Rows || cols < m.Cols {
		fmt.Fprintf(&b, "\n… %d×%d", m.Rows, m.Cols)
	}
	return b.String()
}

// MIMEBundle shows the matrix in a notebook.
func (m *Matrix) MIMEBundle() map[string]any {
	return bundle(m.String(), "$$"+m.latex()+"$$", "")
}

// maxShownRows and maxShownCols bound what is typeset; the rest is dots.
const maxShownRows, maxShownCols = 12, 12

func (m *Matrix) latex() string {
	if m.Rows == 1 && m.Cols == 1 {
		return latexNumber(m.Data[0])
	}
	var b strings.Builder
	b.WriteString(`\begin{bmatrix}`)
	for i := range min(m.Rows, maxShownRows) {
		if i > 0 {
			b.WriteString(` \\ `)
		}
		for j := range min(m.Cols, maxShownCols) {
			if j > 0 {
				b.WriteString(" & ")
			}
			b.WriteString(latexNumber(m.Data[i*m.Cols+j]))
		}
		if m.Cols > maxShownCols {
			b.WriteString(` & \cdots`)
		}
	}
	if m.Rows > maxShownRows {
		b.WriteString(` \\ \vdots`)
	}
	b.WriteString(`\end{bmatrix}`)
	return b.String()
}

func formatNumber(v float64) string {
	if v == 0 {
		return "0" // also for -0
	}
	return strconv.FormatFloat(v, 'g', 6, 64)
}

// latexNumber writes v with a power of ten where Go writes an exponent.
func latexNumber(v float64) string {
	text := formatNumber(v)
	switch {
	case math.IsNaN(v):
		return `\mathrm{NaN}`
	case math.IsInf(v, 0):
		return strings.TrimSuffix(strings.TrimPrefix(text, "+"), "Inf") + `\infty`
	}
	mantissa, exponent, ok := strings.Cut(text, "e")
	if !ok {
		return text
	}
	e, _ := strconv.Atoi(exponent) // FormatFloat writes a valid exponent
	return mantissa + ` \cdot 10^{` + strconv.Itoa(e) + `}`
}

// matmul returns a·b. The caller has checked the shapes.
func matmul(a, b *Matrix) *Matrix {
	c := NewMatrix(a.Rows, b.Cols)
	for i := range a.Rows {
		row := c.Data[i*c.Cols : (i+1)*c.Cols]
		for k := range a.Cols {
			aik := a.Data[i*a.Cols+k]
			for j, bkj := range b.Data[k*b.Cols : (k+1)*b.Cols] {
				row[j] += aik * bkj
			}
		}
	}
	return c
}

// apply returns f of every element.
func (m *Matrix) apply(f func(float64) float64) *Matrix {
	r := NewMatrix(m.Rows, m.Cols)
	for i, v := range m.Data {
		r.Data[i] = f(v)
	}
	return r
}

func identityMatrix(n int) *Matrix {
	m := NewMatrix(n, n)
	for i := range n {
		m.Data[i*n+i] = 1
	}
	return m
}

// lu is a factorisation P·A = L·U with partial pivoting, packed in one matrix.
type lu struct {
	packed *Matrix
	perm   []int
	sign   float64
}

func factorLU(a *Matrix) lu {
	f := lu{a.Clone(), make([]int, a.Rows), 1}
	n, d := a.Rows, f.packed.Data
	for i := range f.perm {
		f.perm[i] = i
	}
	for k := range n {
		pivot := k
		for i := k + 1; i < n; i++ {
			if math.Abs(d[i*n+k]) > math.Abs(d[pivot*n+k]) {
				pivot = i
			}
		}
		if pivot != k {
			for j := range n {
				d[k*n+j], d[pivot*n+j] = d[pivot*n+j], d[k*n+j]
			}
			f.perm[k], f.perm[pivot] = f.perm[pivot], f.perm[k]
			f.sign = -f.sign
		}
		if d[k*n+k] == 0 {
			continue
		}
		for i := k + 1; i < n; i++ {
			d[i*n+k] /= d[k*n+k]
			for j := k + 1; j < n; j++ {
				d[i*n+j] -= d[i*n+k] * d[k*n+j]
			}
		}
	}
	return f
}

func (f lu) det() float64 {
	det := f.sign
	for i := range f.packed.Rows {
		det *= f.packed.Data[i*f.packed.Cols+i]
	}
	return det
}

// logAbsDet returns ln|det A| without overflow.
func (f lu) logAbsDet() float64 {
	sum := 0.0
	for i := range f.packed.Rows {
		sum += math.Log(math.Abs(f.packed.Data[i*f.packed.Cols+i]))
	}
	return sum
}

// inverse returns A⁻¹, or nil when A is singular.
func (f lu) inverse() *Matrix {
	n, d := f.packed.Rows, f.packed.Data
	for i := range n {
		if d[i*n+i] == 0 {
			return nil
		}
	}
	inv := NewMatrix(n, n)
	for col := range n {
		x := make([]float64, n)
		for i := range n {
			if f.perm[i] == col {
				x[i] = 1
			}
			for j := range i {
				x[i] -= d[i*n+j] * x[j]
			}
		}
		for i := n - 1; i >= 0; i-- {
			for j := i + 1; j < n; j++ {
				x[i] -= d[i*n+j] * x[j]
			}
			x[i] /= d[i*n+i]
			inv.Data[i*n+col] = x[i]
		}
	}
	return inv
}

package nnlib

import (
	"fmt"

	"github.com/lectern-go/lectern/nnlib/internal/gemm"
)

// Matrix is a dense matrix of float32, row by row: element (i, j) is
// Data[i*Cols+j]. Rows are examples. Copying a Matrix copies the header only.
type Matrix struct {
	Rows, Cols int
	Data       []float32
}

// NewMatrix returns a matrix of zeros.
func NewMatrix(rows, cols int) Matrix {
	return Matrix{Rows: rows, Cols: cols, Data: make([]float32, rows*cols)}
}

// Row returns row i; it shares the matrix's memory.
func (m Matrix) Row(i int) []float32 { return m.Data[i*m.Cols:][:m.Cols] }

// At returns the element in row i and column j.
func (m Matrix) At(i, j int) float32 { return m.Row(i)[j] }

// matrix is a [Matrix] of either precision: float32 trains, float64 checks
// gradients. The two convert into each other without copying.
type matrix[F gemm.Float] struct {
	Rows, Cols int
	Data       []F
}

func (m matrix[F]) row(i int) []F { return m.Data[i*m.Cols:][:m.Cols] }

// slice returns rows lo to hi; they share the matrix's memory.
func (m matrix[F]) slice(lo, hi int) matrix[F] {
	return matrix[F]{hi - lo, m.Cols, m.Data[lo*m.Cols : hi*m.Cols]}
}

// resize gives m a shape and reuses its memory if that is large enough. What it
// holds is then undefined.
func (m *matrix[F]) resize(rows, cols int) {
	m.Rows, m.Cols = rows, cols
	if cap(m.Data) < rows*cols {
		m.Data = make([]F, rows*cols)
	}
	m.Data = m.Data[:rows*cols]
}

// operand is m as a factor of a product, and transposed its transpose.
func (m matrix[F]) operand() gemm.Operand[F] {
	return gemm.Operand[F]{Data: m.Data, RowStride: m.Cols, ColStride: 1}
}

func (m matrix[F]) transposed() gemm.Operand[F] {
	return gemm.Operand[F]{Data: m.Data, RowStride: 1, ColStride: m.Cols}
}

// wantShape panics with a [ShapeError] unless m is rows×cols; -1 fits any.
func (m matrix[F]) wantShape(operation, name string, rows, cols int) {
	if rows >= 0 && m.Rows != rows || cols >= 0 && m.Cols != cols || len(m.Data) != m.Rows*m.Cols {
		panic(ShapeError{operation, name, m.Rows, m.Cols, rows, cols})
	}
}

// ShapeError is the value of the panic when a caller passes a matrix of the
// wrong shape.
type ShapeError struct {
	Operation, Matrix  string // such as "Linear.Forward" and "X"
	Rows, Cols         int    // what it is
	WantRows, WantCols int    // what it must be; -1 is any
}

// Error names the operation, the matrix and both shapes.
func (e ShapeError) Error() string {
	return fmt.Sprintf("nnlib: %s: %s is %d×%d, want %s×%s", e.Operation, e.Matrix, e.Rows, e.Cols,
		dimension(e.WantRows, "B"), dimension(e.WantCols, "any"))
}

func dimension(n int, free string) string {
	if n < 0 {
		return free
	}
	return fmt.Sprint(n)
}

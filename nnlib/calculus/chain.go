package calculus

import (
	"fmt"
	"strings"
)

// jacobianKind says what is known about the structure of a Jacobian.
type jacobianKind uint8

const (
	kindIdentity jacobianKind = iota
	kindDiagonal
	kindOuter // u vᵀ
	kindBlock
	kindDense
)

// A Jacobian is a matrix of derivatives that remembers its structure, so that
// products cost what they must and not more: multiplying by an identity is free,
// by a diagonal costs one multiplication an element. It is immutable.
type Jacobian struct {
	Name string // shown in orders of multiplication: ∂h/∂z

	kind       jacobianKind
	rows, cols int
	diagonal   []float64 // kindDiagonal
	u, v       []float64 // kindOuter
	dense      *Matrix   // kindDense
	blocks     [][]*Jacobian
}

// IdentityJacobian returns ∂x/∂x = I for x of length n.
func IdentityJacobian(n int) *Jacobian {
	return &Jacobian{Name: "I", kind: kindIdentity, rows: n, cols: n}
}

// DiagonalJacobian returns ∂f(z)/∂z = diag(f′(z)) of an element-wise function from
// the values f′(z).
func DiagonalJacobian(derivative ...float64) *Jacobian {
	return &Jacobian{Name: "diag", kind: kindDiagonal, rows: len(derivative), cols: len(derivative), diagonal: derivative}
}

// DenseJacobian returns a Jacobian without structure: W for ∂(Wx + b)/∂x.
func DenseJacobian(m *Matrix) *Jacobian {
	return &Jacobian{Name: "J", kind: kindDense, rows: m.Rows, cols: m.Cols, dense: m}
}

// RowJacobian returns the 1×n Jacobian of a scalar: uᵀ for ∂(uᵀh)/∂h.
func RowJacobian(u ...float64) *Jacobian {
	return DenseJacobian(&Matrix{1, len(u), u})
}

// OuterJacobian returns u vᵀ, of rank one.
func OuterJacobian(u, v []float64) *Jacobian {
	return &Jacobian{Name: "u vᵀ", kind: kindOuter, rows: len(u), cols: len(v), u: u, v: v}
}

// BlockJacobian returns a matrix of blocks; a nil block is zero. It panics with an
// [*Error] if the blocks of a row differ in height, those of a column in width,
// or a row or column has no block that says its size.
func BlockJacobian(blocks [][]*Jacobian) *Jacobian {
	j := &Jacobian{Name: "block", kind: kindBlock, blocks: blocks}
	heights, widths := j.partition()
	for _, h := range heights {
		j.rows += h
	}
	for _, w := range widths {
		j.cols += w
	}
	return j
}

// WeightJacobian returns ∂(Wx)/∂W = I ⊗ xᵀ for a W with n rows, taken by rows: n
// blocks xᵀ on the diagonal.
func WeightJacobian(x []float64, n int) *Jacobian {
	blocks := make([][]*Jacobian, n)
	for i := range blocks {
		blocks[i] = make([]*Jacobian, n)
		blocks[i][i] = RowJacobian(x...)
	}
	j := BlockJacobian(blocks)
	j.Name = "I ⊗ xᵀ"
	return j
}

// partition returns the heights of the rows of blocks and the widths of their
// columns.
func (j *Jacobian) partition() (heights, widths []int) {
	heights = make([]int, len(j.blocks))
	for i, row := range j.blocks {
		if len(row) != len(j.blocks[0]) {
			panic(&Error{Op: "BlockJacobian", Message: fmt.Sprintf("row %d has %d blocks and row 0 %d", i, len(row), len(j.blocks[0]))})
		}
		if widths == nil {
			widths = make([]int, len(row))
		}
		for k, b := range row {
			if b == nil {
				continue
			}
			if heights[i] != 0 && heights[i] != b.rows || widths[k] != 0 && widths[k] != b.cols {
				panic(&Error{Op: "BlockJacobian", Message: fmt.Sprintf("block %d,%d is %d×%d and does not fit its neighbours", i, k, b.rows, b.cols)})
			}
			heights[i], widths[k] = b.rows, b.cols
		}
	}
	for _, sizes := range [][]int{heights, widths} {
		for i, n := range sizes {
			if n == 0 {
				panic(&Error{Op: "BlockJacobian", Message: fmt.Sprintf("row or column %d of blocks has only zero blocks, so its size is unknown", i)})
			}
		}
	}
	return heights, widths
}

// Named returns a copy with a name for orders of multiplication.
func (j *Jacobian) Named(name string) *Jacobian {
	c := *j
	c.Name = name
	return &c
}

// Dims returns the numbers of rows (outputs) and columns (inputs).
func (j *Jacobian) Dims() (rows, cols int) { return j.rows, j.cols }

// Structure names what is known of the Jacobian: identity, diagonal, outer
// product, block or dense.
func (j *Jacobian) Structure() string {
	return [...]string{"identity", "diagonal", "outer product", "block", "dense"}[j.kind]
}

// At returns ∂f_i/∂x_k, counted from 0. It panics if the index is out of range.
func (j *Jacobian) At(i, k int) float64 {
	if i < 0 || i >= j.rows || k < 0 || k >= j.cols {
		panic(&Error{Op: "Jacobian.At", Message: fmt.Sprintf("index %d,%d of a %d×%d Jacobian", i, k, j.rows, j.cols)})
	}
	switch j.kind {
	case kindIdentity, kindDiagonal:
		switch {
		case i != k:
			return 0
		case j.kind == kindIdentity:
			return 1
		}
		return j.diagonal[i]
	case kindOuter:
		return j.u[i] * j.v[k]
	case kindDense:
		return j.dense.At(i, k)
	}
	return j.blockAt(i, k)
}

func (j *Jacobian) blockAt(i, k int) float64 {
	heights, widths := j.partition()
	row, col := 0, 0
	for ; i >= heights[row]; row++ {
		i -= heights[row]
	}
	for ; k >= widths[col]; col++ {
		k -= widths[col]
	}
	if b := j.blocks[row][col]; b != nil {
		return b.At(i, k)
	}
	return 0
}

// Dense returns all elements.
func (j *Jacobian) Dense() *Matrix {
	switch j.kind {
	case kindDense:
		return j.dense
	case kindBlock:
		heights, widths := j.partition()
		m := NewMatrix(j.rows, j.cols)
		top := 0
		for i, row := range j.blocks {
			left := 0
			for k, b := range row {
				if b != nil {
					d := b.Dense()
					for r := range d.Rows {
						copy(m.Data[(top+r)*m.Cols+left:], d.Data[r*d.Cols:(r+1)*d.Cols])
					}
				}
				left += widths[k]
			}
			top += heights[i]
		}
		return m
	}
	m := NewMatrix(j.rows, j.cols)
	for i := range j.rows {
		for k := range j.cols {
			m.Data[i*m.Cols+k] = j.At(i, k)
		}
	}
	return m
}

// String prints the structure, size and elements.
func (j *Jacobian) String() string {
	text := fmt.Sprintf("%s, %s %d×%d", j.Name, j.Structure(), j.rows, j.cols)
	if j.rows*j.cols <= maxShownRows*maxShownCols {
		text += "\n" + j.Dense().String()
	}
	return text
}

// MIMEBundle shows the Jacobian in a notebook by its structure.
func (j *Jacobian) MIMEBundle() map[string]any {
	return bundle(j.String(), "$$"+j.latex()+"$$", "")
}

func (j *Jacobian) latex() string {
	switch j.kind {
	case kindIdentity:
		return fmt.Sprintf(`I_{%d}`, j.rows)
	case kindDiagonal:
		return `\operatorname{diag}` + Vector(j.diagonal...).latex()
	case kindOuter:
		return Vector(j.u...).latex() + Vector(j.v...).T().latex()
	case kindBlock:
		rows := make([]string, min(len(j.blocks), maxShownRows))
		for i := range rows {
			cells := make([]string, min(len(j.blocks[i]), maxShownCols))
			for k := range cells {
				cells[k] = "0"
				if b := j.blocks[i][k]; b != nil {
					cells[k] = b.latex()
				}
			}
			rows[i] = strings.Join(cells, " & ")
		}
		return `\begin{bmatrix}` + strings.Join(rows, ` \\ `) + `\end{bmatrix}`
	}
	return j.dense.latex()
}

// Times returns the product j·k, the chain rule ∂h/∂z ∂z/∂x, keeping structure. It
// panics with an [*Error] if the inner dimensions differ.
func (j *Jacobian) Times(k *Jacobian) *Jacobian {
	if j.cols != k.rows {
		panic(&Error{Op: "Jacobian.Times", Message: fmt.Sprintf("%s is %d×%d and %s is %d×%d: the inner dimensions differ", j.Name, j.rows, j.cols, k.Name, k.rows, k.cols)})
	}
	p := j.times(k)
	p.Name = "(" + j.Name + " " + k.Name + ")"
	return p
}

func (j *Jacobian) times(k *Jacobian) *Jacobian {
	switch {
	case j.kind == kindIdentity:
		return k.Named(k.Name)
	case k.kind == kindIdentity:
		return j.Named(j.Name)
	case j.kind == kindDiagonal && k.kind == kindDiagonal:
		return DiagonalJacobian(scaled(j.diagonal, k.diagonal)...)
	case j.kind == kindOuter:
		row := RowJacobian(j.v...).times(k).Dense()
		return OuterJacobian(j.u, row.Data)
	case k.kind == kindOuter:
		column := j.times(DenseJacobian(Vector(k.u...))).Dense()
		return OuterJacobian(column.Data, k.v)
	case j.kind == kindDiagonal:
		m := k.Dense().Clone()
		for i := range m.Data {
			m.Data[i] *= j.diagonal[i/m.Cols]
		}
		return DenseJacobian(m)
	case k.kind == kindDiagonal:
		m := j.Dense().Clone()
		for i := range m.Data {
			m.Data[i] *= k.diagonal[i%m.Cols]
		}
		return DenseJacobian(m)
	case k.kind == kindBlock:
		return j.timesBlocks(k)
	case j.kind == kindBlock:
		return j.blocksTimes(k)
	}
	return DenseJacobian(matmul(j.Dense(), k.Dense()))
}

func scaled(a, b []float64) []float64 {
	c := make([]float64, len(a))
	for i := range a {
		c[i] = a[i] * b[i]
	}
	return c
}

// timesBlocks multiplies a matrix by blocks, skipping the zero ones.
func (j *Jacobian) timesBlocks(k *Jacobian) *Jacobian {
	heights, widths := k.partition()
	a, m := j.Dense(), NewMatrix(j.rows, k.cols)
	top := 0
	for r, row := range k.blocks {
		part := NewMatrix(a.Rows, heights[r])
		for i := range a.Rows {
			copy(part.Data[i*part.Cols:(i+1)*part.Cols], a.Data[i*a.Cols+top:])
		}
		left := 0
		for c, b := range row {
			if b != nil {
				d := DenseJacobian(part).times(b).Dense()
				for i := range d.Rows {
					for l := range d.Cols {
						m.Data[i*m.Cols+left+l] += d.Data[i*d.Cols+l]
					}
				}
			}
			left += widths[c]
		}
		top += heights[r]
	}
	return DenseJacobian(m)
}

// blocksTimes multiplies blocks by a matrix, skipping the zero ones.
func (j *Jacobian) blocksTimes(k *Jacobian) *Jacobian {
	heights, widths := j.partition()
	b, m := k.Dense(), NewMatrix(j.rows, k.cols)
	top := 0
	for r, row := range j.blocks {
		left := 0
		for c, block := range row {
			if block != nil {
				part := &Matrix{widths[c], b.Cols, b.Data[left*b.Cols : (left+widths[c])*b.Cols]}
				d := block.times(DenseJacobian(part)).Dense()
				for i := range d.Data {
					m.Data[top*m.Cols+i] += d.Data[i]
				}
			}
			left += widths[c]
		}
		top += heights[r]
	}
	return DenseJacobian(m)
}

package nnlib

import (
	"math/rand/v2"

	"github.com/lectern-go/lectern/nnlib/internal/gemm"
)

// Parameter is a matrix that training changes, with its gradient.
//
// The gradient of a dense parameter has the parameter's shape (the lecture's
// shape convention). That of a sparse one, a table of word vectors, is zero in
// all rows but those of the batch's words: Grad holds only these, and Touched
// says which they are.
type Parameter struct {
	Name       string
	Rows, Cols int
	Value      []float32 // Rows×Cols
	Grad       []float32 // Rows×Cols, or len(Touched)×Cols if Sparse
	Sparse     bool
	Touched    []int32 // if Sparse: row i of Grad belongs to row Touched[i] of Value
	Frozen     bool    // training leaves Value as it is
	Symbol     string  // the size in the lecture's letters, such as "Cd"

	slot []int32 // if Sparse: base plus the row of Grad of each row of Value, less than base for none
	base int32
}

// NewParameter returns a dense parameter of zeros for a layer of one's own.
func NewParameter(name string, rows, cols int) *Parameter {
	return (*Parameter)(newParam[float32](name, rows, cols))
}

// param is a [Parameter] of either precision.
type param[F gemm.Float] struct {
	Name       string
	Rows, Cols int
	Value      []F
	Grad       []F
	Sparse     bool
	Touched    []int32
	Frozen     bool
	Symbol     string

	slot []int32
	base int32
}

func newParam[F gemm.Float](name string, rows, cols int) *param[F] {
	return &param[F]{Name: name, Rows: rows, Cols: cols, Value: make([]F, rows*cols), Grad: make([]F, rows*cols)}
}

// newSparse returns a table of which a batch touches few rows.
func newSparse[F gemm.Float](name string, rows, cols int) *param[F] {
	return &param[F]{Name: name, Rows: rows, Cols: cols, Value: make([]F, rows*cols), Sparse: true, slot: make([]int32, rows), base: 1}
}

// double returns a copy in float64.
func (p *param[F]) double() *param[float64] {
	d := newParam[float64](p.Name, p.Rows, p.Cols)
	if p.Sparse {
		d = newSparse[float64](p.Name, p.Rows, p.Cols)
	}
	d.Frozen, d.Symbol = p.Frozen, p.Symbol
	for i, v := range p.Value {
		d.Value[i] = float64(v)
	}
	return d
}

func (p *param[F]) value() matrix[F] { return matrix[F]{p.Rows, p.Cols, p.Value} }

func (p *param[F]) zeroGrad() {
	if !p.Sparse {
		clear(p.Grad)
		return
	}
	// What slot holds is now less than base, so that it need not be written.
	p.base += int32(len(p.Touched))
	if p.base > 1<<30 {
		p.base = 1
		clear(p.slot)
	}
	p.Touched = p.Touched[:0]
	p.Grad = p.Grad[:0]
}

// touch gives each of rows a row in Grad and writes its slot for [gemm.AddRows],
// which fills the new rows, to slots.
func (p *param[F]) touch(rows, slots []int32) {
	for i, row := range rows {
		slot := p.slot[row] - p.base
		if slot < 0 {
			slot = int32(len(p.Touched))
			p.slot[row] = p.base + slot
			p.Touched = append(p.Touched, row)
			slot = gemm.NewRow(slot)
		}
		slots[i] = slot
	}
	size := len(p.Touched) * p.Cols
	if cap(p.Grad) < size {
		p.Grad = append(make([]F, 0, 2*size), p.Grad...)
	}
	p.Grad = p.Grad[:size]
}

// ZeroGrad sets the gradient to zero. The training loop does so before each
// step.
func (p *Parameter) ZeroGrad() { (*param[float32])(p).zeroGrad() }

// Len returns the number of values.
func (p *Parameter) Len() int { return p.Rows * p.Cols }

// newRand returns the source of everything random that belongs to a seed and a
// purpose, so that for instance the order of the examples does not change when a
// layer is added.
func newRand(seed uint64, purpose purpose) *rand.Rand {
	return rand.New(rand.NewPCG(seed, stream(purpose, 0)))
}

// stream returns PCG's second seed for a purpose and a step or epoch.
func stream(purpose purpose, step int) uint64 {
	return 0x6c656374_65726e00 + uint64(purpose) + uint64(step)<<32
}

// purpose says what random numbers are for.
type purpose uint64

const (
	forInit purpose = iota
	forOrder
	forDropout
	forCorruption
	forChecking
)

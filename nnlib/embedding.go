package nnlib

import (
	"fmt"
	"math/rand/v2"

	"github.com/lectern-go/lectern/nnlib/internal/gemm"
)

// Embedding looks up the vectors of words and concatenates them. Looking up row i
// of L is the product of a one-hot row with L, so that an embedding is a linear
// layer whose input has one 1; its gradient is zero in all rows but those looked
// up, and a word that occurs twice gets the sum.
//
//	X  B×m      word ids, whole numbers in [0, V)
//	L  V×d      a vector for each word
//	Y  B×(md)
//
// Source: CS224N 2019, lecture 3, "θ with word vectors"; notes 3, section 1.6.
type Embedding struct {
	L *Parameter // sparse

	ids, slots []int32
	rows, m    int
	Y          matrix[float32]
}

// NewEmbedding returns a layer of V vectors of length d drawn from U[-0.25, 0.25].
// The parameter has the given name. It panics if V or d is less than 1.
func NewEmbedding(name string, V, d int, rng *rand.Rand) *Embedding {
	if V < 1 || d < 1 {
		panic(fmt.Sprintf("nnlib: NewEmbedding: %d×%d, want at least 1×1", V, d))
	}
	L := (*Parameter)(newSparse[float32](name, V, d))
	L.Symbol = "Vd"
	fillUniform(rng, 0.25, L.Value)
	return &Embedding{L: L}
}

// Forward returns the vectors of the words X. It panics with a [*DataError] if an
// id is out of range or no whole number.
func (l *Embedding) Forward(X Matrix, _ bool) Matrix {
	matrix[float32](X).wantShape("Embedding.Forward", "X", -1, -1)
	l.ids, l.slots = resized(l.ids, len(X.Data)), resized(l.slots, len(X.Data))
	for i, x := range X.Data {
		id := int32(x)
		if float32(id) != x || id < 0 || int(id) >= l.L.Rows {
			panic(&DataError{fmt.Sprintf("word id %v is not a whole number in 0..%d", x, l.L.Rows-1), i / X.Cols})
		}
		l.ids[i] = id
	}
	l.rows, l.m = X.Rows, X.Cols
	l.Y.resize(X.Rows, X.Cols*l.L.Cols)
	gemm.CopyRows(l.L.Cols, l.L.Value, l.ids, l.Y.Data, l.L.Cols)
	return Matrix(l.Y)
}

// Backward adds each word's part of dY to its row of the gradient. It returns a
// matrix without elements: an id has no gradient. It panics with a [ShapeError] if
// dY has not the shape of Y.
func (l *Embedding) Backward(dY Matrix) Matrix {
	matrix[float32](dY).wantShape("Embedding.Backward", "dY", l.rows, l.m*l.L.Cols)
	if !l.L.Frozen {
		(*param[float32])(l.L).touch(l.ids, l.slots)
		gemm.AddRows(l.L.Cols, dY.Data, l.L.Cols, l.slots, 0, 1, l.L.Grad, 1)
	}
	return Matrix{}
}

// Parameters returns L.
func (l *Embedding) Parameters() []*Parameter { return []*Parameter{l.L} }

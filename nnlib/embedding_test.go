package nnlib_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/nnlib"
)

// TestEmbeddingIsALinearLayer: a look-up equals the product of one-hot rows with
// L, bit for bit, and so does its gradient.
func TestEmbeddingIsALinearLayer(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	const V, d = 6, 4
	e := nnlib.NewEmbedding("L", V, d, rng)
	line := nnlib.NewLinear("line", V, d, rng)
	copy(line.W.Value, e.L.Value)
	ids := []int32{3, 0, 3, 5, 3}
	X := nnlib.NewMatrix(len(ids), 1)
	for i, id := range ids {
		X.Data[i] = float32(id)
	}
	Y, oneHot := e.Forward(X, true), line.Forward(nnlib.OneHot(ids, V), true)
	if diff := cmp.Diff(oneHot.Data, Y.Data); diff != "" {
		t.Errorf("Y (-one-hot·L +look-up):\n%s", diff)
	}
	dY := normal(rng, len(ids), d)
	e.Backward(dY)
	line.Backward(dY)
	dense := make([]float32, V*d)
	for i, row := range e.L.Touched {
		copy(dense[int(row)*d:], e.L.Grad[i*d:(i+1)*d])
	}
	if diff := cmp.Diff(line.W.Grad, dense); diff != "" {
		t.Errorf("dL (-one-hot +look-up):\n%s", diff)
	}
	if len(e.L.Touched) != 3 {
		t.Errorf("%d rows have a gradient, want 3", len(e.L.Touched))
	}
	defer func() {
		if err, ok := recover().(*nnlib.DataError); !ok || err.Index != 1 {
			t.Errorf("panic %v, want a DataError about example 1", err)
		}
	}()
	e.Forward(nnlib.Matrix{Rows: 2, Cols: 1, Data: []float32{1, 6}}, false)
}

// TestOwnWindowNetwork: layers of one's own choice on top of an embedding train
// word by word with the common loop.
func TestOwnWindowNetwork(t *testing.T) {
	w := smallWindows(40, 1)
	X := nnlib.NewMatrix(w.N, w.Width())
	for i, id := range w.Words {
		X.Data[i] = float32(id)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	e := nnlib.NewEmbedding("L", 30, 4, rng)
	before := append([]float32(nil), e.L.Value...)
	n := nnlib.NewNetwork(e, nnlib.NewLinear("in", 12, 10, rng), newSquare(), nnlib.NewLinear("out", 10, 3, rng))
	m := nnlib.ClassifierOf(n, w.Width(), []string{"O", "LOC", "PER"})
	h, err := m.Fit(t.Context(), X, w.Labels, nnlib.Training{Epochs: 100, BatchSize: 8, Optimizer: &nnlib.Adam{Rate: 0.02}, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Accuracy(X, w.Labels); got < 0.9 {
		t.Errorf("accuracy %.2f on the examples it learnt, want at least 0.9; last loss %.3f", got, h.Loss[len(h.Loss)-1])
	}
	if cmp.Equal(before, e.L.Value) {
		t.Error("the word vectors have not moved")
	}
}

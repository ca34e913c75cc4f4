package nnlib_test

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/lectern-go/lectern/nnlib"
)

// spiral reads the three arms of notebooks/data/spiral.csv.
func spiral(t testing.TB) (nnlib.Matrix, []int32) {
	t.Helper()
	f, err := os.Open("../notebooks/data/spiral.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	X, labels := nnlib.NewMatrix(len(rows)-1, 2), []int32{}
	for i, row := range rows[1:] {
		for j := range 2 {
			x, err := strconv.ParseFloat(row[j], 64)
			if err != nil {
				t.Fatal(err)
			}
			X.Data[2*i+j] = float32(x)
		}
		label, err := strconv.Atoi(row[2])
		if err != nil {
			t.Fatal(err)
		}
		labels = append(labels, int32(label))
	}
	return X, labels
}

// TestSpiral repeats the case study of CS231n, "Putting it together: Minimal
// Neural Network Case Study": full batches, step 1, reg 1e-3, which stands for
// ½·reg·‖W‖².
func TestSpiral(t *testing.T) {
	X, labels := spiral(t)
	fit := func(hidden []int, f nnlib.Activation, steps int) (*nnlib.Classifier, *nnlib.History) {
		m, err := nnlib.NewClassifier(nnlib.ClassifierConfig{
			Features: 2, Hidden: hidden, Activation: f, Classes: []string{"a", "b", "c"}, Seed: 1,
			Init: nnlib.Init{Kind: nnlib.SmallNormal},
		})
		if err != nil {
			t.Fatal(err)
		}
		h, err := m.Fit(t.Context(), X, labels, nnlib.Training{
			Epochs: steps, BatchSize: len(labels), InOrder: true, Optimizer: &nnlib.SGD{Rate: 1}, L2: 0.5e-3,
		})
		if err != nil {
			t.Fatal(err)
		}
		return m, h
	}
	linear, h := fit(nil, "", 200)
	if math.Abs(h.Loss[0]-math.Log(3)) > 0.01 {
		t.Errorf("first loss %v, want about ln 3", h.Loss[0])
	}
	if math.Abs(h.Loss[190]-0.786302) > 1e-6 {
		t.Errorf("linear: loss at iteration 190 is %.7f, want 0.786302", h.Loss[190])
	}
	right := int(math.Round(linear.Accuracy(X, labels) * 300))
	if right != 148 {
		t.Errorf("linear: %d of 300 right, want 148", right)
	}
	if testing.Short() {
		return
	}
	relu, h := fit([]int{100}, nnlib.ReLU, 10_000)
	t.Logf("ReLU: loss %.4f, accuracy %.3f", h.Loss[9000], relu.Accuracy(X, labels))
	if got := relu.Accuracy(X, labels); got < 0.98 {
		t.Errorf("ReLU: accuracy %.3f, want at least 0.98", got)
	}
	stack, h := fit([]int{100}, nnlib.Identity, 3000)
	t.Logf("no activation: loss %.6f, accuracy %.4f", h.Loss[2999], stack.Accuracy(X, labels))
	if got := stack.Accuracy(X, labels); got > float64(right)/300+0.02 {
		t.Errorf("two linear layers: accuracy %.3f, want no better than one (%.3f)", got, float64(right)/300)
	}
}

// TestCrossEntropyExample is the example of CS231n: p = (.2, .3, .5), class 1.
func TestCrossEntropyExample(t *testing.T) {
	Z := nnlib.Matrix{Rows: 1, Cols: 3, Data: []float32{float32(math.Log(0.2)), float32(math.Log(0.3)), float32(math.Log(0.5))}}
	J, dZ := nnlib.CrossEntropy(Z, []int32{1})
	if math.Abs(J+math.Log(0.3)) > 1e-6 {
		t.Errorf("J = %v, want -ln 0.3 = %v", J, -math.Log(0.3))
	}
	for i, want := range []float64{0.2, -0.7, 0.5} {
		if math.Abs(float64(dZ.Data[i])-want) > 1e-6 {
			t.Errorf("dZ[%d] = %v, want %v", i, dZ.Data[i], want)
		}
	}
	soft, _ := nnlib.SoftCrossEntropy{}.Loss(Z, nnlib.OneHot([]int32{1}, 3))
	if math.Abs(soft-J) > 1e-6 {
		t.Errorf("with one-hot targets %v, with labels %v, want the same", soft, J)
	}
}

func TestSoftmaxIsStable(t *testing.T) {
	p := nnlib.Softmax(nnlib.Matrix{Rows: 2, Cols: 3, Data: []float32{1e4, -1e4, 1e4, -1e4, -1e4 + 1, -2e4}})
	for i, want := range []float64{0.5, 0, 0.5, 1 / (1 + math.E), math.E / (1 + math.E), 0} {
		if math.Abs(float64(p.Data[i])-want) > 1e-6 {
			t.Errorf("p[%d] = %v, want %v", i, p.Data[i], want)
		}
	}
}

func TestMaxMargin(t *testing.T) {
	Z := nnlib.Matrix{Rows: 2, Cols: 3, Data: []float32{2, 0.5, 1.5, 0, -1, -3}}
	J, dZ := nnlib.MaxMargin{}.Loss(Z, nnlib.Matrix{})
	if want := (0.5 / 2) / 2; math.Abs(J-want) > 1e-7 {
		t.Errorf("J = %v, want %v", J, want)
	}
	// s = s_c + 1 in the second row: no loss and, by convention, no gradient.
	for i, want := range []float32{-0.25, 0, 0.25, 0, 0, 0} {
		if dZ.Data[i] != want {
			t.Errorf("dZ[%d] = %v, want %v", i, dZ.Data[i], want)
		}
	}
}

func xor() (nnlib.Matrix, []int32) {
	return nnlib.Matrix{Rows: 4, Cols: 2, Data: []float32{0, 0, 0, 1, 1, 0, 1, 1}}, []int32{0, 1, 1, 0}
}

func TestXOR(t *testing.T) {
	X, labels := xor()
	best := 0.0
	for seed := uint64(1); seed <= 3; seed++ {
		line := nnlib.NewLogistic(2, seed)
		if _, err := line.Fit(t.Context(), X, labels, nnlib.Training{Epochs: 500, Optimizer: &nnlib.SGD{Rate: 0.5}}); err != nil {
			t.Fatal(err)
		}
		right := 0
		for i, y := range line.Predict(X) {
			if y == labels[i] {
				right++
			}
		}
		if right > 3 {
			t.Errorf("a line gets %d of XOR's 4 right, which no line can", right)
		}
		m, err := nnlib.NewClassifier(nnlib.ClassifierConfig{Features: 2, Hidden: []int{2}, Classes: []string{"0", "1"}, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Fit(t.Context(), X, labels, nnlib.Training{Epochs: 2000, Optimizer: &nnlib.Adam{Rate: 0.05}}); err != nil {
			t.Fatal(err)
		}
		best = max(best, m.Accuracy(X, labels))
	}
	if best != 1 {
		t.Errorf("the best of three 2-2-2 networks gets %v of XOR right, want all", best)
	}
}

func TestOwnLayerAndLossTrain(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	X, Y := normal(rng, 64, 2), nnlib.NewMatrix(64, 1)
	for i := range Y.Data {
		Y.Data[i] = X.At(i, 0)*X.At(i, 0) + X.At(i, 1)*X.At(i, 1) // the squares of ownLayer fit it exactly
	}
	for _, loss := range []nnlib.Loss{nnlib.SquaredError{}, ownSquaredError{}} {
		n := nnlib.NewNetwork(nnlib.NewLinear("in", 2, 2, rand.New(rand.NewPCG(1, 1))), newSquare(), nnlib.NewLinear("out", 2, 1, rand.New(rand.NewPCG(2, 2))))
		h, err := n.Fit(t.Context(), X, Y, loss, nnlib.Training{Epochs: 500, BatchSize: 16, Optimizer: &nnlib.Adam{Rate: 0.02}})
		if err != nil {
			t.Fatal(err)
		}
		if last := h.Epochs[len(h.Epochs)-1].Loss; last > 1e-3 {
			t.Errorf("%T: loss %v after training, want next to 0", loss, last)
		}
	}
}

// ownSquaredError is a loss of one's own.
type ownSquaredError struct{}

func (ownSquaredError) Loss(Z, Y nnlib.Matrix) (float64, nnlib.Matrix) {
	J, dZ := 0.0, nnlib.NewMatrix(Z.Rows, Z.Cols)
	for i, z := range Z.Data {
		d := z - Y.Data[i]
		J += float64(d*d) / 2 / float64(Z.Rows)
		dZ.Data[i] = d / float32(Z.Rows)
	}
	return J, dZ
}

// TestNeuronIsLogisticRegression: one neuron with a logistic activation equals
// logistic regression, and its bias acts as a weight on a constant input 1.
func TestNeuronIsLogisticRegression(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	X := normal(rng, 20, 3)
	m := nnlib.NewLogistic(3, 1)
	W, b := m.Parameters()[0], m.Parameters()[1]
	b.Value[0] = 0.3
	p := nnlib.Logistic.Of(m.Network.Predict(X).Data)
	for i, got := range m.Probabilities(X) {
		z := float64(b.Value[0])
		for j := range 3 {
			z += float64(X.At(i, j)) * float64(W.Value[j])
		}
		if want := 1 / (1 + math.Exp(-z)); got != p[i] || math.Abs(float64(got)-want) > 1e-6 {
			t.Errorf("example %d: P = %v, want %v", i, got, want)
		}
	}
}

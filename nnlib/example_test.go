package nnlib_test

import (
	"context"
	"fmt"
	"log"

	"github.com/lectern-go/lectern/nnlib"
)

// Four windows of three words; the label says whether the centre is a location.
func Example() {
	words := []string{"<pad>", "in", "Paris", "Hilton", "was"}
	train := nnlib.Windows{
		Radius: 1, N: 4,
		Words: []int32{
			1, 2, 0, // in Paris <pad>
			1, 2, 4, // in Paris was
			0, 2, 3, // <pad> Paris Hilton
			4, 2, 3, // was Paris Hilton
		},
		Labels: []int32{1, 1, 0, 0},
	}
	m, err := nnlib.NewWindowClassifier(nnlib.WindowConfig{
		Radius: 1, Vocab: len(words), Dim: 4, Classes: []string{"O", "LOC"}, Seed: 1,
	})
	if err != nil {
		log.Fatal(err)
	}
	h, err := m.Fit(context.Background(), train, nnlib.Training{Epochs: 200, Optimizer: &nnlib.Adam{Rate: 0.05}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(m.Counts())
	fmt.Println(h.Steps(), "steps, predictions", m.Predict(train))
	// Output:
	// parameter           shape         size       values
	// words                 5×4           Vd           20
	// W                    12×2          Cmd           24
	// b                     1×2            C            2
	// θ                                                46  Vd + Cmd + C
	// 200 steps, predictions [1 1 0 0]
}

// The lecture's θ counts Cd + Vd: a softmax classifier on single words, without
// bias, whose word vectors are trained too.
func ExampleParameterCounts() {
	m, err := nnlib.NewWindowClassifier(nnlib.WindowConfig{
		Vocab: 17_000, Dim: 50, NoBias: true, Classes: []string{"O", "LOC", "MISC", "ORG", "PER"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(m.Counts())
	// Output:
	// parameter           shape         size       values
	// words            17000×50           Vd      850,000
	// W                    50×5           Cd          250
	// θ                                           850,250  Vd + Cd
}

// The lecture's scorer: five words of four numbers, eight neurons.
func ExampleScorer() {
	m, err := nnlib.NewScorer(nnlib.ScorerConfig{Radius: 2, Vocab: 7, Dim: 4, Hidden: 8, FreezeVectors: true})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m)
	fmt.Println(m.Counts().Trained(), "numbers are trained")
	// Output:
	// window scorer: 5 words, x in R^20, 8 hidden tanh, max-margin with 5 corrupt windows
	// 176 numbers are trained
}

func ExampleClassifier() {
	X := nnlib.Matrix{Rows: 4, Cols: 2, Data: []float32{0, 0, 0, 1, 1, 0, 1, 1}}
	xor := []int32{0, 1, 1, 0}
	m, err := nnlib.NewClassifier(nnlib.ClassifierConfig{Features: 2, Hidden: []int{4}, Classes: []string{"same", "different"}, Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := m.Fit(context.Background(), X, xor, nnlib.Training{Epochs: 500, Optimizer: &nnlib.Adam{Rate: 0.05}}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(m)
	fmt.Println(m.Predict(X))
	// Output:
	// classifier: linear 2×4 → tanh → linear 4×2 → softmax over 2 classes
	// [0 1 1 0]
}

// A network of layers under a loss fits a straight line.
func ExampleNetwork_Fit() {
	X, Y := nnlib.NewMatrix(5, 1), nnlib.NewMatrix(5, 1)
	for i := range X.Data {
		X.Data[i] = float32(i)
		Y.Data[i] = 3*float32(i) - 1
	}
	n := nnlib.FeedForward([]int{1, 1}, nnlib.Identity, 0, nnlib.Init{}, 1)
	_, err := n.Fit(context.Background(), X, Y, nnlib.SquaredError{}, nnlib.Training{
		Epochs: 500, BatchSize: 5, Optimizer: &nnlib.SGD{Rate: 0.1},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range n.Parameters() {
		fmt.Printf("%s = %.3f\n", p.Name, p.Value[0])
	}
	// Output:
	// W = 3.000
	// b = -1.000
}

func ExampleCrossEntropy() {
	Z := nnlib.NewMatrix(1, 5) // zero logits: each of five classes has p = 1/5
	J, dZ := nnlib.CrossEntropy(Z, []int32{2})
	fmt.Printf("J = %.4f, dZ = %.1f\n", J, dZ.Data)
	// Output: J = 1.6094, dZ = [0.2 0.2 -0.8 0.2 0.2]
}

func ExampleActivation() {
	fmt.Println(nnlib.ReLU.Of([]float32{-2, 0, 3}))
	fmt.Println(nnlib.SoftSign.Derivative([]float32{-1, 0, 1}))
	// Output:
	// [0 0 3]
	// [0.25 1 0.25]
}

func ExampleWarmUp() {
	s := nnlib.WarmUp{Steps: 2, Then: nnlib.InverseDecay{Tau: 2}}
	for t := range 7 {
		fmt.Printf("%.3f ", s.Rate(0.1, t))
	}
	fmt.Println()
	// Output: 0.050 0.100 0.100 0.100 0.100 0.067 0.050
}

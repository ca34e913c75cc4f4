package nnlib_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/lectern-go/lectern/nnlib"
)

// randomWindows returns n windows of 5 words out of vocab, with 5 case classes
// and 5 labels.
func randomWindows(n, vocab int) nnlib.Windows {
	rng := rand.New(rand.NewPCG(1, 2))
	w := nnlib.Windows{Radius: 2, N: n, Words: make([]int32, 5*n), Cases: make([]uint8, 5*n), Labels: make([]int32, n)}
	for i := range w.Words {
		w.Words[i] = int32(rng.IntN(vocab))
		w.Cases[i] = uint8(rng.IntN(5))
	}
	for i := range w.Labels {
		w.Labels[i] = int32(rng.IntN(5))
	}
	return w
}

// BenchmarkStep measures training steps in the settings that PyTorch was
// measured in: x = 275, 5 classes, 20,000 words.
func BenchmarkStep(b *testing.B) {
	const examples, vocab = 1 << 15, 20_000
	data := randomWindows(examples, vocab)
	for _, optimizer := range []string{"sgd", "adam"} {
		for _, batch := range []int{32, 256, 1024} {
			for _, threads := range []int{1, 2} {
				b.Run(fmt.Sprintf("hidden=100/%s/batch=%d/threads=%d", optimizer, batch, threads), func(b *testing.B) {
					nnlib.SetThreads(threads)
					m, err := nnlib.NewWindowClassifier(nnlib.WindowConfig{
						Radius: 2, Vocab: vocab, Dim: 50, Cases: 5, Hidden: []int{100}, Classes: []string{"O", "PER", "LOC", "ORG", "MISC"}, Seed: 1,
					})
					if err != nil {
						b.Fatal(err)
					}
					var o nnlib.Optimizer = &nnlib.Adam{}
					if optimizer == "sgd" {
						o = &nnlib.SGD{Rate: 0.1}
					}
					for b.Loop() {
						if _, err := m.Fit(b.Context(), data, nnlib.Training{Epochs: 1, BatchSize: batch, Optimizer: o, Unrecorded: true}); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(examples*float64(b.N)/b.Elapsed().Seconds(), "examples/s")
				})
			}
		}
	}
}

package nnlib

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/lectern-go/lectern/nnlib/internal/gemm"
)

func testWindows(n, vocab int) Windows {
	rng := rand.New(rand.NewPCG(1, 2))
	w := Windows{Radius: 2, N: n}
	for range 5 * n {
		w.Words = append(w.Words, int32(rng.IntN(vocab)))
		w.Cases = append(w.Cases, uint8(rng.IntN(5)))
	}
	for range n {
		w.Labels = append(w.Labels, int32(rng.IntN(5)))
	}
	return w
}

func testModel(t testing.TB, vocab int) *WindowClassifier {
	t.Helper()
	m, err := NewWindowClassifier(WindowConfig{
		Radius: 2, Vocab: vocab, Dim: 10, Cases: 5, Hidden: []int{37}, Dropout: 0.2,
		Classes: []string{"O", "LOC", "MISC", "ORG", "PER"}, Seed: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// bits returns the bits of all parameters and of the losses.
func bits(m Counted, h *History) []uint64 {
	var all []uint64
	for _, p := range m.Parameters() {
		for _, v := range p.Value {
			all = append(all, uint64(math.Float32bits(v)))
		}
	}
	for _, J := range h.Loss {
		all = append(all, math.Float64bits(J))
	}
	return all
}

func TestSameBitsEverywhere(t *testing.T) {
	before := gemm.Variant()
	t.Cleanup(func() {
		SetThreads(runtime.GOMAXPROCS(0))
		if err := gemm.Use(before); err != nil {
			t.Fatal(err)
		}
	})
	// Large enough batches that the work is divided: see worthDividing.
	data := testWindows(2000, 200)
	optimizers := map[string]func() Optimizer{
		"sgd":      func() Optimizer { return &SGD{Rate: 0.1} },
		"momentum": func() Optimizer { return &SGD{Rate: 0.1, Momentum: 0.9} },
		"adagrad":  func() Optimizer { return &AdaGrad{} },
		"rmsprop":  func() Optimizer { return &RMSProp{} },
		"adamw":    func() Optimizer { return &Adam{WeightDecay: 0.01} },
	}
	for name, optimizer := range optimizers {
		t.Run(name, func(t *testing.T) {
			var want []uint64
			for _, simd := range gemm.Variants() {
				for _, threads := range []int{1, 2, 3} {
					if simd == "go" && (threads > 1 || testing.Short()) {
						continue
					}
					if err := gemm.Use(simd); err != nil {
						t.Fatal(err)
					}
					SetThreads(threads)
					m := testModel(t, 200)
					m.net.divide = 1
					h, err := m.Fit(t.Context(), data, Training{Epochs: 5, BatchSize: 100, Optimizer: optimizer(), Unrecorded: true})
					if err != nil {
						t.Fatal(err)
					}
					got := bits(m, h)
					if want == nil {
						want = got
					}
					for i := range want {
						if got[i] != want[i] {
							t.Fatalf("%s, %d threads: after %d steps number %d is %x, want %x as with %s and 1 thread",
								simd, threads, h.Steps(), i, got[i], want[i], gemm.Variants()[0])
						}
					}
				}
			}
		})
	}
}

// TestSameBitsWithAnyThreads trains what TestSameBitsEverywhere does not: groups of
// rows, averaged windows, two hidden layers, and vectors that stay.
func TestSameBitsWithAnyThreads(t *testing.T) {
	t.Cleanup(func() { SetThreads(runtime.GOMAXPROCS(0)) })
	data, training := testWindows(500, 100), Training{Epochs: 3, BatchSize: 51, Unrecorded: true}
	window := func(config WindowConfig) func() (Counted, *History) {
		return func() (Counted, *History) {
			config.Radius, config.Vocab, config.Dim, config.Seed, config.Classes = 2, 100, 10, 1, []string{"A", "B", "C", "D", "E"}
			m, err := NewWindowClassifier(config)
			if err != nil {
				t.Fatal(err)
			}
			m.net.divide = 1
			h, err := m.Fit(t.Context(), data, training)
			if err != nil {
				t.Fatal(err)
			}
			return m, h
		}
	}
	models := map[string]func() (Counted, *History){
		"softmax":  window(WindowConfig{}),
		"averaged": window(WindowConfig{Average: true, Cases: 5, Hidden: []int{7}}),
		"deep":     window(WindowConfig{Cases: 5, Hidden: []int{19, 7}}),
		"frozen":   window(WindowConfig{Cases: 5, FreezeVectors: true, Hidden: []int{7}}),
		"scorer": func() (Counted, *History) {
			m, err := NewScorer(ScorerConfig{Radius: 2, Vocab: 100, Dim: 10, Cases: 5, Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			m.net.divide = 1
			h, err := m.Fit(t.Context(), data, 1, training)
			if err != nil {
				t.Fatal(err)
			}
			return m, h
		},
	}
	for name, train := range models {
		t.Run(name, func(t *testing.T) {
			SetThreads(1)
			want := bits(train())
			for threads := 2; threads <= 5; threads++ {
				SetThreads(threads)
				if got := bits(train()); !slices.Equal(got, want) {
					t.Errorf("%d threads give other bits than one", threads)
				}
			}
		})
	}
}

// TestSameBitsOnEveryMachine compares with the bits of the machine that wrote
// this test (amd64 with AVX-512): other processors, systems and compilers must
// compute the same.
func TestSameBitsOnEveryMachine(t *testing.T) {
	m := testModel(t, 200)
	h, err := m.Fit(t.Context(), testWindows(500, 200), Training{
		Epochs: 4, BatchSize: 50, Unrecorded: true, L2: 1e-4, ClipNorm: 1, Schedule: WarmUp{Steps: 5, Then: StepDecay{Every: 10}},
	})
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.New()
	for _, b := range bits(m, h) {
		if err := binary.Write(hash, binary.LittleEndian, b); err != nil {
			t.Fatal(err)
		}
	}
	const want = "0e737eddd31bcca2a9e1d2a469039fe56611efd625a7262f1bd2a4800691b05e"
	if got := hex.EncodeToString(hash.Sum(nil)); got != want {
		t.Errorf("hash of parameters and losses after %d steps is %s, want %s", h.Steps(), got, want)
	}
}

func TestStepsDoNotAllocate(t *testing.T) {
	defer SetThreads(runtime.GOMAXPROCS(0))
	data := testWindows(512, 200)
	for _, optimizer := range []Optimizer{&SGD{}, &Adam{}} {
		for _, threads := range []int{1, 2} {
			t.Run(fmt.Sprintf("%T, %d threads", optimizer, threads), func(t *testing.T) {
				SetThreads(threads)
				m := testModel(t, 200)
				m.net.divide = 1
				l := newLoop(&windowTask{m, &data}, data.N, Training{Epochs: 400, BatchSize: 64, Optimizer: optimizer})
				l.record = &record{}
				l.shuffle(1)
				step := func() {
					if _, err := l.takeStep(1, l.order[:64]); err != nil {
						t.Fatal(err)
					}
				}
				for range 20 {
					step()
				}
				if n := testing.AllocsPerRun(100, step); n > 0 {
					t.Errorf("a step allocates %v times, want 0", n)
				}
			})
		}
	}
}

package nnlib_test

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/lectern-go/lectern/nnlib"
	"github.com/lectern-go/lectern/nnlib/internal/gemm"
)

var (
	speed   = flag.Bool("speed", false, "measure speed beside PyTorch and gonum, on a machine that does nothing else")
	python  = flag.String("python", "/usr/bin/python3", "the Python that has PyTorch")
	seconds = flag.Float64("seconds", 3, "how long each setting is measured")
)

// setting is a row of the table.
type setting struct {
	optimizer     string
	batch, hidden int
	factor        float64 // how many times as fast as PyTorch we want to be, one thread each
}

var settings = []setting{
	{"sgd", 32, 100, 3},
	{"sgd", 256, 100, 2},
	{"sgd", 1024, 100, 2},
	{"adam", 32, 100, 3},
	{"adam", 256, 100, 2},
	{"adam", 1024, 100, 2},
	{"adam", 256, 300, 0},
}

// randomWindows returns n windows of 5 words out of vocab, with 5 case classes
// and 5 labels.
func randomWindows(n, vocab int) nnlib.Windows {
	rng := rand.New(rand.NewPCG(1, 2))
	w := nnlib.Windows{Radius: 2, N: n}
	for range 5 * n {
		w.Words = append(w.Words, int32(rng.IntN(vocab)))
		w.Cases = append(w.Cases, uint8(rng.IntN(5)))
	}
	for range n {
		w.Labels = append(w.Labels, int32(rng.IntN(5)))
	}
	return w
}

// train trains with the settings of pytorch_steps.py: x = 275, 5 classes, 20,000
// words, both embeddings trained.
func (s setting) train(t testing.TB, data nnlib.Windows, training nnlib.Training) {
	m, err := nnlib.NewWindowClassifier(nnlib.WindowConfig{
		Radius: 2, Vocab: 20_000, Dim: 50, Cases: 5, Hidden: []int{s.hidden}, Classes: []string{"O", "PER", "LOC", "ORG", "MISC"}, Seed: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	training.BatchSize, training.Unrecorded, training.Optimizer = s.batch, true, &nnlib.Adam{}
	if s.optimizer == "sgd" {
		training.Optimizer = &nnlib.SGD{Rate: 0.1}
	}
	if _, err := m.Fit(t.Context(), data, training); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

// ours returns the batch divided by the median time from step to step, which
// other work on the machine disturbs least.
func (s setting) ours(t testing.TB, data nnlib.Windows, threads int, seconds float64) float64 {
	nnlib.SetThreads(threads)
	var times []time.Duration
	var begin, last time.Time
	nnlib.Interrupted = func() bool { return len(times) > 0 && time.Since(begin).Seconds() > seconds }
	defer func() { nnlib.Interrupted = nil }()
	s.train(t, data, nnlib.Training{Epochs: 1 << 20 / (data.N / s.batch), OnStep: func(nnlib.Step) {
		now := time.Now()
		if begin.IsZero() {
			begin = now
		} else {
			times = append(times, now.Sub(last))
		}
		last = now
	}})
	slices.Sort(times)
	return float64(s.batch) / times[len(times)/2].Seconds()
}

// pytorch returns the same of PyTorch on one thread, 0 where it is absent.
func (s setting) pytorch(t testing.TB, seconds float64) float64 {
	out := pytorchSteps(s.optimizer, strconv.Itoa(s.batch), strconv.Itoa(s.hidden), fmt.Sprint(seconds))
	if out == "" {
		return 0
	}
	rate, err := strconv.ParseFloat(out, 64)
	if err != nil {
		t.Errorf("pytorch_steps.py printed %q, want a number", out)
	}
	return rate
}

// pytorchSteps runs pytorch_steps.py. OpenBLAS takes as many threads as there are
// processors unless told otherwise, and its slowest kernels on processors younger
// than itself, so it is told which to take.
func pytorchSteps(args ...string) string {
	cmd := exec.Command(*python, append([]string{"testdata/pytorch_steps.py"}, args...)...)
	cmd.Env = append(cmd.Environ(), "OPENBLAS_NUM_THREADS=1")
	core := map[string]string{"avx512": "SkylakeX", "avx2": "Haswell"}[gemm.Variant()]
	if core != "" && os.Getenv("OPENBLAS_CORETYPE") == "" {
		cmd.Env = append(cmd.Env, "OPENBLAS_CORETYPE="+core)
	}
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return x[len(x)/2]
}

// TestSpeed prints the table of examples per second, medians of the rates and of
// the ratios:
//
//	go test ./nnlib -run TestSpeed -speed -v
func TestSpeed(t *testing.T) {
	if !*speed {
		t.Skip("measures only with -speed")
	}
	defer nnlib.SetThreads(runtime.GOMAXPROCS(0))
	data := randomWindows(1<<15, 20_000)
	peer := pytorchSteps()
	fmt.Printf("Training, examples/s (%s, %s; %s)\n%-28s %10s %10s %7s %10s %7s\n", runtime.GOARCH, gemm.Variant(),
		cmp.Or(peer, "PyTorch is absent"), "", "PyTorch", "1 thread", "times", "2 threads", "times")
	for _, s := range settings {
		const rounds = 5 // in turns, so that what else runs disturbs all alike
		var torch, one, two, faster, scaling []float64
		for range rounds {
			o, w := s.ours(t, data, 1, *seconds/rounds), s.ours(t, data, 2, *seconds/rounds)
			one, two, scaling = append(one, o), append(two, w), append(scaling, w/o)
			if peer != "" {
				p := s.pytorch(t, *seconds/rounds)
				torch, faster = append(torch, p), append(faster, o/p)
			}
		}
		name := fmt.Sprintf("hidden %d, %s, batch %d", s.hidden, s.optimizer, s.batch)
		theirs, times := "-", "-"
		if peer != "" {
			theirs, times = fmt.Sprintf("%.0f", median(torch)), fmt.Sprintf("%.2f", median(faster))
		}
		fmt.Printf("%-28s %10s %10.0f %7s %10.0f %7.2f\n", name, theirs, median(one), times, median(two), median(scaling))
		if peer != "" && median(faster) < s.factor {
			t.Errorf("%s: %.2f times as fast as PyTorch, want %g times", name, median(faster), s.factor)
		}
	}
}

// TestProductSpeed prints GFLOP/s of products beside gonum's:
//
//	go test ./nnlib -run TestProductSpeed -speed -v
func TestProductSpeed(t *testing.T) {
	if !*speed {
		t.Skip("measures only with -speed")
	}
	before := gemm.Variant()
	defer func() {
		if err := gemm.Use(before); err != nil {
			t.Fatal(err)
		}
	}()
	fmt.Printf("Products, GFLOP/s, one thread\n%-16s %8s", "M×N×K", "gonum")
	for _, name := range gemm.Variants() {
		fmt.Printf(" %8s", name)
	}
	fmt.Println()
	for _, shape := range [][3]int{{32, 128, 250}, {256, 128, 250}, {1024, 128, 256}, {1024, 1024, 1024}} {
		m, n, k := shape[0], shape[1], shape[2]
		rng := rand.New(rand.NewPCG(1, 1))
		A, B, C := normal(rng, m, k), normal(rng, k, n), nnlib.NewMatrix(m, n)
		flop := 2 * float64(m) * float64(n) * float64(k)
		procs := runtime.GOMAXPROCS(1) // gonum divides large products among all
		other := gflops(flop, func() {
			gonum.Implementation{}.Sgemm(blas.NoTrans, blas.NoTrans, m, n, k, 1, A.Data, k, B.Data, n, 0, C.Data, n)
		})
		runtime.GOMAXPROCS(procs)
		fmt.Printf("%-16s %8.1f", fmt.Sprintf("%d×%d×%d", m, n, k), other)
		for _, name := range gemm.Variants() {
			if err := gemm.Use(name); err != nil {
				t.Fatal(err)
			}
			fmt.Printf(" %8.1f", gflops(flop, func() {
				gemm.Product(m, n, k, gemm.Operand[float32]{Data: A.Data, RowStride: k, ColStride: 1},
					gemm.Operand[float32]{Data: B.Data, RowStride: n, ColStride: 1}, C.Data, n, nil, false)
			}))
		}
		fmt.Println()
	}
}

// gflops returns the best speed of f over about a second.
func gflops(flop float64, f func()) float64 {
	best := 0.0
	for begin := time.Now(); time.Since(begin).Seconds() < *seconds/3; {
		start, n := time.Now(), 0
		for time.Since(start) < 5*time.Millisecond {
			f()
			n++
		}
		best = max(best, flop*float64(n)/time.Since(start).Seconds()/1e9)
	}
	return best
}

// BenchmarkStep measures training steps.
func BenchmarkStep(b *testing.B) {
	data := randomWindows(1<<15, 20_000)
	defer nnlib.SetThreads(runtime.GOMAXPROCS(0))
	for _, s := range settings {
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("hidden=%d/%s/batch=%d/threads=%d", s.hidden, s.optimizer, s.batch, threads), func(b *testing.B) {
				nnlib.SetThreads(threads)
				steps := 0
				nnlib.Interrupted = func() bool { return steps > b.N }
				defer func() { nnlib.Interrupted = nil }()
				s.train(b, data, nnlib.Training{Epochs: 1 + b.N*s.batch/data.N + 1, OnStep: func(nnlib.Step) {
					if steps++; steps == 1 {
						b.ResetTimer()
					}
				}})
				b.ReportMetric(float64(s.batch)*float64(b.N)/b.Elapsed().Seconds(), "examples/s")
			})
		}
	}
}

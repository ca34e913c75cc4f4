package nnlib_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/nnlib"
)

// newSmall returns a small window classifier with a hidden layer and dropout.
func newSmall(t testing.TB) *nnlib.WindowClassifier {
	t.Helper()
	config := smallConfig(1)
	config.Hidden, config.Dropout = []int{6}, 0.2
	m, err := nnlib.NewWindowClassifier(config)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func values(m nnlib.Counted) map[string][]float32 {
	all := map[string][]float32{}
	for _, p := range m.Parameters() {
		all[p.Name] = slices.Clone(p.Value)
	}
	return all
}

func TestResumeComputesTheSameBits(t *testing.T) {
	data := smallWindows(50, 1)
	optimizers := map[string]func() nnlib.Optimizer{
		"sgd":       func() nnlib.Optimizer { return &nnlib.SGD{Momentum: 0.9} },
		"adam":      func() nnlib.Optimizer { return &nnlib.Adam{} },
		"rmsprop":   func() nnlib.Optimizer { return &nnlib.RMSProp{} },
		"adagrad":   func() nnlib.Optimizer { return &nnlib.AdaGrad{} },
		"scheduled": func() nnlib.Optimizer { return &nnlib.SGD{} },
	}
	for name, optimizer := range optimizers {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "run.safetensors")
			// The score is best in epoch 2, so that the best values outlive the break.
			scores := []float64{0, 1, 3, 2, 2, 2, 2}
			fit := func(m *nnlib.WindowClassifier, epochs int, checkpoint string) *nnlib.History {
				s := nnlib.Training{
					Epochs: epochs, BatchSize: 8, Optimizer: optimizer(), Checkpoint: checkpoint, Resume: true, KeepLast: name == "adam",
					Score: func(epoch int) float64 { return scores[epoch] },
				}
				if name == "scheduled" {
					s.Schedule = nnlib.ExponentialDecay{K: 0.01}
				}
				h, err := m.Fit(t.Context(), data, s)
				if err != nil {
					t.Fatal(err)
				}
				return h
			}
			whole := newSmall(t)
			want := fit(whole, 6, "")
			fit(newSmall(t), 3, path)
			resumed := newSmall(t)
			got := fit(resumed, 6, path)
			if diff := cmp.Diff(values(whole), values(resumed)); diff != "" {
				t.Errorf("parameters of the unbroken (-) and the resumed (+) run:\n%s", diff)
			}
			if diff := cmp.Diff(want.Loss, got.Loss); diff != "" {
				t.Errorf("losses (-unbroken +resumed):\n%s", diff)
			}
			if diff := cmp.Diff(want.ParamGradNorm("W1"), got.ParamGradNorm("W1")); diff != "" {
				t.Errorf("gradient norms (-unbroken +resumed):\n%s", diff)
			}
			if got.BestEpoch != want.BestEpoch || len(got.Epochs) != 6 {
				t.Errorf("best epoch %d of %d, want %d of 6", got.BestEpoch, len(got.Epochs), want.BestEpoch)
			}
		})
	}
}

func TestResumeRefuses(t *testing.T) {
	data, path := smallWindows(50, 1), filepath.Join(t.TempDir(), "run.safetensors")
	fit := func(m *nnlib.WindowClassifier, s nnlib.Training) error {
		s.Epochs, s.Checkpoint, s.Resume = 2, path, true
		_, err := m.Fit(t.Context(), data, s)
		return err
	}
	if err := fit(newSmall(t), nnlib.Training{}); err != nil {
		t.Fatal(err)
	}
	other := smallConfig(1)
	m, err := nnlib.NewWindowClassifier(other)
	if err != nil {
		t.Fatal(err)
	}
	var wrong *nnlib.ModelError
	if err := fit(m, nnlib.Training{}); !errors.As(err, &wrong) || wrong.Parameter != "W" {
		t.Errorf("checkpoint of another model: error %v, want a ModelError about W", err)
	}
	wide := smallConfig(1)
	wide.Hidden = []int{7}
	if m, err = nnlib.NewWindowClassifier(wide); err != nil {
		t.Fatal(err)
	}
	if err := fit(m, nnlib.Training{}); !errors.As(err, &wrong) || !strings.Contains(err.Error(), "W1 is 18×6, want 18×7") {
		t.Errorf("checkpoint of another width: error %v, want a ModelError with both shapes", err)
	}
	if err := fit(newSmall(t), nnlib.Training{BatchSize: 3}); err == nil || !strings.Contains(err.Error(), "batch_size 128, this run has 3") {
		t.Errorf("other batch size: error %v, want one that names it", err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, whole[:len(whole)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	if err := fit(newSmall(t), nnlib.Training{}); err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("half a checkpoint: error %v, want one that says so", err)
	}
}

func TestSaveAndLoad(t *testing.T) {
	dir, data := t.TempDir(), smallWindows(50, 1)
	config := smallConfig(1)
	config.Hidden = []int{6}
	for i := range 30 {
		config.Words = append(config.Words, strings.Repeat("w", i+1))
	}
	m, err := nnlib.NewWindowClassifier(config)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Fit(t.Context(), data, nnlib.Training{Epochs: 2}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "model.safetensors")
	if err := m.Save(path, map[string]string{"scheme": "IO"}); err != nil {
		t.Fatal(err)
	}
	got, notes, err := nnlib.LoadWindowClassifier(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(values(m), values(got)); diff != "" {
		t.Errorf("parameters (-saved +loaded):\n%s", diff)
	}
	if diff := cmp.Diff(m.Config(), got.Config()); diff != "" {
		t.Errorf("configuration (-saved +loaded):\n%s", diff)
	}
	if notes["scheme"] != "IO" {
		t.Errorf("notes are %v, want the scheme", notes)
	}
	if diff := cmp.Diff(m.Predict(data), got.Predict(data)); diff != "" {
		t.Errorf("predictions (-saved +loaded):\n%s", diff)
	}
	if _, _, err := nnlib.LoadScorer(path); err == nil || !strings.Contains(err.Error(), "holds window classifier, want a window scorer") {
		t.Errorf("LoadScorer of a classifier: error %v, want one that says what it is", err)
	}
	if _, _, err := nnlib.LoadWindowClassifier(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: error %v, want os.ErrNotExist", err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".safetensors-*")); len(left) > 0 || err != nil {
		t.Errorf("temporary files are left: %v, %v", left, err)
	}
}

func TestDivergence(t *testing.T) {
	data := smallWindows(50, 1)
	m := newSmall(t)
	_, err := m.Fit(t.Context(), data, nnlib.Training{Optimizer: &nnlib.SGD{Rate: 1e38}, BatchSize: 10})
	var diverged *nnlib.DivergenceError
	if !errors.As(err, &diverged) {
		t.Fatalf("error %v, want a DivergenceError", err)
	}
	if diverged.Step < 2 || diverged.Parameter == "" {
		t.Errorf("diverged at step %d in parameter %q, want a step after the first and a name", diverged.Step, diverged.Parameter)
	}
	t.Log(err)
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	h, err := newSmall(t).Fit(ctx, smallWindows(50, 1), nnlib.Training{BatchSize: 10, Epochs: 1 << 50, OnStep: func(s nnlib.Step) {
		if s.Step == 7 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || h.Steps() != 7 {
		t.Errorf("error %v after %d steps, want context.Canceled after 7", err, h.Steps())
	}
	nnlib.Interrupted = func() bool { return true }
	defer func() { nnlib.Interrupted = nil }()
	if _, err := newSmall(t).Fit(t.Context(), smallWindows(50, 1), nnlib.Training{}); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: error %v, want context.Canceled", err)
	}
}

func TestBadData(t *testing.T) {
	good := smallWindows(5, 1)
	tests := []struct {
		name   string
		change func(w *nnlib.Windows)
		want   string
	}{
		{"empty", func(w *nnlib.Windows) { *w = nnlib.Windows{Radius: 1} }, "no examples"},
		{"width", func(w *nnlib.Windows) { w.Radius = 2 }, "windows of 5 words, the model takes 3"},
		{"label", func(w *nnlib.Windows) { w.Labels[3] = 3 }, "example 3: label 3 is out of range 0..2"},
		{"negative label", func(w *nnlib.Windows) { w.Labels[0] = -1 }, "example 0: label -1 is out of range 0..2"},
		{"no labels", func(w *nnlib.Windows) { w.Labels = nil }, "0 labels for 5 windows"},
		{"word", func(w *nnlib.Windows) { w.Words[4] = 30 }, "example 1: word id 30 is out of range 0..29"},
		{"case", func(w *nnlib.Windows) { w.Cases[4] = 5 }, "example 1: case class 5 is out of range 0..4"},
		{"no cases", func(w *nnlib.Windows) { w.Cases = nil }, "0 case classes for 15 words"},
		{"words cut", func(w *nnlib.Windows) { w.Words = w.Words[:14] }, "14 word ids for 5 windows of 3 words"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := good
			w.Words, w.Cases, w.Labels = slices.Clone(w.Words), slices.Clone(w.Cases), slices.Clone(w.Labels)
			test.change(&w)
			_, err := newSmall(t).Fit(t.Context(), w, nnlib.Training{})
			var data *nnlib.DataError
			if !errors.As(err, &data) || !strings.HasSuffix(err.Error(), test.want) {
				t.Errorf("error %v, want a DataError: %s", err, test.want)
			}
		})
	}
}

func TestShapePanics(t *testing.T) {
	l := nnlib.NewNetwork(nnlib.FeedForward([]int{3, 2}, nnlib.Tanh, 0, nnlib.Init{}, 1))
	tests := []struct {
		name string
		f    func()
		want string
	}{
		{"forward", func() { l.Forward(nnlib.NewMatrix(4, 5), false) }, "nnlib: Linear.Forward: X is 4×5, want B×3"},
		{"backward", func() { l.Forward(nnlib.NewMatrix(4, 3), false); l.Backward(nnlib.NewMatrix(4, 3)) }, "nnlib: Linear.Backward: dY is 4×3, want 4×2"},
		{"loss", func() { nnlib.SquaredError{}.Loss(nnlib.NewMatrix(2, 2), nnlib.NewMatrix(2, 3)) }, "nnlib: SquaredError: Y is 2×3, want 2×2"},
		{"labels", func() { nnlib.CrossEntropy(nnlib.NewMatrix(2, 2), []int32{1}) }, "nnlib: CrossEntropy: labels is 1×1, want 2×1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			defer func() {
				err, ok := recover().(nnlib.ShapeError)
				if !ok || err.Error() != test.want {
					t.Errorf("panic %v, want %s", err, test.want)
				}
			}()
			test.f()
		})
	}
}

// recorder keeps what a run logs.
type recorder struct {
	info    nnlib.RunInfo
	metrics map[string][]float64
	steps   []int64
	ended   bool
	err     error
	lost    error // what End returns
}

func (r *recorder) LogParams([]nnlib.Param) {}

func (r *recorder) LogMetrics(step int64, metrics []nnlib.Metric) {
	r.steps = append(r.steps, step)
	for _, m := range metrics {
		r.metrics[m.Key] = append(r.metrics[m.Key], m.Value)
	}
}

func (r *recorder) End(err error) error {
	r.ended, r.err = true, err
	return r.lost
}

// record makes StartRun record to the returned recorder until the test ends.
func record(t *testing.T) *recorder {
	r := &recorder{metrics: map[string][]float64{}}
	nnlib.StartRun = func(_ context.Context, info nnlib.RunInfo) (nnlib.Recorder, error) {
		r.info = info
		return r, nil
	}
	t.Cleanup(func() { nnlib.StartRun = nil })
	return r
}

// TestRecorderLosesPoints: a full disk must not cost the trained model.
func TestRecorderLosesPoints(t *testing.T) {
	r := record(t)
	r.lost = errors.New("disk full")
	h, err := newSmall(t).Fit(t.Context(), smallWindows(50, 1), nnlib.Training{Epochs: 1, BatchSize: 10})
	if err != nil || !errors.Is(h.RecordErr, r.lost) {
		t.Errorf("Fit returned %v and the record's error %v, want nil and %v", err, h.RecordErr, r.lost)
	}
}

func TestEveryRunIsRecorded(t *testing.T) {
	r := record(t)
	data := smallWindows(50, 1)
	h, err := newSmall(t).Fit(t.Context(), data, nnlib.Training{
		Epochs: 3, BatchSize: 10, Score: func(epoch int) float64 { return float64(epoch) }, L2: 1e-4, ClipNorm: 1,
		Measure: func(int) []nnlib.Metric { return []nnlib.Metric{{Key: "extra", Value: 2}} },
		Params:  []nnlib.Param{{Key: "corpus", Value: "toy"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !r.ended || r.err != nil {
		t.Errorf("ended %v with %v, want an end without error", r.ended, r.err)
	}
	counts := map[string]int{
		"loss": 15, "grad_norm": 15, "learning_rate": 15, "examples_per_second": 15,
		"grad_norm/words": 15, "grad_norm/cases": 15, "grad_norm/W1": 15, "grad_norm/b1": 15, "grad_norm/W2": 15, "grad_norm/b2": 15,
		"epoch": 3, "train_loss": 3, "dev_f1": 3, "extra": 3, "param_norm/W1": 3, "update_ratio/W1": 3,
	}
	for key, want := range counts {
		if got := len(r.metrics[key]); got != want {
			t.Errorf("metric %s has %d values, want %d", key, got, want)
		}
	}
	if diff := cmp.Diff(h.Loss, r.metrics["loss"]); diff != "" {
		t.Errorf("loss (-history +record):\n%s", diff)
	}
	for i, total := range r.metrics["grad_norm"] {
		sum := 0.0
		for _, name := range h.Parameters() {
			norm := r.metrics["grad_norm/"+name][i]
			sum += norm * norm
		}
		if math.Abs(math.Sqrt(sum)-total) > 1e-12*total {
			t.Errorf("step %d: norm of all gradients %v, of the parameters' together %v", i+1, total, math.Sqrt(sum))
		}
	}
	if r.info.Seed != 7 || r.info.Name != "window hidden" {
		t.Errorf("run %q with seed %d, want window hidden with 7", r.info.Name, r.info.Seed)
	}
	for _, want := range []nnlib.Param{
		{Key: "hidden", Value: "6"},
		{Key: "optimizer", Value: "adam"},
		{Key: "batch_size", Value: "10"},
		{Key: "seed", Value: "7"},
		{Key: "corpus", Value: "toy"},
		{Key: "l2", Value: "0.0001"},
		{Key: "clip_norm", Value: "1"},
		{Key: "dropout", Value: "0.2"},
	} {
		if !slices.Contains(r.info.Params, want) {
			t.Errorf("params lack %v; they are %v", want, r.info.Params)
		}
	}
	for _, want := range []nnlib.Param{
		{Key: "data_sha256", Value: data.Hash()}, {Key: "examples", Value: "50"}, {Key: "parameters", Value: "265"}, {Key: "parameters/W1", Value: "108"},
	} {
		if !slices.Contains(r.info.Tags, want) {
			t.Errorf("tags lack %v; they are %v", want, r.info.Tags)
		}
	}
}

func TestFailedRunIsRecorded(t *testing.T) {
	r := record(t)
	_, err := newSmall(t).Fit(t.Context(), smallWindows(50, 1), nnlib.Training{Optimizer: &nnlib.SGD{Rate: 1e38}})
	if err == nil || !r.ended || !errors.Is(r.err, err) {
		t.Errorf("ended %v with %v, want the error %v", r.ended, r.err, err)
	}
	r = record(t)
	if _, err := newSmall(t).Fit(t.Context(), smallWindows(50, 1), nnlib.Training{Unrecorded: true, Epochs: 1}); err != nil || r.ended {
		t.Errorf("unrecorded: error %v, ended %v, want neither", err, r.ended)
	}
}

func TestPatience(t *testing.T) {
	scores := []float64{0, 5, 7, 6, 6, 9, 9}
	h, err := newSmall(t).Fit(t.Context(), smallWindows(50, 1), nnlib.Training{
		Epochs: 6, Patience: 2, Score: func(epoch int) float64 { return scores[epoch] },
	})
	if err != nil || len(h.Epochs) != 4 || h.BestEpoch != 2 || h.BestScore != 7 {
		t.Errorf("%d epochs, best %v in %d, error %v; want 4, best 7 in 2", len(h.Epochs), h.BestScore, h.BestEpoch, err)
	}
}

func TestScoreEvery(t *testing.T) {
	var scored []int
	h, err := newSmall(t).Fit(t.Context(), smallWindows(50, 1), nnlib.Training{
		Epochs: 5, ScoreEvery: 2, Score: func(epoch int) float64 {
			scored = append(scored, epoch)
			if epoch == 2 {
				return math.NaN() // a score that failed is no best one
			}
			return float64(-epoch)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{2, 4, 5}, scored); diff != "" || h.BestEpoch != 4 {
		t.Errorf("best epoch %d, want 4; scored epochs (-want +got):\n%s", h.BestEpoch, diff)
	}
	lines := strings.Split(strings.TrimSpace(h.String()), "\n")
	for _, line := range lines[1:] {
		if got, want := len(line), len(lines[1]); got != want {
			t.Errorf("the table's columns are not aligned:\n%v", h)
			break
		}
	}
}

func TestBestEpochIsKept(t *testing.T) {
	data, m := smallWindows(50, 1), newSmall(t)
	var best map[string][]float32
	_, err := m.Fit(t.Context(), data, nnlib.Training{Epochs: 4, Score: func(epoch int) float64 {
		if epoch == 2 {
			best = values(m)
			return 1
		}
		return 0
	}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(best, values(m)); diff != "" {
		t.Errorf("parameters (-epoch 2 +after training):\n%s", diff)
	}
}

package nnlib

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/lectern-go/lectern/nnlib/internal/gemm"
)

// Training are the settings of the training loop. The zero value trains 10
// epochs of minibatches of 128 with Adam.
type Training struct {
	Name      string    // what the tracker calls the run; "" is the model's kind
	Epochs    int       // 0 is 10
	BatchSize int       // 0 is 128
	Optimizer Optimizer // nil is &Adam{}
	ClipNorm  float64   // scale the gradient down to this norm; 0 does not
	InOrder   bool      // do not shuffle the examples before each epoch
	Seed      uint64    // of the order of the examples; 0 is the model's

	Score     func(epoch int) float64  // the dev score after an epoch, higher is better; nil for none
	ScoreName string                   // "" is dev_f1
	Measure   func(epoch int) []Metric // further things to log after an epoch; nil for none
	Patience  int                      // stop after this many epochs without a better score; 0 does not
	KeepLast  bool                     // keep the values of the last epoch, not those with the best score

	OnStep  func(s Step)  // called after each step; nil for none
	OnEpoch func(e Epoch) // called after each epoch; nil for none

	Params     []Param // further hyper-parameters to record, such as the corpus
	Tags       []Param // further facts to record
	Unrecorded bool    // keep the run out of the tracker
}

// Step is what one step of training measured.
type Step struct {
	Step, Steps       int     // 1..Steps
	Epoch             int     // 1..
	Loss              float64 // mean of the batch before the update, in nats
	GradNorm          float64 // Euclidean norm of the gradient of all parameters, before clipping
	LearningRate      float64
	ExamplesPerSecond float64
}

// Interrupted, if not nil, is asked before every step whether to stop: a kernel
// sets it to its interrupt. Training then ends with [context.Canceled]. It must
// not be changed while a model trains.
var Interrupted func() bool

// SetThreads sets how many threads training may use; the default is
// runtime.GOMAXPROCS. Results do not depend on it.
func SetThreads(n int) { gemm.SetThreads(n) }

// DivergenceError says where training left the finite numbers.
type DivergenceError struct {
	Step      int     // 1..
	Parameter string  // whose gradient or value is not finite; "" if the loss is the first
	What      string  // "loss", "gradient" or "value"
	Value     float64 // NaN or ±Inf
}

func (e *DivergenceError) Error() string {
	what := e.What
	if e.Parameter != "" {
		what += " of " + e.Parameter
	}
	return fmt.Sprintf("nnlib: training diverged at step %d: the %s is %v; lower the learning rate or clip the gradient", e.Step, what, e.Value)
}

// Train trains a model on n examples: in each epoch it shuffles their indexes
// and takes one optimizer step for every minibatch. The order depends on the
// seed and the epoch only.
//
// It returns a [*DivergenceError] if the loss or a gradient is not finite, and
// the context's error if that ends first; the history until then comes with
// both. Every run goes to [StartRun] unless the settings say otherwise; a
// tracker that fails does not stop training, its error comes at the end.
func Train(ctx context.Context, m Model, n int, t Training) (*History, error) {
	if n < 1 {
		return nil, &DataError{"no examples", -1}
	}
	t.Epochs, t.BatchSize = orElse(t.Epochs, 10), orElse(t.BatchSize, 128)
	t.Name, t.ScoreName = orElse(t.Name, "training"), orElse(t.ScoreName, "dev_f1")
	if t.Optimizer == nil {
		t.Optimizer = &Adam{}
	}
	if t.Epochs < 0 || t.BatchSize < 0 {
		return nil, fmt.Errorf("nnlib: Training: %d epochs of batches of %d, want at least 1", t.Epochs, t.BatchSize)
	}
	l := newLoop(m, n, t)
	rec, err := startRecord(ctx, l)
	if err != nil {
		return nil, err
	}
	l.record = rec
	err = l.run(ctx)
	if endErr := rec.end(err); err == nil {
		err = endErr
	}
	return l.history, err
}

// loop is a training run under way.
type loop struct {
	Training
	model     Model
	params    []*Parameter
	order     []int32
	step      int // steps done
	record    *record
	history   *History
	best      [][]float32 // values at the best score
	bestEpoch int
	started   time.Time
}

func newLoop(m Model, n int, t Training) *loop {
	l := &loop{Training: t, model: m, params: m.Parameters(), order: make([]int32, n), started: time.Now()}
	l.history = newHistory(l)
	return l
}

func (l *loop) steps() int {
	return l.Epochs * ((len(l.order) + l.BatchSize - 1) / l.BatchSize)
}

func (l *loop) run(ctx context.Context) error {
	defer func() { l.history.Seconds = time.Since(l.started).Seconds() }()
	for epoch := 1; epoch <= l.Epochs; epoch++ {
		if err := l.epoch(ctx, epoch); err != nil {
			return err
		}
		if l.Patience > 0 && l.Score != nil && epoch-l.bestEpoch >= l.Patience {
			break
		}
	}
	l.restoreBest()
	return nil
}

// epoch takes a step for every minibatch and then scores the model.
func (l *loop) epoch(ctx context.Context, epoch int) error {
	l.shuffle(epoch)
	begin, sum := time.Now(), 0.0
	for lo := 0; lo < len(l.order); lo += l.BatchSize {
		if err := stopped(ctx); err != nil {
			return fmt.Errorf("nnlib: training stopped after step %d of %d: %w", l.step, l.steps(), err)
		}
		batch := l.order[lo:min(lo+l.BatchSize, len(l.order))]
		J, err := l.takeStep(epoch, batch)
		if err != nil {
			return err
		}
		sum += J * float64(len(batch))
	}
	e := Epoch{Epoch: epoch, Step: l.step, Loss: sum / float64(len(l.order)), Score: math.NaN()}
	e.Seconds = time.Since(begin).Seconds()
	e.ExamplesPerSecond = float64(len(l.order)) / e.Seconds
	if err := l.checkValues(); err != nil {
		return err
	}
	l.evaluate(&e)
	l.history.Epochs = append(l.history.Epochs, e)
	l.record.epoch(l, e)
	if l.OnEpoch != nil {
		l.OnEpoch(e)
	}
	return nil
}

func stopped(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if Interrupted != nil && Interrupted() {
		return context.Canceled
	}
	return nil
}

// shuffle sets the order of an epoch, which depends on the seed and the epoch
// only, so that a resumed run meets the same batches.
func (l *loop) shuffle(epoch int) {
	for i := range l.order {
		l.order[i] = int32(i)
	}
	if l.InOrder {
		return
	}
	rng := newRand(l.Seed, forOrder+uint64(epoch)<<32)
	rng.Shuffle(len(l.order), func(i, j int) { l.order[i], l.order[j] = l.order[j], l.order[i] })
}

// takeStep computes the gradient of a minibatch, measures it, and updates the
// parameters. It returns the loss before the update.
func (l *loop) takeStep(epoch int, batch []int32) (float64, error) {
	begin := time.Now()
	for _, p := range l.params {
		p.ZeroGrad()
	}
	J := l.model.Gradients(batch)
	l.step++
	norm, err := l.gradNorms(J)
	if err != nil {
		return J, err
	}
	if l.ClipNorm > 0 && norm > l.ClipNorm {
		for _, p := range l.params {
			gemm.Scale(float32(l.ClipNorm/norm), p.Grad)
		}
	}
	rate := l.Optimizer.LearningRate()
	for _, p := range l.params {
		if !p.Frozen {
			l.Optimizer.Update(p, rate)
		}
	}
	s := Step{Step: l.step, Steps: l.steps(), Epoch: epoch, Loss: J, GradNorm: norm, LearningRate: rate}
	s.ExamplesPerSecond = float64(len(batch)) / max(time.Since(begin).Seconds(), 1e-9)
	l.history.add(s)
	l.record.step(l, s)
	if l.OnStep != nil {
		l.OnStep(s)
	}
	return J, nil
}

// gradNorms measures each parameter's gradient and returns the norm of all.
func (l *loop) gradNorms(J float64) (float64, error) {
	total := 0.0
	for i, p := range l.params {
		if p.Frozen {
			continue
		}
		sum := gemm.SquareSum(p.Grad)
		if !finite(sum) {
			return 0, &DivergenceError{l.step, p.Name, "gradient", sum}
		}
		l.history.norms[i] = append(l.history.norms[i], math.Sqrt(sum))
		total += sum
	}
	if !finite(J) {
		return 0, &DivergenceError{l.step, "", "loss", J}
	}
	return math.Sqrt(total), nil
}

func (l *loop) checkValues() error {
	for _, p := range l.params {
		if sum := gemm.SquareSum(p.Value); !finite(sum) {
			return &DivergenceError{l.step, p.Name, "value", sum}
		}
	}
	return nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// evaluate scores the model and remembers it if it is the best so far.
func (l *loop) evaluate(e *Epoch) {
	if l.Score != nil {
		e.Score = l.Score(e.Epoch)
		if l.bestEpoch == 0 || e.Score > l.history.BestScore {
			l.bestEpoch = e.Epoch
			l.history.BestEpoch, l.history.BestScore = e.Epoch, e.Score
			l.keepBest()
		}
	}
	if l.Measure != nil {
		e.Metrics = l.Measure(e.Epoch)
	}
}

func (l *loop) keepBest() {
	if l.KeepLast {
		return
	}
	if l.best == nil {
		l.best = make([][]float32, len(l.params))
	}
	for i, p := range l.params {
		if !p.Frozen {
			l.best[i] = append(l.best[i][:0], p.Value...)
		}
	}
}

func (l *loop) restoreBest() {
	for i, values := range l.best {
		if values != nil {
			copy(l.params[i].Value, values)
		}
	}
}

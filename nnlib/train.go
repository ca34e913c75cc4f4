package nnlib

import (
	"context"
	"fmt"

	"github.com/lectern-go/lectern/nnlib/internal/gemm"
)

// Training are the settings of the training loop. The zero value trains 10
// epochs of minibatches of 128 with Adam.
type Training struct {
	Name      string    // what the tracker calls the run; "" is the model's kind
	Epochs    int       // 0 is 10
	BatchSize int       // 0 is 128
	Optimizer Optimizer // nil is &Adam{}
	Schedule  Schedule  // of the learning rate; nil keeps it
	L2        float64   // λ: adds λ·Σθ² to the loss, over the matrices (not biases) of dense gradient; 0 is none
	ClipNorm  float64   // scale the gradient down to this norm; 0 does not
	InOrder   bool      // do not shuffle the examples before each epoch
	Seed      uint64    // of the order of the examples; 0 is the model's

	Score      func(epoch int) float64  // the dev score after an epoch, higher is better; nil for none
	ScoreName  string                   // "" is dev_f1
	ScoreEvery int                      // epochs from score to score; 0 is 1. The last epoch always has one
	Measure    func(epoch int) []Metric // further things to log after an epoch; nil for none
	Patience   int                      // stop after this many epochs without a better score; 0 does not
	KeepLast   bool                     // keep the values of the last epoch, not those with the best score

	OnStep  func(s Step)  // called after each step; nil for none
	OnEpoch func(e Epoch) // called after each epoch; nil for none

	Checkpoint string // a file to save the state of training to after each epoch; "" is none
	Resume     bool   // go on from Checkpoint if that file exists

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
// runtime.GOMAXPROCS. Results do not depend on it. While a model trains on as many
// threads as that, runtime.GOMAXPROCS is one more.
func SetThreads(n int) { gemm.SetThreads(n) }

// DivergenceError says where training left the finite numbers.
type DivergenceError struct {
	Step      int     // 1..
	Parameter string  // whose gradient or value is not finite; of a loss, the parameter of the largest norm
	What      string  // "loss", "gradient" or "value"
	Value     float64 // NaN or ±Inf
}

// Error names the step and the parameter and says what to try.
func (e *DivergenceError) Error() string {
	what := e.What + " of " + e.Parameter
	if e.What == "loss" {
		what = "loss, with the largest values in " + e.Parameter + ","
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
	if o, ok := t.Optimizer.(ruled); t.Checkpoint != "" && !ok {
		return nil, fmt.Errorf("nnlib: Training: a checkpoint cannot keep the state of a %T; leave Checkpoint empty", o)
	}
	l := newLoop(m, n, t)
	if err := l.resume(); err != nil {
		return nil, err
	}
	rec, err := startRecord(ctx, l)
	if err != nil {
		return nil, err
	}
	l.record = rec
	defer gemm.Spare()()
	err = l.run(ctx)
	l.history.RecordErr = rec.end(err)
	return l.history, err
}

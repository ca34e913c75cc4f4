package nnlib

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/lectern-go/lectern/nnlib/internal/gemm"
)

// loop is a training run under way.
type loop struct {
	Training
	model     Model
	params    []*Parameter
	order     []int32
	step      int // steps done
	doneEpoch int // epochs done
	record    *record
	history   *History
	sweep     sweep
	probe     updateProbe
	best      [][]float32 // values at the best score
	started   time.Time
}

func newLoop(m Model, n int, t Training) *loop {
	l := &loop{Training: t, model: m, params: m.Parameters(), order: make([]int32, n), started: time.Now()}
	l.history = newHistory(l)
	return l
}

func (l *loop) stepsPerEpoch() int { return (len(l.order) + l.BatchSize - 1) / l.BatchSize }

func (l *loop) steps() int { return l.Epochs * l.stepsPerEpoch() }

func (l *loop) run(ctx context.Context) error {
	defer func() { l.history.Seconds += time.Since(l.started).Seconds() }()
	for l.doneEpoch < l.Epochs && !l.outOfPatience() {
		if err := l.epoch(ctx, l.doneEpoch+1); err != nil {
			return err
		}
		if err := l.saveCheckpoint(); err != nil {
			return err
		}
	}
	l.restoreBest()
	return nil
}

func (l *loop) outOfPatience() bool {
	return l.Patience > 0 && l.Score != nil && l.history.BestEpoch > 0 && l.doneEpoch-l.history.BestEpoch >= l.Patience
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
	e.ExamplesPerSecond = float64(len(l.order)) / max(e.Seconds, 1e-9)
	if err := l.probe.finish(l); err != nil {
		return err
	}
	l.evaluate(&e)
	l.doneEpoch = epoch
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
	rng := rand.New(rand.NewPCG(l.Seed, stream(forOrder, epoch)))
	rng.Shuffle(len(l.order), func(i, j int) { l.order[i], l.order[j] = l.order[j], l.order[i] })
}

// takeStep computes the gradient of a minibatch, measures it, and updates the
// parameters. It returns the loss before the update.
func (l *loop) takeStep(epoch int, batch []int32) (float64, error) {
	begin := time.Now()
	l.step++
	if m, ok := l.model.(interface{ atStep(int) }); ok {
		m.atStep(l.step)
	}
	for _, p := range l.params {
		p.ZeroGrad()
	}
	J := l.model.Gradients(batch) + l.penalty()
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
	if l.Schedule != nil {
		rate = l.Schedule.Rate(rate, l.step-1)
	}
	if l.step%l.stepsPerEpoch() == 0 {
		l.probe.start(l.params)
	}
	l.sweep.update(l.Optimizer, l.params, rate)
	s := Step{Step: l.step, Steps: l.steps(), Epoch: epoch, Loss: J, GradNorm: norm, LearningRate: rate}
	s.ExamplesPerSecond = float64(len(batch)) / max(time.Since(begin).Seconds(), 1e-9)
	l.history.add(s)
	l.record.step(l, s)
	if l.OnStep != nil {
		l.OnStep(s)
	}
	return J, nil
}

// penalty adds the gradient of λ·Σθ², 2λθ, and returns the sum.
func (l *loop) penalty() float64 {
	if l.L2 == 0 {
		return 0
	}
	sum, row := 0.0, []int32{0}
	for _, p := range l.params {
		if decays(p) && !p.Sparse && !p.Frozen {
			sum += l.L2 * gemm.SquareSum(p.Value)
			gemm.AddRows(p.Len(), p.Value, p.Len(), row, 0, 1, p.Grad, float32(2*l.L2))
		}
	}
	return sum
}

// gradNorms measures each parameter's gradient and returns the norm of all.
func (l *loop) gradNorms(J float64) (float64, error) {
	total, squares := 0.0, l.sweep.squares(l.params)
	for i, p := range l.params {
		if p.Frozen {
			continue
		}
		sum := squares[i]
		if !finite(sum) {
			return 0, &DivergenceError{l.step, p.Name, "gradient", sum}
		}
		l.history.norms[i] = append(l.history.norms[i], math.Sqrt(sum))
		total += sum
	}
	if !finite(J) {
		return 0, &DivergenceError{l.step, l.largest(), "loss", J}
	}
	return math.Sqrt(total), nil
}

// largest returns the name of the parameter with the largest norm, where one that
// is not finite counts as larger than all.
func (l *loop) largest() string {
	name, most := "", -1.0
	for _, p := range l.params {
		norm := gemm.SquareSum(p.Value)
		if !finite(norm) {
			return p.Name
		}
		if norm > most {
			name, most = p.Name, norm
		}
	}
	return name
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// evaluate scores the model and remembers it if it is the best so far.
func (l *loop) evaluate(e *Epoch) {
	due := e.Epoch%max(l.ScoreEvery, 1) == 0 || e.Epoch == l.Epochs
	if l.Score != nil && due {
		e.Score = l.Score(e.Epoch)
		if better := l.history.BestEpoch == 0 || e.Score > l.history.BestScore; better && !math.IsNaN(e.Score) {
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

package nnlib

import (
	"context"
	"fmt"
	"math"

	"github.com/lectern-go/lectern/nnlib/internal/gemm"
)

// record passes what a loop measures to the tracker. All of its methods do
// nothing where there is none.
type record struct {
	to      Recorder
	metrics []Metric
	norms   []string // the keys grad_norm/NAME
}

// startRecord opens the run.
func startRecord(ctx context.Context, l *loop) (*record, error) {
	r := &record{}
	if StartRun == nil || l.Unrecorded {
		return r, nil
	}
	info := RunInfo{Name: l.Name, Seed: l.Seed, Params: l.hyperParameters(), Tags: l.facts()}
	to, err := StartRun(ctx, info)
	if err != nil {
		return nil, fmt.Errorf("nnlib: starting the record of the run: %w", err)
	}
	r.to = to
	for _, p := range l.params {
		r.norms = append(r.norms, "grad_norm/"+p.Name)
	}
	return r, nil
}

func (l *loop) hyperParameters() []Param {
	params := append([]Param{}, l.Params...)
	params = append(params, l.Optimizer.Settings()...)
	params = append(params,
		Param{"epochs", fmt.Sprint(l.Epochs)},
		Param{"batch_size", fmt.Sprint(l.BatchSize)},
		Param{"shuffle", fmt.Sprint(!l.InOrder)},
		Param{"seed", fmt.Sprint(l.Seed)})
	if l.Schedule != nil {
		params = append(params, Param{"schedule", l.Schedule.String()})
	}
	if l.L2 > 0 {
		params = append(params, Param{"l2", number(l.L2)})
	}
	if l.ClipNorm > 0 {
		params = append(params, Param{"clip_norm", number(l.ClipNorm)})
	}
	if l.Patience > 0 {
		params = append(params, Param{"patience", fmt.Sprint(l.Patience)})
	}
	return params
}

// facts are the tags: sizes, not choices.
func (l *loop) facts() []Param {
	tags := append([]Param{}, l.Tags...)
	counts := countParameters(l.params)
	tags = append(tags,
		Param{"examples", fmt.Sprint(len(l.order))},
		Param{"parameters", fmt.Sprint(counts.Total())},
		Param{"parameters_trained", fmt.Sprint(counts.Trained())})
	for _, c := range counts {
		tags = append(tags, Param{"parameters/" + c.Name, fmt.Sprint(c.Count())})
	}
	return append(tags, Param{"simd", gemm.Variant()}, Param{"threads", fmt.Sprint(gemm.Threads())})
}

func (r *record) step(l *loop, s Step) {
	if r.to == nil {
		return
	}
	r.metrics = append(r.metrics[:0],
		Metric{"loss", s.Loss},
		Metric{"grad_norm", s.GradNorm},
		Metric{"learning_rate", s.LearningRate},
		Metric{"examples_per_second", s.ExamplesPerSecond})
	for i, norms := range l.history.norms {
		if len(norms) > 0 {
			r.metrics = append(r.metrics, Metric{r.norms[i], norms[len(norms)-1]})
		}
	}
	r.to.LogMetrics(int64(s.Step), r.metrics)
}

func (r *record) epoch(l *loop, e Epoch) {
	if r.to == nil {
		return
	}
	r.metrics = append(r.metrics[:0], Metric{"epoch", float64(e.Epoch)}, Metric{"train_loss", e.Loss})
	if !math.IsNaN(e.Score) {
		r.metrics = append(r.metrics, Metric{l.ScoreName, e.Score})
	}
	for i, p := range l.params {
		r.metrics = append(r.metrics, Metric{"param_norm/" + p.Name, l.probe.norms[i]})
		if !p.Frozen {
			r.metrics = append(r.metrics, Metric{"update_ratio/" + p.Name, l.probe.ratios[i]})
		}
	}
	r.metrics = append(r.metrics, e.Metrics...)
	r.to.LogMetrics(int64(e.Step), r.metrics)
}

func (r *record) end(err error) error {
	if r.to == nil {
		return nil
	}
	if err := r.to.End(err); err != nil {
		return fmt.Errorf("nnlib: ending the record of the run: %w", err)
	}
	return nil
}

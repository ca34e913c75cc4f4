package nnlib

import (
	"fmt"
	"math"
	"strings"
)

// History is what a training run measured. It shows itself as a table of the
// epochs.
type History struct {
	Loss         []float64 // of each step's batch before the update, in nats
	GradNorm     []float64 // of each step, all parameters together
	LearningRate []float64 // of each step
	Epochs       []Epoch
	ScoreName    string
	BestEpoch    int     // 1.., 0 without a Score
	BestScore    float64 // of BestEpoch
	Seconds      float64
	// RecordErr is what the recorder could not store, or nil. It does not fail
	// the training, whose model is whole.
	RecordErr error

	names []string
	norms [][]float64 // of each parameter, by step
}

// Epoch is what one epoch measured.
type Epoch struct {
	Epoch             int     // 1..
	Step              int     // steps done at its end
	Loss              float64 // mean over the epoch's batches, each before its update, in nats
	Score             float64 // NaN without a Score
	Seconds           float64 // of training, without evaluation
	ExamplesPerSecond float64
	Metrics           []Metric // what Measure returned
}

func newHistory(l *loop) *History {
	h := &History{ScoreName: l.ScoreName, norms: make([][]float64, len(l.params))}
	steps := min(l.steps(), 1<<16) // who trains until an interrupt asks for any number
	for _, series := range []*[]float64{&h.Loss, &h.GradNorm, &h.LearningRate} {
		*series = make([]float64, 0, steps)
	}
	for i, p := range l.params {
		h.names = append(h.names, p.Name)
		if !p.Frozen {
			h.norms[i] = make([]float64, 0, steps)
		}
	}
	return h
}

func (h *History) add(s Step) {
	h.Loss = append(h.Loss, s.Loss)
	h.GradNorm = append(h.GradNorm, s.GradNorm)
	h.LearningRate = append(h.LearningRate, s.LearningRate)
}

// Steps returns the number of steps taken.
func (h *History) Steps() int { return len(h.Loss) }

// Parameters returns the names of the parameters that were trained.
func (h *History) Parameters() []string {
	var names []string
	for i, name := range h.names {
		if h.norms[i] != nil {
			names = append(names, name)
		}
	}
	return names
}

// ParamGradNorm returns the norm of the gradient of a parameter at each step,
// nil for a name that was not trained.
func (h *History) ParamGradNorm(parameter string) []float64 {
	for i, name := range h.names {
		if name == parameter {
			return h.norms[i]
		}
	}
	return nil
}

// String returns the table of the epochs.
func (h *History) String() string {
	var b strings.Builder
	for _, row := range h.rows() {
		for _, cell := range row {
			fmt.Fprintf(&b, "%12s", cell)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// MIMEBundle returns the table of the epochs as text and HTML.
func (h *History) MIMEBundle() map[string]any {
	return map[string]any{"text/plain": h.String(), "text/html": htmlTable(h.rows())}
}

func (h *History) rows() [][]string {
	heading := []string{"epoch", "steps", "loss"}
	if h.BestEpoch > 0 {
		heading = append(heading, h.ScoreName)
	}
	if len(h.Epochs) > 0 {
		for _, metric := range h.Epochs[0].Metrics {
			heading = append(heading, metric.Key)
		}
	}
	rows := [][]string{append(heading, "examples/s")}
	for _, e := range h.Epochs {
		row := []string{fmt.Sprint(e.Epoch), fmt.Sprint(e.Step), fmt.Sprintf("%.4f", e.Loss)}
		switch {
		case h.BestEpoch == 0: // no column
		case math.IsNaN(e.Score):
			row = append(row, "")
		default:
			row = append(row, fmt.Sprintf("%.2f", e.Score))
		}
		for _, metric := range e.Metrics {
			row = append(row, fmt.Sprintf("%.4g", metric.Value))
		}
		rows = append(rows, append(row, thousands(int(e.ExamplesPerSecond))))
	}
	return rows
}

package nnlib

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
)

// A checkpoint is a safetensors file with the parameters, what the optimizer
// remembers of each (NAME.m, NAME.v), the best values so far (NAME.best), and, as
// text, what checkpointState holds. Order and dropout depend on seed, epoch and
// step only, so that a resumed run computes the bits of an unbroken one.

// checkpointState is the text of a checkpoint.
type checkpointState struct {
	Settings []Param // that must be the same for the run to go on
	Epoch    int
	Step     int
	Times    map[string]int // the optimizer's steps of each parameter
	History  historyState
}

// historyState is a [History] with floats as their bits: JSON has no NaN.
type historyState struct {
	Loss, GradNorm, LearningRate []uint64
	Norms                        [][]uint64
	Epochs                       []epochState
	BestEpoch                    int
	BestScore                    uint64
	Seconds                      float64
}

type epochState struct {
	Epoch, Step                             int
	Loss, Score, Seconds, ExamplesPerSecond uint64
	Names                                   []string
	Values                                  []uint64
}

const checkpointText = "lectern.checkpoint"

// fixedSettings are the settings that change what is computed.
func (l *loop) fixedSettings() []Param {
	var fixed []Param
	for _, p := range l.hyperParameters() {
		if p.Key != "epochs" && p.Key != "patience" {
			fixed = append(fixed, p)
		}
	}
	return append(fixed, Param{"examples", fmt.Sprint(len(l.order))})
}

// saveCheckpoint writes the state after an epoch.
func (l *loop) saveCheckpoint() error {
	if l.Checkpoint == "" {
		return nil
	}
	state := checkpointState{
		Settings: l.fixedSettings(), Epoch: l.doneEpoch, Step: l.step, Times: map[string]int{}, History: l.history.state(),
	}
	f := &tensorFile{}
	f.addParameters(l.params)
	for i, p := range l.params {
		if p.Frozen {
			continue
		}
		memory := l.Optimizer.(ruled).memoryOf(p)
		state.Times[p.Name] = memory.t
		if memory.m != nil {
			f.add(p.Name+".m", memory.m, p.Rows, p.Cols)
		}
		if memory.v != nil {
			f.add(p.Name+".v", memory.v, p.Rows, p.Cols)
		}
		if l.best != nil {
			f.add(p.Name+".best", l.best[i], p.Rows, p.Cols)
		}
	}
	text, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("nnlib: save checkpoint: %w", err)
	}
	f.text = map[string]string{checkpointText: string(text)}
	if err := f.write(l.Checkpoint); err != nil {
		return fmt.Errorf("nnlib: save checkpoint: %w", err)
	}
	return nil
}

// resume reads the checkpoint if there is one and it is wanted.
func (l *loop) resume() error {
	if !l.Resume || l.Checkpoint == "" {
		return nil
	}
	f, err := readTensors(l.Checkpoint)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = l.restore(f)
	}
	if err != nil {
		return fmt.Errorf("nnlib: resume from %s: %w", l.Checkpoint, err)
	}
	return nil
}

func (l *loop) restore(f *tensorFile) error {
	text, ok := f.text[checkpointText]
	if !ok {
		return errors.New("it is no checkpoint of training; a saved model cannot be resumed")
	}
	var state checkpointState
	if err := json.Unmarshal([]byte(text), &state); err != nil {
		return fmt.Errorf("its state: %w", err)
	}
	if err := f.loadParameters(l.params); err != nil {
		return err
	}
	if err := sameSettings(state.Settings, l.fixedSettings()); err != nil {
		return err
	}
	for i, p := range l.params {
		if p.Frozen {
			continue
		}
		memory := l.Optimizer.(ruled).memoryOf(p)
		memory.t = state.Times[p.Name]
		for suffix, values := range map[string][]float32{".m": memory.m, ".v": memory.v} {
			if values == nil {
				continue
			}
			t := f.find(p.Name + suffix)
			if t == nil || len(t.data) != len(values) {
				return &ModelError{p.Name + suffix, nil, []int{p.Rows, p.Cols}}
			}
			copy(values, t.data)
		}
		if best := f.find(p.Name + ".best"); best != nil && len(best.data) == p.Len() {
			if l.best == nil {
				l.best = make([][]float32, len(l.params))
			}
			l.best[i] = best.data
		}
	}
	l.doneEpoch, l.step = state.Epoch, state.Step
	return l.history.restore(state.History, len(l.params))
}

func sameSettings(had, want []Param) error {
	for _, p := range want {
		i := slices.IndexFunc(had, func(q Param) bool { return q.Key == p.Key })
		if i < 0 || had[i].Value != p.Value {
			was := "not set"
			if i >= 0 {
				was = had[i].Value
			}
			return fmt.Errorf("it was made with %s %s, this run has %s; remove the file to start again", p.Key, was, p.Value)
		}
	}
	return nil
}

func toBits(x []float64) []uint64 {
	bits := make([]uint64, len(x))
	for i, v := range x {
		bits[i] = math.Float64bits(v)
	}
	return bits
}

func appendFloats(x []float64, bits []uint64) []float64 {
	for _, b := range bits {
		x = append(x, math.Float64frombits(b))
	}
	return x
}

func (h *History) state() historyState {
	s := historyState{
		Loss: toBits(h.Loss), GradNorm: toBits(h.GradNorm), LearningRate: toBits(h.LearningRate),
		BestEpoch: h.BestEpoch, BestScore: math.Float64bits(h.BestScore), Seconds: h.Seconds,
	}
	for _, norms := range h.norms {
		s.Norms = append(s.Norms, toBits(norms))
	}
	for _, e := range h.Epochs {
		bits := toBits([]float64{e.Loss, e.Score, e.Seconds, e.ExamplesPerSecond})
		es := epochState{Epoch: e.Epoch, Step: e.Step, Loss: bits[0], Score: bits[1], Seconds: bits[2], ExamplesPerSecond: bits[3]}
		for _, metric := range e.Metrics {
			es.Names = append(es.Names, metric.Key)
			es.Values = append(es.Values, math.Float64bits(metric.Value))
		}
		s.Epochs = append(s.Epochs, es)
	}
	return s
}

func (h *History) restore(s historyState, params int) error {
	if len(s.Norms) != params {
		return fmt.Errorf("its history is that of %d parameters, want %d", len(s.Norms), params)
	}
	h.Loss, h.GradNorm = appendFloats(h.Loss, s.Loss), appendFloats(h.GradNorm, s.GradNorm)
	h.LearningRate = appendFloats(h.LearningRate, s.LearningRate)
	for i, norms := range s.Norms {
		h.norms[i] = appendFloats(h.norms[i], norms)
	}
	h.BestEpoch, h.BestScore, h.Seconds = s.BestEpoch, math.Float64frombits(s.BestScore), s.Seconds
	for _, es := range s.Epochs {
		v := appendFloats(nil, []uint64{es.Loss, es.Score, es.Seconds, es.ExamplesPerSecond})
		e := Epoch{Epoch: es.Epoch, Step: es.Step, Loss: v[0], Score: v[1], Seconds: v[2], ExamplesPerSecond: v[3]}
		for i, value := range appendFloats(nil, es.Values) {
			if i < len(es.Names) {
				e.Metrics = append(e.Metrics, Metric{es.Names[i], value})
			}
		}
		h.Epochs = append(h.Epochs, e)
	}
	return nil
}

package exchange

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/lectern-go/lectern/experiments"
)

// record is a run as one line of JSON.
type record struct {
	ID         string              `json:"run_id"`
	Experiment string              `json:"experiment"`
	Name       string              `json:"run_name"`
	User       string              `json:"user_id,omitempty"`
	Status     experiments.Status  `json:"status"`
	StartTime  int64               `json:"start_time"`
	EndTime    int64               `json:"end_time,omitempty"`
	Heartbeat  int64               `json:"heartbeat,omitempty"`
	Artifact   string              `json:"artifact_uri,omitempty"`
	Params     []experiments.Param `json:"params,omitempty"`
	Tags       []experiments.Tag   `json:"tags,omitempty"`
	Series     []recordSeries      `json:"metrics,omitempty"`
	Artifacts  map[string][]byte   `json:"artifacts,omitempty"` // base64
}

type recordSeries struct {
	Key    string  `json:"key"`
	Points []point `json:"points"` // [step, timestamp, value]
}

// point is [step, timestamp, value] in JSON.
type point experiments.Point

// MarshalJSON writes NaN and ±Inf as MLflow does, as text.
func (p point) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{p.Step, p.Timestamp, experiments.JSONFloat(p.Value)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (p *point) UnmarshalJSON(data []byte) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(data, &parts); err != nil {
		return err
	}
	if len(parts) != 3 {
		return fmt.Errorf("a point is [step, timestamp, value], and this has %d parts: %.60s", len(parts), data)
	}
	if err := errors.Join(json.Unmarshal(parts[0], &p.Step), json.Unmarshal(parts[1], &p.Timestamp)); err != nil {
		return err
	}
	var special string
	if json.Unmarshal(parts[2], &special) != nil {
		return json.Unmarshal(parts[2], &p.Value)
	}
	x, ok := map[string]float64{"NaN": math.NaN(), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1)}[special]
	if !ok {
		return fmt.Errorf("%q is no number", special)
	}
	p.Value = x
	return nil
}

// WriteJSON writes runs, one on a line, with all points and artifacts.
func WriteJSON(ctx context.Context, store experiments.Store, runs []experiments.Run, w io.Writer) error {
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for i := range runs {
		r, err := readRecord(ctx, store, &runs[i])
		if err != nil {
			return err
		}
		if err := enc.Encode(r); err != nil {
			return err
		}
	}
	return out.Flush()
}

func readRecord(ctx context.Context, store experiments.Store, run *experiments.Run) (*record, error) {
	e, err := store.Experiment(ctx, run.ExperimentID)
	if err != nil {
		return nil, err
	}
	r := &record{
		ID: run.ID, Experiment: e.Name, Name: run.Name, User: run.User, Status: run.Status, StartTime: run.StartTime,
		EndTime: run.EndTime, Heartbeat: run.Heartbeat, Artifact: run.ArtifactURI, Params: run.Params, Tags: run.Tags,
		Artifacts: map[string][]byte{},
	}
	for _, m := range run.Metrics {
		s := recordSeries{Key: m.Key}
		for p, err := range store.Points(ctx, run.ID, m.Key, 0) {
			if err != nil {
				return nil, err
			}
			s.Points = append(s.Points, point(p))
		}
		r.Series = append(r.Series, s)
	}
	artifacts, err := store.Artifacts(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	for _, a := range artifacts {
		if r.Artifacts[a.Path], err = store.Artifact(ctx, run.ID, a.Path); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// ReadJSON stores the runs of a file that WriteJSON wrote and returns their
// ids. It stops at the first that is wrong or exists already; those before it
// stay. The error names the line.
func ReadJSON(ctx context.Context, store experiments.Store, in io.Reader) (ids []string, err error) {
	const op = "import"
	dec := json.NewDecoder(in)
	for line := 1; ; line++ {
		var r record
		err := dec.Decode(&r)
		if errors.Is(err, io.EOF) {
			return ids, nil
		}
		if err != nil {
			return ids, &experiments.Error{
				Code: experiments.CodeInvalid, Op: op,
				Message: fmt.Sprintf("run %d of the file is not what lectern runs export writes", line), Err: err,
			}
		}
		id, err := writeRecord(ctx, store, &r)
		if err != nil {
			return ids, fmt.Errorf("run %d of the file: %w", line, err)
		}
		ids = append(ids, id)
	}
}

// writeRecord stores a run. While it is incomplete it is RUNNING.
func writeRecord(ctx context.Context, store experiments.Store, r *record) (string, error) {
	if r.Experiment == "" {
		r.Experiment = experiments.DefaultExperiment
	}
	e, err := store.ExperimentByName(ctx, r.Experiment)
	if experiments.ErrorCode(err) == experiments.CodeNotFound {
		e, err = store.CreateExperiment(ctx, r.Experiment)
	}
	if err != nil {
		return "", err
	}
	run, err := store.CreateRun(ctx, experiments.Run{
		ID: r.ID, ExperimentID: e.ID, Name: r.Name, User: r.User, StartTime: r.StartTime, Heartbeat: r.Heartbeat,
		ArtifactURI: r.Artifact, Params: r.Params, Tags: r.Tags,
	})
	if err != nil {
		return "", err
	}
	for _, s := range r.Series {
		metrics := make([]experiments.Metric, len(s.Points))
		for i, p := range s.Points {
			metrics[i] = experiments.Metric{Key: s.Key, Value: p.Value, Timestamp: p.Timestamp, Step: p.Step}
		}
		if err := store.LogBatch(ctx, run.ID, experiments.Batch{Metrics: metrics}); err != nil {
			return "", err
		}
	}
	for path, data := range r.Artifacts {
		if _, err := store.PutArtifact(ctx, run.ID, path, data); err != nil {
			return "", err
		}
	}
	if r.Status == "" || r.Status == experiments.Running {
		return run.ID, nil
	}
	return run.ID, store.UpdateRun(ctx, run.ID, experiments.RunUpdate{Status: r.Status, EndTime: r.EndTime})
}

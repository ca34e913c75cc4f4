package exchange

import (
	"context"
	"encoding/csv"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/lectern-go/lectern/experiments"
)

// WriteRunsCSV writes one row for each run: its attributes, its params as
// params.K, and the last value of its metrics as metrics.K.
func WriteRunsCSV(ctx context.Context, store experiments.Store, runs []experiments.Run, w io.Writer) error {
	names := map[string]string{}
	all, err := store.Experiments(ctx, experiments.All)
	if err != nil {
		return err
	}
	for _, e := range all {
		names[e.ID] = e.Name
	}
	params, metrics := map[string]bool{}, map[string]bool{}
	for _, r := range runs {
		for _, p := range r.Params {
			params[p.Key] = true
		}
		for _, m := range r.Metrics {
			metrics[m.Key] = true
		}
	}
	paramKeys, metricKeys := slices.Sorted(maps.Keys(params)), slices.Sorted(maps.Keys(metrics))
	head := []string{"run_id", "run_name", "experiment", "status", "start_time", "end_time"}
	for _, k := range paramKeys {
		head = append(head, "params."+k)
	}
	for _, k := range metricKeys {
		head = append(head, "metrics."+k)
	}
	out := csv.NewWriter(w)
	if err := out.Write(head); err != nil {
		return err
	}
	for i := range runs {
		r := &runs[i]
		row := []string{r.ID, r.Name, names[r.ExperimentID], string(r.Status), milliseconds(r.StartTime), milliseconds(r.EndTime)}
		for _, k := range paramKeys {
			value, _ := r.Param(k)
			row = append(row, value)
		}
		for _, k := range metricKeys {
			cell := ""
			if m, ok := r.Metric(k); ok {
				cell = number(m.Last.Value)
			}
			row = append(row, cell)
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// WritePointsCSV writes one row for each point: run, metric, step, timestamp
// and value, in the order in which they were logged.
func WritePointsCSV(ctx context.Context, store experiments.Store, runs []experiments.Run, w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"run_id", "metric", "step", "timestamp", "value"}); err != nil {
		return err
	}
	for _, r := range runs {
		for _, m := range r.Metrics {
			for p, err := range store.Points(ctx, r.ID, m.Key, 0) {
				if err != nil {
					return err
				}
				row := []string{r.ID, m.Key, strconv.FormatInt(p.Step, 10), strconv.FormatInt(p.Timestamp, 10), number(p.Value)}
				if err := out.Write(row); err != nil {
					return err
				}
			}
		}
	}
	out.Flush()
	return out.Error()
}

func milliseconds(ms int64) string {
	if ms == 0 {
		return ""
	}
	return strconv.FormatInt(ms, 10)
}

// number writes a value so that reading it gives the same bits.
func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

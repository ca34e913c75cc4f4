package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/compare"
)

// maxMetricColumns is how many metrics a list shows unless told which.
const maxMetricColumns = 4

// runsListCmd lists runs.
type runsListCmd struct {
	storeFlags
	Experiment string   `placeholder:"NAME" help:"Only runs of this experiment."`
	Limit      int      `short:"n" default:"50" help:"At most so many."`
	Deleted    bool     `help:"List deleted runs instead."`
	Metrics    []string `placeholder:"KEY,…" help:"Metrics to show. Default: the first four that are no parts of another."`
	Params     []string `placeholder:"KEY,…" help:"Params to show. Default: those in which the runs differ, four at most."`
}

// Help shows an example.
func (runsListCmd) Help() string {
	return "Example:\n  lectern runs list --experiment 06-window-ner --params lr,seed --metrics dev_f1"
}

// Run lists runs.
func (c runsListCmd) Run() (err error) {
	store, err := c.open()
	if err != nil {
		return err
	}
	defer closing(store, &err)
	ctx := context.Background()
	ids, err := experimentIDs(ctx, store, c.Experiment)
	if err != nil {
		return err
	}
	q := experiments.Query{ExperimentIDs: ids, MaxResults: c.Limit}
	if c.Deleted {
		q.View = experiments.DeletedOnly
	}
	page, err := store.SearchRuns(ctx, q)
	if err != nil {
		return usage(err)
	}
	if c.JSON {
		return printJSON(page.Runs)
	}
	if err := printRuns(ctx, store, page.Runs, c.Params, c.Metrics); err != nil {
		return err
	}
	if page.NextPageToken != "" {
		fmt.Printf("(the newest %d runs; -n shows more)\n", len(page.Runs))
	}
	return nil
}

// printRuns prints a table of runs with these params and metrics, or with those
// that tell most if none are named.
func printRuns(ctx context.Context, store experiments.Store, runs []experiments.Run, params, metrics []string) error {
	if len(runs) == 0 {
		fmt.Println("no runs")
		return nil
	}
	names, err := experimentNamesByID(ctx, store)
	if err != nil {
		return err
	}
	if params == nil {
		params = differingParams(runs)
	}
	if metrics == nil {
		metrics = mainMetrics(runs)
	}
	var t table
	t.add(slices.Concat([]string{"RUN", "NAME", "EXPERIMENT", "STATUS", "STARTED", ">TOOK"}, params, rightAligned(metrics))...)
	for i := range runs {
		r := &runs[i]
		row := []string{
			shortID(r.ID), shorten(r.Name, 32), shorten(names[r.ExperimentID], 24), string(r.State(time.Now())),
			formatTime(r.StartTime), formatDuration(r.Duration()),
		}
		for _, key := range params {
			value, _ := r.Param(key)
			row = append(row, shorten(value, 24))
		}
		for _, key := range metrics {
			cell := ""
			if m, ok := r.Metric(key); ok {
				cell = formatValue(m.Last.Value)
			}
			row = append(row, cell)
		}
		t.add(row...)
	}
	return t.write(os.Stdout)
}

func rightAligned(keys []string) []string {
	heads := make([]string, len(keys))
	for i, key := range keys {
		heads[i] = ">" + key
	}
	return heads
}

func experimentNamesByID(ctx context.Context, store experiments.Store) (map[string]string, error) {
	all, err := store.Experiments(ctx, experiments.All)
	names := make(map[string]string, len(all))
	for _, e := range all {
		names[e.ID] = e.Name
	}
	return names, err
}

// differingParams returns up to four params in which runs differ.
func differingParams(runs []experiments.Run) []string {
	var keys []string
	for _, d := range compare.Params(runs) {
		if len(keys) < 4 {
			keys = append(keys, d.Key)
		}
	}
	return keys
}

// mainMetrics returns the metrics that a list shows: not those that are parts
// of others, such as grad_norm/W, nor times.
func mainMetrics(runs []experiments.Run) []string {
	var keys []string
	for _, m := range compare.Metrics(runs) {
		if !strings.Contains(m.Key, "/") && !compare.Measured(m.Key) && m.Key != "epoch" && m.Key != "learning_rate" {
			keys = append(keys, m.Key)
		}
	}
	return keys[:min(len(keys), maxMetricColumns)]
}

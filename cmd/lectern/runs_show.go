package main

import (
	"context"
	"fmt"
	"os"

	"github.com/lectern-go/lectern/experiments"
)

// runsShowCmd shows one run.
type runsShowCmd struct {
	storeFlags
	ID       string `arg:"" name:"run" help:"Id of the run, its first digits, or its name."`
	Artifact string `placeholder:"PATH" help:"Print this artifact of the run instead, such as lectern/cells.txt."`
}

// Help shows an example.
func (runsShowCmd) Help() string {
	return "Example:\n  lectern runs show 3f2a\n  lectern runs show 3f2a --artifact lectern/git.diff"
}

// Run shows the run.
func (c runsShowCmd) Run() (err error) {
	store, err := c.open()
	if err != nil {
		return err
	}
	defer closing(store, &err)
	ctx := context.Background()
	run, err := store.FindRun(ctx, c.ID)
	if err != nil {
		return usage(err)
	}
	if c.Artifact != "" {
		data, err := store.Artifact(ctx, run.ID, c.Artifact)
		if err != nil {
			return usage(err)
		}
		_, err = os.Stdout.Write(data)
		return err
	}
	artifacts, err := store.Artifacts(ctx, run.ID)
	if err != nil {
		return err
	}
	e, err := store.Experiment(ctx, run.ExperimentID)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(struct {
			experiments.Run
			State      string                 `json:"state"`
			Experiment string                 `json:"experiment_name"`
			Artifacts  []experiments.Artifact `json:"artifacts"`
		}{run, formatState(&run), e.Name, artifacts})
	}
	return printRun(&run, e.Name, artifacts)
}

func printRun(run *experiments.Run, experiment string, artifacts []experiments.Artifact) error {
	var head table
	head.add("run", run.ID)
	head.add("name", run.Name)
	head.add("experiment", experiment)
	head.add("status", formatState(run))
	head.add("started", formatTime(run.StartTime))
	head.add("took", formatDuration(run.Duration()))
	if run.LifecycleStage == experiments.Deleted {
		head.add("deleted", "yes; lectern runs restore "+shortID(run.ID))
	}
	if note := run.Tag(experiments.TagNote); note != "" {
		head.add("note", note)
	}
	if err := head.write(os.Stdout); err != nil {
		return err
	}
	var params, tags, metrics, files table
	for _, p := range run.Params {
		params.add("  "+p.Key, p.Value)
	}
	for _, t := range run.Tags {
		if t.Key != experiments.TagNote && t.Key != experiments.TagRunName {
			tags.add("  "+t.Key, shorten(t.Value, 120))
		}
	}
	metrics.add("  METRIC", ">POINTS", ">FIRST", ">LAST", ">MIN", ">MAX", ">BEST", ">AT STEP")
	for i := range run.Metrics {
		m := &run.Metrics[i]
		metrics.add("  "+m.Key, fmt.Sprint(m.Count), formatValue(m.First.Value), formatValue(m.Last.Value),
			formatValue(m.Min.Value), formatValue(m.Max.Value), formatValue(m.Best().Value), fmt.Sprint(m.Best().Step))
	}
	for _, a := range artifacts {
		files.add("  "+a.Path, fmt.Sprintf("%d bytes", a.Size))
	}
	if len(run.Metrics) == 0 {
		metrics.rows = nil
	}
	for _, part := range []struct {
		title string
		table *table
	}{{"params", &params}, {"metrics", &metrics}, {"tags", &tags}, {"artifacts", &files}} {
		if len(part.table.rows) == 0 {
			continue
		}
		fmt.Printf("\n%s\n", part.title)
		if err := part.table.write(os.Stdout); err != nil {
			return err
		}
	}
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/exchange"
	"github.com/lectern-go/lectern/experiments/filter"
)

// runsSearchCmd finds runs by a condition.
type runsSearchCmd struct {
	storeFlags
	Filter     string   `arg:"" optional:"" help:"Condition, such as 'metrics.f1 > 0.8 and params.lr = \"0.1\"'."`
	OrderBy    []string `name:"order-by" sep:"none" placeholder:"EXPR" help:"Value to order by, with asc or desc (may be repeated). Default: newest first."`
	Experiment string   `placeholder:"NAME" help:"Only runs of this experiment."`
	Limit      int      `short:"n" default:"100" help:"At most so many."`
	Deleted    bool     `help:"Search deleted runs instead."`
	CSV        bool     `name:"csv" help:"Print CSV, one row a run, with all params and metrics."`
	Metrics    []string `placeholder:"KEY,…" help:"Metrics to show."`
	Params     []string `placeholder:"KEY,…" help:"Params to show."`
}

// Help shows the language by examples.
func (runsSearchCmd) Help() string {
	return `Examples:
  lectern runs search 'best(metrics.dev_f1) > 0.8 and params.lr = "0.1"' --order-by 'best(metrics.dev_f1) desc'
  lectern runs search 'nans(metrics.loss) > 0 or status in ("FAILED", "KILLED")'
  lectern runs search 'start_time > now - 7d and not (run_name like "debug%")'
  lectern runs search 'slope(metrics.loss) < 0 and at(metrics.loss, 1000) < 0.5' --csv

Names: metrics.K params.K tags.K, run_id run_name status user_id experiment start_time end_time duration.
Functions of a metric: last first min max mean slope best count nans at(metrics.K, STEP).`
}

// Run searches.
func (c runsSearchCmd) Run() (err error) {
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
	q := experiments.Query{ExperimentIDs: ids, Filter: c.Filter, OrderBy: c.OrderBy, MaxResults: c.Limit}
	if c.Deleted {
		q.View = experiments.DeletedOnly
	}
	page, err := store.SearchRuns(ctx, q)
	if err != nil {
		pointAt(err)
		return usage(err)
	}
	switch {
	case c.JSON:
		return printJSON(page.Runs)
	case c.CSV:
		return exchange.WriteRunsCSV(ctx, store, page.Runs, os.Stdout)
	}
	if err := printRuns(ctx, store, page.Runs, c.Params, c.Metrics); err != nil {
		return err
	}
	if page.NextPageToken != "" {
		fmt.Printf("(the first %d runs; -n shows more)\n", len(page.Runs))
	}
	return nil
}

// pointAt shows on standard error where an expression is wrong.
func pointAt(err error) {
	var syntax *filter.SyntaxError
	if errors.As(err, &syntax) {
		fmt.Fprintln(os.Stderr, syntax.Caret())
	}
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/open"
)

// runsCmd looks at recorded runs.
type runsCmd struct {
	List    runsListCmd    `cmd:"" help:"List runs, newest first."`
	Show    runsShowCmd    `cmd:"" help:"Show everything about a run."`
	Search  runsSearchCmd  `cmd:"" help:"Find runs by a condition."`
	Compare runsCompareCmd `cmd:"" help:"Show how runs differ: params first, then metrics side by side."`
	Plot    runsPlotCmd    `cmd:"" help:"Draw metrics in the terminal or to SVG or PNG."`
	Rerun   runsRerunCmd   `cmd:"" help:"Run again what recorded runs, and compare every point."`
	Tag     runsTagCmd     `cmd:"" help:"Set or delete tags of a run."`
	Note    runsNoteCmd    `cmd:"" help:"Write a note about a run."`
	Export  runsExportCmd  `cmd:"" help:"Write runs as JSON or CSV."`
	Import  runsImportCmd  `cmd:"" help:"Read runs that were exported as JSON."`
	Delete  runsDeleteCmd  `cmd:"" help:"Delete runs; they can be restored until gc."`
	Restore runsRestoreCmd `cmd:"" help:"Restore deleted runs."`
}

// storeFlags name the database.
type storeFlags struct {
	DB   string `name:"db" placeholder:"URI" help:"Tracker database: a path or sqlite:PATH. Default: LECTERN_DB, else the nearest lectern.db upwards."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// open opens the database, which must exist, and prints on standard error where
// it is.
func (f storeFlags) open() (experiments.Store, error) {
	uri := open.Locate(f.DB, ".")
	store, err := open.Existing(uri)
	if err != nil {
		return nil, usage(err)
	}
	printStore(store)
	return store, nil
}

// printStore says on standard error where the store is.
func printStore(store experiments.Store) {
	fmt.Fprintf(os.Stderr, "tracker database: %s\n", strings.TrimPrefix(store.URI(), "sqlite:"))
}

// usage marks errors that come from what the user typed.
func usage(err error) error {
	switch experiments.ErrorCode(err) {
	case experiments.CodeInvalid, experiments.CodeNotFound:
		return usageError{err}
	}
	return err
}

// experimentIDs returns the id of the experiment named, or none for all.
func experimentIDs(ctx context.Context, store experiments.Store, name string) ([]string, error) {
	if name == "" {
		return nil, nil
	}
	e, err := store.ExperimentByName(ctx, name)
	if err != nil {
		return nil, usage(err)
	}
	return []string{e.ID}, nil
}

// findRuns returns the runs that ids, their beginnings or names stand for.
func findRuns(ctx context.Context, store experiments.Store, names []string) ([]experiments.Run, error) {
	var runs []experiments.Run
	var errs []error
	for _, name := range names {
		run, err := store.FindRun(ctx, name)
		if err != nil {
			errs = append(errs, usage(err))
			continue
		}
		runs = append(runs, run)
	}
	if len(errs) > 0 {
		return nil, failures(errs)
	}
	return runs, nil
}

// closing joins the error of closing a store to *err.
func closing(store experiments.Store, err *error) {
	*err = errors.Join(*err, store.Close())
}

func printJSON(v any) error {
	enc := json.NewEncoder(os.Stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

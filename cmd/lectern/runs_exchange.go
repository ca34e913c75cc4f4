package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/exchange"
	"github.com/lectern-go/lectern/experiments/open"
)

// runsExportCmd writes runs to a file.
type runsExportCmd struct {
	storeFlags
	IDs    []string `arg:"" optional:"" name:"run" help:"Ids of runs, their first digits, or names. Default: all."`
	Filter string   `placeholder:"CONDITION" help:"Export the runs that lectern runs search finds by this instead."`
	Format string   `enum:"json,csv,points" default:"json" help:"json: everything, one run a line; csv: a row for each run; points: CSV with a row for each point."`
	Output string   `short:"o" placeholder:"FILE" help:"File to write. Default: standard output."`
}

// Help shows an example.
func (runsExportCmd) Help() string {
	return "Example:\n  lectern runs export --format csv -o runs.csv\n  lectern runs export 3f2a -o run.jsonl && lectern runs import run.jsonl --db other.db"
}

// Run exports the runs.
func (c runsExportCmd) Run() (err error) {
	store, err := c.open()
	if err != nil {
		return err
	}
	defer closing(store, &err)
	ctx := context.Background()
	runs, err := c.runs(ctx, store)
	if err != nil {
		return err
	}
	write := exchange.WriteJSON
	switch c.Format {
	case "csv":
		write = exchange.WriteRunsCSV
	case "points":
		write = exchange.WritePointsCSV
	}
	if c.Output == "" {
		return write(ctx, store, runs, os.Stdout)
	}
	err = writeWhole(c.Output, func(w io.Writer) error { return write(ctx, store, runs, w) })
	if err == nil {
		fmt.Printf("%d runs written to %s\n", len(runs), c.Output)
	}
	return err
}

func (c runsExportCmd) runs(ctx context.Context, store experiments.Store) ([]experiments.Run, error) {
	if len(c.IDs) > 0 {
		return findRuns(ctx, store, c.IDs)
	}
	var all []experiments.Run
	q := experiments.Query{Filter: c.Filter}
	for {
		page, err := store.SearchRuns(ctx, q)
		if err != nil {
			pointAt(err)
			return nil, usage(err)
		}
		all = append(all, page.Runs...)
		if q.PageToken = page.NextPageToken; q.PageToken == "" {
			return all, nil
		}
	}
}

// writeWhole writes a file that appears under its name when it is complete.
func writeWhole(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".lectern-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already if all went well
	w := bufio.NewWriter(f)
	if err = write(w); err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err2 := f.Close(); err == nil {
		err = err2
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// runsImportCmd reads runs from a file.
type runsImportCmd struct {
	storeFlags
	File string `arg:"" help:"File that lectern runs export wrote as json; - for standard input."`
}

// Help shows an example.
func (runsImportCmd) Help() string {
	return "Example:\n  lectern runs import run.jsonl"
}

// Run imports the runs; it creates the database if there is none.
func (c runsImportCmd) Run() (err error) {
	in := os.Stdin
	if c.File != "-" {
		if in, err = os.Open(c.File); err != nil {
			return usageError{err}
		}
		defer in.Close()
	}
	store, err := open.Store(open.Locate(c.DB, "."))
	if err != nil {
		return usage(err)
	}
	defer closing(store, &err)
	printStore(store)
	ids, err := exchange.ReadJSON(context.Background(), store, bufio.NewReader(in))
	if c.JSON {
		if err2 := printJSON(ids); err == nil {
			err = err2
		}
	} else {
		fmt.Printf("%d runs imported\n", len(ids))
	}
	return usage(err)
}

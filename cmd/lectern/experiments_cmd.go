package main

import (
	"context"
	"fmt"
	"os"

	"github.com/lectern-go/lectern/experiments"
)

// experimentsCmd looks after experiments.
type experimentsCmd struct {
	List    experimentsListCmd    `cmd:"" help:"List experiments."`
	Show    experimentsShowCmd    `cmd:"" help:"Show an experiment and its newest runs."`
	Rename  experimentsRenameCmd  `cmd:"" help:"Rename an experiment."`
	Delete  experimentsDeleteCmd  `cmd:"" help:"Delete an experiment with its runs; it can be restored until gc."`
	Restore experimentsRestoreCmd `cmd:"" help:"Restore a deleted experiment with its runs."`
}

// withExperiment opens the store, finds the experiment by name or id, and calls
// f.
func (fl storeFlags) withExperiment(name string, f func(context.Context, experiments.Store, experiments.Experiment) error) (err error) {
	store, err := fl.open()
	if err != nil {
		return err
	}
	defer closing(store, &err)
	ctx := context.Background()
	e, err := store.ExperimentByName(ctx, name)
	if experiments.ErrorCode(err) == experiments.CodeNotFound {
		if byID, errID := store.Experiment(ctx, name); errID == nil {
			e, err = byID, nil
		}
	}
	if err != nil {
		return usage(fmt.Errorf("%w; see lectern experiments list", err))
	}
	return usage(f(ctx, store, e))
}

type experimentsListCmd struct {
	storeFlags
	All bool `short:"a" help:"Deleted ones too."`
}

// Help shows an example.
func (experimentsListCmd) Help() string { return "Example:\n  lectern experiments list --all" }

// Run lists the experiments.
func (c experimentsListCmd) Run() (err error) {
	store, err := c.open()
	if err != nil {
		return err
	}
	defer closing(store, &err)
	view := experiments.ActiveOnly
	if c.All {
		view = experiments.All
	}
	all, err := store.Experiments(context.Background(), view)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(all)
	}
	var t table
	t.add(">ID", "NAME", "STAGE", "CREATED")
	for _, e := range all {
		t.add(e.ID, e.Name, string(e.LifecycleStage), formatTime(e.CreationTime))
	}
	return t.write(os.Stdout)
}

type experimentsShowCmd struct {
	storeFlags
	Name string `arg:"" help:"Name or id of the experiment."`
}

// Help shows an example.
func (experimentsShowCmd) Help() string { return "Example:\n  lectern experiments show 06-window-ner" }

// Run shows the experiment.
func (c experimentsShowCmd) Run() error {
	return c.withExperiment(c.Name, func(ctx context.Context, store experiments.Store, e experiments.Experiment) error {
		page, err := store.SearchRuns(ctx, experiments.Query{ExperimentIDs: []string{e.ID}, MaxResults: 20})
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(struct {
				experiments.Experiment
				Runs []experiments.Run `json:"runs"`
			}{e, page.Runs})
		}
		var t table
		t.add("experiment", e.Name)
		t.add("id", e.ID)
		t.add("stage", string(e.LifecycleStage))
		t.add("created", formatTime(e.CreationTime))
		for _, tag := range e.Tags {
			t.add(tag.Key, tag.Value)
		}
		if err := t.write(os.Stdout); err != nil {
			return err
		}
		fmt.Println()
		return printRuns(ctx, store, page.Runs, nil, nil)
	})
}

type experimentsRenameCmd struct {
	storeFlags
	Name string `arg:"" help:"Name or id of the experiment."`
	New  string `arg:"" help:"New name."`
}

// Help shows an example.
func (experimentsRenameCmd) Help() string {
	return "Example:\n  lectern experiments rename Default 'first tries'"
}

// Run renames the experiment.
func (c experimentsRenameCmd) Run() error {
	return c.withExperiment(c.Name, func(ctx context.Context, store experiments.Store, e experiments.Experiment) error {
		return store.RenameExperiment(ctx, e.ID, c.New)
	})
}

type experimentsDeleteCmd struct {
	storeFlags
	Name string `arg:"" help:"Name or id of the experiment."`
}

// Help shows an example.
func (experimentsDeleteCmd) Help() string { return "Example:\n  lectern experiments delete scratch" }

// Run deletes the experiment.
func (c experimentsDeleteCmd) Run() error {
	return c.withExperiment(c.Name, func(ctx context.Context, store experiments.Store, e experiments.Experiment) error {
		if err := store.DeleteExperiment(ctx, e.ID); err != nil {
			return err
		}
		fmt.Printf("deleted %s; lectern experiments restore %q undoes it\n", e.Name, e.Name)
		return nil
	})
}

type experimentsRestoreCmd struct {
	storeFlags
	Name string `arg:"" help:"Name or id of the experiment."`
}

// Help shows an example.
func (experimentsRestoreCmd) Help() string { return "Example:\n  lectern experiments restore scratch" }

// Run restores the experiment.
func (c experimentsRestoreCmd) Run() error {
	return c.withExperiment(c.Name, func(ctx context.Context, store experiments.Store, e experiments.Experiment) error {
		return store.RestoreExperiment(ctx, e.ID)
	})
}

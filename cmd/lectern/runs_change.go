package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/lectern-go/lectern/experiments"
)

// changeRuns opens the store, finds the runs named and calls change for each.
func (f storeFlags) changeRuns(names []string, change func(context.Context, experiments.Store, *experiments.Run) error) (err error) {
	store, err := f.open()
	if err != nil {
		return err
	}
	defer closing(store, &err)
	ctx := context.Background()
	runs, err := findRuns(ctx, store, names)
	if err != nil {
		return err
	}
	for i := range runs {
		if err := change(ctx, store, &runs[i]); err != nil {
			return usage(err)
		}
	}
	return nil
}

// runsTagCmd sets and deletes tags.
type runsTagCmd struct {
	storeFlags
	ID     string   `arg:"" name:"run" help:"Id of the run, its first digits, or its name."`
	Tags   []string `arg:"" optional:"" name:"tag" help:"Tags to set, as KEY=VALUE."`
	Delete []string `short:"d" placeholder:"KEY" help:"Delete a tag (may be repeated)."`
}

// Help shows an example.
func (runsTagCmd) Help() string {
	return "Example:\n  lectern runs tag 3f2a keep=yes 'dataset=wikigold v2' -d draft"
}

// Run sets and deletes the tags.
func (c runsTagCmd) Run() error {
	var tags []experiments.Tag
	for _, text := range c.Tags {
		key, value, ok := strings.Cut(text, "=")
		if !ok {
			return usageError{fmt.Errorf("%q is no tag; write KEY=VALUE", text)}
		}
		tags = append(tags, experiments.Tag{Key: key, Value: value})
	}
	if len(tags)+len(c.Delete) == 0 {
		return usageError{errors.New("no tag named; write KEY=VALUE, or -d KEY")}
	}
	return c.changeRuns([]string{c.ID}, func(ctx context.Context, store experiments.Store, run *experiments.Run) error {
		if err := store.LogBatch(ctx, run.ID, experiments.Batch{Tags: tags}); err != nil {
			return err
		}
		for _, key := range c.Delete {
			if err := store.DeleteTag(ctx, run.ID, key); err != nil {
				return err
			}
		}
		return nil
	})
}

// runsNoteCmd writes a note about a run.
type runsNoteCmd struct {
	storeFlags
	ID   string `arg:"" name:"run" help:"Id of the run, its first digits, or its name."`
	Text string `arg:"" help:"The note; it replaces the one before."`
}

// Help shows an example.
func (runsNoteCmd) Help() string {
	return "Example:\n  lectern runs note 3f2a 'the first with the case embedding'"
}

// Run writes the note.
func (c runsNoteCmd) Run() error {
	return c.changeRuns([]string{c.ID}, func(ctx context.Context, store experiments.Store, run *experiments.Run) error {
		return store.LogBatch(ctx, run.ID, experiments.Batch{Tags: []experiments.Tag{{Key: experiments.TagNote, Value: c.Text}}})
	})
}

// runsDeleteCmd deletes runs.
type runsDeleteCmd struct {
	storeFlags
	IDs []string `arg:"" name:"run" help:"Ids of runs, their first digits, or names."`
}

// Help shows an example.
func (runsDeleteCmd) Help() string {
	return "Deleted runs can be restored until lectern db gc removes them.\n\nExample:\n  lectern runs delete 3f2a 91c0"
}

// Run deletes the runs.
func (c runsDeleteCmd) Run() error {
	return c.changeRuns(c.IDs, func(ctx context.Context, store experiments.Store, run *experiments.Run) error {
		if err := store.DeleteRun(ctx, run.ID); err != nil {
			return err
		}
		fmt.Printf("deleted %s %s; lectern runs restore %s undoes it\n", shortID(run.ID), run.Name, shortID(run.ID))
		return nil
	})
}

// runsRestoreCmd restores deleted runs.
type runsRestoreCmd struct {
	storeFlags
	IDs []string `arg:"" name:"run" help:"Ids of deleted runs or their first digits."`
}

// Help shows an example.
func (runsRestoreCmd) Help() string {
	return "Example:\n  lectern runs restore 3f2a"
}

// Run restores the runs.
func (c runsRestoreCmd) Run() error {
	return c.changeRuns(c.IDs, func(ctx context.Context, store experiments.Store, run *experiments.Run) error {
		if err := store.RestoreRun(ctx, run.ID); err != nil {
			return err
		}
		fmt.Printf("restored %s %s\n", shortID(run.ID), run.Name)
		return nil
	})
}

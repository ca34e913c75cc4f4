package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/lectern-go/lectern/experiments/open"
	"github.com/lectern-go/lectern/experiments/sqlite"
)

// dbCmd looks after the tracker database.
type dbCmd struct {
	Check  dbCheckCmd  `cmd:"" help:"Verify everything: structure, checksums, hash chains, summaries, artifacts."`
	GC     dbGCCmd     `cmd:"" name:"gc" help:"Remove what was deleted for good and give the space back."`
	Backup dbBackupCmd `cmd:"" help:"Copy the database to a new file, while others write to it."`
	Merge  dbMergeCmd  `cmd:"" help:"Copy the runs of another database into this one."`
}

// openSQLite opens the database file, which must exist.
func (f storeFlags) openSQLite() (*sqlite.Store, error) {
	store, err := openSQLite(open.Locate(f.DB, "."))
	if err == nil {
		printStore(store)
	}
	return store, err
}

func openSQLite(uri string) (*sqlite.Store, error) {
	path, err := open.Path(uri)
	if err != nil {
		return nil, usage(err)
	}
	if _, err := os.Stat(path); err != nil {
		return nil, usageError{fmt.Errorf("there is no %s; name a database with --db or LECTERN_DB", path)}
	}
	store, err := sqlite.Open(path)
	return store, usage(err)
}

type dbCheckCmd struct{ storeFlags }

// Help shows an example.
func (dbCheckCmd) Help() string {
	return "Exits with 1 if anything is wrong.\n\nExample:\n  lectern db check --db old.db"
}

// Run checks the database.
func (c dbCheckCmd) Run() (err error) {
	store, err := c.openSQLite()
	if err != nil {
		return err
	}
	defer closing(store, &err)
	report, err := store.Check(context.Background())
	if err != nil {
		return err
	}
	if c.JSON {
		if err := printJSON(report); err != nil {
			return err
		}
	} else {
		fmt.Printf("%d runs, %d series with %d points, %d artifacts\n", report.Runs, report.Series, report.Points, report.Artifacts)
		var t table
		for _, p := range report.Problems {
			t.add(shortID(p.Run), p.Where, p.What)
		}
		if err := t.write(os.Stdout); err != nil {
			return err
		}
	}
	if n := len(report.Problems); n > 0 {
		return fmt.Errorf("%d problems in %s; restore a backup, or export the runs that can be read with lectern runs export", n, store.Path())
	}
	if !c.JSON {
		fmt.Println("no problems")
	}
	return nil
}

type dbGCCmd struct {
	storeFlags
	OlderThan time.Duration `default:"0s" placeholder:"DURATION" help:"Only what was deleted longer ago, such as 720h."`
}

// Help shows an example.
func (dbGCCmd) Help() string { return "Example:\n  lectern db gc --older-than 720h" }

// Run collects garbage.
func (c dbGCCmd) Run() (err error) {
	store, err := c.openSQLite()
	if err != nil {
		return err
	}
	defer closing(store, &err)
	got, err := store.Collect(context.Background(), time.Now().Add(-c.OlderThan))
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(got)
	}
	fmt.Printf("removed %d runs, %d experiments, %d artifact contents; %d bytes given back\n", got.Runs, got.Experiments,
		got.Artifacts, got.Bytes)
	return nil
}

type dbBackupCmd struct {
	storeFlags
	File string `arg:"" help:"New file."`
}

// Help shows an example.
func (dbBackupCmd) Help() string { return "Example:\n  lectern db backup backup-2026-11-23.db" }

// Run backs the database up.
func (c dbBackupCmd) Run() (err error) {
	store, err := c.openSQLite()
	if err != nil {
		return err
	}
	defer closing(store, &err)
	if err := store.Backup(context.Background(), c.File); err != nil {
		return err
	}
	fmt.Printf("backup: %s\n", c.File)
	return nil
}

type dbMergeCmd struct {
	storeFlags
	Other string `arg:"" help:"Database whose runs to copy; it is not changed."`
}

// Help shows an example.
func (dbMergeCmd) Help() string {
	return "Runs are known by their ids; those that are here with as many points stay as they are.\n\nExample:\n  lectern db merge laptop.db"
}

// Run merges.
func (c dbMergeCmd) Run() (err error) {
	store, err := c.openSQLite()
	if err != nil {
		return err
	}
	defer closing(store, &err)
	other, err := openSQLite(c.Other)
	if err != nil {
		return err
	}
	got, err := store.Merge(context.Background(), other)
	if err = errors.Join(err, other.Close()); err != nil {
		return usage(err)
	}
	if c.JSON {
		return printJSON(got)
	}
	fmt.Printf("%d runs added, %d replaced by longer ones, %d were here already\n", got.Added, got.Replaced, got.Kept)
	return nil
}

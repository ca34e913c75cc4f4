package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/lectern-go/lectern/experiments"
)

// collectStep is how many rows one transaction of a collection deletes, so
// that others can write in between and memory stays small.
const collectStep = 2000

// Collected says what a collection removed.
type Collected struct {
	Runs        int   `json:"runs"`
	Experiments int   `json:"experiments"`
	Artifacts   int   `json:"artifacts"`
	Bytes       int64 `json:"bytes"` // by which the file has shrunk
}

// Collect removes for good what was deleted before the time given, and
// contents that no artifact refers to, and gives the space back to the disk.
// Others may write meanwhile.
func (s *Store) Collect(ctx context.Context, before time.Time) (Collected, error) {
	const op = "collect garbage"
	var c Collected
	size := s.size()
	rows, err := s.deletedRuns(ctx, before)
	if err != nil {
		return c, wrap(op, s.path, err)
	}
	for _, row := range rows {
		if err := s.removeRun(ctx, op, row); err != nil {
			return c, err
		}
		c.Runs++
	}
	c.Experiments, err = s.removeRows(ctx, op, `DELETE FROM experiments WHERE lifecycle_stage = 'deleted' AND last_update_time < ?
		AND id NOT IN (SELECT experiment FROM runs)`, before.UnixMilli())
	if err != nil {
		return c, err
	}
	for {
		n, err := s.removeRows(ctx, op, `DELETE FROM blobs WHERE id IN
			(SELECT id FROM blobs WHERE id NOT IN (SELECT blob FROM artifacts) LIMIT 100)`)
		if err != nil {
			return c, err
		}
		c.Artifacts += n
		if n < 100 {
			break
		}
	}
	if err = s.shrink(ctx, op); err == nil {
		err = s.checkpoint(ctx)
	}
	c.Bytes = size - s.size()
	return c, err
}

func (s *Store) size() int64 {
	total := int64(0)
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(s.path + suffix); err == nil {
			total += info.Size()
		}
	}
	return total
}

func (s *Store) deletedRuns(ctx context.Context, before time.Time) ([]int64, error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT id FROM runs WHERE lifecycle_stage = 'deleted' AND deleted_time < ?", before.UnixMilli())
	if err != nil {
		return nil, err
	}
	var found []int64
	err = eachRow(rows, func(r *sql.Rows) error {
		var row int64
		err := r.Scan(&row)
		found = append(found, row)
		return err
	})
	return found, err
}

// removeRun deletes a run's rows some at a time, the run itself last.
func (s *Store) removeRun(ctx context.Context, op string, row int64) error {
	for _, table := range []string{"tail", "chunks", "pages"} {
		query := fmt.Sprintf("DELETE FROM %s WHERE id IN (SELECT id FROM %s WHERE run = ? LIMIT %d)", table, table, collectStep)
		for {
			n, err := s.removeRows(ctx, op, query, row)
			if err != nil {
				return err
			}
			if n < collectStep {
				break
			}
		}
	}
	// The rest goes with the run, by ON DELETE CASCADE.
	_, err := s.removeRows(ctx, op, "DELETE FROM runs WHERE id = ? AND lifecycle_stage = 'deleted'", row)
	return err
}

// removeRows runs a DELETE in a transaction of its own.
func (s *Store) removeRows(ctx context.Context, op, query string, args ...any) (int, error) {
	var n int64
	err := s.write(ctx, op, false, func(t *tx) error {
		r, err := t.execResult(query, args...)
		if err == nil {
			n, err = r.RowsAffected()
		}
		return err
	})
	return int(n), err
}

// shrink gives free pages back to the disk, some at a time. Of a database that
// was made without auto_vacuum none can be given back; they are used again.
func (s *Store) shrink(ctx context.Context, op string) error {
	for before := -1; ; {
		free := 0
		err := s.write(ctx, op, false, func(t *tx) error {
			// Each step of the statement frees one page, so it is queried to its end.
			if err := t.query("PRAGMA incremental_vacuum(1000)", nil, func(*sql.Rows) error { return nil }); err != nil {
				return err
			}
			return t.queryRow("PRAGMA freelist_count", nil, []any{&free})
		})
		if err != nil || free == 0 || free == before {
			return err
		}
		before = free
	}
}

// checkpoint moves the WAL into the file and empties it, as far as other
// connections let it.
func (s *Store) checkpoint(ctx context.Context) error {
	db := sql.OpenDB(connector(s.path, writeOptions()))
	defer db.Close()
	_, err := db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return wrap("collect garbage", s.path, err)
}

// Backup copies the database, as of one moment, to a new file while others
// write to it. The file appears under its name when it is complete.
func (s *Store) Backup(ctx context.Context, path string) error {
	const op = "back up"
	if _, err := os.Stat(path); err == nil {
		return experiments.Errorf(experiments.CodeExists, op, "%s exists already; name a new file", path)
	}
	if err := checkPath(op, path); err != nil {
		return err
	}
	partial, err := os.MkdirTemp(filepath.Dir(path), ".lectern-backup-*")
	if err != nil {
		return &experiments.Error{Code: experiments.CodePermission, Op: op, Message: filepath.Dir(path) + " cannot be written", Err: err}
	}
	defer os.RemoveAll(partial)
	file := filepath.Join(partial, "lectern.db")
	// The connections for reading refuse to write, this statement too.
	db := sql.OpenDB(connector(s.path, options{"mode": "rw", "_busy_timeout": "10000"}))
	defer db.Close()
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", file); err != nil {
		return wrap(op, s.path, err)
	}
	return wrap(op, s.path, errors.Join(syncFile(file), os.Rename(file, path)))
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/lectern-go/lectern/experiments"
)

// Merged says what a merge did.
type Merged struct {
	Added    int `json:"added"`    // runs that were not here
	Replaced int `json:"replaced"` // runs of which the other database had more points
	Kept     int `json:"kept"`     // runs that are here already
}

// Merge copies the runs of another database into this one: those that are not
// here, and those that are here with fewer points. Experiments are matched by
// name. Run ids never clash, for they are random. Each run is copied whole or
// not at all.
func (s *Store) Merge(ctx context.Context, other *Store) (Merged, error) {
	const op = "merge"
	var m Merged
	if s.path == other.path {
		return m, experiments.Errorf(experiments.CodeInvalid, op, "%s cannot be merged with itself", s.path)
	}
	var ids []string
	rows, err := other.reader.QueryContext(ctx, "SELECT run_id FROM runs ORDER BY id")
	if err != nil {
		return m, wrap(op, other.path, err)
	}
	err = eachRow(rows, func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return m, wrap(op, other.path, err)
	}
	for _, id := range ids {
		here, err := s.countPoints(ctx, id)
		if err != nil {
			return m, wrap(op, s.path, err)
		}
		there, err := other.countPoints(ctx, id)
		if err != nil {
			return m, wrap(op, other.path, err)
		}
		if here >= there && here >= 0 {
			m.Kept++
			continue
		}
		if err := s.copyRun(ctx, op, other, id); err != nil {
			return m, err
		}
		if here < 0 {
			m.Added++
		} else {
			m.Replaced++
		}
	}
	return m, nil
}

// countPoints returns how many points a run has, -1 if there is no such run.
func (s *Store) countPoints(ctx context.Context, id string) (int64, error) {
	var n int64
	err := s.reader.QueryRowContext(ctx, `SELECT coalesce((SELECT sum(count) FROM metrics WHERE run = r.id), 0)
		FROM runs AS r WHERE run_id = ?`, id).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return -1, nil
	}
	return n, err
}

// copyRun copies a run in one transaction.
func (s *Store) copyRun(ctx context.Context, op string, other *Store, id string) error {
	run, err := other.Run(ctx, id)
	if err != nil {
		return err
	}
	e, err := other.Experiment(ctx, run.ExperimentID)
	if err != nil {
		return err
	}
	here, err := s.ExperimentByName(ctx, e.Name)
	if experiments.ErrorCode(err) == experiments.CodeNotFound {
		here, err = s.CreateExperiment(ctx, e.Name, e.Tags...)
	}
	if err != nil {
		return err
	}
	from, err := other.reader.BeginTx(ctx, nil)
	if err != nil {
		return wrap(op, other.path, err)
	}
	defer from.Rollback()
	return s.write(ctx, op, true, func(t *tx) error {
		c := runCopier{ctx: ctx, from: from, to: t, keys: map[int64]int64{}}
		return c.copy(op, &run, experimentNumber(here.ID))
	})
}

// runCopier copies the rows of a run, with the numbers of names changed.
type runCopier struct {
	ctx      context.Context
	from     *sql.Tx
	to       *tx
	old, row int64 // the run there and here
	keys     map[int64]int64
}

func (c *runCopier) copy(op string, run *experiments.Run, experiment int64) error {
	if err := c.to.exec("DELETE FROM runs WHERE run_id = ?", run.ID); err != nil {
		return err
	}
	err := c.from.QueryRowContext(c.ctx, "SELECT id FROM runs WHERE run_id = ?", run.ID).Scan(&c.old)
	if err != nil {
		return err
	}
	if c.row, err = c.to.insertRun(experiment, run); err != nil {
		return err
	}
	if run.LifecycleStage == experiments.Deleted {
		err = c.to.exec("UPDATE runs SET lifecycle_stage = 'deleted', deleted_time = coalesce(end_time, start_time) WHERE id = ?", c.row)
		if err != nil {
			return err
		}
	}
	if err := c.to.putParams(op, c.row, run.Params); err != nil {
		return err
	}
	if err := c.to.putTags(c.row, run.Tags); err != nil {
		return err
	}
	for i := range run.Metrics {
		key, err := c.to.key(run.Metrics[i].Key)
		if err != nil {
			return err
		}
		if err := c.to.putSummary(c.row, key, &run.Metrics[i]); err != nil {
			return err
		}
	}
	for _, part := range []func() error{c.chunks, c.pages, c.tail, c.artifacts} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// key returns the number here of a name's number there.
func (c *runCopier) key(old int64) (int64, error) {
	if key, ok := c.keys[old]; ok {
		return key, nil
	}
	var name string
	if err := c.from.QueryRowContext(c.ctx, "SELECT name FROM keys WHERE id = ?", old).Scan(&name); err != nil {
		return 0, err
	}
	key, err := c.to.key(name)
	c.keys[old] = key
	return key, err
}

func (c *runCopier) each(query string, scan func(*sql.Rows) error) error {
	rows, err := c.from.QueryContext(c.ctx, query, c.old)
	if err != nil {
		return err
	}
	return eachRow(rows, scan)
}

func (c *runCopier) chunks() error {
	return c.each("SELECT key, seq, count, min_step, max_step, hash, crc, summary, data FROM chunks WHERE run = ? ORDER BY key, seq",
		func(r *sql.Rows) error {
			var key, seq, count, first, last, crc int64
			var hash, summary, data []byte
			if err := r.Scan(&key, &seq, &count, &first, &last, &hash, &crc, &summary, &data); err != nil {
				return err
			}
			key, err := c.key(key)
			if err != nil {
				return err
			}
			return c.to.exec(`INSERT INTO chunks (run, key, seq, count, min_step, max_step, hash, crc, summary, data)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, c.row, key, seq, count, first, last, hash, crc, summary, data)
		})
}

func (c *runCopier) pages() error {
	return c.each("SELECT key, page, data FROM pages WHERE run = ? ORDER BY key, page", func(r *sql.Rows) error {
		var key, page int64
		var data []byte
		if err := r.Scan(&key, &page, &data); err != nil {
			return err
		}
		key, err := c.key(key)
		if err != nil {
			return err
		}
		return c.to.exec("INSERT INTO pages (run, key, page, data) VALUES (?, ?, ?, ?)", c.row, key, page, data)
	})
}

func (c *runCopier) tail() error {
	return c.each("SELECT id, count, crc, data FROM tail WHERE run = ? ORDER BY id", func(r *sql.Rows) error {
		var id, count, crc int64
		var data []byte
		if err := r.Scan(&id, &count, &crc, &data); err != nil {
			return err
		}
		var copied []byte
		err := checkTail("merge", id, crc, data, func(key int64, points []byte) error {
			key, err := c.key(key)
			copied = appendTailPart(copied, key, points)
			return err
		})
		if err != nil {
			return err
		}
		return c.to.exec("INSERT INTO tail (run, count, crc, data) VALUES (?, ?, ?, ?)", c.row, count, checksum(copied), copied)
	})
}

func (c *runCopier) artifacts() error {
	return c.each("SELECT a.path, b.sha256, b.size, b.compressed, b.data FROM artifacts AS a JOIN blobs AS b ON b.id = a.blob WHERE a.run = ?",
		func(r *sql.Rows) error {
			var path string
			var sum, data []byte
			var size int
			var compressed bool
			if err := r.Scan(&path, &sum, &size, &compressed, &data); err != nil {
				return err
			}
			return c.to.putArtifact(c.row, path, sum, size, compressed, data)
		})
}

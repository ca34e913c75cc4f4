package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/series"
)

// loadRuns returns the runs of the rows, in their order, with params, tags and
// summaries, as of one moment.
func (s *Store) loadRuns(ctx context.Context, rows []int64) ([]experiments.Run, error) {
	list, err := json.Marshal(rows)
	if err != nil {
		return nil, err
	}
	tx, err := s.reader.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	l := runLoader{ctx: ctx, tx: tx, list: string(list), byRow: make(map[int64]*experiments.Run, len(rows))}
	for _, load := range []func() error{l.runs, l.params, l.tags, l.metrics} {
		if err := load(); err != nil {
			return nil, err
		}
	}
	runs := make([]experiments.Run, 0, len(rows))
	for _, row := range rows {
		if run := l.byRow[row]; run != nil {
			runs = append(runs, *run)
		}
	}
	return runs, nil
}

type runLoader struct {
	ctx   context.Context
	tx    *sql.Tx
	list  string // the rows as a JSON array
	byRow map[int64]*experiments.Run
}

// each runs a query over the rows of the list.
func (l *runLoader) each(query string, scan func(*sql.Rows) error) error {
	rows, err := l.tx.QueryContext(l.ctx, query, l.list)
	if err != nil {
		return err
	}
	return eachRow(rows, scan)
}

func (l *runLoader) runs() error {
	return l.each(`SELECT id, run_id, experiment, name, user, status, start_time, coalesce(end_time, 0),
		coalesce(heartbeat, 0), artifact_uri, lifecycle_stage FROM runs WHERE id IN (SELECT value FROM json_each(?))`,
		func(r *sql.Rows) error {
			var row int64
			run := new(experiments.Run)
			err := r.Scan(&row, &run.ID, &run.ExperimentID, &run.Name, &run.User, &run.Status, &run.StartTime, &run.EndTime,
				&run.Heartbeat, &run.ArtifactURI, &run.LifecycleStage)
			l.byRow[row] = run
			return err
		})
}

func (l *runLoader) params() error {
	return l.each(`SELECT p.run, k.name, p.value FROM json_each(?) AS l JOIN params AS p ON p.run = l.value
		JOIN keys AS k ON k.id = p.key ORDER BY p.run, k.name`, func(r *sql.Rows) error {
		var row int64
		var p experiments.Param
		err := r.Scan(&row, &p.Key, &p.Value)
		if run := l.byRow[row]; run != nil {
			run.Params = append(run.Params, p)
		}
		return err
	})
}

func (l *runLoader) tags() error {
	return l.each(`SELECT p.run, k.name, p.value FROM json_each(?) AS l JOIN tags AS p ON p.run = l.value
		JOIN keys AS k ON k.id = p.key ORDER BY p.run, k.name`, func(r *sql.Rows) error {
		var row int64
		var t experiments.Tag
		err := r.Scan(&row, &t.Key, &t.Value)
		if run := l.byRow[row]; run != nil {
			run.Tags = append(run.Tags, t)
		}
		return err
	})
}

func (l *runLoader) metrics() error {
	return l.each(`SELECT p.run, k.name, p.summary FROM json_each(?) AS l JOIN metrics AS p ON p.run = l.value
		JOIN keys AS k ON k.id = p.key ORDER BY p.run, k.name`, func(r *sql.Rows) error {
		var row int64
		var m experiments.Summary
		var data sql.RawBytes
		if err := r.Scan(&row, &m.Key, &data); err != nil {
			return err
		}
		if run := l.byRow[row]; run != nil {
			run.Metrics = append(run.Metrics, m)
			return series.DecodeSummary(&run.Metrics[len(run.Metrics)-1], data)
		}
		return nil
	})
}

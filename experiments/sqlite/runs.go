package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/lectern-go/lectern/experiments"
)

// CreateRun implements [experiments.RunStore].
func (s *Store) CreateRun(ctx context.Context, run experiments.Run) (experiments.Run, error) {
	const op = "create run"
	s.completeRun(&run)
	if err := checkRun(op, &run); err != nil {
		return experiments.Run{}, err
	}
	err := s.write(ctx, op, true, func(t *tx) error { return t.createRun(op, &run) })
	if err != nil {
		return experiments.Run{}, err
	}
	return s.Run(ctx, run.ID)
}

// completeRun chooses what the caller left out.
func (s *Store) completeRun(run *experiments.Run) {
	if run.ID == "" {
		run.ID = experiments.NewRunID()
	}
	if run.Name == "" {
		run.Name = run.Tag(experiments.TagRunName)
	}
	if run.Name == "" {
		run.Name = experiments.NewRunName()
	}
	if run.ExperimentID == "" {
		run.ExperimentID = "0"
	}
	if run.Status == "" {
		run.Status = experiments.Running
	}
	if run.StartTime == 0 {
		run.StartTime = s.nowMillis()
	}
	run.Tags = append([]experiments.Tag{{Key: experiments.TagRunName, Value: run.Name}}, run.Tags...)
	for i := range run.Tags {
		if run.Tags[i].Key == experiments.TagRunName {
			run.Tags[i].Value = run.Name
		}
	}
}

func checkRun(op string, run *experiments.Run) error {
	if err := experiments.CheckRunID(op, run.ID); err != nil {
		return err
	}
	if err := experiments.CheckRunName(op, run.Name); err != nil {
		return err
	}
	if !run.Status.Valid() {
		return experiments.Errorf(experiments.CodeInvalid, op, "unknown status %q", run.Status)
	}
	return experiments.CheckBatch(op, experiments.Batch{Params: run.Params, Tags: run.Tags})
}

func (t *tx) createRun(op string, run *experiments.Run) error {
	number, err := t.experiment(op, run.ExperimentID)
	if err != nil {
		return err
	}
	var stage experiments.Stage
	if err := t.queryRow("SELECT lifecycle_stage FROM experiments WHERE id = ?", []any{number}, []any{&stage}); err != nil {
		return err
	}
	if stage != experiments.Active {
		return experiments.Errorf(experiments.CodeState, op, "the experiment %s is deleted; restore it first", run.ExperimentID)
	}
	var exists int
	err = t.queryRow("SELECT 1 FROM runs WHERE run_id = ?", []any{run.ID}, []any{&exists})
	if err == nil {
		return experiments.Errorf(experiments.CodeExists, op, "a run with the id %s exists already", run.ID)
	} else if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	row, err := t.insertRun(number, run)
	if err != nil {
		return err
	}
	if err := t.putParams(op, row, run.Params); err != nil {
		return err
	}
	return t.putTags(row, run.Tags)
}

func (t *tx) insertRun(experiment int64, run *experiments.Run) (int64, error) {
	r, err := t.execResult(`INSERT INTO runs (run_id, experiment, name, user, status, start_time, end_time, heartbeat, artifact_uri)
		VALUES (?, ?, ?, ?, ?, ?, nullif(?, 0), nullif(?, 0), ?)`,
		run.ID, experiment, run.Name, run.User, run.Status, run.StartTime, run.EndTime, run.Heartbeat, run.ArtifactURI)
	if err != nil {
		return 0, err
	}
	return r.LastInsertId()
}

// UpdateRun implements [experiments.RunStore]. A run that ends has its points
// packed into chunks.
func (s *Store) UpdateRun(ctx context.Context, id string, u experiments.RunUpdate) error {
	const op = "update run"
	if u.Name != "" {
		if err := experiments.CheckRunName(op, u.Name); err != nil {
			return err
		}
	}
	if u.Status != "" && !u.Status.Valid() {
		return experiments.Errorf(experiments.CodeInvalid, op, "unknown status %q", u.Status)
	}
	durable := u.Name != "" || u.Status != ""
	return s.write(ctx, op, durable, func(t *tx) error {
		row, err := t.activeRun(op, id)
		if err != nil {
			return err
		}
		if u.Name != "" {
			if err := t.putTags(row, []experiments.Tag{{Key: experiments.TagRunName, Value: u.Name}}); err != nil {
				return err
			}
		}
		if u.Status.Ended() {
			if err := t.pack(row, nil, true); err != nil {
				return err
			}
		}
		// A run that goes on again has no end.
		return t.exec(`UPDATE runs SET name = coalesce(nullif(?1, ''), name), status = coalesce(nullif(?2, ''), status),
			end_time = CASE WHEN ?3 != 0 THEN ?3 WHEN ?2 IN ('RUNNING', 'SCHEDULED') THEN NULL ELSE end_time END,
			heartbeat = coalesce(nullif(?4, 0), heartbeat) WHERE id = ?5`, u.Name, u.Status, u.EndTime, u.Heartbeat, row)
	})
}

// LogBatch implements [experiments.RunStore].
func (s *Store) LogBatch(ctx context.Context, id string, b experiments.Batch) error {
	const op = "log"
	if err := experiments.CheckBatch(op, b); err != nil {
		return err
	}
	for _, tag := range b.Tags {
		if tag.Key == experiments.TagRunName {
			if err := experiments.CheckRunName(op, tag.Value); err != nil {
				return err
			}
		}
	}
	return s.write(ctx, op, len(b.Params) > 0, func(t *tx) error {
		row, err := t.activeRun(op, id)
		if err != nil {
			return err
		}
		if err := t.putParams(op, row, b.Params); err != nil {
			return err
		}
		if err := t.putTags(row, b.Tags); err != nil {
			return err
		}
		return t.putMetrics(op, row, b.Metrics)
	})
}

// DeleteTag implements [experiments.RunStore].
func (s *Store) DeleteTag(ctx context.Context, id, key string) error {
	const op = "delete tag"
	return s.write(ctx, op, false, func(t *tx) error {
		row, err := t.activeRun(op, id)
		if err != nil {
			return err
		}
		r, err := t.execResult("DELETE FROM tags WHERE run = ? AND key = (SELECT id FROM keys WHERE name = ?)", row, key)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, experiments.Errorf(experiments.CodeNotFound, op, "run %s has no tag %q", id, key))
		}
		return nil
	})
}

// DeleteRun implements [experiments.RunStore].
func (s *Store) DeleteRun(ctx context.Context, id string) error {
	return s.setStage(ctx, "delete run", id, experiments.Deleted, s.nowMillis())
}

// RestoreRun implements [experiments.RunStore].
func (s *Store) RestoreRun(ctx context.Context, id string) error {
	return s.setStage(ctx, "restore run", id, experiments.Active, nil)
}

func (s *Store) setStage(ctx context.Context, op, id string, stage experiments.Stage, deleted any) error {
	return s.write(ctx, op, true, func(t *tx) error {
		r, err := t.execResult("UPDATE runs SET lifecycle_stage = ?, deleted_time = ?, deleted_with = NULL WHERE run_id = ?", stage, deleted, id)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, noRun(op, id))
		}
		return nil
	})
}

func noRun(op, id string) error {
	return experiments.Errorf(experiments.CodeNotFound, op, "there is no run %q", id)
}

// activeRun returns the row of a run that is not deleted.
func (t *tx) activeRun(op, id string) (int64, error) {
	var row int64
	var stage experiments.Stage
	err := t.queryRow("SELECT id, lifecycle_stage FROM runs WHERE run_id = ?", []any{id}, []any{&row, &stage})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, noRun(op, id)
	case err != nil:
		return 0, err
	case stage != experiments.Active:
		return 0, experiments.Errorf(experiments.CodeState, op,
			"run %s is deleted; it must be in the 'active' state: restore it first", id)
	}
	return row, nil
}

// Run implements [experiments.RunStore].
func (s *Store) Run(ctx context.Context, id string) (experiments.Run, error) {
	const op = "find run"
	var row int64
	err := s.reader.QueryRowContext(ctx, "SELECT id FROM runs WHERE run_id = ?", id).Scan(&row)
	if errors.Is(err, sql.ErrNoRows) {
		return experiments.Run{}, noRun(op, id)
	} else if err != nil {
		return experiments.Run{}, wrap(op, s.path, err)
	}
	runs, err := s.loadRuns(ctx, []int64{row})
	if err != nil {
		return experiments.Run{}, wrap(op, s.path, err)
	}
	if len(runs) == 0 { // collected meanwhile
		return experiments.Run{}, noRun(op, id)
	}
	return runs[0], nil
}

// FindRun implements [experiments.RunStore].
func (s *Store) FindRun(ctx context.Context, prefix string) (experiments.Run, error) {
	const op = "find run"
	ids, err := s.runIDs(ctx, "run_id >= ?1 AND run_id < ?1 || 'g'", strings.ToLower(prefix))
	if err == nil && len(ids) == 0 {
		ids, err = s.runIDs(ctx, "name = ?1 AND lifecycle_stage = 'active'", prefix)
	}
	switch {
	case err != nil:
		return experiments.Run{}, wrap(op, s.path, err)
	case prefix == "" || len(ids) == 0:
		return experiments.Run{}, experiments.Errorf(experiments.CodeNotFound, op,
			"no run's id begins with %q and none has that name; see lectern runs list", prefix)
	case len(ids) > 1:
		return experiments.Run{}, experiments.Errorf(experiments.CodeInvalid, op,
			"%q is not one run but %s …; give more digits of the id", prefix, strings.Join(ids, ", "))
	}
	return s.Run(ctx, ids[0])
}

// runIDs returns the ids of up to three runs.
func (s *Store) runIDs(ctx context.Context, where, arg string) ([]string, error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT run_id FROM runs WHERE "+where+" ORDER BY start_time DESC LIMIT 3", arg)
	if err != nil {
		return nil, err
	}
	var ids []string
	err = eachRow(rows, func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

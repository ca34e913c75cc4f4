package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"github.com/lectern-go/lectern/experiments"
)

// CreateExperiment implements [experiments.ExperimentStore].
func (s *Store) CreateExperiment(ctx context.Context, name string, tags ...experiments.Tag) (experiments.Experiment, error) {
	const op = "create experiment"
	if err := experiments.CheckExperimentName(op, name); err != nil {
		return experiments.Experiment{}, err
	}
	var id int64
	err := s.write(ctx, op, true, func(t *tx) error {
		var stage string
		err := t.queryRow("SELECT lifecycle_stage FROM experiments WHERE name = ?", []any{name}, []any{&stage})
		if err == nil {
			return experiments.Errorf(experiments.CodeExists, op, "an experiment %q exists already (it is %s)", name, stage)
		} else if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		now := s.nowMillis()
		r, err := t.execResult("INSERT INTO experiments (name, creation_time, last_update_time) VALUES (?, ?, ?)", name, now, now)
		if err != nil {
			return err
		}
		if id, err = r.LastInsertId(); err != nil {
			return err
		}
		for _, tag := range tags {
			if err := t.setExperimentTag(op, id, tag); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return experiments.Experiment{}, err
	}
	return s.Experiment(ctx, strconv.FormatInt(id, 10))
}

const selectExperiment = `SELECT id, name, artifact_location, lifecycle_stage, creation_time, last_update_time FROM experiments `

func scanExperiment(scan func(...any) error) (experiments.Experiment, error) {
	var e experiments.Experiment
	err := scan(&e.ID, &e.Name, &e.ArtifactLocation, &e.LifecycleStage, &e.CreationTime, &e.LastUpdateTime)
	return e, err
}

// Experiment implements [experiments.ExperimentStore].
func (s *Store) Experiment(ctx context.Context, id string) (experiments.Experiment, error) {
	return s.oneExperiment(ctx, "there is no experiment with the id "+strconv.Quote(id), "WHERE id = ?", experimentNumber(id))
}

// ExperimentByName implements [experiments.ExperimentStore].
func (s *Store) ExperimentByName(ctx context.Context, name string) (experiments.Experiment, error) {
	return s.oneExperiment(ctx, "there is no experiment "+strconv.Quote(name), "WHERE name = ?", name)
}

func (s *Store) oneExperiment(ctx context.Context, missing, where string, arg any) (experiments.Experiment, error) {
	const op = "find experiment"
	e, err := scanExperiment(s.reader.QueryRowContext(ctx, selectExperiment+where, arg).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return e, experiments.Errorf(experiments.CodeNotFound, op, "%s", missing)
	} else if err != nil {
		return e, wrap(op, s.path, err)
	}
	all := []experiments.Experiment{e}
	err = s.loadExperimentTags(ctx, all)
	return all[0], wrap(op, s.path, err)
}

// Experiments implements [experiments.ExperimentStore].
func (s *Store) Experiments(ctx context.Context, view experiments.View) ([]experiments.Experiment, error) {
	const op = "list experiments"
	rows, err := s.reader.QueryContext(ctx, selectExperiment+"ORDER BY id")
	if err != nil {
		return nil, wrap(op, s.path, err)
	}
	var all []experiments.Experiment
	err = eachRow(rows, func(r *sql.Rows) error {
		e, err := scanExperiment(r.Scan)
		if err == nil && view.Includes(e.LifecycleStage) {
			all = append(all, e)
		}
		return err
	})
	if err == nil {
		err = s.loadExperimentTags(ctx, all)
	}
	return all, wrap(op, s.path, err)
}

func (s *Store) loadExperimentTags(ctx context.Context, all []experiments.Experiment) error {
	index := make(map[string]int, len(all))
	for i, e := range all {
		index[e.ID] = i
	}
	rows, err := s.reader.QueryContext(ctx, "SELECT experiment, key, value FROM experiment_tags ORDER BY experiment, key")
	if err != nil {
		return err
	}
	return eachRow(rows, func(r *sql.Rows) error {
		var id string
		var tag experiments.Tag
		if err := r.Scan(&id, &tag.Key, &tag.Value); err != nil {
			return err
		}
		if i, ok := index[id]; ok {
			all[i].Tags = append(all[i].Tags, tag)
		}
		return nil
	})
}

// RenameExperiment implements [experiments.ExperimentStore].
func (s *Store) RenameExperiment(ctx context.Context, id, name string) error {
	const op = "rename experiment"
	if err := experiments.CheckExperimentName(op, name); err != nil {
		return err
	}
	return s.updateExperiment(ctx, op, id, func(t *tx, number int64) error {
		var other int64
		err := t.queryRow("SELECT id FROM experiments WHERE name = ?", []any{name}, []any{&other})
		if err == nil && other != number {
			return experiments.Errorf(experiments.CodeExists, op, "an experiment %q exists already", name)
		} else if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		return t.exec("UPDATE experiments SET name = ? WHERE id = ?", name, number)
	})
}

// SetExperimentTag implements [experiments.ExperimentStore].
func (s *Store) SetExperimentTag(ctx context.Context, id string, tag experiments.Tag) error {
	const op = "set experiment tag"
	return s.updateExperiment(ctx, op, id, func(t *tx, number int64) error { return t.setExperimentTag(op, number, tag) })
}

func (t *tx) setExperimentTag(op string, id int64, tag experiments.Tag) error {
	if err := experiments.CheckTag(op, tag); err != nil {
		return err
	}
	return t.exec(`INSERT INTO experiment_tags (experiment, key, value) VALUES (?, ?, ?)
		ON CONFLICT DO UPDATE SET value = excluded.value`, id, tag.Key, tag.Value)
}

// DeleteExperiment implements [experiments.ExperimentStore].
func (s *Store) DeleteExperiment(ctx context.Context, id string) error {
	const op = "delete experiment"
	return s.updateExperiment(ctx, op, id, func(t *tx, number int64) error {
		if number == 0 {
			return experiments.Errorf(experiments.CodeInvalid, op, "the default experiment cannot be deleted")
		}
		err := t.exec("UPDATE experiments SET lifecycle_stage = 'deleted' WHERE id = ?", number)
		if err != nil {
			return err
		}
		return t.exec(`UPDATE runs SET lifecycle_stage = 'deleted', deleted_time = ?2, deleted_with = ?1
			WHERE experiment = ?1 AND lifecycle_stage = 'active'`, number, s.nowMillis())
	})
}

// RestoreExperiment implements [experiments.ExperimentStore].
func (s *Store) RestoreExperiment(ctx context.Context, id string) error {
	return s.updateExperiment(ctx, "restore experiment", id, func(t *tx, number int64) error {
		if err := t.exec("UPDATE experiments SET lifecycle_stage = 'active' WHERE id = ?", number); err != nil {
			return err
		}
		return t.exec(`UPDATE runs SET lifecycle_stage = 'active', deleted_time = NULL, deleted_with = NULL
			WHERE deleted_with = ?`, number)
	})
}

// updateExperiment notes the time of the change and makes it.
func (s *Store) updateExperiment(ctx context.Context, op, id string, change func(t *tx, number int64) error) error {
	return s.write(ctx, op, true, func(t *tx) error {
		number, err := t.experiment(op, id)
		if err != nil {
			return err
		}
		if err := t.exec("UPDATE experiments SET last_update_time = ? WHERE id = ?", s.nowMillis(), number); err != nil {
			return err
		}
		return change(t, number)
	})
}

// experiment returns the number of an experiment that exists.
func (t *tx) experiment(op, id string) (int64, error) {
	var number int64
	err := t.queryRow("SELECT id FROM experiments WHERE id = ?", []any{experimentNumber(id)}, []any{&number})
	if errors.Is(err, sql.ErrNoRows) {
		return 0, experiments.Errorf(experiments.CodeNotFound, op, "there is no experiment with the id %q", id)
	}
	return number, err
}

// experimentNumber returns the row of an experiment's id, -1 for what is none.
func experimentNumber(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != id {
		return -1
	}
	return n
}

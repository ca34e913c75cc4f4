package sqlite

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"io"

	"github.com/lectern-go/lectern/experiments"
)

// PutArtifact implements [experiments.ArtifactStore]. Equal files are stored
// once.
func (s *Store) PutArtifact(ctx context.Context, runID, path string, data []byte) (experiments.Artifact, error) {
	const op = "store artifact"
	if err := experiments.CheckArtifactPath(op, path); err != nil {
		return experiments.Artifact{}, err
	}
	if len(data) > experiments.MaxArtifact {
		return experiments.Artifact{}, experiments.Errorf(experiments.CodeInvalid, op, "%s has %d bytes; at most %d fit", path,
			len(data), experiments.MaxArtifact)
	}
	sum := sha256.Sum256(data)
	packed, compressed := compress(data)
	err := s.write(ctx, op, true, func(t *tx) error {
		row, err := t.activeRun(op, runID)
		if err != nil {
			return err
		}
		return t.putArtifact(row, path, sum[:], len(data), compressed, packed)
	})
	return experiments.Artifact{Path: path, Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}, err
}

func (t *tx) putArtifact(row int64, path string, sum []byte, size int, compressed bool, data []byte) error {
	var blob int64
	err := t.queryRow("SELECT id FROM blobs WHERE sha256 = ?", []any{sum}, []any{&blob})
	if errors.Is(err, sql.ErrNoRows) {
		r, err := t.execResult("INSERT INTO blobs (sha256, size, compressed, data) VALUES (?, ?, ?, ?)", sum, size, compressed, data)
		if err != nil {
			return err
		}
		if blob, err = r.LastInsertId(); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	return t.exec("INSERT OR REPLACE INTO artifacts (run, path, blob) VALUES (?, ?, ?)", row, path, blob)
}

// compress returns data compressed, if that saves a tenth at least.
func compress(data []byte) ([]byte, bool) {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, err := w.Write(data)
	if err = errors.Join(err, w.Close()); err != nil || b.Len() > len(data)-len(data)/10 {
		return append([]byte{}, data...), false // not nil, which SQLite would store as NULL
	}
	return b.Bytes(), true
}

// Artifact implements [experiments.ArtifactStore]. What was stored is verified
// by its hash.
func (s *Store) Artifact(ctx context.Context, runID, path string) ([]byte, error) {
	const op = "read artifact"
	var sum, data []byte
	var compressed bool
	err := s.reader.QueryRowContext(ctx, `SELECT b.sha256, b.compressed, b.data FROM runs AS r
		JOIN artifacts AS a ON a.run = r.id JOIN blobs AS b ON b.id = a.blob WHERE r.run_id = ? AND a.path = ?`,
		runID, path).Scan(&sum, &compressed, &data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, experiments.Errorf(experiments.CodeNotFound, op, "run %q has no artifact %q", runID, path)
	} else if err != nil {
		return nil, wrap(op, s.path, err)
	}
	return openBlob(op, path, sum, compressed, data)
}

func openBlob(op, path string, sum []byte, compressed bool, data []byte) ([]byte, error) {
	var err error
	if compressed {
		var r io.ReadCloser
		if r, err = zlib.NewReader(bytes.NewReader(data)); err == nil {
			data, err = io.ReadAll(io.LimitReader(r, experiments.MaxArtifact+1))
		}
	}
	if got := sha256.Sum256(data); err != nil || !bytes.Equal(got[:], sum) {
		return nil, &experiments.Error{Code: experiments.CodeDamaged, Op: op, Message: path + " does not have the hash it was stored with", Err: err}
	}
	return data, nil
}

// Artifacts implements [experiments.ArtifactStore].
func (s *Store) Artifacts(ctx context.Context, runID string) ([]experiments.Artifact, error) {
	const op = "list artifacts"
	if _, err := s.Run(ctx, runID); err != nil {
		return nil, err
	}
	rows, err := s.reader.QueryContext(ctx, `SELECT a.path, b.size, b.sha256 FROM runs AS r
		JOIN artifacts AS a ON a.run = r.id JOIN blobs AS b ON b.id = a.blob WHERE r.run_id = ? ORDER BY a.path`, runID)
	if err != nil {
		return nil, wrap(op, s.path, err)
	}
	var all []experiments.Artifact
	err = eachRow(rows, func(r *sql.Rows) error {
		var a experiments.Artifact
		var sum []byte
		err := r.Scan(&a.Path, &a.Size, &sum)
		a.SHA256 = hex.EncodeToString(sum)
		all = append(all, a)
		return err
	})
	return all, wrap(op, s.path, err)
}

// DeleteArtifact implements [experiments.ArtifactStore]. The space is free
// after garbage collection.
func (s *Store) DeleteArtifact(ctx context.Context, runID, path string) error {
	const op = "delete artifact"
	return s.write(ctx, op, false, func(t *tx) error {
		row, err := t.activeRun(op, runID)
		if err != nil {
			return err
		}
		r, err := t.execResult("DELETE FROM artifacts WHERE run = ? AND path = ?", row, path)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, experiments.Errorf(experiments.CodeNotFound, op, "run %q has no artifact %q", runID, path))
		}
		return nil
	})
}

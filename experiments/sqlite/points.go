package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"strconv"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/series"
)

func itoa(x int64) string { return strconv.FormatInt(x, 10) }

// reading is a series as of one moment.
type reading struct {
	ctx      context.Context
	tx       *sql.Tx
	run, key int64
}

// read opens a series. Its key is -1 if no metric has that name. The caller
// ends the transaction.
func (s *Store) read(ctx context.Context, op, runID, name string) (*reading, error) {
	tx, err := s.reader.BeginTx(ctx, nil)
	if err != nil {
		return nil, wrap(op, s.path, err)
	}
	r := &reading{ctx: ctx, tx: tx}
	err = tx.QueryRowContext(ctx, "SELECT id, coalesce((SELECT id FROM keys WHERE name = ?), -1) FROM runs WHERE run_id = ?",
		name, runID).Scan(&r.run, &r.key)
	if err == nil {
		return r, nil
	}
	tx.Rollback()
	if errors.Is(err, sql.ErrNoRows) {
		return nil, noRun(op, runID)
	}
	return nil, wrap(op, s.path, err)
}

func (r *reading) query(query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := r.tx.QueryContext(r.ctx, query, args...)
	if err != nil {
		return err
	}
	return eachRow(rows, scan)
}

// Points implements [experiments.MetricStore].
func (s *Store) Points(ctx context.Context, runID, key string, from int64) iter.Seq2[experiments.Point, error] {
	const op = "read points"
	return func(yield func(experiments.Point, error) bool) {
		r, err := s.read(ctx, op, runID, key)
		if err != nil {
			yield(experiments.Point{}, err)
			return
		}
		defer r.tx.Rollback()
		err = r.points(op, max(from, 0), func(points []experiments.Point) bool {
			for _, p := range points {
				if !yield(p, nil) {
					return false
				}
			}
			return true
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(experiments.Point{}, wrap(op, s.path, err))
		}
	}
}

// errStop ends a reading early, at the caller's wish.
var errStop = errors.New("stop")

// points calls f with the points of the series from the from-th on, some at a
// time, until it returns false; then it returns errStop.
func (r *reading) points(op string, from int64, f func([]experiments.Point) bool) error {
	pos := from / series.ChunkSize * series.ChunkSize // of the next point read
	var buf []experiments.Point
	give := func(points []experiments.Point) error {
		skip := min(max(from-pos, 0), int64(len(points)))
		pos += int64(len(points))
		if !f(points[skip:]) {
			return errStop
		}
		return nil
	}
	err := r.query("SELECT id, crc, data FROM chunks WHERE run = ? AND key = ? AND seq >= ? ORDER BY seq",
		[]any{r.run, r.key, from / series.ChunkSize}, func(rows *sql.Rows) error {
			var id, crc int64
			var data sql.RawBytes
			err := rows.Scan(&id, &crc, &data)
			if err != nil {
				return err
			}
			if buf, err = decodeChunk(op, id, crc, data, buf[:0]); err != nil {
				return err
			}
			return give(buf)
		})
	if err != nil {
		return err
	}
	if pos <= from { // the chunks may end before from
		if pos, err = r.chunked(); err != nil {
			return err
		}
	}
	return r.tail(op, give)
}

// chunked returns how many points of the series are in chunks.
func (r *reading) chunked() (int64, error) {
	var n int64
	err := r.tx.QueryRowContext(r.ctx, `SELECT coalesce((SELECT seq * ? + count FROM chunks WHERE run = ? AND key = ?
		ORDER BY seq DESC LIMIT 1), 0)`, series.ChunkSize, r.run, r.key).Scan(&n)
	return n, err
}

// tail calls f with the points of the series in the run's tail.
func (r *reading) tail(op string, f func([]experiments.Point) error) error {
	var buf []experiments.Point
	return r.query("SELECT id, crc, data FROM tail WHERE run = ? ORDER BY id", []any{r.run}, func(rows *sql.Rows) error {
		var id, crc int64
		var data sql.RawBytes
		if err := rows.Scan(&id, &crc, &data); err != nil {
			return err
		}
		return checkTail(op, id, crc, data, func(key int64, points []byte) error {
			if key != r.key {
				return nil
			}
			var err error
			if buf, _, err = series.Decode(buf[:0], points); err != nil {
				return err
			}
			return f(buf)
		})
	})
}

// Digests implements [experiments.MetricStore]. Points that are not in chunks
// yet are not covered.
func (s *Store) Digests(ctx context.Context, runID, key string) ([]experiments.Digest, error) {
	const op = "read digests"
	r, err := s.read(ctx, op, runID, key)
	if err != nil {
		return nil, err
	}
	defer r.tx.Rollback()
	var digests []experiments.Digest
	err = r.query("SELECT seq * ? + count, hash FROM chunks WHERE run = ? AND key = ? ORDER BY seq",
		[]any{series.ChunkSize, r.run, r.key}, func(rows *sql.Rows) error {
			var d experiments.Digest
			var hash sql.RawBytes
			err := rows.Scan(&d.Count, &hash)
			copy(d.Hash[:], hash)
			digests = append(digests, d)
			return err
		})
	return digests, wrap(op, s.path, err)
}

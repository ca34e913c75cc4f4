package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/series"
)

// Problem is something that a check found wrong.
type Problem struct {
	Run   string `json:"run,omitempty"` // id, if it concerns one
	Where string `json:"where"`
	What  string `json:"what"`
}

// Report is the result of a check.
type Report struct {
	Runs      int       `json:"runs"`
	Series    int       `json:"series"`
	Points    int64     `json:"points"`
	Artifacts int       `json:"artifacts"`
	Problems  []Problem `json:"problems"`
}

// maxProblems is the number of problems after which a check stops collecting.
const maxProblems = 1000

func (r *Report) problem(run, where, format string, args ...any) {
	if len(r.Problems) < maxProblems {
		r.Problems = append(r.Problems, Problem{run, where, fmt.Sprintf(format, args...)})
	}
}

// Check verifies everything in the database as of one moment: SQLite's own
// structure, the checksums and hash chains of all points, their summaries and
// pages, and the hashes of artifacts. It returns an error only if it cannot go
// on; what is wrong is in the report. Memory does not grow with the database.
func (s *Store) Check(ctx context.Context) (Report, error) {
	const op = "check"
	report := Report{Problems: []Problem{}}
	tx, err := s.reader.BeginTx(ctx, nil)
	if err != nil {
		return report, wrap(op, s.path, err)
	}
	defer tx.Rollback()
	c := checker{ctx: ctx, tx: tx, report: &report}
	for _, part := range []func() error{c.structure, c.runs, c.artifacts} {
		if err := part(); err != nil {
			return report, wrap(op, s.path, err)
		}
	}
	return report, nil
}

type checker struct {
	ctx    context.Context
	tx     *sql.Tx
	report *Report
}

func (c *checker) query(query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := c.tx.QueryContext(c.ctx, query, args...)
	if err != nil {
		return err
	}
	return eachRow(rows, scan)
}

func (c *checker) structure() error {
	err := c.query("PRAGMA integrity_check", nil, func(r *sql.Rows) error {
		var what string
		err := r.Scan(&what)
		if what != "ok" {
			c.report.problem("", "SQLite", "%s", what)
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.query("PRAGMA foreign_key_check", nil, func(r *sql.Rows) error {
		var table, parent string
		var row, id any
		err := r.Scan(&table, &row, &parent, &id)
		c.report.problem("", table, "row %v refers to a row of %s that is not there", row, parent)
		return err
	})
}

func (c *checker) runs() error {
	type run struct {
		row int64
		id  string
	}
	var runs []run
	err := c.query("SELECT id, run_id FROM runs ORDER BY id", nil, func(r *sql.Rows) error {
		var x run
		err := r.Scan(&x.row, &x.id)
		runs = append(runs, x)
		return err
	})
	for _, r := range runs {
		if err == nil {
			err = c.run(r.row, r.id)
		}
	}
	c.report.Runs = len(runs)
	return err
}

// run checks the series of a run.
func (c *checker) run(row int64, id string) error {
	type metric struct {
		key     int64
		name    string
		summary []byte
	}
	var metrics []metric
	err := c.query("SELECT m.key, k.name, m.summary FROM metrics AS m JOIN keys AS k ON k.id = m.key WHERE m.run = ?", []any{row},
		func(r *sql.Rows) error {
			var m metric
			err := r.Scan(&m.key, &m.name, &m.summary)
			metrics = append(metrics, m)
			return err
		})
	if err != nil {
		return err
	}
	for _, m := range metrics {
		s := seriesCheck{checker: c, run: id, row: row, key: m.key, name: m.name}
		if err := s.check(m.summary); err != nil {
			return err
		}
		c.report.Series++
		c.report.Points += s.total.Count
	}
	return nil
}

// seriesCheck follows one series from its first chunk to the tail.
type seriesCheck struct {
	*checker
	run, name string
	row, key  int64

	seq    int64 // of the next chunk
	hash   series.Hash
	total  experiments.Summary
	page   []byte // summaries of the chunks of the page at hand
	points []experiments.Point
}

func (s *seriesCheck) problem(format string, args ...any) {
	s.report.problem(s.run, s.name, format, args...)
}

func (s *seriesCheck) check(summary []byte) error {
	err := s.query("SELECT id, seq, count, hash, crc, summary, data FROM chunks WHERE run = ? AND key = ? ORDER BY seq",
		[]any{s.row, s.key}, s.chunk)
	if err != nil {
		return err
	}
	reading := reading{ctx: s.ctx, tx: s.tx, run: s.row, key: s.key}
	err = reading.tail("check", func(points []experiments.Point) error {
		s.add(points)
		return nil
	})
	if experiments.ErrorCode(err) == experiments.CodeDamaged {
		s.problem("%v", err)
		return nil
	} else if err != nil {
		return err
	}
	if !bytes.Equal(summary, series.AppendSummary(nil, &s.total)) {
		var stored experiments.Summary
		if err := series.DecodeSummary(&stored, summary); err != nil {
			s.problem("the summary is damaged")
		} else {
			s.problem("the summary (%d points) is not that of the points (%d)", stored.Count, s.total.Count)
		}
	}
	return nil
}

func (s *seriesCheck) add(points []experiments.Point) {
	for _, p := range points {
		s.total.Add(p)
	}
}

// chunk checks the next chunk.
func (s *seriesCheck) chunk(r *sql.Rows) error {
	var id, seq, count, crc int64
	var hash, summary, data sql.RawBytes
	if err := r.Scan(&id, &seq, &count, &hash, &crc, &summary, &data); err != nil {
		return err
	}
	if seq != s.seq {
		s.problem("chunk %d is missing: %d follows %d", s.seq, seq, s.seq-1)
		s.seq = seq
	}
	s.seq++
	var err error
	if s.points, err = decodeChunk("check", id, crc, data, s.points[:0]); err != nil {
		s.problem("chunk %d: %v", seq, err)
		return nil
	}
	if int64(len(s.points)) != count {
		s.problem("chunk %d has %d points and says %d", seq, len(s.points), count)
	}
	s.hash = series.Chain(s.hash, s.points)
	if !bytes.Equal(hash, s.hash[:]) {
		s.problem("the hash chain breaks at chunk %d (points from %d on)", seq, seq*series.ChunkSize)
		copy(s.hash[:], hash) // later chunks are judged by themselves
	}
	var own experiments.Summary
	for _, p := range s.points {
		own.Add(p)
	}
	if !bytes.Equal(summary, series.AppendSummary(nil, &own)) {
		s.problem("the summary of chunk %d is not that of its points", seq)
	}
	s.add(s.points)
	s.page = append(s.page, summary...)
	if s.seq%pageChunks == 0 {
		return s.checkPage()
	}
	return nil
}

func (s *seriesCheck) checkPage() error {
	number := s.seq/pageChunks - 1
	var data []byte
	err := s.tx.QueryRowContext(s.ctx, "SELECT data FROM pages WHERE run = ? AND key = ? AND page = ?", s.row, s.key, number).Scan(&data)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if !bytes.Equal(data, s.page) {
		s.problem("page %d is not that of its chunks", number)
	}
	s.page = s.page[:0]
	return nil
}

func (c *checker) artifacts() error {
	return c.query("SELECT sha256, size, compressed, data FROM blobs", nil, func(r *sql.Rows) error {
		var sum, data []byte
		var size int64
		var compressed bool
		if err := r.Scan(&sum, &size, &compressed, &data); err != nil {
			return err
		}
		c.report.Artifacts++
		content, err := openBlob("check", "the content", sum, compressed, data)
		if err != nil || int64(len(content)) != size {
			c.report.problem("", "artifact "+hex.EncodeToString(sum), "the content does not have its hash")
		}
		return nil
	})
}

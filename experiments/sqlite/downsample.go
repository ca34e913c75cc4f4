package sqlite

import (
	"context"
	"database/sql"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/series"
)

// Downsample implements [experiments.MetricStore]. Where a part spans chunks, it
// reads their summaries only, from pages where there are any, and points of
// the chunks that the window cuts.
func (s *Store) Downsample(ctx context.Context, runID, key string, n int, window experiments.Window) ([]experiments.Summary, error) {
	const op = "downsample"
	if n < 1 {
		return nil, experiments.Errorf(experiments.CodeInvalid, op, "%d points asked for; at least 1", n)
	}
	r, err := s.read(ctx, op, runID, key)
	if err != nil {
		return nil, err
	}
	defer r.tx.Rollback()
	parts, err := r.downsample(op, key, n, window)
	return parts, wrap(op, s.path, err)
}

// span is a chunk that a window touches, or a piece of the tail inside it.
type span struct {
	seq     int64 // -1 for the tail
	summary experiments.Summary
	points  []experiments.Point // if they are to be looked at one by one
}

func (r *reading) downsample(op, key string, n int, window experiments.Window) ([]experiments.Summary, error) {
	spans, err := r.spans(window)
	if err != nil {
		return nil, err
	}
	var total int64
	for i := range spans {
		total += spans[i].summary.Count
	}
	exact := total < int64(n)*series.ChunkSize // parts smaller than chunks
	for i := range spans {
		inside := window.Contains(spans[i].summary.MinStep) && window.Contains(spans[i].summary.MaxStep)
		if exact || !inside {
			if err := r.loadSpan(op, &spans[i], window); err != nil {
				return nil, err
			}
		}
	}
	err = r.tail(op, func(points []experiments.Point) error {
		spans = append(spans, span{seq: -1, points: within(points, window)})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return sumUp(key, spans, n), nil
}

func within(points []experiments.Point, window experiments.Window) []experiments.Point {
	inside := make([]experiments.Point, 0, len(points))
	for _, p := range points {
		if window.Contains(p.Step) {
			inside = append(inside, p)
		}
	}
	return inside
}

func sumUp(key string, spans []span, n int) []experiments.Summary {
	d := series.Downsampler{N: n}
	for i := range spans {
		if spans[i].points != nil {
			d.Total += int64(len(spans[i].points))
		} else {
			d.Total += spans[i].summary.Count
		}
	}
	for i := range spans {
		if spans[i].points == nil {
			d.AddSummary(&spans[i].summary)
			continue
		}
		for _, p := range spans[i].points {
			d.Add(p)
		}
	}
	return d.Parts(key)
}

// spans returns the chunks of the series that may have steps in the window.
func (r *reading) spans(window experiments.Window) ([]span, error) {
	var spans []span
	add := func(seq int64, data []byte) error {
		var s experiments.Summary
		if err := series.DecodeSummary(&s, data); err != nil {
			return err
		}
		if s.MinStep <= window.Last && window.First <= s.MaxStep {
			spans = append(spans, span{seq: seq, summary: s})
		}
		return nil
	}
	next := int64(0) // the first chunk that no page covers
	err := r.query("SELECT page, data FROM pages WHERE run = ? AND key = ? ORDER BY page", []any{r.run, r.key},
		func(rows *sql.Rows) error {
			var page int64
			var data sql.RawBytes
			if err := rows.Scan(&page, &data); err != nil {
				return err
			}
			for i := int64(0); i < pageChunks && len(data) >= series.SummarySize; i++ {
				if err := add(page*pageChunks+i, data); err != nil {
					return err
				}
				data = data[series.SummarySize:]
			}
			next = (page + 1) * pageChunks
			return nil
		})
	if err != nil {
		return nil, err
	}
	err = r.query("SELECT seq, summary FROM chunks WHERE run = ? AND key = ? AND seq >= ? ORDER BY seq", []any{r.run, r.key, next},
		func(rows *sql.Rows) error {
			var seq int64
			var data sql.RawBytes
			if err := rows.Scan(&seq, &data); err != nil {
				return err
			}
			return add(seq, data)
		})
	return spans, err
}

// loadSpan reads the points of a chunk that are in the window.
func (r *reading) loadSpan(op string, s *span, window experiments.Window) error {
	var id, crc int64
	var data []byte
	err := r.tx.QueryRowContext(r.ctx, "SELECT id, crc, data FROM chunks WHERE run = ? AND key = ? AND seq = ?",
		r.run, r.key, s.seq).Scan(&id, &crc, &data)
	if err != nil {
		return err
	}
	points, err := decodeChunk(op, id, crc, data, nil)
	s.points = within(points, window)
	return err
}

package sqlite

import (
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"strconv"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/series"
)

// key returns the number of a name and makes one for a new name.
func (t *tx) key(name string) (int64, error) {
	if id, ok := t.keys[name]; ok {
		return id, nil
	}
	var id int64
	err := t.queryRow("SELECT id FROM keys WHERE name = ?", []any{name}, []any{&id})
	if errors.Is(err, sql.ErrNoRows) {
		r, err := t.execResult("INSERT INTO keys (name) VALUES (?)", name)
		if err != nil {
			return 0, err
		}
		if id, err = r.LastInsertId(); err != nil {
			return 0, err
		}
	} else if err != nil {
		return 0, err
	}
	t.keys[name] = id
	return id, nil
}

// putParams stores params; those that exist must have the same value.
func (t *tx) putParams(op string, row int64, params []experiments.Param) error {
	for _, p := range params {
		key, err := t.key(p.Key)
		if err != nil {
			return err
		}
		var old string
		err = t.queryRow("SELECT value FROM params WHERE run = ? AND key = ?", []any{row, key}, []any{&old})
		switch {
		case err == nil && old != p.Value:
			return experiments.Errorf(experiments.CodeInvalid, op,
				"changing param values is not allowed: param %q is %q and was to become %q", p.Key, old, p.Value)
		case err == nil:
			continue
		case !errors.Is(err, sql.ErrNoRows):
			return err
		}
		err = t.exec("INSERT INTO params (run, key, value, num) VALUES (?, ?, ?, ?)", row, key, p.Value, number(p.Value))
		if err != nil {
			return err
		}
	}
	return nil
}

// number returns the number that a param's value spells, or nil.
func number(s string) any {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(x) {
		return nil
	}
	return x
}

func (t *tx) putTags(row int64, tags []experiments.Tag) error {
	for _, tag := range tags {
		key, err := t.key(tag.Key)
		if err != nil {
			return err
		}
		err = t.exec("INSERT INTO tags (run, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
			row, key, tag.Value)
		if err != nil {
			return err
		}
		if tag.Key == experiments.TagRunName {
			if err := t.exec("UPDATE runs SET name = ? WHERE id = ?", tag.Value, row); err != nil {
				return err
			}
		}
	}
	return nil
}

// group holds the points of one metric in a batch.
type group struct {
	key    int64
	name   string
	points []experiments.Point
}

// grouper sorts the points of a batch by metric and keeps its memory for the
// next batch.
type grouper struct {
	groups []group
	index  map[string]int
}

// sort returns the groups of metrics; they are valid until the next call.
func (g *grouper) sort(metrics []experiments.Metric) []group {
	g.groups = g.groups[:0]
	if g.index == nil {
		g.index = map[string]int{}
	}
	clear(g.index)
	next := 0 // training loops log the same metrics in the same order at every step
	for i := range metrics {
		m := &metrics[i]
		at := next
		if at >= len(g.groups) || g.groups[at].name != m.Key {
			at = g.find(m.Key)
		}
		g.groups[at].points = append(g.groups[at].points, experiments.Point{Step: m.Step, Timestamp: m.Timestamp, Value: m.Value})
		if next = at + 1; next == len(g.groups) {
			next = 0
		}
	}
	return g.groups
}

func (g *grouper) find(name string) int {
	if at, ok := g.index[name]; ok {
		return at
	}
	at := len(g.groups)
	if at < cap(g.groups) { // take over the memory of an earlier group
		g.groups = g.groups[:at+1]
		g.groups[at] = group{name: name, points: g.groups[at].points[:0]}
	} else {
		g.groups = append(g.groups, group{name: name})
	}
	g.index[name] = at
	return at
}

// packAt returns how many points a tail of so many metrics may have before it
// is packed: enough that most of them leave it in full chunks.
func packAt(metrics int) int64 { return 8*series.ChunkSize + 2*series.ChunkSize*int64(metrics) }

// putMetrics stores points: their summaries, and they themselves in the tail,
// or in chunks if the tail is long enough with them.
func (t *tx) putMetrics(op string, row int64, metrics []experiments.Metric) error {
	if len(metrics) == 0 {
		return nil
	}
	groups := t.groups.sort(metrics)
	for i := range groups {
		g := &groups[i]
		if _, known := t.keys[g.name]; !known {
			if err := experiments.CheckKey(op, "metric", g.name); err != nil {
				return err
			}
		}
		var err error
		if g.key, err = t.key(g.name); err != nil {
			return err
		}
	}
	if err := t.updateSummaries(row, groups); err != nil {
		return err
	}
	tail, known := t.tails[row]
	if !known {
		if err := t.queryRow("SELECT coalesce(sum(count), 0) FROM tail WHERE run = ?", []any{row}, []any{&tail}); err != nil {
			return err
		}
	}
	tail += int64(len(metrics))
	t.tails[row] = tail
	if tail >= packAt(len(groups)) {
		return t.pack(row, groups, false)
	}
	return t.insertTail(row, groups)
}

// updateSummaries adds the points of a batch to the summaries of their metrics.
func (t *tx) updateSummaries(row int64, groups []group) error {
	keys := make([]int64, len(groups))
	at := make(map[int64]int, len(groups))
	for i := range groups {
		keys[i] = groups[i].key
		at[groups[i].key] = i
	}
	list, err := json.Marshal(keys)
	if err != nil {
		return err
	}
	summaries := make([]experiments.Summary, len(groups))
	err = t.query("SELECT key, summary FROM metrics WHERE run = ? AND key IN (SELECT value FROM json_each(?))",
		[]any{row, string(list)}, func(r *sql.Rows) error {
			var key int64
			var data sql.RawBytes
			if err := r.Scan(&key, &data); err != nil {
				return err
			}
			return series.DecodeSummary(&summaries[at[key]], data)
		})
	if err != nil {
		return err
	}
	for i := range groups {
		for _, p := range groups[i].points {
			summaries[i].Add(p)
		}
		if err := t.putSummary(row, groups[i].key, &summaries[i]); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) putSummary(row, key int64, s *experiments.Summary) error {
	return t.exec(`INSERT OR REPLACE INTO metrics (run, key, last, first, min, max, mean, slope, count, nans, summary)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, row, key, s.Last.Value, s.First.Value, s.Min.Value, s.Max.Value,
		s.Mean(), s.Slope(), s.Count, s.NaNs, series.AppendSummary(nil, s))
}

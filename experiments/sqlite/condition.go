package sqlite

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/filter"
	"github.com/lectern-go/lectern/experiments/series"
)

// condition turns expressions of the filter language into SQL over runs AS r.
// Each metric, param and tag becomes one LEFT JOIN on a primary key; SQLite
// makes it an inner join, and drives from an index, where the condition does
// not hold for null.
type condition struct {
	keys  map[string]int64 // numbers of names
	now   time.Time
	joins strings.Builder
	args  []any // of the joins
	alias map[string]string
}

// join returns the alias under which a table is joined for a key. A hint, which
// may be empty, says which index to use.
func (c *condition) join(table, key, hint string) string {
	id := table + "." + key + hint
	if a := c.alias[id]; a != "" {
		return a
	}
	if c.alias == nil {
		c.alias = map[string]string{}
	}
	a := fmt.Sprintf("j%d", len(c.alias))
	c.alias[id] = a
	fmt.Fprintf(&c.joins, " LEFT JOIN %s AS %s%s ON %s.run = r.id AND %s.key = ?", table, a, hint, a, a)
	c.args = append(c.args, c.key(key))
	return a
}

// key returns the number of a name, one that no row has for a new name.
func (c *condition) key(name string) int64 {
	if id, ok := c.keys[name]; ok {
		return id
	}
	return -1
}

// fragment is a piece of SQL with its arguments.
type fragment struct {
	sql  string
	args []any
}

func (f fragment) in(format string) fragment { return fragment{fmt.Sprintf(format, f.sql), f.args} }

func join2(format string, x, y fragment) fragment {
	return fragment{fmt.Sprintf(format, x.sql, y.sql), append(append([]any{}, x.args...), y.args...)}
}

func (c *condition) expr(e filter.Expr) fragment {
	switch e := e.(type) {
	case *filter.Literal:
		if e.IsText {
			return fragment{"?", []any{e.Text}}
		}
		return fragment{"?", []any{e.Number}}
	case *filter.Ref:
		return c.ref(e)
	case *filter.Unary:
		return c.expr(e.X).in(map[string]string{"not": "(NOT %s)", "-": "(-%s)", "abs": "abs(%s)"}[e.Op])
	case *filter.Binary:
		x, y := c.expr(e.X), c.expr(e.Y)
		switch e.Op {
		case "/": // of integers too, SQL's is another
			return join2("(CAST(%s AS REAL) / %s)", x, y)
		case "and", "or":
			return join2("(%s "+strings.ToUpper(e.Op)+" %s)", x, y)
		}
		return join2("(%s "+e.Op+" %s)", x, y)
	case *filter.Match:
		return c.match(e)
	case *filter.In:
		return c.in(e)
	case *filter.IsNull:
		if e.Not {
			return c.expr(e.X).in("(%s IS NOT NULL)")
		}
		return c.expr(e.X).in("(%s IS NULL)")
	}
	panic(fmt.Sprintf("sqlite: unknown expression %T", e))
}

func (c *condition) match(e *filter.Match) fragment {
	op, pattern := "GLOB", globPattern(e.Pattern)
	switch e.Op {
	case "ilike":
		op, pattern = "LIKE", e.Pattern
	case "=~":
		op, pattern = "REGEXP", e.Pattern
	}
	if e.Not {
		op = "NOT " + op
	}
	return join2("(%s "+op+" %s)", c.expr(e.X), fragment{"?", []any{pattern}})
}

// globPattern writes a pattern of LIKE for GLOB, which minds the case.
func globPattern(like string) string {
	return strings.NewReplacer("%", "*", "_", "?", "*", "[*]", "?", "[?]", "[", "[[]").Replace(like)
}

func (c *condition) in(e *filter.In) fragment {
	x := c.expr(e.X)
	op := "IN"
	if e.Not {
		op = "NOT IN"
	}
	marks := strings.TrimPrefix(strings.Repeat(", ?", len(e.List)), ", ")
	f := fragment{fmt.Sprintf("(%s %s (%s))", x.sql, op, marks), append([]any{}, x.args...)}
	for _, l := range e.List {
		f.args = append(f.args, c.expr(l).args...)
	}
	return f
}

func (c *condition) ref(r *filter.Ref) fragment {
	switch r.Kind {
	case filter.Metric:
		return c.metric(r)
	case filter.Param:
		if r.AsNumber {
			return fragment{sql: c.join("params", r.Key, "") + ".num"}
		}
		return fragment{sql: c.join("params", r.Key, "") + ".value"}
	case filter.Tag:
		return fragment{sql: c.join("tags", r.Key, "") + ".value"}
	}
	switch r.Key {
	case "run_id", "start_time", "end_time", "heartbeat", "artifact_uri":
		return fragment{sql: "r." + r.Key}
	case "run_name":
		return fragment{sql: "r.name"}
	case "user_id":
		return fragment{sql: "r.user"}
	case "experiment":
		return fragment{sql: "(SELECT name FROM experiments WHERE id = r.experiment)"}
	case "experiment_id":
		return fragment{sql: "CAST(r.experiment AS TEXT)"}
	case "duration":
		return fragment{sql: "(coalesce(r.end_time, max(coalesce(r.heartbeat, 0), r.start_time)) - r.start_time)"}
	}
	return fragment{ // status, as Run.State shows it
		"CASE WHEN r.status = 'RUNNING' AND r.heartbeat < ? THEN 'KILLED' ELSE r.status END",
		[]any{c.now.Add(-experiments.HeartbeatTimeout).UnixMilli()},
	}
}

func (c *condition) metric(r *filter.Ref) fragment {
	switch r.Stat {
	case "at":
		return c.at(r)
	case "last", "min", "max":
		// The planner prefers the primary key, whose rows lie far apart.
		return fragment{sql: c.join("metrics", r.Key, " INDEXED BY metrics_by_key") + "." + r.Stat}
	}
	return fragment{sql: c.join("metrics", r.Key, "") + "." + r.Stat}
}

// at looks a step up, first in the tail, where newer points are, then in the
// chunks whose range has the step.
func (c *condition) at(r *filter.Ref) fragment {
	key := c.key(r.Key)
	return fragment{
		`coalesce(
		(SELECT tail_at(t.data, ?, ?) AS x FROM tail AS t WHERE t.run = r.id AND x IS NOT NULL ORDER BY t.id DESC LIMIT 1),
		(SELECT chunk_at(k.data, ?) AS x FROM chunks AS k WHERE k.run = r.id AND k.key = ? AND k.min_step <= ? AND k.max_step >= ?
			AND x IS NOT NULL ORDER BY k.seq DESC LIMIT 1))`,
		[]any{key, r.Step, r.Step, key, r.Step, r.Step},
	}
}

// chunkAt returns the last value at a step of encoded points, or nil.
func chunkAt(data []byte, step int64) (any, error) {
	points, _, err := series.Decode(nil, data)
	if err != nil {
		return nil, err
	}
	return lastAt(points, step), nil
}

// tailAt returns the last value of a metric at a step in a row of the tail, or
// nil.
func tailAt(data []byte, key, step int64) (any, error) {
	var found any
	err := eachTail(data, func(k int64, encoded []byte) error {
		if k != key {
			return nil
		}
		points, _, err := series.Decode(nil, encoded)
		if x := lastAt(points, step); x != nil {
			found = x
		}
		return err
	})
	return found, err
}

func lastAt(points []experiments.Point, step int64) any {
	for i := len(points) - 1; i >= 0; i-- {
		if points[i].Step == step && !math.IsNaN(points[i].Value) {
			return points[i].Value
		}
	}
	return nil
}

// filterError makes a syntax error the caller's error.
func filterError(op, what, text string, err error) error {
	var syntax *filter.SyntaxError
	if errors.As(err, &syntax) {
		return &experiments.Error{
			Code: experiments.CodeInvalid, Op: op, Err: err,
			Message: fmt.Sprintf("%s %q", what, text),
		}
	}
	return err
}

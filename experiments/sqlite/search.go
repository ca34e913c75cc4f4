package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/filter"
)

// Limits of a search.
const (
	defaultResults = 1000
	maxResults     = 50_000
)

// SearchRuns implements [experiments.RunStore].
func (s *Store) SearchRuns(ctx context.Context, q experiments.Query) (experiments.Page, error) {
	const op = "search runs"
	limit, offset, err := pageOf(op, q)
	if err != nil {
		return experiments.Page{}, err
	}
	query, args, err := s.searchQuery(ctx, op, q)
	if err != nil {
		return experiments.Page{}, wrap(op, s.path, err)
	}
	rows, err := s.reader.QueryContext(ctx, query+" LIMIT ? OFFSET ?", append(args, limit+1, offset)...)
	if err != nil {
		return experiments.Page{}, wrap(op, s.path, err)
	}
	var found []int64
	err = eachRow(rows, func(r *sql.Rows) error {
		var row int64
		err := r.Scan(&row)
		found = append(found, row)
		return err
	})
	if err != nil {
		return experiments.Page{}, wrap(op, s.path, err)
	}
	var page experiments.Page
	if len(found) > limit {
		found = found[:limit]
		page.NextPageToken = strconv.Itoa(offset + limit)
	}
	page.Runs, err = s.loadRuns(ctx, found)
	return page, wrap(op, s.path, err)
}

// pageOf returns how many runs a query asks for, and from which on.
func pageOf(op string, q experiments.Query) (limit, offset int, err error) {
	limit = q.MaxResults
	if limit == 0 {
		limit = defaultResults
	}
	if limit < 1 || limit > maxResults {
		return 0, 0, experiments.Errorf(experiments.CodeInvalid, op, "max results is %d; it must be from 1 to %d", limit, maxResults)
	}
	if q.PageToken != "" {
		if offset, err = strconv.Atoi(q.PageToken); err != nil || offset < 0 {
			return 0, 0, experiments.Errorf(experiments.CodeInvalid, op, "invalid page token %q", q.PageToken)
		}
	}
	return limit, offset, nil
}

// searchQuery returns the SQL that selects the rows of a query in order.
func (s *Store) searchQuery(ctx context.Context, op string, q experiments.Query) (string, []any, error) {
	now := s.Now()
	where, err := filter.Parse(q.Filter, now)
	if err != nil {
		return "", nil, filterError(op, "filter", q.Filter, err)
	}
	var orders []filter.Order
	for _, text := range q.OrderBy {
		o, err := filter.ParseOrder(text, now)
		if err != nil {
			return "", nil, filterError(op, "order", text, err)
		}
		orders = append(orders, o)
	}
	c := condition{now: now}
	if c.keys, err = s.keysOf(ctx, where, orders); err != nil {
		return "", nil, err
	}
	conditions := []fragment{stageCondition(q.View)}
	if len(q.ExperimentIDs) > 0 {
		conditions = append(conditions, experimentCondition(q.ExperimentIDs))
	}
	if where != nil {
		conditions = append(conditions, c.expr(where))
	}
	var order []fragment
	for _, o := range orders {
		f := c.expr(o.Expr)
		order = append(order, f.in("%s IS NULL"))
		if o.Desc {
			f = f.in("%s DESC")
		}
		order = append(order, f)
	}
	order = append(order, fragment{sql: "r.start_time DESC"}, fragment{sql: "r.run_id"})
	whereSQL, whereArgs := concat(conditions, " AND ")
	orderSQL, orderArgs := concat(order, ", ")
	query := "SELECT r.id FROM runs AS r" + c.joins.String() + " WHERE " + whereSQL + " ORDER BY " + orderSQL
	return query, append(append(c.args, whereArgs...), orderArgs...), nil
}

func concat(list []fragment, between string) (string, []any) {
	var texts []string
	var args []any
	for _, f := range list {
		texts = append(texts, f.sql)
		args = append(args, f.args...)
	}
	return strings.Join(texts, between), args
}

func stageCondition(view experiments.View) fragment {
	switch view {
	case experiments.All:
		return fragment{sql: "r.lifecycle_stage IN ('active', 'deleted')"}
	case experiments.DeletedOnly:
		return fragment{sql: "r.lifecycle_stage = 'deleted'"}
	}
	return fragment{sql: "r.lifecycle_stage = 'active'"}
}

func experimentCondition(ids []string) fragment {
	f := fragment{sql: "r.experiment IN (" + strings.TrimPrefix(strings.Repeat(", ?", len(ids)), ", ") + ")"}
	for _, id := range ids {
		f.args = append(f.args, experimentNumber(id))
	}
	return f
}

// keysOf returns the numbers of the names that expressions refer to.
func (s *Store) keysOf(ctx context.Context, where filter.Expr, orders []filter.Order) (map[string]int64, error) {
	names := []string{}
	note := func(e filter.Expr) {
		if r, ok := e.(*filter.Ref); ok && r.Kind != filter.Attribute {
			names = append(names, r.Key)
		}
	}
	if where != nil {
		filter.Walk(where, note)
	}
	for _, o := range orders {
		filter.Walk(o.Expr, note)
	}
	keys := make(map[string]int64, len(names))
	if len(names) == 0 {
		return keys, nil
	}
	list, err := json.Marshal(names)
	if err != nil {
		return nil, err
	}
	rows, err := s.reader.QueryContext(ctx, "SELECT name, id FROM keys WHERE name IN (SELECT value FROM json_each(?))", string(list))
	if err != nil {
		return nil, err
	}
	return keys, eachRow(rows, func(r *sql.Rows) error {
		var name string
		var id int64
		err := r.Scan(&name, &id)
		keys[name] = id
		return err
	})
}

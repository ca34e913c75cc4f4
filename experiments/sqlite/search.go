package sqlite

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"github.com/lectern-go/lectern/experiments"
)

// SearchRuns implements [experiments.RunStore].
func (s *Store) SearchRuns(ctx context.Context, q experiments.Query) (experiments.Page, error) {
	const op = "search runs"
	limit := q.MaxResults
	if limit == 0 {
		limit = 1000
	}
	if limit < 1 || limit > 50000 {
		return experiments.Page{}, experiments.Errorf(experiments.CodeInvalid, op, "max results is %d; it must be from 1 to 50000", limit)
	}
	offset := 0
	if q.PageToken != "" {
		var err error
		if offset, err = strconv.Atoi(q.PageToken); err != nil || offset < 0 {
			return experiments.Page{}, experiments.Errorf(experiments.CodeInvalid, op, "invalid page token %q", q.PageToken)
		}
	}
	var where strings.Builder
	var args []any
	where.WriteString("lifecycle_stage IN (")
	switch q.View {
	case experiments.All:
		where.WriteString("'active', 'deleted')")
	case experiments.DeletedOnly:
		where.WriteString("'deleted')")
	default:
		where.WriteString("'active')")
	}
	if len(q.ExperimentIDs) > 0 {
		where.WriteString(" AND experiment IN (-1" + strings.Repeat(", ?", len(q.ExperimentIDs)) + ")")
		for _, id := range q.ExperimentIDs {
			args = append(args, experimentNumber(id))
		}
	}
	rows, err := s.reader.QueryContext(ctx, "SELECT id FROM runs WHERE "+where.String()+
		" ORDER BY start_time DESC, run_id LIMIT ? OFFSET ?", append(args, limit+1, offset)...)
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

package storetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/filter"
)

// population creates runs whose params, metrics and tags are there or not.
func population(t *testing.T, s experiments.Store, n int) []experiments.Run {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	other := must[experiments.Experiment](t)(s.CreateExperiment(background, "Other"))
	now := time.Now().UnixMilli()
	var all []experiments.Run
	for i := range n {
		r := experiments.Run{
			Name: fmt.Sprintf("Run-%d", i%7), User: []string{"ada", "bob", ""}[i%3], StartTime: now - int64(i%11)*3600_000,
			Status: []experiments.Status{experiments.Running, experiments.Finished, experiments.Failed}[i%3],
		}
		if i%2 == 0 {
			r.ExperimentID = other.ID
		}
		if i%5 == 0 {
			r.Heartbeat = now - 3600_000
		}
		for p, value := range []string{fmt.Sprint(rng.IntN(4)), "0.5", "text", "1e2", ""} {
			if rng.IntN(3) > 0 {
				r.Params = append(r.Params, experiments.Param{Key: fmt.Sprint("p", p), Value: value})
			}
		}
		if rng.IntN(2) == 0 {
			r.Tags = append(r.Tags, experiments.Tag{Key: "t", Value: []string{"x", "XY", "100%", "a_b", "a*b"}[rng.IntN(5)]})
		}
		created := newRun(t, s, r)
		for m := range 3 {
			if rng.IntN(4) == 0 {
				continue
			}
			values := make([]float64, 1+rng.IntN(4))
			for j := range values {
				values[j] = float64(rng.IntN(5)) / 2
				if rng.IntN(12) == 0 {
					values[j] = []float64{math.NaN(), math.Inf(1), math.Inf(-1)}[rng.IntN(3)]
				}
			}
			log(t, s, created.ID, []string{"loss", "f1", "grad_norm/W"}[m], 0, values...)
		}
		if i%2 == 1 {
			noError(t, s.UpdateRun(background, created.ID, experiments.RunUpdate{Status: r.Status, EndTime: now}))
		}
		all = append(all, must[experiments.Run](t)(s.Run(background, created.ID)))
	}
	return all
}

// testSearchAgrees compares the store's search with the meaning of the filter
// language on expressions by hand and by chance.
func testSearchAgrees(t *testing.T, s experiments.Store) {
	all := population(t, s, 60)
	names := map[string]string{}
	for _, e := range must[[]experiments.Experiment](t)(s.Experiments(background, experiments.All)) {
		names[e.ID] = e.Name
	}
	texts := []string{
		"", `metrics.loss < 1`, `metrics.loss < 1 and params.p0 = "2"`, `params.p0 = 2`, `params.p3 >= 100`,
		`not metrics.f1 > 1`, `metrics.none is null`, `params.p4 = ""`, `tags.t like "%\%"`, `tags.t like "a_b"`,
		`tags.t like "a*b"`, `tags.t ilike "xy"`, `tags.t =~ "^X"`, `tags.t !~ "b$"`, `tags.t not in ("x", "XY")`,
		`status = "KILLED"`, `status in ("FAILED", "RUNNING")`, `run_name like "run%"`, `experiment = "Other"`,
		`start_time > now - 5h`, `duration > 1h`, `end_time is not null`, `heartbeat < now`, `abs(-metrics.loss) = 1`,
		`metrics.grad_norm/W >= 1 or best(metrics.f1) = 2`, `best(metrics.loss) < first(metrics.loss)`,
		`at(metrics.loss, 1) = 0.5`, `at(metrics.f1, 0) > 1 and nans(metrics.f1) = 0`, `count(metrics.loss) / 2 = 1.5`,
		`metrics.loss = inf`, `1 / metrics.f1 > 0`, `slope(metrics.loss) > 0`, `mean(metrics.loss) != max(metrics.f1)`,
		`metrics.loss in (1, 2)`, `params.p0 in (1, 3)`, `params.p0 = params.p1`, `user_id = ""`,
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		texts = append(texts, randomCondition(rng, 3))
	}
	for _, text := range texts {
		now := time.Now()
		e, err := filter.Parse(text, now)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		var want []string
		for i := range all {
			subject := filter.Subject{
				Run: &all[i], Experiment: names[all[i].ExperimentID], Now: now,
				At: func(key string, step int64) (float64, bool) { return valueAt(t, s, all[i].ID, key, step) },
			}
			if filter.Selects(e, &subject) {
				want = append(want, all[i].ID)
			}
		}
		page, err := s.SearchRuns(background, experiments.Query{Filter: text})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		var got []string
		for _, r := range page.Runs {
			got = append(got, r.ID)
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Errorf("%s: got %d runs, want %d", text, len(got), len(want))
		}
	}
}

// valueAt returns the last value at a step that is not NaN.
func valueAt(t *testing.T, s experiments.Store, run, key string, step int64) (float64, bool) {
	value, found := 0.0, false
	for _, p := range points(t, s, run, key, 0) {
		if p.Step == step && !math.IsNaN(p.Value) {
			value, found = p.Value, true
		}
	}
	return value, found
}

// randomCondition writes a condition that parses.
func randomCondition(rng *rand.Rand, depth int) string {
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	if depth > 0 && rng.IntN(3) > 0 {
		x, y := randomCondition(rng, depth-1), randomCondition(rng, depth-1)
		return pick("("+x+") and ("+y+")", "("+x+") or ("+y+")", "not ("+x+")")
	}
	number := func() string {
		n := pick("metrics.loss", "metrics.f1", "metrics.none", "min(metrics.loss)", "max(metrics.f1)", "best(metrics.loss)",
			"mean(metrics.f1)", "count(metrics.loss)", "nans(metrics.f1)", "1", "0.5", "2", "first(metrics.grad_norm/W)")
		if rng.IntN(3) == 0 {
			n = "(" + n + pick(" + ", " - ", " * ", " / ") + pick("1", "metrics.loss", "params.p1") + ")"
		}
		return n
	}
	switch rng.IntN(4) {
	case 0:
		return pick("params.p0", "params.p2", "params.p4", "tags.t", "run_name") + pick(" = ", " != ", " < ", " >= ") +
			pick(`"x"`, `"2"`, `"text"`, `""`, `"Run-3"`)
	case 1:
		return pick("params.p0", "params.p3", "tags.t", "metrics.f1") + pick(" is null", " is not null")
	case 2:
		return pick("tags.t", "params.p2", "run_name") + pick(" like ", " not like ", " ilike ") + pick(`"%x%"`, `"RUN-_"`, `"te%"`)
	}
	return number() + pick(" = ", " != ", " < ", " <= ", " > ", " >= ") + number()
}

func testSearchOrder(t *testing.T, s experiments.Store) {
	for i, loss := range []float64{3, 1, math.NaN(), 2, 1} {
		r := newRun(t, s, experiments.Run{Name: fmt.Sprint(i), StartTime: int64(1000 + i)})
		log(t, s, r.ID, "loss", 0, loss)
	}
	newRun(t, s, experiments.Run{Name: "5", StartTime: 5000}) // without the metric
	for order, want := range map[string]string{
		"":                      "5 4 3 2 1 0",
		"metrics.loss":          "4 1 3 0 5 2",
		"metrics.loss asc":      "4 1 3 0 5 2",
		"metric.loss DESC":      "0 3 4 1 5 2",
		"start_time":            "0 1 2 3 4 5",
		"run_name desc":         "5 4 3 2 1 0",
		"metrics.loss * -1":     "0 3 4 1 5 2",
		"attributes.start_time": "0 1 2 3 4 5",
	} {
		q := experiments.Query{}
		if order != "" {
			q.OrderBy = []string{order}
		}
		page, err := s.SearchRuns(background, q)
		noError(t, err)
		var names []string
		for _, r := range page.Runs {
			names = append(names, r.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("order %q: got %s, want %s", order, got, want)
		}
	}
}

func testSearchPages(t *testing.T, s experiments.Store) {
	want := population(t, s, 25)
	got := map[string]bool{}
	q := experiments.Query{MaxResults: 7, OrderBy: []string{"metrics.loss"}}
	for pages := 1; ; pages++ {
		page, err := s.SearchRuns(background, q)
		noError(t, err)
		for _, r := range page.Runs {
			i := slices.IndexFunc(want, func(w experiments.Run) bool { return w.ID == r.ID })
			if diff := cmp.Diff(want[i], r, bits); diff != "" {
				t.Errorf("found (-want +got)\n%s", diff)
			}
			got[r.ID] = true
		}
		if page.NextPageToken == "" {
			if pages != 4 || len(got) != len(want) {
				t.Errorf("got %d runs in %d pages, want %d in 4", len(got), pages, len(want))
			}
			return
		}
		q.PageToken = page.NextPageToken
	}
}

func testSearchErrors(t *testing.T, s experiments.Store) {
	for what, q := range map[string]experiments.Query{
		"filter":      {Filter: "metrics.loss <"},
		"order":       {OrderBy: []string{"metrics."}},
		"max results": {MaxResults: -1},
		"too many":    {MaxResults: 50_001},
		"page token":  {PageToken: "x"},
	} {
		_, err := s.SearchRuns(background, q)
		wantCode(t, what, err, experiments.CodeInvalid)
	}
	page, err := s.SearchRuns(background, experiments.Query{ExperimentIDs: []string{"99", "x"}})
	if err != nil || len(page.Runs) != 0 {
		t.Errorf("no such experiments: got %d runs, %v, want none", len(page.Runs), err)
	}
}

package compare

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/sqlite"
)

func store(t *testing.T) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(filepath.Join(t.TempDir(), "lectern.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// record stores a run whose metrics are functions of the step.
func record(t *testing.T, s *sqlite.Store, steps int64, metrics map[string]func(step int64) float64, params ...experiments.Param) experiments.Run {
	t.Helper()
	ctx := context.Background()
	run, err := s.CreateRun(ctx, experiments.Run{Params: params})
	if err != nil {
		t.Fatal(err)
	}
	var b experiments.Batch
	for step := range steps {
		for key, f := range metrics {
			b.Metrics = append(b.Metrics, experiments.Metric{Key: key, Step: step, Value: f(step)})
		}
	}
	if err := s.LogBatch(ctx, run.ID, b); err != nil {
		t.Fatal(err)
	}
	if err := s.UpdateRun(ctx, run.ID, experiments.RunUpdate{Status: experiments.Finished}); err != nil {
		t.Fatal(err)
	}
	if run, err = s.Run(ctx, run.ID); err != nil {
		t.Fatal(err)
	}
	return run
}

func TestAllSeries(t *testing.T) {
	s := store(t)
	wave := func(step int64) float64 { return math.Sin(float64(step)) }
	from := func(at int64) func(int64) float64 { // differs in the last bit from at on
		return func(step int64) float64 {
			if step >= at {
				return math.Nextafter(wave(step), 2)
			}
			return wave(step)
		}
	}
	nan := func(int64) float64 { return math.NaN() }
	a := record(t, s, 3000, map[string]func(int64) float64{
		"loss": wave, "grad_norm/W": wave, "f1": wave, "nan": nan, "step_time": wave, "only_a": wave,
	})
	b := record(t, s, 3000, map[string]func(int64) float64{
		"loss": from(2000), "grad_norm/W": from(1700), "f1": wave, "nan": nan, "step_time": from(0),
	})
	got, err := AllSeries(context.Background(), Side{s, a.ID}, Side{s, b.ID}, &a, &b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"f1", "nan"}, got.Equal); diff != "" {
		t.Errorf("equal (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"step_time"}, got.Skipped); diff != "" {
		t.Errorf("skipped (-want +got)\n%s", diff)
	}
	if len(got.Partings) != 2 || got.Partings[0].Key != "grad_norm/W" || got.Partings[0].Step != 1700 ||
		got.Partings[1].Key != "loss" || got.Partings[1].Step != 2000 || got.Partings[1].Equal != 2000 {
		t.Errorf("got partings %+v, want grad_norm/W at 1700, loss at 2000", got.Partings)
	}
}

func TestPartEnds(t *testing.T) {
	s := store(t)
	wave := map[string]func(int64) float64{"x": func(step int64) float64 { return float64(step) }}
	for _, n := range [][2]int64{{10, 12}, {512, 513}, {1024, 512}, {600, 600}, {0, 3}} {
		a, b := record(t, s, n[0], wave), record(t, s, n[1], wave)
		got, err := Part(context.Background(), Side{s, a.ID}, Side{s, b.ID}, "x")
		if err != nil {
			t.Fatal(err)
		}
		if n[0] == n[1] {
			if got != nil {
				t.Errorf("%v points: got %+v, want equal", n, got)
			}
			continue
		}
		if got == nil || got.Equal != min(n[0], n[1]) || (got.A == nil) != (n[0] < n[1]) || (got.B == nil) != (n[1] < n[0]) {
			t.Errorf("%v points: got %+v", n, got)
		}
	}
}

func TestDifferences(t *testing.T) {
	runs := []experiments.Run{
		{Params: []experiments.Param{{Key: "lr", Value: "0.1"}, {Key: "seed", Value: "1"}, {Key: "same", Value: "x"}}},
		{Params: []experiments.Param{{Key: "lr", Value: "0.2"}, {Key: "same", Value: "x"}, {Key: "seed", Value: "1"}}},
		{Params: []experiments.Param{{Key: "lr", Value: "0.1"}, {Key: "same", Value: "x"}, {Key: "seed", Value: "1"}, {Key: "new", Value: ""}}},
	}
	p := func(s string) *string { return &s }
	want := []Difference{{"lr", []*string{p("0.1"), p("0.2"), p("0.1")}}, {"new", []*string{nil, nil, p("")}}}
	if diff := cmp.Diff(want, Params(runs)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for key, kind := range map[string]Kind{
		"mlflow.source.git.commit": Code, "lectern.machine.cpu": Environment, "data.train.sha256": Data, "mlflow.runName": Identity,
		"team": Other, "lectern.pid": Identity,
	} {
		if got := KindOf(key); got != kind {
			t.Errorf("KindOf(%s) = %q, want %q", key, got, kind)
		}
	}
}

func TestLines(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want []Line
	}{
		{"a\nb\nc\n", "a\nb\nc\n", nil},
		{"a\nb\nc\n", "a\nx\nc\n", []Line{{false, 2, "b"}, {true, 2, "x"}}},
		{"a\nb\nc\nd\n", "b\nc\ne\nd\n", []Line{{false, 1, "a"}, {true, 3, "e"}}},
		{"", "a\n", []Line{{true, 1, "a"}}},
		{"a", "a\n", nil},
	} {
		if diff := cmp.Diff(c.want, Lines(c.a, c.b)); diff != "" {
			t.Errorf("%q, %q (-want +got)\n%s", c.a, c.b, diff)
		}
	}
}

func TestGroups(t *testing.T) {
	var runs []experiments.Run
	for _, lr := range []string{"0.1", "0.2", "0.3"} {
		for seed := range 8 {
			x := float64(seed) * 10 // the seeds differ more than the setups
			if lr == "0.2" {
				x += 0.5 + 0.01*float64(seed)
			}
			r := experiments.Run{
				ID: fmt.Sprint(lr, seed), Params: []experiments.Param{{Key: "lr", Value: lr}, {Key: "seed", Value: fmt.Sprint(seed)}},
			}
			s := experiments.Summary{Key: "f1"}
			s.Add(experiments.Point{Value: x})
			r.Metrics = []experiments.Summary{s}
			runs = append(runs, r)
		}
	}
	runs = append(runs, experiments.Run{ID: "without"})
	value := func(r *experiments.Run) (float64, bool) {
		m, ok := r.Metric("f1")
		return m.Last.Value, ok
	}
	setups, left := Group(runs, []string{"lr"}, value)
	if len(setups) != 3 || left != 1 || setups[0].Name != "lr=0.1" {
		t.Fatalf("got %+v, %d left out", setups, left)
	}
	if e := Estimates(setups)[0]; e.Mean != 35 || e.Seeds != 8 || !(e.Low < 35 && 35 < e.High) {
		t.Errorf("got %+v", e)
	}
	got := Contrasts(setups)
	// Eight pairs, all of one sign: 2 of 256 choices of signs are as far.
	if c := got[0]; c.Pairs != 8 || c.P != 2.0/256 || c.Corrected != 6.0/256 || !c.Exact || c.Difference > -0.5 || c.Seeds != 2 {
		t.Errorf("0.1 against 0.2: got %+v, want 8 pairs, p 2/256, Holm 6/256", c)
	}
	if c := got[1]; c.P != 1 || c.Difference != 0 {
		t.Errorf("0.1 against 0.3: got %+v, want no difference and p 1", c)
	}
}

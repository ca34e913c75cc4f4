package track

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/sqlite"
)

// The hook of nnlib, with its types written out. This file does not compile if
// StartRun cannot be assigned to it.
var nnlibStartRun func(context.Context, struct {
	Name   string
	Seed   uint64
	Params []struct{ Key, Value string }
	Tags   []struct{ Key, Value string }
}) (interface {
	LogParams(params []struct{ Key, Value string })
	LogMetrics(step int64, metrics []struct {
		Key   string
		Value float64
	})
	End(err error) error
}, error) = StartRun

func testTracker(t testing.TB) (*Tracker, *sqlite.Store) {
	t.Helper()
	store, err := sqlite.Open(filepath.Join(t.TempDir(), "lectern.db"))
	if err != nil {
		t.Fatal(err)
	}
	tracker := &Tracker{Store: store, Warn: func(err error) { t.Logf("warned: %v", err) }, KeepSignals: true}
	t.Cleanup(func() {
		if err := errors.Join(tracker.Close(), store.Close()); err != nil {
			t.Error(err)
		}
	})
	return tracker, store
}

// TestHookTypes shows that the hook records; that it compiles is half the test.
func TestHookTypes(t *testing.T) {
	t.Setenv("LECTERN_DB", filepath.Join(t.TempDir(), "hook.db"))
	t.Setenv("LECTERN_EXPERIMENT", "hooked")
	rec, err := nnlibStartRun(context.Background(), RunInfo{Name: "n", Seed: 7, Params: []Param{{"lr", "0.1"}}})
	if err != nil {
		t.Fatal(err)
	}
	rec.LogMetrics(1, []Metric{{"loss", 0.5}})
	if err := rec.End(nil); err != nil {
		t.Fatal(err)
	}
	if err := Close(); err != nil {
		t.Fatal(err)
	}
}

func TestRunRecords(t *testing.T) {
	tracker, store := testTracker(t)
	tracker.SetSession(Session{Experiment: "E", Notebook: "nb.ipynb", Source: func() string { return "x := 1\n" }})
	run, err := tracker.Start(context.Background(), RunInfo{
		Name: "net", Seed: 42,
		Params: []Param{{"lr", "0.1"}}, Tags: []Param{{"data.train.sha256", "abc"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for step := range int64(2000) {
		run.LogMetrics(step, []Metric{{"loss", 1 / float64(step+1)}, {"grad_norm/W", float64(step)}})
	}
	run.LogParams([]Param{{"hidden", "64"}})
	if err := run.End(nil); err != nil {
		t.Fatal(err)
	}
	got, err := store.Run(context.Background(), run.ID())
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != experiments.Finished || got.Name != "net" || got.Tag(experiments.TagSourceName) != "nb.ipynb" ||
		got.Tag("data.train.sha256") != "abc" {
		t.Errorf("got run %+v", got)
	}
	want := []experiments.Param{{Key: "hidden", Value: "64"}, {Key: "lr", Value: "0.1"}, {Key: "seed", Value: "42"}}
	if diff := cmp.Diff(want, got.Params); diff != "" {
		t.Errorf("params (-want +got)\n%s", diff)
	}
	loss, _ := got.Metric("loss")
	if loss.Count != 2000 || loss.Last.Step != 1999 || loss.Min.Value != 1.0/2000 || loss.First.Value != 1 {
		t.Errorf("got summary %+v", loss)
	}
	cells, err := store.Artifact(context.Background(), run.ID(), experiments.ArtifactCells)
	if err != nil || string(cells) != "x := 1\n" {
		t.Errorf("got cells %q, %v", cells, err)
	}
}

// BenchmarkLogMetrics logs steps as fast as it can, so that it measures the
// store too once the buffer is full, and reports what a metric costs the
// training loop and the points stored a second, the last commit included.
func BenchmarkLogMetrics(b *testing.B) {
	for _, keys := range []int{1, 15, 100} {
		b.Run(fmt.Sprintf("keys=%d", keys), func(b *testing.B) { benchmarkLog(b, keys) })
	}
}

func benchmarkLog(b *testing.B, keys int) {
	tracker, _ := testTracker(b)
	run, err := tracker.Start(context.Background(), RunInfo{Name: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	metrics := make([]Metric, keys)
	for i := range metrics {
		metrics[i] = Metric{Key: fmt.Sprint("grad_norm/W", i), Value: rng.Float64()}
	}
	step := int64(0)
	start := time.Now()
	for b.Loop() {
		metrics[step%int64(keys)].Value = rng.Float64()
		run.LogMetrics(step, metrics)
		step++
	}
	points := float64(step) * float64(keys)
	b.ReportMetric(float64(time.Since(start).Nanoseconds())/points, "ns/metric")
	if err := run.End(nil); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(points/time.Since(start).Seconds(), "points/s")
}

// BenchmarkLogMetricsPaced logs 15 metrics a step, a step each 100 µs, as
// training does, and reports what a metric costs the loop.
func BenchmarkLogMetricsPaced(b *testing.B) {
	tracker, _ := testTracker(b)
	run, err := tracker.Start(context.Background(), RunInfo{Name: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	metrics := make([]Metric, 15)
	for i := range metrics {
		metrics[i].Key = fmt.Sprint("grad_norm/W", i)
	}
	var spent, worst time.Duration
	step := int64(0)
	for b.Loop() {
		time.Sleep(100 * time.Microsecond)
		start := time.Now()
		run.LogMetrics(step, metrics)
		took := time.Since(start)
		spent += took
		worst = max(worst, took)
		step++
	}
	b.ReportMetric(float64(spent.Nanoseconds())/float64(step)/15, "ns/metric")
	b.ReportMetric(float64(worst.Microseconds()), "worst-step-µs")
	if err := run.End(nil); err != nil {
		b.Fatal(err)
	}
}

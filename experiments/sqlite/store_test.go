package sqlite

import (
	"context"
	"math"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lectern-go/lectern/experiments"
)

func openTemp(t testing.TB) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "lectern.db"))
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

func collect(t testing.TB, s experiments.Store, run, key string, from int64) []experiments.Point {
	t.Helper()
	var points []experiments.Point
	for p, err := range s.Points(context.Background(), run, key, from) {
		if err != nil {
			t.Fatal(err)
		}
		points = append(points, p)
	}
	return points
}

// TestPackedSeries logs a series in batches of all sizes, so that it lies in
// pages, chunks and the tail, and reads it back.
func TestPackedSeries(t *testing.T) {
	s := openTemp(t)
	ctx := context.Background()
	run, err := s.CreateRun(ctx, experiments.Run{Name: "packed"})
	if err != nil {
		t.Fatal(err)
	}
	var want []experiments.Point
	size := 7
	for len(want) < 140_000 {
		var b experiments.Batch
		for range size {
			i := int64(len(want))
			p := experiments.Point{Step: i, Timestamp: 1000 + i/7, Value: math.Sin(float64(i))}
			want = append(want, p)
			b.Metrics = append(b.Metrics, experiments.Metric{Key: "x", Step: p.Step, Timestamp: p.Timestamp, Value: p.Value})
			if i%3 == 0 {
				b.Metrics = append(b.Metrics, experiments.Metric{Key: "rare", Step: p.Step, Value: 1})
			}
		}
		if err := s.LogBatch(ctx, run.ID, b); err != nil {
			t.Fatal(err)
		}
		size = (size*3 + 1) % 8011
	}
	for _, from := range []int64{0, 1, 511, 512, 513, int64(len(want)) - 1, int64(len(want)), int64(len(want)) + 5} {
		got := collect(t, s, run.ID, "x", from)
		if diff := cmp.Diff(want[min(from, int64(len(want))):], got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("from %d: (-want +got)\n%.2000s", from, diff)
		}
	}
	if err := s.UpdateRun(ctx, run.ID, experiments.RunUpdate{Status: experiments.Finished, EndTime: 5}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, collect(t, s, run.ID, "x", 0)); diff != "" {
		t.Fatalf("after the end: (-want +got)\n%.2000s", diff)
	}
}

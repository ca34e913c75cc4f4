package sqlite

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/lectern-go/lectern/experiments"
)

// fsyncLatency returns the mean time of a small synced write, beside which the
// figures of a benchmark are to be read.
func fsyncLatency(b *testing.B) time.Duration {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "fsync"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	const n = 20
	start := time.Now()
	for range n {
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(start) / n
}

// BenchmarkLogBatch logs series of full float64 noise, and reports points a
// second, bytes a point on disk after the end of the run, and the disk's fsync
// latency.
func BenchmarkLogBatch(b *testing.B) {
	for _, keys := range []int{1, 15, 100} {
		for _, batch := range []int{1000, 32_000} {
			b.Run(fmt.Sprintf("keys=%d/batch=%d", keys, batch), func(b *testing.B) { benchmarkLog(b, keys, batch) })
		}
	}
}

func benchmarkLog(b *testing.B, keys, batch int) {
	dir := b.TempDir()
	s, err := Open(filepath.Join(dir, "lectern.db"))
	if err != nil {
		b.Fatal(err)
	}
	ctx := context.Background()
	run, err := s.CreateRun(ctx, experiments.Run{})
	if err != nil {
		b.Fatal(err)
	}
	metrics := make([]experiments.Metric, batch)
	names := make([]string, keys)
	for i := range names {
		names[i] = fmt.Sprint("grad_norm/W", i)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	points := 0
	b.ResetTimer()
	for b.Loop() {
		for i := range metrics {
			n := points + i
			metrics[i] = experiments.Metric{
				Key: names[n%keys], Step: int64(n / keys), Timestamp: 1_700_000_000_000 + int64(n/keys/10), Value: rng.Float64(),
			}
		}
		if err := s.LogBatch(ctx, run.ID, experiments.Batch{Metrics: metrics}); err != nil {
			b.Fatal(err)
		}
		points += batch
	}
	if err := s.UpdateRun(ctx, run.ID, experiments.RunUpdate{Status: experiments.Finished}); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	perSecond := float64(points) / b.Elapsed().Seconds()
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "lectern.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(perSecond, "points/s")
	b.ReportMetric(float64(info.Size())/float64(points), "bytes/point")
	b.ReportMetric(float64(fsyncLatency(b).Microseconds()), "fsync-µs")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkDownsample reads ten million points for a plot of 1000 and reports
// how much memory the heap grew by.
func BenchmarkDownsample(b *testing.B) {
	s := openTemp(b)
	ctx := context.Background()
	run, err := s.CreateRun(ctx, experiments.Run{})
	if err != nil {
		b.Fatal(err)
	}
	const n, batch, spike = 10_000_000, 100_000, 7_654_321
	metrics := make([]experiments.Metric, batch)
	for first := 0; first < n; first += batch {
		for i := range metrics {
			x := math.Sin(float64(first+i) / 1e5)
			if first+i == spike {
				x = 1e6
			}
			metrics[i] = experiments.Metric{Key: "x", Step: int64(first + i), Value: x}
		}
		if err := s.LogBatch(ctx, run.ID, experiments.Batch{Metrics: metrics}); err != nil {
			b.Fatal(err)
		}
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	rounds := 0
	b.ResetTimer()
	for b.Loop() {
		parts, err := s.Downsample(ctx, run.ID, "x", 1000, experiments.AllSteps)
		if err != nil {
			b.Fatal(err)
		}
		found := false
		for _, p := range parts {
			found = found || p.Max.Step == spike && p.Max.Value == 1e6
		}
		if !found || len(parts) != 1000 {
			b.Fatalf("%d parts, spike found: %v", len(parts), found)
		}
		rounds++
	}
	b.StopTimer()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(rounds)/(1<<20), "MB-allocated/op")
}

// BenchmarkSearch searches 100,000 runs of 20 params and 10 metrics.
func BenchmarkSearch(b *testing.B) {
	s := openTemp(b)
	if err := populate(s, 100_000); err != nil {
		b.Fatal(err)
	}
	for name, q := range map[string]experiments.Query{
		"filtered":    {Filter: `metrics.m0 < 0.5 and params.p3 = "7"`, OrderBy: []string{"metrics.m1 DESC"}, MaxResults: 100},
		"filtered1k":  {Filter: `metrics.m0 < 0.5 and params.p3 = "7"`, OrderBy: []string{"metrics.m1 DESC"}, MaxResults: 1000},
		"newest":      {MaxResults: 100},
		"or":          {Filter: `best(metrics.m0) > 0.99 or params.p3 = "7" and metrics.m4 < 0.01`, MaxResults: 100},
		"onlyMetric":  {Filter: `metrics.m0 < 0.001`, MaxResults: 100},
		"bestOverall": {OrderBy: []string{"metrics.m0"}, MaxResults: 100},
	} {
		b.Run(name, func(b *testing.B) {
			found, rounds, before := 0, 0, cpuTime()
			for b.Loop() {
				rounds++
				page, err := s.SearchRuns(context.Background(), q)
				if err != nil {
					b.Fatal(err)
				}
				found = len(page.Runs)
			}
			b.ReportMetric(float64(found), "runs")
			b.ReportMetric((cpuTime()-before).Seconds()*1000/float64(rounds), "cpu-ms/op")
		})
	}
}

// cpuTime returns the processor time that this process has used; other
// processes do not disturb it much.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// populate writes runs in large transactions.
func populate(s *Store, runs int) error {
	rng := rand.New(rand.NewPCG(1, 2))
	ctx := context.Background()
	for first := 0; first < runs; first += 1000 {
		err := s.write(ctx, "populate", false, func(t *tx) error {
			for i := range 1000 {
				run := experiments.Run{StartTime: int64(first + i)}
				for p := range 20 {
					run.Params = append(run.Params, experiments.Param{Key: fmt.Sprint("p", p), Value: fmt.Sprint(rng.IntN(10))})
				}
				s.completeRun(&run)
				if err := t.createRun("populate", &run); err != nil {
					return err
				}
				row, err := t.activeRun("populate", run.ID)
				if err != nil {
					return err
				}
				var metrics []experiments.Metric
				for m := range 10 {
					metrics = append(metrics, experiments.Metric{Key: fmt.Sprint("m", m), Value: rng.Float64()})
				}
				if err := t.putMetrics("populate", row, metrics); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

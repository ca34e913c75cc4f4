package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lectern-go/lectern/experiments"
)

// bits compares floats to the bit, NaN included.
var bits = cmp.Comparer(func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) })

func testExactValues(t *testing.T, s experiments.Store) {
	r := newRun(t, s, experiments.Run{})
	values := []float64{
		0, math.Copysign(0, -1), 1, -1, 0.1, math.Pi, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64,
		math.Inf(1), math.Inf(-1), math.NaN(), math.Float64frombits(0x7ff8dead00000001), 1e-300, 5,
	}
	steps := []int64{0, 1, -5, math.MaxInt64, math.MinInt64, 7, 7, 1 << 40, 3, 2, 1, 0, 0, 9, -1}
	var b experiments.Batch
	var want []experiments.Point
	for i, v := range values {
		p := experiments.Point{Step: steps[i], Timestamp: int64(i * i * 1e9), Value: v}
		want = append(want, p)
		b.Metrics = append(b.Metrics, experiments.Metric{Key: "x", Value: v, Step: p.Step, Timestamp: p.Timestamp})
	}
	noError(t, s.LogBatch(background, r.ID, b))
	if diff := cmp.Diff(want, points(t, s, r.ID, "x", 0), bits); diff != "" {
		t.Errorf("while running (-want +got)\n%s", diff)
	}
	end(t, s, r.ID)
	if diff := cmp.Diff(want, points(t, s, r.ID, "x", 0), bits); diff != "" {
		t.Errorf("after the end (-want +got)\n%s", diff)
	}
	if got := points(t, s, r.ID, "no such metric", 0); got != nil {
		t.Errorf("a metric that the run lacks: got %v, want none", got)
	}
}

func testSeveralAtOneStep(t *testing.T, s experiments.Store) {
	r := newRun(t, s, experiments.Run{})
	var want []experiments.Point
	for i := range 5 {
		for range 2 { // equal points are points too
			p := experiments.Point{Step: 3, Timestamp: 10, Value: float64(5 - i)}
			want = append(want, p)
			noError(t, s.LogBatch(background, r.ID, experiments.Batch{
				Metrics: []experiments.Metric{{Key: "x", Step: p.Step, Timestamp: p.Timestamp, Value: p.Value}},
			}))
		}
	}
	if diff := cmp.Diff(want, points(t, s, r.ID, "x", 0)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	got := must[experiments.Run](t)(s.Run(background, r.ID))
	if m, _ := got.Metric("x"); m.Last.Value != 1 || m.Count != 10 {
		t.Errorf("got last %v of %d, want 1 of 10", m.Last.Value, m.Count)
	}
}

func testSummaries(t *testing.T, s experiments.Store) {
	r := newRun(t, s, experiments.Run{})
	log(t, s, r.ID, "loss", 10, 4, 2, math.NaN())
	log(t, s, r.ID, "loss", 13, 1, 3)
	log(t, s, r.ID, "nan", 0, math.NaN())
	got := must[experiments.Run](t)(s.Run(background, r.ID))
	m, ok := got.Metric("loss")
	if !ok || m.Count != 5 || m.NaNs != 1 || m.First.Value != 4 || m.Last.Value != 3 || m.Last.Step != 14 ||
		m.Min.Value != 1 || m.Min.Step != 13 || m.Max.Value != 4 || m.Mean() != 2.5 || m.Best().Value != 1 {
		t.Errorf("got %+v", m)
	}
	// Least squares through (10,4) (11,2) (13,1) (14,3): mean x 12, Sxy -3, Sxx 10.
	if math.Abs(m.Slope()+0.3) > 1e-15 {
		t.Errorf("slope: got %v, want -0.3", m.Slope())
	}
	if m, _ = got.Metric("nan"); !math.IsNaN(m.Min.Value) || !math.IsNaN(m.Last.Value) || !math.IsNaN(m.Mean()) {
		t.Errorf("of NaN alone: got %+v, want NaN", m)
	}
}

// testLongSeries logs several metrics at different rates in batches of all
// sizes and reads them back from many places.
func testLongSeries(t *testing.T, s experiments.Store) {
	r := newRun(t, s, experiments.Run{})
	want := map[string][]experiments.Point{}
	size := 3
	for step := int64(0); step < 12_000; {
		var b experiments.Batch
		for range size {
			for k, every := range []int64{1, 1, 7, 1000} {
				if step%every == 0 {
					key := fmt.Sprintf("m%d", k)
					p := experiments.Point{Step: step, Timestamp: step / 3, Value: math.Sin(float64(step * (int64(k) + 1)))}
					want[key] = append(want[key], p)
					b.Metrics = append(b.Metrics, experiments.Metric{Key: key, Step: p.Step, Timestamp: p.Timestamp, Value: p.Value})
				}
			}
			step++
		}
		noError(t, s.LogBatch(background, r.ID, b))
		size = (size*5 + 1) % 1501
	}
	check := func(when string) {
		for key, all := range want {
			for _, from := range []int64{0, 1, 511, 512, 513, 5000, int64(len(all)) - 1, int64(len(all)), int64(len(all)) + 9} {
				got := points(t, s, r.ID, key, from)
				if diff := cmp.Diff(all[min(from, int64(len(all))):], got, cmpopts.EquateEmpty()); diff != "" {
					t.Fatalf("%s, %s from %d: (-want +got)\n%.1000s", when, key, from, diff)
				}
			}
		}
	}
	check("running")
	end(t, s, r.ID)
	check("ended")
}

// testResumedSeries goes on after the end of a run.
func testResumedSeries(t *testing.T, s experiments.Store) {
	r := newRun(t, s, experiments.Run{})
	var want []float64
	for part := range 4 {
		values := make([]float64, 300)
		for i := range values {
			values[i] = float64(part) + float64(i)/300
		}
		log(t, s, r.ID, "x", int64(len(want)), values...)
		want = append(want, values...)
		end(t, s, r.ID)
		noError(t, s.UpdateRun(background, r.ID, experiments.RunUpdate{Status: experiments.Running}))
	}
	var got []float64
	for _, p := range points(t, s, r.ID, "x", 0) {
		got = append(got, p.Value)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%.1000s", diff)
	}
}

// testDownsampleSpikes hides spikes in long series and looks for them.
func testDownsampleSpikes(t *testing.T, s experiments.Store) {
	r := newRun(t, s, experiments.Run{})
	const n = 20_000
	values := make([]float64, n)
	for i := range values {
		values[i] = math.Sin(float64(i) / 100)
	}
	spikes := map[int64]float64{0: 50, 777: -30, 5000: math.Inf(1), 12345: 99, n - 1: -77}
	for at, v := range spikes {
		values[at] = v
	}
	values[600] = math.NaN()
	log(t, s, r.ID, "x", 0, values...)
	for _, parts := range []int{1, 2, 10, 100, 1000, n, 3 * n} {
		got := must[[]experiments.Summary](t)(s.Downsample(background, r.ID, "x", parts, experiments.AllSteps))
		if len(got) > parts || len(got) == 0 {
			t.Fatalf("%d parts asked for, got %d", parts, len(got))
		}
		var count, nans, next int64
		for _, p := range got {
			if p.First.Step != next {
				t.Fatalf("%d parts: a part begins at step %d, want %d", parts, p.First.Step, next)
			}
			next = p.MaxStep + 1
			count += p.Count
			nans += p.NaNs
			for at, v := range spikes {
				if p.MinStep <= at && at <= p.MaxStep && !(p.Min.Value <= v && v <= p.Max.Value) {
					t.Errorf("%d parts: the spike %v at %d is outside [%v, %v]", parts, v, at, p.Min.Value, p.Max.Value)
				}
			}
		}
		if count != n || nans != 1 {
			t.Errorf("%d parts: they hold %d points and %d NaN, want %d and 1", parts, count, nans, n)
		}
	}
	_, err := s.Downsample(background, r.ID, "x", 0, experiments.AllSteps)
	wantCode(t, "no parts", err, experiments.CodeInvalid)
}

func testDownsampleWindow(t *testing.T, s experiments.Store) {
	r := newRun(t, s, experiments.Run{})
	values := make([]float64, 10_000)
	for i := range values {
		values[i] = float64(i)
	}
	log(t, s, r.ID, "x", 0, values...)
	for _, w := range []experiments.Window{{First: 0, Last: 9999}, {First: 100, Last: 200}, {First: 0, Last: 0}, {First: 511, Last: 5120}, {First: 9990, Last: 20000}, {First: 20000, Last: 30000}} {
		for _, parts := range []int{1, 3, 50} {
			var count int64
			for _, p := range must[[]experiments.Summary](t)(s.Downsample(background, r.ID, "x", parts, w)) {
				count += p.Count
				if p.MinStep < w.First || p.MaxStep > w.Last {
					t.Errorf("window %v in %d: a part has steps %d to %d", w, parts, p.MinStep, p.MaxStep)
				}
			}
			if want := max(0, min(w.Last, 9999)-w.First+1); count != want {
				t.Errorf("window %v in %d: got %d points, want %d", w, parts, count, want)
			}
		}
	}
}

// testDigests logs one series in two ways and a third that differs.
func testDigests(t *testing.T, s experiments.Store) {
	const n = 3000
	values := make([]float64, n)
	for i := range values {
		values[i] = math.Cos(float64(i))
	}
	var ids []string
	for i := range 3 {
		r := newRun(t, s, experiments.Run{})
		ids = append(ids, r.ID)
		if i == 2 {
			values[1700] = math.Nextafter(values[1700], 2)
		}
		for from := 0; from < n; from += 50 + 700*i {
			log(t, s, r.ID, "x", int64(from), values[from:min(n, from+50+700*i)]...)
		}
		end(t, s, r.ID)
	}
	var digests [3][]experiments.Digest
	for i, id := range ids {
		digests[i] = must[[]experiments.Digest](t)(s.Digests(background, id, "x"))
	}
	if len(digests[0]) == 0 {
		t.Skip("the store has no digests")
	}
	if diff := cmp.Diff(digests[0], digests[1]); diff != "" || digests[0][len(digests[0])-1].Count != n {
		t.Errorf("equal series in other batches: last covers %d of %d; (-want +got)\n%s", digests[0][len(digests[0])-1].Count, n, diff)
	}
	for i := range digests[0] {
		equal := digests[0][i] == digests[2][i]
		if want := digests[0][i].Count <= 1700; equal != want {
			t.Errorf("digest of %d points: equal is %v, want %v", digests[0][i].Count, equal, want)
		}
	}
}

func testConcurrentLogging(t *testing.T, s experiments.Store) {
	const writers, each = 8, 200
	r := newRun(t, s, experiments.Run{})
	var wg sync.WaitGroup
	errs := make([]error, writers)
	for w := range writers {
		wg.Go(func() {
			own, err := s.CreateRun(background, experiments.Run{})
			for i := range each {
				b := experiments.Batch{Metrics: []experiments.Metric{{Key: "own", Step: int64(i), Value: float64(w)}}}
				shared := experiments.Batch{Metrics: []experiments.Metric{{Key: fmt.Sprint("w", w), Step: int64(i), Value: float64(i)}}}
				err = errors.Join(err, s.LogBatch(background, own.ID, b), s.LogBatch(background, r.ID, shared))
			}
			errs[w] = errors.Join(err, s.UpdateRun(background, own.ID, experiments.RunUpdate{Status: experiments.Finished}))
		})
	}
	wg.Wait()
	noError(t, errors.Join(errs...))
	for w := range writers {
		got := points(t, s, r.ID, fmt.Sprint("w", w), 0)
		if len(got) != each {
			t.Fatalf("writer %d: got %d points, want %d", w, len(got), each)
		}
		for i, p := range got {
			if p.Step != int64(i) || p.Value != float64(i) {
				t.Fatalf("writer %d: point %d is %+v", w, i, p)
			}
		}
	}
}

func testCancelledContext(t *testing.T, s experiments.Store) {
	r := newRun(t, s, experiments.Run{})
	ctx, cancel := context.WithCancel(background)
	cancel()
	err := s.LogBatch(ctx, r.ID, experiments.Batch{Metrics: []experiments.Metric{{Key: "m"}}})
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	stored := len(points(t, s, r.ID, "m", 0)) == 1
	if stored != (err == nil) {
		t.Errorf("stored is %v, but the error is %v", stored, err)
	}
}

func testAllOrNone(t *testing.T, s experiments.Store) {
	r := newRun(t, s, experiments.Run{Params: []experiments.Param{{Key: "p", Value: "1"}}})
	err := s.LogBatch(background, r.ID, experiments.Batch{
		Metrics: []experiments.Metric{{Key: "m", Value: 1}},
		Params:  []experiments.Param{{Key: "q", Value: "1"}, {Key: "p", Value: "2"}},
		Tags:    []experiments.Tag{{Key: "t", Value: "1"}},
	})
	wantCode(t, "a batch with a changed param", err, experiments.CodeInvalid)
	got := must[experiments.Run](t)(s.Run(background, r.ID))
	if _, ok := got.Param("q"); ok || len(got.Metrics) > 0 || got.Tag("t") != "" {
		t.Errorf("part of the batch was stored: %+v", got)
	}
	noError(t, s.LogBatch(background, r.ID, experiments.Batch{Params: []experiments.Param{{Key: "q", Value: "2"}}}))
}

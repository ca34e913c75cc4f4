package storetest

import (
	"context"
	"testing"

	"github.com/lectern-go/lectern/experiments"
)

// Run runs the suite. Each test gets a store of its own from open, which also
// arranges for it to be closed.
func Run(t *testing.T, open func(t *testing.T) experiments.Store) {
	tests := map[string]func(*testing.T, experiments.Store){
		"Experiments":          testExperiments,
		"DeletedExperiments":   testDeletedExperiments,
		"Runs":                 testRuns,
		"RunDefaults":          testRunDefaults,
		"FindRun":              testFindRun,
		"DeletedRuns":          testDeletedRuns,
		"Params":               testParams,
		"Tags":                 testTags,
		"BadInput":             testBadInput,
		"ExactValues":          testExactValues,
		"SeveralAtOneStep":     testSeveralAtOneStep,
		"Summaries":            testSummaries,
		"LongSeries":           testLongSeries,
		"ResumedSeries":        testResumedSeries,
		"DownsampleSpikes":     testDownsampleSpikes,
		"DownsampleWindow":     testDownsampleWindow,
		"Digests":              testDigests,
		"Artifacts":            testArtifacts,
		"SearchAgreesFilter":   testSearchAgrees,
		"SearchOrder":          testSearchOrder,
		"SearchPages":          testSearchPages,
		"SearchErrors":         testSearchErrors,
		"ConcurrentLogging":    testConcurrentLogging,
		"CancelledContext":     testCancelledContext,
		"AllOrNoneOfABatch":    testAllOrNone,
		"UnknownRunEverywhere": testUnknownRun,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

var background = context.Background()

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantCode fails unless err has the code.
func wantCode(t *testing.T, what string, err error, want experiments.Code) {
	t.Helper()
	if got := experiments.ErrorCode(err); got != want {
		t.Errorf("%s: got error %v (code %q), want code %q", what, err, got, want)
	}
}

func newRun(t *testing.T, s experiments.Store, run experiments.Run) experiments.Run {
	t.Helper()
	created, err := s.CreateRun(background, run)
	noError(t, err)
	return created
}

// log stores values of a metric at steps from first on.
func log(t *testing.T, s experiments.Store, run, key string, first int64, values ...float64) {
	t.Helper()
	b := experiments.Batch{Metrics: make([]experiments.Metric, len(values))}
	for i, v := range values {
		step := first + int64(i)
		b.Metrics[i] = experiments.Metric{Key: key, Value: v, Step: step, Timestamp: 1_000_000 + step}
	}
	noError(t, s.LogBatch(background, run, b))
}

func points(t *testing.T, s experiments.Store, run, key string, from int64) []experiments.Point {
	t.Helper()
	var all []experiments.Point
	for p, err := range s.Points(background, run, key, from) {
		noError(t, err)
		all = append(all, p)
	}
	return all
}

func end(t *testing.T, s experiments.Store, run string) {
	t.Helper()
	noError(t, s.UpdateRun(background, run, experiments.RunUpdate{Status: experiments.Finished, EndTime: 2_000_000}))
}

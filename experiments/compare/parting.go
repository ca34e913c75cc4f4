package compare

import (
	"context"
	"iter"
	"math"
	"slices"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/series"
)

// Side is a series to compare.
type Side struct {
	Store experiments.MetricStore
	RunID string
}

// Parting is the first place at which two series of one metric differ.
type Parting struct {
	Key   string
	Equal int64 // points before it, equal to the bit
	Step  int64 // of the first point that differs; the lesser one if steps differ
	// A and B are the points there, nil for a series that has ended.
	A, B *experiments.Point
}

// Part returns where two series part, or nil if steps and values are equal to
// the bit. Times are not compared. It reads the points of one chunk, mostly: the
// hash chains tell how far the series agree.
func Part(ctx context.Context, a, b Side, key string) (*Parting, error) {
	da, err := a.Store.Digests(ctx, a.RunID, key)
	if err != nil {
		return nil, err
	}
	db, err := b.Store.Digests(ctx, b.RunID, key)
	if err != nil {
		return nil, err
	}
	equal := series.FirstDifference(da, db)
	nextA, stopA := iter.Pull2(a.Store.Points(ctx, a.RunID, key, equal))
	defer stopA()
	nextB, stopB := iter.Pull2(b.Store.Points(ctx, b.RunID, key, equal))
	defer stopB()
	for ; ; equal++ {
		pa, errA, okA := nextA()
		pb, errB, okB := nextB()
		switch {
		case errA != nil:
			return nil, errA
		case errB != nil:
			return nil, errB
		case !okA && !okB:
			return nil, nil
		case okA && okB && pa.Step == pb.Step && math.Float64bits(pa.Value) == math.Float64bits(pb.Value):
			continue
		}
		p := &Parting{Key: key, Equal: equal}
		if okA {
			p.A, p.Step = &pa, pa.Step
		}
		if okB {
			p.B = &pb
			if !okA || pb.Step < p.Step {
				p.Step = pb.Step
			}
		}
		return p, nil
	}
}

// Series is the comparison of the series of two runs.
type Series struct {
	Partings []Parting // the series that part, the first one to part first
	Equal    []string  // metrics whose series are equal to the bit, by key
	Skipped  []string  // metrics that measure time or the machine, by key
}

// AllSeries compares the series of the metrics that both runs have.
func AllSeries(ctx context.Context, a, b Side, runA, runB *experiments.Run) (Series, error) {
	var s Series
	for _, m := range runA.Metrics {
		if _, ok := runB.Metric(m.Key); !ok {
			continue
		}
		if Measured(m.Key) {
			s.Skipped = append(s.Skipped, m.Key)
			continue
		}
		p, err := Part(ctx, a, b, m.Key)
		if err != nil {
			return s, err
		}
		if p == nil {
			s.Equal = append(s.Equal, m.Key)
		} else {
			s.Partings = append(s.Partings, *p)
		}
	}
	slices.SortStableFunc(s.Partings, func(p, q Parting) int {
		switch {
		case p.Step < q.Step:
			return -1
		case p.Step > q.Step:
			return 1
		}
		return 0
	})
	return s, nil
}

package experiments

import (
	"encoding/json"
	"math"
	"strings"
)

// Summary is what is known of a series without reading its points. Add and
// Merge keep it up to date. The zero value summarizes no points.
type Summary struct {
	Key   string
	Count int64 // points, those that are NaN included
	NaNs  int64
	First Point // the first one logged
	// Last is the point of the greatest step; of several, the one with the
	// greatest time; of several, the one logged last.
	Last Point
	// Min and Max are the first of the least and greatest values that are not
	// NaN. Their values are NaN if there are none.
	Min, Max Point

	MinStep, MaxStep int64

	// Sums over the points that are not NaN, with x the step less the step of
	// First, and y the value.
	SumX, SumXX, SumY, SumXY float64
}

// Add adds the next point of the series.
func (s *Summary) Add(p Point) {
	if s.Count == 0 {
		nan := Point{Step: p.Step, Timestamp: p.Timestamp, Value: math.NaN()}
		s.First, s.Last, s.Min, s.Max = p, p, nan, nan
		s.MinStep, s.MaxStep = p.Step, p.Step
	}
	s.Count++
	if !later(s.Last, p) {
		s.Last = p
	}
	s.MinStep, s.MaxStep = min(s.MinStep, p.Step), max(s.MaxStep, p.Step)
	if math.IsNaN(p.Value) {
		s.NaNs++
		return
	}
	if !(s.Min.Value <= p.Value) {
		s.Min = p
	}
	if !(s.Max.Value >= p.Value) {
		s.Max = p
	}
	x := float64(p.Step) - float64(s.First.Step) // the difference of the integers may overflow
	s.SumX += x
	s.SumXX += x * x
	s.SumY += p.Value
	s.SumXY += x * p.Value
}

// later reports whether a comes after b by step and time.
func later(a, b Point) bool {
	return a.Step > b.Step || a.Step == b.Step && a.Timestamp > b.Timestamp
}

// Merge adds the points that t summarizes, which follow those of s.
func (s *Summary) Merge(t *Summary) {
	if t.Count == 0 {
		return
	}
	if s.Count == 0 {
		key := s.Key
		*s = *t
		s.Key = key
		return
	}
	if !later(s.Last, t.Last) {
		s.Last = t.Last
	}
	s.MinStep, s.MaxStep = min(s.MinStep, t.MinStep), max(s.MaxStep, t.MaxStep)
	if !math.IsNaN(t.Min.Value) && !(s.Min.Value <= t.Min.Value) {
		s.Min = t.Min
	}
	if !math.IsNaN(t.Max.Value) && !(s.Max.Value >= t.Max.Value) {
		s.Max = t.Max
	}
	n := float64(t.Count - t.NaNs)
	d := float64(t.First.Step) - float64(s.First.Step) // moves t's sums to the origin of s
	s.SumX += t.SumX + n*d
	s.SumXX += t.SumXX + 2*d*t.SumX + n*d*d
	s.SumXY += t.SumXY + d*t.SumY
	s.SumY += t.SumY
	s.Count += t.Count
	s.NaNs += t.NaNs
}

// Mean returns the mean of the values that are not NaN, NaN if there are none.
func (s *Summary) Mean() float64 {
	return s.SumY / float64(s.Count-s.NaNs)
}

// Slope returns the change of the value per step by least squares over the
// points that are not NaN. It is NaN if their steps do not differ.
func (s *Summary) Slope() float64 {
	n := float64(s.Count - s.NaNs)
	d := n*s.SumXX - s.SumX*s.SumX
	if d <= 0 {
		return math.NaN()
	}
	return (n*s.SumXY - s.SumX*s.SumY) / d
}

// Best returns Min if for this metric less is better, by [LowerIsBetter], else
// Max.
func (s *Summary) Best() Point {
	if LowerIsBetter(s.Key) {
		return s.Min
	}
	return s.Max
}

// lowerWords are words of metric names for which less is better.
var lowerWords = map[string]bool{
	"loss": true, "error": true, "err": true, "perplexity": true, "ppl": true, "nll": true, "entropy": true,
	"xent": true, "mse": true, "mae": true, "rmse": true, "norm": true, "time": true, "seconds": true, "ms": true,
	"latency": true, "memory": true, "bytes": true,
}

// LowerIsBetter guesses from the name of a metric whether less is better:
// whether one of its words is "loss", "error", "norm", "time" or the like.
func LowerIsBetter(key string) bool {
	words := strings.FieldsFunc(strings.ToLower(key), func(r rune) bool {
		return !('a' <= r && r <= 'z')
	})
	for _, w := range words {
		if lowerWords[w] {
			return true
		}
	}
	return false
}

// MarshalJSON writes the summary as an object. NaN and ±Inf, which JSON lacks,
// become the strings "NaN", "Infinity" and "-Infinity", as in MLflow.
func (s Summary) MarshalJSON() ([]byte, error) {
	type point struct {
		Value     any   `json:"value"`
		Step      int64 `json:"step"`
		Timestamp int64 `json:"timestamp"`
	}
	toPoint := func(p Point) point { return point{JSONFloat(p.Value), p.Step, p.Timestamp} }
	return json.Marshal(struct {
		Key   string `json:"key"`
		Count int64  `json:"count"`
		NaNs  int64  `json:"nans"`
		First point  `json:"first"`
		Last  point  `json:"last"`
		Min   point  `json:"min"`
		Max   point  `json:"max"`
		Best  point  `json:"best"`
		Mean  any    `json:"mean"`
		Slope any    `json:"slope"`
	}{
		s.Key, s.Count, s.NaNs, toPoint(s.First), toPoint(s.Last), toPoint(s.Min), toPoint(s.Max), toPoint(s.Best()),
		JSONFloat(s.Mean()), JSONFloat(s.Slope()),
	})
}

// JSONFloat returns x, or one of the strings "NaN", "Infinity" and "-Infinity"
// for values that JSON lacks.
func JSONFloat(x float64) any {
	switch {
	case math.IsNaN(x):
		return "NaN"
	case math.IsInf(x, 1):
		return "Infinity"
	case math.IsInf(x, -1):
		return "-Infinity"
	}
	return x
}

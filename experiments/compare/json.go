package compare

import (
	"encoding/json"

	"github.com/lectern-go/lectern/experiments"
)

// point is a point as JSON has it.
type point struct {
	Step      int64 `json:"step"`
	Value     any   `json:"value"`
	Timestamp int64 `json:"timestamp"`
}

func toPoint(p *experiments.Point) *point {
	if p == nil {
		return nil
	}
	return &point{p.Step, experiments.JSONFloat(p.Value), p.Timestamp}
}

// MarshalJSON writes the parting as an object; NaN and ±Inf become text.
func (p Parting) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Key   string `json:"key"`
		Step  int64  `json:"step"`
		Equal int64  `json:"equal_points"`
		A     *point `json:"a"`
		B     *point `json:"b"`
	}{p.Key, p.Step, p.Equal, toPoint(p.A), toPoint(p.B)})
}

// MarshalJSON writes the estimate as an object; NaN and ±Inf become text.
func (e Estimate) MarshalJSON() ([]byte, error) {
	f := experiments.JSONFloat
	return json.Marshal(struct {
		Setup string `json:"setup"`
		Seeds int    `json:"seeds"`
		Mean  any    `json:"mean"`
		SD    any    `json:"sd"`
		Low   any    `json:"low"`
		High  any    `json:"high"`
	}{e.Setup, e.Seeds, f(e.Mean), f(e.SD), f(e.Low), f(e.High)})
}

// MarshalJSON writes the contrast as an object; NaN and ±Inf become text.
func (c Contrast) MarshalJSON() ([]byte, error) {
	f := experiments.JSONFloat
	return json.Marshal(struct {
		A          string `json:"a"`
		B          string `json:"b"`
		Pairs      int    `json:"pairs"`
		Difference any    `json:"difference"`
		Low        any    `json:"low"`
		High       any    `json:"high"`
		Effect     any    `json:"effect"`
		P          any    `json:"p"`
		Corrected  any    `json:"p_corrected"`
		Exact      bool   `json:"exact"`
		Seeds      int    `json:"seeds_needed"`
	}{c.A, c.B, c.Pairs, f(c.Difference), f(c.Low), f(c.High), f(c.Effect), f(c.P), f(c.Corrected), c.Exact, c.Seeds})
}

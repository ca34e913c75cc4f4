package series

import "github.com/lectern-go/lectern/experiments"

// Downsampler sums up a series of known length in up to N parts of equal
// numbers of points. Each part keeps its least and greatest value, so a plot of
// the parts shows every spike.
type Downsampler struct {
	N     int   // parts, at least 1
	Total int64 // points that will be added

	parts []experiments.Summary
	seen  int64
}

// Add adds the next point.
func (d *Downsampler) Add(p experiments.Point) {
	d.part().Add(p)
	d.seen++
}

// AddSummary adds the next points by their summary; it goes to the part of its
// first point.
func (d *Downsampler) AddSummary(s *experiments.Summary) {
	d.part().Merge(s)
	d.seen += s.Count
}

func (d *Downsampler) part() *experiments.Summary {
	i := int64(0)
	if d.Total > 0 {
		// Total may be near the largest int64, so divide in floating point.
		i = min(int64(float64(d.seen)/float64(d.Total)*float64(d.N)), int64(d.N)-1)
	}
	for int64(len(d.parts)) <= i {
		d.parts = append(d.parts, experiments.Summary{})
	}
	return &d.parts[i]
}

// Parts returns the parts that hold points, under the key given.
func (d *Downsampler) Parts(key string) []experiments.Summary {
	parts := make([]experiments.Summary, 0, len(d.parts))
	for _, p := range d.parts {
		if p.Count > 0 {
			p.Key = key
			parts = append(parts, p)
		}
	}
	return parts
}

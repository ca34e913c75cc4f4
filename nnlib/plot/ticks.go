package plot

import (
	"math"
	"strconv"

	gplot "gonum.org/v1/plot"
)

// niceTicks marks an axis at multiples of 1, 2 or 5 times a power of ten.
type niceTicks struct {
	most  int  // marks at most
	whole bool // only at whole numbers
}

var _ gplot.Ticker = niceTicks{}

// Ticks returns the marks between low and high.
func (t niceTicks) Ticks(low, high float64) []gplot.Tick {
	step := niceStep(high-low, t.most)
	if t.whole {
		step = math.Max(step, 1)
	}
	if step == 0 || math.IsInf(step, 0) || math.IsNaN(step) {
		return []gplot.Tick{{Value: low, Label: formatTick(low, 0)}}
	}
	var ticks []gplot.Tick
	// Multiples are counted, not summed, so that errors do not add up.
	for i := math.Ceil(low/step - 1e-9); i*step <= high+step*1e-9; i++ {
		ticks = append(ticks, gplot.Tick{Value: i * step, Label: formatTick(i*step, step)})
	}
	return ticks
}

// niceStep returns the smallest of 1, 2, 5 times a power of ten that divides the
// width into fewer than most steps.
func niceStep(width float64, most int) float64 {
	if width <= 0 {
		return 0
	}
	power := math.Pow(10, math.Floor(math.Log10(width/float64(most))))
	for _, factor := range []float64{1, 2, 5} {
		if factor*power*float64(most) >= width {
			return factor * power
		}
	}
	return 10 * power
}

// formatTick writes a mark with the decimals that its step needs.
func formatTick(x, step float64) string {
	if size := max(math.Abs(x), step); size != 0 && (size >= 1e6 || size < 1e-4) {
		return strconv.FormatFloat(x, 'g', 4, 64)
	}
	decimals := 0
	if step > 0 {
		decimals = max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	}
	if x == 0 {
		x = 0 // not -0
	}
	return strconv.FormatFloat(x, 'f', decimals, 64)
}

// logTicks marks a logarithmic axis at powers of ten, and at 2 and 5 times them
// where there is room. Both ends are above zero.
type logTicks struct{}

var _ gplot.Ticker = logTicks{}

// Ticks returns the marks between low and high.
func (logTicks) Ticks(low, high float64) []gplot.Tick {
	factors := []float64{1}
	decades := math.Log10(high / low)
	if decades < 3 {
		factors = []float64{1, 2, 5}
	}
	every := math.Max(1, math.Ceil(decades/8))
	var ticks []gplot.Tick
	for e := math.Floor(math.Log10(low)); e <= math.Ceil(math.Log10(high)); e++ {
		for _, f := range factors {
			x := f * math.Pow(10, e)
			if x < low*(1-1e-9) || x > high*(1+1e-9) || math.Mod(e, every) != 0 {
				continue
			}
			ticks = append(ticks, gplot.Tick{Value: x, Label: strconv.FormatFloat(x, 'g', 3, 64)})
		}
	}
	return ticks
}

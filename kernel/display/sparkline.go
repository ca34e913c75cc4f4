package display

import (
	"fmt"
	"math"
	"reflect"
)

// numbersText elides a long list of numbers and draws all of it in a line; "" if
// v is no such list.
func numbersText(v reflect.Value, l limits) string {
	if v.Kind() != reflect.Slice && v.Kind() != reflect.Array || !isNumber(v.Type().Elem()) ||
		v.Type().Elem().Kind() == reflect.Uint8 {
		return ""
	}
	length := 0
	for i := 0; i < v.Len() && length <= l.numbers; i++ {
		length += len(fmt.Sprint(v.Index(i))) + 1
	}
	if l.numbers == 0 || length <= l.numbers {
		return ""
	}
	p := &printer{limits: l}
	p.value(v, 0)
	line, low, high, mean := sparkline(v)
	return fmt.Sprintf("%s\n%s\n(elided: %d numbers from %.6g to %.6g, mean %.6g; display.All{x} shows all)",
		p.out.String(), line, v.Len(), low, high, mean)
}

// sparkWidth is the length of a sparkline, in characters.
const sparkWidth = 60

// sparkline draws the means of equally long parts of a list as bars, a blank for
// a part without finite numbers, and returns the range and the mean of the finite
// numbers.
func sparkline(v reflect.Value) (line string, low, high, mean float64) {
	var sums, counts [sparkWidth]float64
	low, high = math.Inf(1), math.Inf(-1)
	sum, count := 0.0, 0.0
	for i := range v.Len() {
		x := numberOf(v.Index(i))
		if math.IsNaN(x - x) {
			continue
		}
		low, high = min(low, x), max(high, x)
		part := i * sparkWidth / v.Len()
		sums[part] += x
		counts[part]++
		sum += x
		count++
	}
	const bars = "▁▂▃▄▅▆▇█"
	levels := []rune(bars)
	for part := range sparkWidth {
		bar := ' '
		if counts[part] > 0 {
			level := 0.0
			if high > low {
				level = (sums[part]/counts[part] - low) / (high - low)
			}
			bar = levels[min(int(level*float64(len(levels))), len(levels)-1)]
		}
		line += string(bar)
	}
	return line, low, high, sum / count
}

func numberOf(v reflect.Value) float64 {
	switch {
	case v.CanInt():
		return float64(v.Int())
	case v.CanUint():
		return float64(v.Uint())
	}
	return v.Float()
}

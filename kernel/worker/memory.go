package worker

import (
	"fmt"
	"strconv"
	"strings"
)

// MemoryVariable is the environment variable with the most memory that a
// worker may use: a number of bytes, or with a unit, "500MB" or "2GB". The
// default is three quarters of the machine's.
const MemoryVariable = "LECTERN_MEMORY"

// parseMemory reads a number of bytes with a unit.
func parseMemory(text string) (uint64, error) {
	units := []struct {
		suffix string
		factor float64
	}{{"GB", 1 << 30}, {"MB", 1 << 20}, {"KB", 1 << 10}, {"G", 1 << 30}, {"M", 1 << 20}, {"K", 1 << 10}, {"B", 1}, {"", 1}}
	number := strings.ToUpper(strings.TrimSpace(text))
	for _, u := range units {
		if rest, ok := strings.CutSuffix(number, u.suffix); ok {
			f, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
			if err != nil || f <= 0 {
				break
			}
			return uint64(f * u.factor), nil
		}
	}
	return 0, fmt.Errorf("%s=%s: want a size such as 500MB or 2GB", MemoryVariable, text)
}

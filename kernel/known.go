package kernel

import (
	"slices"
	"strings"
)

// preferred are the packages that cells mean by a name that several have.
var preferred = []string{"math/rand/v2", "text/template", "encoding/json"}

// byPreference orders import paths so that for each package name the first is
// the one that cells mean when they use the name without an import.
func byPreference(paths []string) []string {
	out := slices.Clone(preferred)
	rest := slices.Clone(paths)
	slices.SortStableFunc(rest, func(a, b string) int { return strings.Count(a, "/") - strings.Count(b, "/") })
	for _, p := range rest {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

package kernel

import (
	"slices"
	"strings"

	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/kernel/exportdata"
)

// preferred are the packages that cells mean by a name that several have.
var preferred = []string{"math/rand/v2", "text/template", "encoding/json"}

// NewSession returns an empty session over the importer's packages, with the
// packages that its cells may use without importing them: all, and of those with
// the same name the one that cells mean.
func NewSession(importer *exportdata.Importer) *check.Session {
	paths := slices.Clone(preferred)
	rest := importer.Paths()
	slices.SortStableFunc(rest, func(a, b string) int { return strings.Count(a, "/") - strings.Count(b, "/") })
	for _, p := range rest {
		if !slices.Contains(paths, p) {
			paths = append(paths, p)
		}
	}
	return check.NewSession(importer.FileSet(), importer, paths)
}

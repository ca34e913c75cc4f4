package check

import (
	"fmt"
	"regexp"
	"strings"
)

// earlierName matches the name of a type that an earlier cell declared, as the
// checker writes it: with the package's name, which [Session.Commit] gave it.
var earlierName = regexp.MustCompile(`\b(cell\d+ꞏ)\.(\w+)`)

// inCellTerms writes a message of the checker with the names that the reader of
// the cells knows. A type that has been declared again since is told apart.
func (s *Session) inCellTerms(r *run, msg string) string {
	msg = earlierName.ReplaceAllStringFunc(msg, func(qualified string) string {
		m := earlierName.FindStringSubmatch(qualified)
		now := s.objects[m[2]]
		if now != nil && now.Pkg().Name() == m[1] && r.pkg.Scope().Lookup(m[2]) == nil {
			return m[2]
		}
		for obj, o := range s.all {
			if obj.Name() == m[2] && obj.Pkg().Name() == m[1] {
				return fmt.Sprintf("%s of %s", m[2], o.Cell)
			}
		}
		return m[2]
	})
	return strings.ReplaceAll(msg, "main.", "")
}

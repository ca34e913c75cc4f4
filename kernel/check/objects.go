package check

import (
	"slices"
	"strings"
)

// Objects returns what names mean now at the session's level, sorted by name.
func (s *Session) Objects() []*Object {
	list := make([]*Object, 0, len(s.objects))
	for _, o := range s.objects {
		list = append(list, o)
	}
	slices.SortFunc(list, func(a, b *Object) int { return strings.Compare(a.Name(), b.Name()) })
	return list
}

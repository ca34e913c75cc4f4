package check

import (
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strings"
)

var (
	undefinedName   = regexp.MustCompile(`^undefined: (\w+)$`)
	undefinedMember = regexp.MustCompile(`^undefined: (\w+)\.(\w+)$`)
	undefinedField  = regexp.MustCompile(`^(\w+)\.(\w+) undefined \(type .* has no field or method \w+\)$`)
)

// suggest adds the name that was probably meant to a diagnostic about one that
// is not defined.
func (s *Session) suggest(r *run, imports map[string]string, d *Diagnostic) {
	var name string
	var candidates []string
	if m := undefinedName.FindStringSubmatch(d.Msg); m != nil {
		name = m[1]
		if name == "unsafe" { // no import is needed elsewhere
			d.Msg = noUnsafe
			return
		}
		candidates = append(candidates, r.pkg.Scope().Names()...)
		candidates = slices.AppendSeq(candidates, maps.Keys(s.objects))
		candidates = append(candidates, types.Universe.Names()...)
		for known := range s.known {
			candidates = append(candidates, known)
		}
		for _, obj := range r.info.Defs {
			if v, ok := obj.(*types.Var); ok && !v.IsField() {
				candidates = append(candidates, v.Name())
			}
		}
	} else if m := undefinedMember.FindStringSubmatch(d.Msg); m != nil {
		name = m[2]
		if pkg, err := s.importer.Import(imports[m[1]]); err == nil {
			for _, n := range pkg.Scope().Names() {
				if pkg.Scope().Lookup(n).Exported() {
					candidates = append(candidates, n)
				}
			}
		}
	} else if m := undefinedField.FindStringSubmatch(d.Msg); m != nil {
		name = m[2]
		candidates = s.members(r, m[1])
	}
	if best := Nearest(name, candidates); best != "" {
		d.Msg += "; did you mean " + best + "?"
	}
}

// members returns the fields and methods of a variable of the cell or session.
func (s *Session) members(r *run, variable string) []string {
	var o types.Object
	if old := s.objects[variable]; old != nil {
		o = old.Object
	}
	for id, obj := range r.info.Defs {
		if v, ok := obj.(*types.Var); ok && id.Name == variable {
			o = v
		}
	}
	if o == nil {
		return nil
	}
	t := o.Type()
	set := types.NewMethodSet(types.NewPointer(t))
	if types.IsInterface(t) || isPointer(t) {
		set = types.NewMethodSet(t)
	}
	var names []string
	for m := range set.Methods() {
		names = append(names, m.Obj().Name())
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if st, ok := t.Underlying().(*types.Struct); ok {
		for f := range st.Fields() {
			names = append(names, f.Name())
		}
	}
	return names
}

func isPointer(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}

// Nearest returns the candidate that differs from name by the fewest typing
// errors, or "" if none is near: one for short names, and not in the first letter of
// very short ones; two for longer ones. Of
// two as near it takes the longer, since letters are left out more often than
// typed in excess.
func Nearest(name string, candidates []string) string {
	if len(name) < 3 {
		return ""
	}
	best, bestDistance := "", 2
	if len(name) > 5 {
		bestDistance = 3
	}
	slices.Sort(candidates)
	for _, c := range candidates {
		d := distance(strings.ToLower(name), strings.ToLower(c))
		if len(name) < 5 && !strings.EqualFold(name[:1], c[:1]) {
			continue
		}
		if c != name && !strings.ContainsRune(c, 'ꞏ') && (d < bestDistance || d == bestDistance && best != "" && len(c) > len(best)) {
			best, bestDistance = c, d
		}
	}
	return best
}

// distance counts insertions, deletions, substitutions and transpositions of
// neighbours.
func distance(a, b string) int {
	if d := len(a) - len(b); d > 2 || d < -2 {
		return 3
	}
	previous2, previous := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := range a {
		current := make([]int, len(b)+1)
		current[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			current[j+1] = min(previous[j+1]+1, current[j]+1, previous[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				current[j+1] = min(current[j+1], previous2[j-1]+1)
			}
		}
		previous2, previous = previous, current
	}
	return previous[len(b)]
}

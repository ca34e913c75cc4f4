package check

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
)

// record is what a cell that ran declared and used at the session's level.
type record struct {
	cell     string
	declared []*Object
	used     []*Object
}

// remember notes what the cell declared and used. A cell of the same name, run
// again, replaces its earlier record.
func (s *Session) remember(c *Checked) {
	r := &record{cell: c.Name, declared: c.Objects}
	seen := map[*Object]bool{}
	for _, obj := range c.Info.Uses {
		if o := c.Ref(obj); o != nil && !seen[o] {
			seen[o] = true
			r.used = append(r.used, o)
		}
	}
	slices.SortFunc(r.used, func(a, b *Object) int { return strings.Compare(a.Name(), b.Name()) })
	s.records = slices.DeleteFunc(s.records, func(old *record) bool { return old.cell == c.Name })
	s.records = append(s.records, r)
}

// Stale returns the cells whose results may differ if they ran now, in the order
// in which they ran, each with why: they use something that a later cell declared
// again.
func (s *Session) Stale() []Stale {
	var stale []Stale
	for _, r := range s.records {
		for _, o := range r.used {
			now := s.objects[o.Name()]
			if now != nil && now != o && o.Cell != r.cell && now.Cell != r.cell {
				stale = append(stale, Stale{Cell: r.cell, Name: o.Name(), By: now.Cell})
				break
			}
		}
	}
	return stale
}

// Stale is a cell that used something that another cell has declared again.
type Stale struct{ Cell, Name, By string }

// warnings says which declarations of the cell leave earlier cells with an old
// one: types, and variables and functions whose type changed.
func (s *Session) warnings(c *Checked) []string {
	var out []string
	for _, o := range c.Objects {
		old := s.objects[o.Name()]
		if old == nil || old.Cell == c.Name || o.Slot != "" && o.Slot == old.Slot {
			continue
		}
		var users, keep []string
		for _, r := range s.records {
			if r.cell != c.Name && slices.Contains(r.used, old) && (r.cell != old.Cell || isConst(old)) {
				users = append(users, r.cell)
			}
		}
		if tn, ok := old.Object.(*types.TypeName); ok {
			keep = s.variablesOf(tn)
		}
		if len(users) == 0 && len(keep) == 0 {
			continue
		}
		text := fmt.Sprintf("%s is declared again", o.Name())
		if len(users) > 0 {
			text += fmt.Sprintf("; what %s declared keeps using the one of %s", join(users), old.Cell)
		}
		if len(keep) > 0 {
			text += fmt.Sprintf("; %s of the old type", verb(keep))
		}
		out = append(out, text)
	}
	return out
}

// isConst reports whether o is a constant. The functions beside a constant keep
// its old value; what else stands beside its own declaration is replaced with it.
func isConst(o *Object) bool {
	_, ok := o.Object.(*types.Const)
	return ok
}

// variablesOf returns the session's variables whose type mentions tn.
func (s *Session) variablesOf(tn *types.TypeName) []string {
	var names []string
	for name, o := range s.objects {
		if v, ok := o.Object.(*types.Var); ok && Mentions(v.Type(), func(t *types.TypeName) bool { return t == tn }) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Mentions reports whether a type is, or is made of, a named type for which is
// holds. It does not look into the declarations of named types.
func Mentions(t types.Type, is func(*types.TypeName) bool) bool {
	return mentions(t, is, map[types.Type]bool{})
}

func mentions(t types.Type, is func(*types.TypeName) bool, seen map[types.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t := t.(type) {
	case *types.Named:
		if is(t.Obj()) {
			return true
		}
		for arg := range t.TypeArgs().Types() {
			if mentions(arg, is, seen) {
				return true
			}
		}
	case *types.Map:
		return mentions(t.Key(), is, seen) || mentions(t.Elem(), is, seen)
	case interface{ Elem() types.Type }:
		return mentions(t.Elem(), is, seen)
	case *types.Signature:
		return mentions(t.Params(), is, seen) || mentions(t.Results(), is, seen)
	case *types.Tuple:
		for v := range t.Variables() {
			if mentions(v.Type(), is, seen) {
				return true
			}
		}
	case *types.Struct:
		for f := range t.Fields() {
			if mentions(f.Type(), is, seen) {
				return true
			}
		}
	}
	return false
}

func join(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

func verb(names []string) string {
	if len(names) == 1 {
		return names[0] + " stays"
	}
	return join(names) + " stay"
}

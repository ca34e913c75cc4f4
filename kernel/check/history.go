package check

import (
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// record is what a cell that ran declared and used at the session's level.
type record struct {
	cell     string
	declared []*Object
	used     []*Object
	kept     []keptUse
}

// keptUse is the use of an object by something that outlives its cell.
type keptUse struct {
	used *Object
	by   *Object // the declared type or function, or the variable with a function literal; or nil
}

// object returns what the cell declares a name as, or nil.
func (c *Checked) object(name string) *Object {
	for _, o := range c.Objects {
		if o.Name() == name {
			return o
		}
	}
	return nil
}

// keptUses returns what the cell's declarations use, and its function literals
// that are not called where they stand.
func (c *Checked) keptUses() []keptUse {
	var kept []keptUse
	uses := func(n ast.Node, by *Object) {
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if o := c.Ref(c.Info.Uses[id]); o != nil && o != by {
					kept = append(kept, keptUse{o, by})
				}
			}
			return true
		})
	}
	for _, d := range c.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			if d.Recv != nil {
				name = receiverBase(d)
			}
			uses(d, c.object(name))
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if spec, ok := spec.(*ast.TypeSpec); ok {
					uses(spec, c.object(spec.Name.Name))
				}
			}
		}
	}
	for _, st := range c.Stmts {
		var by *Object
		if ids := defined(st); len(ids) > 0 {
			by = c.object(ids[0].Name)
		}
		called := map[ast.Expr]bool{}
		ast.Inspect(st, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				called[n.Fun] = true
			case *ast.FuncLit:
				if !called[n] {
					uses(n.Body, by)
					return false
				}
			}
			return true
		})
	}
	return kept
}

// remember notes what the cell declared and used. A cell of the same name, run
// again, replaces its earlier record.
func (s *Session) remember(c *Checked) {
	r := &record{cell: c.Name, declared: c.Objects, kept: c.kept}
	seen := map[*Object]bool{}
	for _, obj := range c.Info.Uses {
		if o := c.Ref(obj); o != nil && !seen[o] {
			seen[o] = true
			r.used = append(r.used, o)
		}
	}
	slices.SortFunc(r.used, func(a, b *Object) int { return strings.Compare(a.Name(), b.Name()) })
	if slices.ContainsFunc(s.records, func(old *record) bool { return old.cell == c.Name }) {
		s.records = slices.DeleteFunc(slices.Clone(s.records), func(old *record) bool { return old.cell == c.Name })
	}
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
	for _, name := range slices.Sorted(maps.Keys(c.Imports)) {
		if o := s.objects[name]; o != nil && c.object(name) == nil {
			out = append(out, fmt.Sprintf("package %s takes the name of what %s declared", c.Imports[name], o.Cell))
		}
	}
	for _, o := range c.Objects {
		old := s.objects[o.Name()]
		if old == nil || old.Cell == c.Name || o.Slot != "" && o.Slot == old.Slot {
			continue
		}
		var keepers, users, keep []string
		for _, r := range s.records {
			switch {
			case r.cell == c.Name:
			case r.keeps(old, c):
				keepers = append(keepers, r.cell)
			case r.cell != old.Cell && slices.Contains(r.used, old):
				users = append(users, r.cell)
			}
		}
		if tn, ok := old.Object.(*types.TypeName); ok {
			keep = s.valuesOf(tn, c)
		}
		if len(keepers)+len(users)+len(keep) == 0 {
			continue
		}
		text := fmt.Sprintf("%s is declared again", o.Name())
		if len(keepers) > 0 {
			text += fmt.Sprintf("; what %s declared keeps using the one of %s", join(keepers), old.Cell)
		}
		if len(users) > 0 {
			text += fmt.Sprintf("; %s used the one of %s", join(users), old.Cell)
		}
		if len(keep) > 0 {
			text += fmt.Sprintf("; %s of the old type", verb(keep))
		}
		out = append(out, text)
	}
	return out
}

// keeps reports whether a function of the recorded cell, which declared o, keeps
// using it after the new cell. What the new cell declares again as well does not.
func (r *record) keeps(o *Object, c *Checked) bool {
	return slices.ContainsFunc(r.kept, func(k keptUse) bool {
		same := k.used == o || o.Slot != "" && k.used.Slot == o.Slot
		return same && (k.by == nil || c.object(k.by.Name()) == nil)
	})
}

// valuesOf returns the session's variables and constants whose type mentions tn, but
// for those that the cell declares.
func (s *Session) valuesOf(tn *types.TypeName, c *Checked) []string {
	var names []string
	for name, o := range s.objects {
		switch o.Object.(type) {
		case *types.Var, *types.Const:
			if c.object(name) == nil && Mentions(o.Type(), func(t *types.TypeName) bool { return t == tn }) {
				names = append(names, name)
			}
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

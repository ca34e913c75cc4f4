package calculus

import (
	"slices"
	"strconv"
)

// pieces breaks a formula into the pieces that the lecture gives names: the
// argument z of a non-linearity, its result h, the softmax ŷ. Names that the
// user gave stay. The result has the same value, with names in it.
func (f *Formula) pieces() *node {
	g := f.graph
	named := make(map[*node]bool) // already behind a name
	wanted := map[string][]*node{}
	want := func(name string, n *node) {
		if named[n] || n == f.root {
			return
		}
		for _, old := range wanted[name] {
			if old == n {
				return
			}
		}
		wanted[name] = append(wanted[name], n)
	}
	order := topological(f.root)
	for _, n := range order {
		if n.op == opNamed {
			named[n.args[0]] = true
		}
	}
	for _, n := range order {
		switch {
		case n.op == opElementwise && n.k == 0 && findElementwise(n.name).isActivation():
			if isCompound(n.args[0]) {
				want("z", n.args[0])
			}
			want("h", n)
		case n.op == opSoftmax:
			if isCompound(n.args[0]) {
				want("z", n.args[0])
			}
			want("ŷ", n)
		}
	}
	names := make(map[*node]string)
	for _, base := range []string{"z", "h", "ŷ"} {
		name := f.freshNames(base, len(wanted[base]))
		for i, n := range wanted[base] {
			names[n] = name(i)
		}
	}
	return g.rewrite(f.root, keepNothing, func(old, rebuilt *node) *node {
		if name, ok := names[old]; ok {
			return g.piece(name, rebuilt)
		}
		return rebuilt
	})
}

// isCompound reports whether n is more than a variable or a name.
func isCompound(n *node) bool {
	switch n.op {
	case opVar, opConst, opNamed:
		return false
	case opTranspose:
		return isCompound(n.args[0])
	}
	return true
}

// freshNames returns names for count things: base alone if there is one, else
// base_1, base_2, …, skipping what the formula uses itself.
func (f *Formula) freshNames(base string, count int) func(i int) string {
	taken := func(name string) bool {
		return f.has(name) || name == f.name || slices.Contains(f.indices, name)
	}
	if count == 1 && !taken(base) {
		return func(int) string { return base }
	}
	var names []string
	for i := 1; len(names) < count; i++ {
		if name := base + "_" + strconv.Itoa(i); !taken(name) {
			names = append(names, name)
		}
	}
	return func(i int) string { return names[i] }
}

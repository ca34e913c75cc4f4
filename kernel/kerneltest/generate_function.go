package kerneltest

import (
	"fmt"
	"strings"
)

// constants declares constants of the session.
func (g *generator) constants() {
	switch g.rand.IntN(3) {
	case 0:
		a, b := g.name("c"), g.name("c")
		g.line("const (")
		g.line("\t%s = iota + %d", a, g.rand.IntN(4))
		g.line("\t%s", b)
		g.line(")")
		g.consts = append(g.consts, variable{name: a, typ: genInt}, variable{name: b, typ: genInt})
	case 1:
		name := g.name("c")
		g.line("const %s = %s", name, g.one(`"const"`, `"é" + "x"`))
		g.consts = append(g.consts, variable{name: name, typ: genString})
	default:
		name, t := g.name("c"), g.basicType()
		if !t.integer() {
			t = genInt
		}
		g.line("const %s %s = 1 << %d", name, t, g.rand.IntN(6))
		g.consts = append(g.consts, variable{name: name, typ: t})
	}
}

// function writes a function of the session, or a method of a type. One without
// effects sees only its parameters and changes only what it has made itself.
func (g *generator) function(recv *genType) {
	f := &function{name: g.name("f"), pure: g.rand.IntN(2) == 0}
	outer, budget, wasPure := g.scope, g.budget, g.pure
	g.scope = nil
	if !f.pure {
		g.scope = outer[:len(outer):len(outer)]
	}
	head := "func "
	if recv != nil {
		f.name = g.name("M")
		f.recv = recv
		star := "*"
		if f.pure || g.rand.IntN(3) == 0 {
			star = ""
		}
		r := g.name("r")
		head += fmt.Sprintf("(%s %s%s) ", r, star, recv)
		t := recv
		if star != "" {
			t = &genType{kind: kindPointer, elem: recv}
		}
		g.scope = append(g.scope, variable{name: r, typ: t})
	}
	params := g.parameters(f)
	named := g.rand.IntN(3) == 0
	var results []string
	for range 1 + g.rand.IntN(2) {
		t := g.anyType(2)
		f.results = append(f.results, t)
		if named {
			name := g.name("r")
			results = append(results, name+" "+t.String())
			g.scope = append(g.scope, variable{name: name, typ: t})
		} else {
			results = append(results, t.String())
		}
	}
	g.line("%s%s(%s) (%s) {", head, f.name, params, strings.Join(results, ", "))
	g.indent++
	g.pure = f.pure
	for g.budget = 8; g.budget > 0; {
		g.statement()
	}
	if named && g.rand.IntN(2) == 0 {
		g.line("return")
	} else {
		g.line("return %s", strings.Join(g.exprs(f.results, 2), ", "))
	}
	g.indent--
	g.line("}")
	g.scope, g.budget, g.pure = outer, budget, wasPure
	if recv != nil {
		g.methods = append(g.methods, f)
	} else {
		g.funcs = append(g.funcs, f)
	}
}

// parameters chooses those of a function, makes them visible and returns their
// text.
func (g *generator) parameters(f *function) string {
	var params []string
	for range 1 + g.rand.IntN(3) {
		t := g.anyType(2)
		f.params = append(f.params, t)
	}
	f.variadic = g.rand.IntN(5) == 0
	for i, t := range f.params {
		name := g.name("p")
		text := t.String()
		if f.variadic && i == len(f.params)-1 {
			t = &genType{kind: kindSlice, elem: t}
			text = "..." + text
		}
		params = append(params, name+" "+text)
		g.scope = append(g.scope, variable{name: name, typ: t})
	}
	return strings.Join(params, ", ")
}

// exprs returns expressions of the types.
func (g *generator) exprs(ts []*genType, depth int) []string {
	var out []string
	for _, t := range ts {
		out = append(out, g.expr(t, depth))
	}
	return out
}

// call returns a call of a function or of a method of x.
func (g *generator) call(x string, f *function, depth int) string {
	args := g.exprs(f.params, depth)
	if f.variadic {
		last := len(args) - 1
		elem := f.params[last]
		switch g.rand.IntN(6) {
		case 0:
			args = args[:last]
		case 1, 2:
			args[last] = g.expr(&genType{kind: kindSlice, elem: elem}, 1) + "..."
		default: // slices keep three elements
			args = append(args, g.expr(elem, 1), g.expr(elem, 1))
		}
	}
	if x != "" {
		x += "."
	}
	return fmt.Sprintf("%s%s(%s)", x, f.name, strings.Join(args, ", "))
}

// callExpr returns a call of a function without effects.
func (g *generator) callExpr(t *genType, depth int) (string, bool) {
	var list []string
	if g.loops > 1 {
		return "", false
	}
	for _, f := range g.funcs {
		if f.pure && len(f.results) == 1 && f.results[0].equal(t) {
			list = append(list, g.call("", f, depth-1))
		}
	}
	for _, m := range g.methods {
		if m.pure && len(m.results) == 1 && m.results[0].equal(t) {
			if x, ok := g.place(m.recv, false); ok {
				list = append(list, g.call(x, m, depth-1))
			}
		}
	}
	for _, v := range g.scope {
		if v.typ.kind == kindFunc && v.typ.elem.equal(t) && !g.pure {
			list = append(list, g.call("", &function{name: v.name, params: v.typ.params}, depth-1))
		}
	}
	if len(list) == 0 {
		return "", false
	}
	return list[g.rand.IntN(len(list))], true
}

// results takes the results of a function, which may have effects.
func (g *generator) results() {
	if g.loops > 1 || g.pure {
		g.assign()
		return
	}
	for _, f := range append(g.funcs[:len(g.funcs):len(g.funcs)], g.methods...) {
		if g.rand.IntN(2) == 0 {
			continue
		}
		x := ""
		if f.recv != nil {
			v, ok := g.pick(func(v variable) bool { return v.typ.equal(f.recv) && !v.fixed })
			if !ok {
				continue
			}
			x = v.name
		}
		call := g.call(x, f, 2)
		switch g.rand.IntN(6) {
		case 0:
			g.line("%s", call)
			return
		case 1:
			g.line("fmt.Println(%s)", taken(f, call))
			return
		}
		var names []string
		for i := range f.results {
			names = append(names, g.name("v"))
			if i > 0 && g.rand.IntN(4) == 0 {
				names[i] = "_"
			}
		}
		g.line("%s := %s", strings.Join(names, ", "), call)
		for i, name := range names {
			if name != "_" {
				g.declare(name, f.results[i])
			}
		}
		return
	}
	g.assign()
}

// taken passes the results of a call to another one.
func taken(f *function, call string) string {
	if len(f.results) == 1 {
		return fmt.Sprintf("func(x %s) int { return 7 }(%s)", f.results[0], call)
	}
	return fmt.Sprintf("func(x %s, y %s) int { return 8 }(%s)", f.results[0], f.results[1], call)
}

// fail writes a statement that ends the cell with a panic.
func (g *generator) fail() {
	switch g.rand.IntN(4) {
	case 0:
		g.line("panic(fmt.Sprint(\"panic \", %s))", g.expr(genInt, 1))
	case 1:
		g.line("panic(errors.New(%s))", g.expr(genString, 1))
	case 2:
		g.line("fmt.Println([]int{1, 2}[len(os.Args)*5])")
	default:
		g.line("fmt.Println(%d / (len(os.Args) - 1))", g.rand.IntN(9))
	}
}

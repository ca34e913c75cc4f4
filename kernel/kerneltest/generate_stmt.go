package kerneltest

import (
	"fmt"
	"strings"
)

// statement writes one statement.
func (g *generator) statement() {
	g.budget--
	deep := g.indent > 3 || g.loops > 1
	switch n := g.rand.IntN(26); {
	case n < 4:
		g.define()
	case n < 8:
		g.assign()
	case n < 10:
		g.opAssign()
	case n == 10:
		g.parallel()
	case n == 11:
		g.results()
	case n == 12:
		g.appendTo()
	case n == 13:
		g.commaOk()
	case n == 14:
		g.copyAndChange()
	case n == 15:
		g.pointers()
	case n == 16:
		g.channel()
	case deep:
		g.assign()
	case n == 17:
		g.ifStmt()
	case n == 18:
		g.forStmt()
	case n < 21:
		g.rangeStmt()
	case n == 21:
		g.switchStmt()
	case n == 22:
		g.line("{")
		g.block(2)
		g.line("}")
	case n == 23:
		g.closure()
	case n == 24:
		g.collect()
	default:
		g.deferring()
	}
}

func (g *generator) define() {
	t := g.anyType(2)
	name := g.name("v")
	switch g.rand.IntN(4) {
	case 0:
		if t.kind == kindSlice || t.kind == kindMap || t.kind == kindPointer || t.kind == kindFunc {
			g.line("var %s %s = %s", name, t, g.literal(t, 2))
			break
		}
		g.line("var %s %s", name, t)
	case 1:
		g.line("var %s %s = %s", name, t, g.expr(t, 3))
	default:
		g.line("%s := %s", name, g.typed(t, 3))
	}
	g.declare(name, t)
}

// typed returns an expression that has type t by itself.
func (g *generator) typed(t *genType, depth int) string {
	x := g.expr(t, depth)
	if t.numeric() || t.kind == kindAny {
		return fmt.Sprintf("%s(%s)", t, x)
	}
	return x
}

func (g *generator) assign() {
	t := g.anyType(1)
	if v, ok := g.pick(func(v variable) bool { return !v.fixed }); ok && g.rand.IntN(2) == 0 {
		t = v.typ
	}
	if x, ok := g.place(t, true); ok {
		g.line("%s = %s", x, g.expr(t, 3))
		return
	}
	g.define()
}

func (g *generator) opAssign() {
	t := g.basicType()
	x, ok := g.place(t, true)
	switch {
	case !ok:
		g.define()
	case t.kind == kindBool:
		g.line("%s = !%s", x, x)
	case t.kind == kindString:
		g.line("%s += %s", x, g.expr(t, 1))
		g.line("if len(%s) > 40 {", x)
		g.line("\t%s = \"short\"", x)
		g.line("}")
	case g.rand.IntN(3) == 0:
		g.line("%s%s", x, []string{"++", "--"}[g.rand.IntN(2)])
	case t.integer() && g.rand.IntN(3) == 0:
		g.line("%s %s %s", x, []string{"&=", "|=", "^=", "&^="}[g.rand.IntN(4)], g.expr(t, 2))
	case t.integer() && g.rand.IntN(4) == 0:
		g.line("%s %s %d", x, []string{"<<=", ">>="}[g.rand.IntN(2)], g.rand.IntN(6))
	default:
		g.line("%s %s %s", x, []string{"+=", "-=", "*="}[g.rand.IntN(3)], g.expr(t, 2))
	}
}

// parallel assigns to several variables at once.
func (g *generator) parallel() {
	a, ok := g.pick(func(v variable) bool { return !v.fixed })
	b, ok2 := g.pick(func(v variable) bool { return !v.fixed && v.name != a.name })
	if !ok || !ok2 {
		g.define()
		return
	}
	if g.rand.IntN(2) == 0 {
		g.line("%s, %s = %s, %s", a.name, b.name, g.expr(a.typ, 2), g.expr(b.typ, 2))
		return
	}
	t, u := g.anyType(1), g.anyType(1)
	x, y := g.name("v"), g.name("v")
	g.line("%s, %s := %s, %s", x, y, g.typed(t, 2), g.typed(u, 2))
	g.declare(x, t)
	g.declare(y, u)
}

// results takes the results of a function.
func (g *generator) results() {
	for _, f := range g.funcs {
		if len(f.results) < 2 || g.rand.IntN(2) == 0 || g.loops > 1 {
			continue
		}
		var args, names []string
		for _, p := range f.params {
			args = append(args, g.expr(p, 2))
		}
		for range f.results {
			names = append(names, g.name("v"))
		}
		g.line("%s := %s(%s)", strings.Join(names, ", "), f.name, strings.Join(args, ", "))
		for i, name := range names {
			g.declare(name, f.results[i])
		}
		return
	}
	g.assign()
}

func (g *generator) appendTo() {
	v, ok := g.pick(func(v variable) bool { return v.typ.kind == kindSlice && !v.fixed })
	if !ok {
		g.define()
		return
	}
	switch g.rand.IntN(4) {
	case 0:
		g.line("%s = append(%s[:3:3], %s)", v.name, v.name, g.expr(v.typ.elem, 2))
	case 1:
		name := g.name("v")
		g.line("%s := append(%s, %s)", name, v.name, g.expr(v.typ.elem, 2))
		g.declare(name, v.typ)
	case 2:
		g.line("%s = append([]%s{}, %s...)", v.name, v.typ.elem, v.name)
	default:
		g.line("if len(%s) < 10 {", v.name)
		g.line("\t%s = append(%s, %s, %s)", v.name, v.name, g.expr(v.typ.elem, 2), g.expr(v.typ.elem, 1))
		g.line("}")
	}
}

func (g *generator) commaOk() {
	ok := g.name("ok")
	if v, found := g.pick(func(v variable) bool { return v.typ.kind == kindAny }); found && g.rand.IntN(2) == 0 {
		t := g.dataType(1)
		if t.kind == kindAny {
			t = genInt
		}
		name := g.name("v")
		g.line("%s, %s := %s.(%s)", name, ok, v.name, t)
		if t.kind == kindSlice {
			g.line("if !%s {", ok)
			g.line("\t%s = %s", name, g.literal(t, 1))
			g.line("}")
		}
		if t.kind == kindMap {
			g.line("if %s == nil {", name)
			g.line("\t%s = %s{}", name, t)
			g.line("}")
		}
		g.declare(name, t)
		g.declare(ok, genBool)
		return
	}
	v, found := g.pick(func(v variable) bool { return v.typ.kind == kindMap && v.typ.elem.kind < kindSlice })
	if !found {
		g.define()
		return
	}
	name := g.name("v")
	g.line("%s, %s := %s[%s]", name, ok, v.name, g.literal(v.typ.key, 1))
	g.declare(name, v.typ.elem)
	g.declare(ok, genBool)
}

// copyAndChange copies a variable and changes the copy.
func (g *generator) copyAndChange() {
	v, ok := g.pick(func(v variable) bool { return v.typ.kind == kindStruct || v.typ.kind == kindArray })
	if !ok {
		g.define()
		return
	}
	name := g.name("v")
	g.line("%s := %s", name, v.name)
	g.declare(name, v.typ)
	if v.typ.kind == kindArray {
		g.line("%s[%s] = %s", name, g.index(), g.expr(v.typ.elem, 1))
	} else {
		g.line("%s.A = %s", name, g.expr(v.typ.fields[0], 1))
	}
}

func (g *generator) pointers() {
	v, ok := g.pick(func(v variable) bool { return v.typ.printable() && !v.fixed })
	if !ok {
		g.define()
		return
	}
	name := g.name("v")
	g.line("%s := &%s", name, v.name)
	g.declare(name, &genType{kind: kindPointer, elem: v.typ})
	g.line("*%s = %s", name, g.expr(v.typ, 2))
}

// channel passes a value through a channel, perhaps from another goroutine.
func (g *generator) channel() {
	t := g.dataType(1)
	c, name := g.name("c"), g.name("v")
	g.line("%s := make(chan %s, 2)", c, t)
	if g.rand.IntN(2) == 0 {
		g.line("%s <- %s", c, g.expr(t, 2))
	} else {
		g.line("go func(x %s) { %s <- x }(%s)", t, c, g.expr(t, 2))
	}
	g.line("%s := <-%s", name, c)
	g.declare(c, &genType{kind: kindChan, elem: t})
	g.declare(name, t)
}

func (g *generator) ifStmt() {
	g.line("if %s {", g.expr(genBool, 2))
	g.block(2)
	if g.rand.IntN(2) == 0 {
		g.line("} else {")
		g.block(2)
	}
	g.line("}")
}

func (g *generator) forStmt() {
	i := g.name("i")
	label := ""
	if g.rand.IntN(3) == 0 {
		label = g.name("L")
		g.line("%s:", label)
	}
	g.line("for %s := 0; %s < %d; %s++ {", i, i, 1+g.rand.IntN(4), i)
	k := g.name("k") // what closures may keep
	g.line("\t%s := %s", k, i)
	g.body(label, variable{name: k, typ: genInt, fixed: true})
	g.line("}")
}

// body writes the body of a loop with variables.
func (g *generator) body(label string, vars ...variable) {
	depth := len(g.scope)
	g.scope = append(g.scope, vars...)
	g.loops++
	g.indent++
	for _, v := range vars {
		g.line("_ = %s", v.name)
	}
	g.indent--
	g.block(2)
	if label != "" || g.rand.IntN(4) == 0 {
		g.line("\tif %s {", g.expr(genBool, 1))
		g.line("\t\t%s %s", []string{"break", "continue"}[g.rand.IntN(2)], label)
		g.line("\t}")
	}
	g.block(1)
	g.loops--
	g.scope = g.scope[:depth]
}

func (g *generator) rangeStmt() {
	i, x := g.name("i"), g.name("e")
	count := variable{name: i, typ: genInt, fixed: true}
	v, ok := g.pick(func(v variable) bool { return v.typ.kind == kindSlice || v.typ.kind == kindString })
	switch {
	case !ok || g.rand.IntN(3) == 0:
		g.line("for %s := range %d {", i, 1+g.rand.IntN(4))
		g.body("", count)
	case v.typ.kind == kindString:
		g.line("for %s, %s := range %s {", i, x, v.name)
		g.body("", count, variable{name: x, typ: &genType{kind: kindInt, name: "int32"}})
	default:
		g.line("for %s, %s := range %s[:3] {", i, x, v.name)
		g.body("", count, variable{name: x, typ: v.typ.elem})
	}
	g.line("}")
}

func (g *generator) switchStmt() {
	t := g.basicType()
	if t.kind == kindBool || g.rand.IntN(2) == 0 {
		g.line("switch {")
		for range 2 {
			g.line("case %s:", g.expr(genBool, 2))
			g.block(1)
		}
	} else {
		g.line("switch %s {", g.operand(t))
		g.line("case %s:", g.operand(t))
		g.block(1)
		if g.rand.IntN(3) == 0 {
			g.line("\tfallthrough")
		}
		g.line("case %s:", g.operand(t))
		g.block(2)
	}
	if g.rand.IntN(2) == 0 {
		g.line("default:")
		g.block(1)
	}
	g.line("}")
}

// closure changes a variable in a closure and calls it.
func (g *generator) closure() {
	name := g.name("g")
	t := g.dataType(1)
	p := g.name("q")
	g.line("%s := func(%s %s) {", name, p, t)
	depth := len(g.scope)
	g.scope = append(g.scope, variable{name: p, typ: t})
	loops := g.loops
	g.loops = 2
	g.block(2)
	g.loops = loops
	g.scope = g.scope[:depth]
	g.line("}")
	for range 1 + g.rand.IntN(2) {
		g.line("%s(%s)", name, g.expr(t, 2))
	}
}

// collect keeps closures made in a loop.
func (g *generator) collect() {
	fs, i := g.name("fs"), g.name("i")
	t := g.dataType(1)
	g.line("var %s []func() %s", fs, t)
	v, ok := g.pick(func(v variable) bool { return v.typ.kind == kindSlice && v.typ.elem.equal(t) })
	if ok {
		x := g.name("e")
		g.line("for %s, %s := range %s[:3] {", i, x, v.name)
		g.line("\t_ = %s", i)
		g.line("\t%s = append(%s, func() %s { return %s })", fs, fs, t, x)
	} else {
		g.line("for %s := range 3 {", i)
		g.scope = append(g.scope, variable{name: i, typ: genInt, fixed: true})
		g.line("\t_ = %s", i)
		g.line("\t%s = append(%s, func() %s { return %s })", fs, fs, t, g.expr(t, 2))
		g.scope = g.scope[:len(g.scope)-1]
	}
	g.line("}")
	g.line("for _, f := range %s {", fs)
	g.line("\tfmt.Println(f())")
	g.line("}")
}

// deferring calls a function literal that defers.
func (g *generator) deferring() {
	t := g.dataType(1)
	name := g.name("v")
	r := g.name("r")
	g.line("%s := func() (%s %s) {", name, r, t)
	depth := len(g.scope)
	g.scope = append(g.scope, variable{name: r, typ: t})
	g.indent++
	for range 1 + g.rand.IntN(2) {
		switch g.rand.IntN(3) {
		case 0:
			g.line("defer func() { %s = %s }()", r, g.expr(t, 1))
		default:
			u := g.dataType(1)
			g.line("defer fmt.Println(\"deferred\", %s)", g.expr(u, 2))
		}
	}
	g.indent--
	g.block(2)
	g.line("\treturn %s", g.expr(t, 2))
	g.line("}()")
	g.scope = g.scope[:depth]
	g.declare(name, t)
}

package kerneltest

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

// deferring calls a function literal that defers, in a loop, too.
func (g *generator) deferring() {
	t := g.dataType(1)
	name := g.name("v")
	r := g.name("r")
	g.line("%s := func() (%s %s) {", name, r, t)
	depth := len(g.scope)
	g.scope = append(g.scope, variable{name: r, typ: t})
	g.indent++
	for range 1 + g.rand.IntN(2) {
		switch g.rand.IntN(5) {
		case 0:
			g.line("defer func() { %s = %s }()", r, g.expr(t, 1))
		case 1:
			g.line("for i := range 2 {")
			g.line("\tdefer fmt.Println(\"in a loop\", i, %s)", g.expr(t, 1))
			g.line("}")
		case 2:
			if v, ok := g.pick(func(v variable) bool { return v.typ.kind == kindMap }); ok && !g.pure {
				g.line("defer delete(%s, %s)", v.name, g.literal(v.typ.key, 0))
			}
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

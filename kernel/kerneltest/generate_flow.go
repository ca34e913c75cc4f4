package kerneltest

import "fmt"

func (g *generator) blockStmt() {
	g.line("{")
	g.block(2)
	if g.rand.IntN(6) == 0 {
		g.line("\t;")
	}
	g.line("}")
}

func (g *generator) ifStmt() {
	depth := len(g.scope)
	if g.rand.IntN(3) == 0 {
		t, x := g.basicType(), g.name("v")
		g.line("if %s := %s; %s == %s {", x, g.typed(t, 2), x, g.expr(t, 1))
		g.scope = append(g.scope, variable{name: x, typ: t})
	} else {
		g.line("if %s {", g.expr(genBool, 2))
	}
	g.block(2)
	if g.rand.IntN(3) == 0 {
		g.line("} else if %s {", g.expr(genBool, 1))
		g.block(1)
	}
	if g.rand.IntN(2) == 0 {
		g.line("} else {")
		g.block(2)
	}
	g.line("}")
	g.scope = g.scope[:depth]
}

// label writes a label, or none.
func (g *generator) label() string {
	if g.rand.IntN(3) > 0 {
		return ""
	}
	label := g.name("L")
	g.line("%s:", label)
	return label
}

func (g *generator) forStmt() {
	i, label := g.name("i"), g.label()
	k := variable{name: g.name("k"), typ: genInt, fixed: true} // what closures may keep
	switch g.rand.IntN(6) {
	case 0:
		g.line("for %s, j := 0, 5; %s < j; %s, j = %s+1, j-1 {", i, i, i, i)
	case 1:
		if label == "" { // the counter is declared before
			g.line("%s := 0", i)
			g.declare(i, genInt)
			g.scope[len(g.scope)-1].fixed = true
			g.line("for %s < 3 {", i)
			g.line("\t%s++", i)
			break
		}
		fallthrough
	case 2:
		g.line("for %s := 0; ; %s += 2 {", i, i)
		g.line("\tif %s > %d {", i, g.rand.IntN(5))
		g.line("\t\tbreak")
		g.line("\t}")
	default:
		g.line("for %s := 0; %s < %d; %s++ {", i, i, 1+g.rand.IntN(4), i)
		if g.whole && g.rand.IntN(2) == 0 {
			k.name = i
		}
	}
	if k.name != i {
		g.line("\t%s := %s", k.name, i)
	}
	g.body(label, k)
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
	label := g.label()
	switch {
	case !ok || g.rand.IntN(3) == 0:
		switch g.rand.IntN(4) {
		case 0:
			count.typ = g.oneOf(&genType{kind: kindInt, name: "int64"}, &genType{kind: kindUint, name: "uint8"})
			g.line("for %s := range %s(%d) {", i, count.typ, 1+g.rand.IntN(4))
		case 1:
			g.line("for %s := range \"añb\" {", i)
		default:
			g.line("for %s := range %d {", i, 1+g.rand.IntN(4))
		}
		g.body(label, count)
	case g.rand.IntN(6) == 0:
		if v.typ.kind == kindSlice {
			v.name += "[:2]"
		}
		g.line("for range %s {", v.name)
		g.body(label)
	case g.rand.IntN(6) == 0 && v.typ.kind == kindSlice:
		g.line("for _, %s := range %s[1:3] {", x, v.name)
		g.body(label, variable{name: x, typ: v.typ.elem})
	case v.typ.kind == kindString:
		g.line("for %s, %s := range %s {", i, x, v.name)
		g.body(label, count, variable{name: x, typ: &genType{kind: kindInt, name: "int32"}})
	default:
		g.line("for %s, %s := range %s[:3] {", i, x, v.name)
		g.body(label, count, variable{name: x, typ: v.typ.elem})
	}
	g.line("}")
}

// rangeMap adds up over a map, whose order Go leaves open.
func (g *generator) rangeMap() {
	v, ok := g.pick(func(v variable) bool { return v.typ.kind == kindMap })
	if !ok {
		g.define()
		return
	}
	sum, key := g.name("v"), g.name("k")
	g.line("%s := 0", sum)
	g.line("for %s, x := range %s {", key, v.name)
	if v.typ.key.kind == kindString {
		key = "len(" + key + ")"
	}
	g.line("\t%s += 2*%s + len(fmt.Sprint(x))", sum, key)
	g.line("}")
	g.declare(sum, genInt)
}

// drain sends from a goroutine until a channel is closed.
func (g *generator) drain() {
	t := g.dataType(1)
	c, x, value := g.name("c"), g.name("v"), g.name("v")
	g.line("%s := make(chan %s)", c, t)
	g.line("%s := %s", value, g.typed(t, 2)) // the goroutine sees no variable that the loop changes
	g.line("go func() {")
	g.line("\tfor range 3 {")
	g.line("\t\t%s <- %s", c, value)
	g.line("\t}")
	g.line("\tclose(%s)", c)
	g.line("}()")
	if g.whole && g.rand.IntN(2) == 0 {
		g.line("for %s := range %s {", x, c)
	} else {
		only := g.name("c")
		g.line("var %s <-chan %s = %s", only, t, c)
		g.line("for {")
		g.line("\t%s, ok := <-%s", x, only)
		g.line("\tif !ok {")
		g.line("\t\tbreak")
		g.line("\t}")
	}
	g.body("", variable{name: x, typ: t})
	g.line("}")
}

// locals declares a constant of a block.
func (g *generator) locals() {
	g.line("{")
	name, t := g.name("c"), g.basicType()
	if !t.integer() {
		t = genInt
	}
	g.line("\tconst %s %s = %d", name, t, g.rand.IntN(50))
	before := g.consts
	g.consts = append([]variable{{name: name, typ: t}}, g.consts...)
	g.block(2)
	g.consts = before
	g.line("}")
}

func (g *generator) switchStmt() {
	t := g.basicType()
	label := ""
	if g.rand.IntN(4) == 0 {
		label = g.label()
	}
	leave := func() {
		if label != "" || g.rand.IntN(6) == 0 {
			g.line("\tif %s {", g.expr(genBool, 1))
			g.line("\t\tbreak %s", label)
			g.line("\t}")
		}
	}
	if t.kind == kindBool || g.rand.IntN(2) == 0 {
		g.line("switch {")
		for range 2 {
			g.line("case %s:", g.expr(genBool, 2))
			leave()
			g.block(1)
		}
	} else {
		head := g.operand(t)
		if g.rand.IntN(4) == 0 {
			x := g.name("v")
			head = fmt.Sprintf("%s := %s; %s", x, g.typed(t, 2), x)
		}
		g.line("switch %s {", head)
		g.line("case %s:", g.operand(t))
		g.block(1)
		if g.rand.IntN(3) == 0 {
			g.line("\tfallthrough")
		}
		values := g.operand(t)
		if x, ok := g.place(t, false); ok && g.whole && g.rand.IntN(3) == 0 {
			values += ", " + x
		} else if t.numeric() && g.rand.IntN(3) == 0 {
			values = "3, 1, 0"
		}
		g.line("case %s:", values)
		leave()
		g.block(2)
	}
	if g.rand.IntN(2) == 0 {
		g.line("default:")
		g.block(1)
	}
	g.line("}")
}

package kerneltest

import (
	"fmt"
	"strings"
)

// A writer writes a statement; share is how often it is chosen.
type writer struct {
	write func()
	share int
}

// statement writes one statement.
func (g *generator) statement() {
	g.budget--
	writers := []writer{
		{g.define, 4},
		{g.assign, 4},
		{g.opAssign, 2},
		{g.parallel, 1},
		{g.results, 2},
		{g.appendTo, 1},
		{g.commaOk, 1},
		{g.copyAndChange, 1},
		{g.pointers, 1},
		{g.channel, 1},
		{g.builtin, 1},
		{g.library, 1},
	}
	if g.indent <= 3 && g.loops <= 1 {
		writers = append(writers, []writer{
			{g.ifStmt, 2},
			{g.forStmt, 1},
			{g.rangeStmt, 2},
			{g.switchStmt, 1},
			{g.blockStmt, 1},
			{g.closure, 1},
			{g.collect, 1},
			{g.deferring, 1},
			{g.rangeMap, 1},
			{g.drain, 1},
			{g.locals, 1},
		}...)
		if g.whole {
			writers = append(writers, g.wholeStatements()...)
		}
	}
	total := 0
	for _, w := range writers {
		total += w.share
	}
	n := g.rand.IntN(total)
	for _, w := range writers {
		if n -= w.share; n < 0 {
			w.write()
			return
		}
	}
}

func (g *generator) define() {
	t := g.anyType(2)
	name := g.name("v")
	switch g.rand.IntN(5) {
	case 0:
		if t.kind == kindSlice || t.kind == kindMap || t.kind == kindPointer || t.kind == kindFunc {
			g.line("var %s %s = %s", name, t, g.literal(t, 2))
			break
		}
		g.line("var %s %s", name, t)
	case 1:
		g.line("var %s %s = %s", name, t, g.expr(t, 3))
	case 2:
		u, other := g.basicType(), g.name("v")
		switch g.rand.IntN(3) {
		case 0:
			g.line("var %s, %s %s", name, other, u)
			t = u
		case 1:
			g.line("var %s, %s = %s, %s", name, other, g.typed(t, 2), g.typed(u, 2))
		default:
			g.line("var (")
			g.line("\t%s %s = %s", name, t, g.expr(t, 2))
			g.line("\t%s %s", other, u)
			g.line(")")
		}
		g.declare(other, u)
	default:
		g.line("%s := %s", name, g.typed(t, 3))
	}
	g.declare(name, t)
}

// typed returns an expression that has type t by itself.
func (g *generator) typed(t *genType, depth int) string {
	x := g.expr(t, depth)
	if t.numeric() || t.nilable() && t.kind != kindFunc && t.kind != kindPointer && t.kind != kindChan || t.kind == kindComplex {
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
	case t.integer() && g.rand.IntN(4) == 0:
		g.line("%s %s %s|1", x, g.one("/=", "%="), g.operand(t))
	case t.kind == kindFloat && g.rand.IntN(4) == 0:
		g.line("%s /= %s", x, g.expr(t, 1))
	default:
		g.line("%s %s %s", x, g.one("+=", "-=", "*="), g.expr(t, 2))
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
	if s, ok := g.pick(func(v variable) bool { return v.typ.kind == kindSlice || v.typ.kind == kindArray }); ok && !g.pure && g.rand.IntN(3) == 0 {
		g.line("if len(%s) > 2 { // Go leaves open which index fails first", s.name)
		g.line("\t%s[0], %s[2] = %s[2], %s[%d]", s.name, s.name, s.name, s.name, g.rand.IntN(2))
		g.line("}")
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

func (g *generator) appendTo() {
	v, ok := g.pick(func(v variable) bool { return v.typ.kind == kindSlice && !v.fixed })
	if !ok {
		g.define()
		return
	}
	n := g.rand.IntN(4)
	if g.pure && n%2 == 1 { // others may have what it would write to
		n--
	}
	switch n {
	case 0:
		g.line("%s = append(%s[:3:3], %s)", v.name, v.name, g.expr(v.typ.elem, 2))
	case 1:
		name := g.name("v")
		g.line("%s := append(%s, %s)", name, v.name, g.expr(v.typ.elem, 2))
		g.declare(name, v.typ)
	case 2:
		g.line("%s = append(%s{}, %s...)", v.name, v.typ, v.name)
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
	key := g.literal(v.typ.key, 1)
	if x, found := g.place(v.typ.elem, true); found && g.rand.IntN(4) == 0 && !strings.ContainsAny(x, "[*") {
		g.line("%s, _ = %s[%s]", x, v.name, key)
		return
	}
	g.line("%s, %s := %s[%s]", name, ok, v.name, key)
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
	switch g.rand.IntN(4) {
	case 0:
		g.line("go func(c chan<- %s, x %s) {", t, t)
		g.line("\tdefer close(c)")
		g.line("\tc <- x")
		g.line("}(%s, %s)", c, g.expr(t, 2))
		ok := g.name("ok")
		g.line("%s, %s := <-%s", name, ok, c)
		g.declare(ok, genBool)
		g.line("_, %s = <-%s", ok, c)
		g.declare(name, t)
		return
	case 1:
		g.line("go func(x %s) { %s <- x }(%s)", t, c, g.expr(t, 2))
	default:
		g.line("%s <- %s", c, g.expr(t, 2))
	}
	g.line("%s := <-%s", name, c)
	g.declare(c, &genType{kind: kindChan, elem: t})
	g.declare(name, t)
}

// builtin calls a builtin function that changes something.
func (g *generator) builtin() {
	v, ok := g.pick(func(v variable) bool { return v.typ.kind == kindMap || v.typ.kind == kindSlice })
	switch {
	case !ok || g.pure:
		g.define()
	case v.typ.kind == kindMap && g.rand.IntN(3) == 0:
		g.line("clear(%s)", v.name)
	case v.typ.kind == kindMap:
		g.line("delete(%s, %s)", v.name, g.literal(v.typ.key, 0))
	case g.rand.IntN(3) == 0:
		g.line("clear(%s[:%d])", v.name, g.rand.IntN(3))
	case g.rand.IntN(2) == 0:
		name := g.name("v")
		g.line("%s := make(%s, 3, %d)", name, v.typ, 3+g.rand.IntN(3))
		g.line("%s[0] = %s", name, g.expr(v.typ.elem, 1))
		g.declare(name, v.typ)
	default:
		g.line("fmt.Println(copy(%s, %s[1:]))", v.name, v.name)
	}
}

// library uses values of the standard library's types.
func (g *generator) library() {
	name, other := g.name("v"), g.name("v")
	switch g.rand.IntN(6) {
	case 0:
		g.line("var %s strings.Builder", name)
		g.line("%s.WriteString(%s)", name, g.expr(genString, 1))
		g.line("fmt.Fprintf(&%s, \"%%v\", %s)", name, g.expr(genInt, 2))
		g.line("%s := %s.String()", other, name)
		g.declare(other, genString)
	case 1:
		g.line("%s, %s := strconv.Atoi(%s)", name, other, g.expr(genString, 2))
		g.declare(name, genInt)
		g.declare(other, genError)
	case 2:
		g.line("%s := strings.Fields(%s + \" x y z\")", name, g.expr(genString, 1))
		g.line("sort.Strings(%s)", name)
		g.declare(name, &genType{kind: kindSlice, elem: genString})
	case 3:
		ok := g.name("ok")
		g.line("%s, %s, %s := strings.Cut(%s, \"l\")", name, other, ok, g.expr(genString, 1))
		g.declare(name, genString)
		g.declare(other, genString)
		g.declare(ok, genBool)
	case 4:
		g.line("var %s sync.Mutex", name)
		g.line("var %s sync.WaitGroup", other)
		v, ok := g.pick(func(v variable) bool { return v.typ.integer() && !v.fixed })
		if !ok || g.pure {
			g.line("%s.Lock()", name)
			g.line("%s.Unlock()", name)
			g.line("%s.Wait()", other)
			return
		}
		g.line("for range 3 {")
		g.line("\t%s.Add(1)", other)
		g.line("\tgo func() {")
		g.line("\t\tdefer %s.Done()", other)
		g.line("\t\t%s.Lock()", name)
		g.line("\t\tdefer %s.Unlock()", name)
		g.line("\t\t%s += 2", v.name)
		g.line("\t}()")
		g.line("}")
		g.line("%s.Wait()", other)
	default:
		g.line("%s := time.Duration(%s)", name, g.expr(genInt, 2))
		g.line("%s := %s.String()", other, name)
		g.declare(name, duration)
		g.declare(other, genString)
	}
}

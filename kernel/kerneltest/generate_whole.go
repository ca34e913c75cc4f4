package kerneltest

import (
	"fmt"
	"strings"
)

// wholeStatements are what package plan refuses.
func (g *generator) wholeStatements() []writer {
	return []writer{
		{g.typeSwitch, 2},
		{g.recovering, 3},
		{g.selectStmt, 1},
		{g.rangeFunc, 2},
		{g.methodValue, 2},
		{g.arrayPointer, 1},
		{g.gotoStmt, 1},
		{g.generic, 3},
		{g.convert, 2},
		{g.localType, 1},
		{g.structKeys, 1},
		{g.fillLater, 1},
	}
}

// declared declares a type of the session with methods, or a generic one.
func (g *generator) declared() {
	switch g.rand.IntN(6) {
	case 0:
		g.interfaceType()
		return
	case 1:
		g.genericDecl()
		return
	case 2:
		g.embedding()
		return
	}
	var t *genType
	switch g.rand.IntN(4) {
	case 0:
		b := basics[g.rand.IntN(len(basics))]
		if !b.numeric() {
			b = genInt
		}
		t = &genType{kind: b.kind, name: b.name}
	case 1:
		t = &genType{kind: kindSlice, elem: g.dataType(1)}
	default:
		t = &genType{kind: kindStruct}
		for range 1 + g.rand.IntN(3) {
			t.fields = append(t.fields, g.dataType(1))
		}
	}
	under := t.String()
	t.name = g.name("T")
	g.line("type %s %s", t, under)
	g.types = append(g.types, t)
	if g.rand.IntN(4) == 0 && t.numeric() {
		g.line("func (x %s) String() string { return fmt.Sprint(\"<\", %s(x), \">\") }", t, under)
	}
	for range g.rand.IntN(3) {
		g.function(t)
	}
}

// interfaceType declares an interface and two types that implement it.
func (g *generator) interfaceType() {
	t := &genType{kind: kindInterface, name: g.name("T")}
	m := &function{name: g.name("M"), recv: t, params: []*genType{g.dataType(1)}, results: []*genType{g.dataType(1)}, pure: true}
	g.line("type %s interface { %s(%s) %s }", t, m.name, m.params[0], m.results[0])
	for range 2 {
		impl := &genType{kind: kindStruct, fields: []*genType{g.dataType(1), g.basicType()}}
		under := impl.String()
		impl.name = g.name("T")
		g.line("type %s %s", impl, under)
		outer := g.scope
		r, p := g.name("r"), g.name("p")
		g.scope = []variable{{name: r, typ: impl}, {name: p, typ: m.params[0]}}
		g.line("func (%s %s) %s(%s %s) %s { return %s }", r, impl, m.name, p, m.params[0], m.results[0], g.expr(m.results[0], 2))
		g.scope = outer
		g.types = append(g.types, impl)
		t.params = append(t.params, impl)
	}
	g.types = append(g.types, t)
	g.methods = append(g.methods, m)
}

// implementation returns a value for an interface with methods.
func (g *generator) implementation(t *genType) string {
	if x, ok := g.place(t, false); ok && g.rand.IntN(3) == 0 {
		return x
	}
	return g.literal(t.params[g.rand.IntN(len(t.params))], 1)
}

// embedding declares a struct with a declared type embedded, maybe behind a pointer.
func (g *generator) embedding() {
	name, value := g.name("T"), g.name("v")
	g.line("type %sbase struct { N int; Text string }", name)
	g.line("func (b *%sbase) Add(n int) *%sbase { b.N += n; return b }", name, name)
	g.line("func (b %sbase) String() string { return fmt.Sprint(b.Text, \":\", b.N) }", name)
	base := fmt.Sprintf("%sbase{%s, %s}", name, g.literal(genInt, 0), g.literal(genString, 0))
	star := g.one("", "*")
	if star != "" {
		base = "&" + base
	}
	g.line("type %s struct { %s%sbase; Extra %s }", name, star, name, g.one("int", "error", "[]string"))
	g.line("%s := %s{%sbase: %s}", value, name, name, base)
	g.line("%s.Add(%s).Add(2)", value, g.expr(genInt, 2))
	g.line("fmt.Println(%s.N, %s, fmt.Stringer(%s).String())", value, value, value)
	g.line("var %sf func(int) *%sbase = %s.Add", value, name, value)
	g.line("%sf(%s)", value, g.expr(genInt, 1))
	g.line("fmt.Println(%s.%sbase.Text, %s.String())", value, name, value)
}

// genericDecl declares a generic function and a generic type.
func (g *generator) genericDecl() {
	n := g.name("")
	g.generics = append(g.generics, n)
	g.line("func Map%s[A, B any](xs []A, f func(A) B) (out []B) {", n)
	g.line("\tfor _, x := range xs {")
	g.line("\t\tout = append(out, f(x))")
	g.line("\t}")
	g.line("\treturn")
	g.line("}")
	g.line("func Sum%s[N ~int | ~int8 | ~uint16 | ~float64 | ~string](xs ...N) (sum N) {", n)
	g.line("\tfor i := range xs {")
	g.line("\t\tsum %s xs[i]", "+=")
	g.line("\t}")
	g.line("\treturn sum")
	g.line("}")
	g.line("type Pairs%s[K comparable, V any] struct {", n)
	g.line("\tkeys []K")
	g.line("\tm map[K]V")
	g.line("\tlast *V")
	g.line("}")
	g.line("func (p *Pairs%s[K, V]) Put(k K, v V) {", n)
	g.line("\tif p.m == nil {")
	g.line("\t\tp.m = map[K]V{}")
	g.line("\t}")
	g.line("\tif _, ok := p.m[k]; !ok {")
	g.line("\t\tp.keys = append(p.keys, k)")
	g.line("\t}")
	g.line("\tp.m[k], p.last = v, &v")
	g.line("}")
	g.line("func (p *Pairs%s[K, V]) All() func(yield func(K, V) bool) {", n)
	g.line("\treturn func(yield func(K, V) bool) {")
	g.line("\t\tfor _, k := range p.keys {")
	g.line("\t\t\tif !yield(k, p.m[k]) {")
	g.line("\t\t\t\treturn")
	g.line("\t\t\t}")
	g.line("\t\t}")
	g.line("\t}")
	g.line("}")
}

// generic uses what genericDecl has declared.
func (g *generator) generic() {
	if len(g.generics) == 0 {
		g.typeSwitch()
		return
	}
	n := g.generics[g.rand.IntN(len(g.generics))]
	name := g.name("v")
	t, u := g.dataType(1), g.dataType(1)
	switch g.rand.IntN(4) {
	case 0:
		slice := &genType{kind: kindSlice, elem: t}
		g.line("%s := Map%s(%s, %s)", name, n, g.expr(slice, 1), g.funcLit(&genType{kind: kindFunc, elem: u, params: []*genType{t}}))
		g.declare(name, &genType{kind: kindSlice, elem: u})
	case 1:
		t = g.oneOf(genInt, genString, genFloat, &genType{kind: kindInt, name: "int8"}, &genType{kind: kindUint, name: "uint16"})
		g.line("%s := Sum%s[%s](%s, %s)", name, n, t, g.expr(t, 2), g.expr(t, 1))
		g.declare(name, t)
	default:
		key := g.dataType(1)
		for !key.comparable() || key.kind == kindError {
			key = g.dataType(1)
		}
		g.line("var %s Pairs%s[%s, %s]", name, n, key, t)
		for range 2 {
			g.line("%s.Put(%s, %s)", name, g.expr(key, 1), g.expr(t, 2))
		}
		k, x := g.name("k"), g.name("v")
		g.line("for %s, %s := range %s.All() {", k, x, name)
		g.body("", variable{name: k, typ: key, fixed: true}, variable{name: x, typ: t})
		g.line("\tfmt.Println(%s, %s)", k, x)
		g.line("}")
		g.line("fmt.Printf(\"%%v %%T\\n\", *%s.last, %s)", name, name)
	}
}

func (g *generator) oneOf(ts ...*genType) *genType { return ts[g.rand.IntN(len(ts))] }

func (g *generator) typeSwitch() {
	x := g.name("x")
	value := g.expr(genAny, 2)
	if v, ok := g.pick(func(v variable) bool {
		return v.typ.kind == kindInterface || v.typ.kind == kindAny || v.typ.kind == kindError
	}); ok {
		value = fmt.Sprintf("any(%s)", v.name)
	} else {
		value = fmt.Sprintf("any(%s)", value)
	}
	g.line("switch %s := %s.(type) {", x, value)
	seen := map[string]bool{}
	for range 3 {
		t := g.dataType(1)
		if key := aliases.Replace(t.String()); t.kind == kindAny || seen[key] {
			continue
		} else {
			seen[key] = true
		}
		g.line("case %s:", t)
		g.typeCase(x, t)
	}
	g.line("case nil, interface{ Error() string }:")
	g.typeCase(x, genAny)
	g.line("default:")
	g.typeCase(x, genAny)
	g.line("}")
}

func (g *generator) typeCase(x string, t *genType) {
	depth := len(g.scope)
	g.line("\tfmt.Printf(\"%%v %%T\\n\", %s, %s)", x, x)
	g.scope = append(g.scope, variable{name: x, typ: t})
	g.block(1)
	g.scope = g.scope[:depth]
}

// recovering fails in a function that recovers, and shows what with.
func (g *generator) recovering() {
	name, t := g.name("v"), g.dataType(1)
	g.line("%s := func() (result %s) {", name, t)
	g.line("\tdefer func() {")
	g.line("\t\tif r := recover(); r != nil {")
	g.line("\t\t\tfmt.Println(\"recovered:\", r)")
	g.line("\t\t\tif err, ok := r.(error); ok {")
	g.line("\t\t\t\tfmt.Println(err.Error())")
	g.line("\t\t\t}")
	g.line("\t\t\tresult = %s", g.expr(t, 1))
	g.line("\t\t}")
	g.line("\t}()")
	g.block(1)
	g.line("\t%s", g.failure())
	g.line("\treturn %s", g.expr(t, 2))
	g.line("}()")
	g.declare(name, t)
}

// failure returns a statement that panics, mostly.
func (g *generator) failure() string {
	n := g.operand(genInt)
	switch g.rand.IntN(16) {
	case 0:
		return fmt.Sprintf("panic(%s)", g.expr(genAny, 1))
	case 1:
		return fmt.Sprintf("fmt.Println([]int{1, 2, 3}[%s])", n)
	case 2:
		return fmt.Sprintf("fmt.Println(\"héllo\"[%s:])", n)
	case 3:
		return fmt.Sprintf("fmt.Println([]int{1, 2, 3, 4}[%s:%s:%s])", n, g.operand(genInt), g.operand(genInt))
	case 4:
		return fmt.Sprintf("var m map[string]int; m[%s]++", g.expr(genString, 1))
	case 5:
		t := g.dataType(1)
		return fmt.Sprintf("fmt.Println(any(%s).(%s))", g.expr(g.oneOf(genInt, genString, genError), 1), t)
	case 6:
		return "var p *struct{ A, B int }; fmt.Println(p.B)"
	case 7:
		return fmt.Sprintf("fmt.Println(len(make([]int, %s)))", n)
	case 8:
		return fmt.Sprintf("fmt.Println(7 / (%s & 1))", n)
	case 9:
		return fmt.Sprintf("fmt.Println(1 << %s)", n)
	case 10:
		return "c := make(chan int); close(c); close(c)"
	case 11:
		return fmt.Sprintf("fmt.Println([4]int([]int{1, 2, 3}[:%s&3]))", n)
	case 12:
		return fmt.Sprintf("var e error; if %s > 0 { e = io.EOF }; fmt.Println(e.Error())", n)
	case 13:
		return fmt.Sprintf("m := map[any]int{1: 2}; m[[]int{%s}]++", n)
	case 14:
		return fmt.Sprintf("var x, y any = []int{%s}, []int{1}; fmt.Println(x == y)", n)
	}
	return "var f func(int) string; fmt.Println(f(3))"
}

// selectStmt receives from and sends to channels of which one is ready.
func (g *generator) selectStmt() {
	t := g.dataType(1)
	c, d, x := g.name("c"), g.name("c"), g.name("v")
	g.line("%s, %s := make(chan %s, 1), make(chan %s, 1)", c, d, t, t)
	g.line("var %s %s", x, t)
	g.declare(x, t)
	full := g.rand.IntN(3)
	switch full {
	case 0:
		g.line("go func(x %s) { %s <- x }(%s)", t, c, g.literal(t, 0)) // a panic is the cell's
	case 1:
		g.line("%s <- %s", c, g.expr(t, 2))
	}
	g.line("%s <- %s", d, g.expr(t, 1)) // a send to it would block
	g.line("select {")
	g.line("case %s = <-%s:", x, c)
	g.block(1)
	g.line("case %s <- %s:", d, g.expr(t, 1))
	g.line("\tfmt.Println(\"sent\")")
	if full > 0 {
		g.line("default:")
		g.line("\tfmt.Println(\"nothing\")")
	}
	g.line("}")
}

// rangeFunc ranges over a function that yields, with ways out of the loop.
func (g *generator) rangeFunc() {
	t := g.dataType(1)
	name, x, i := g.name("v"), g.name("e"), g.name("i")
	g.line("%s := func(yield func(int, %s) bool) {", name, t)
	g.line("\tdefer fmt.Println(\"end\")")
	g.line("\tfor i := range %d {", 1+g.rand.IntN(4))
	g.line("\t\tif !yield(i, %s) {", g.expr(t, 2))
	g.line("\t\t\treturn")
	g.line("\t\t}")
	g.line("\t}")
	g.line("}")
	label := g.label()
	g.line("for %s, %s := range %s {", i, x, name)
	if g.rand.IntN(2) == 0 {
		g.line("\tdefer fmt.Println(\"deferred\", %s)", i)
	}
	g.body(label, variable{name: i, typ: genInt, fixed: true}, variable{name: x, typ: t})
	g.line("}")
}

// methodValue calls a method through a value or an expression.
func (g *generator) methodValue() {
	for _, m := range g.methods {
		x, ok := g.pick(func(v variable) bool { return v.typ.equal(m.recv) })
		if !ok || !m.pure || m.variadic || g.rand.IntN(2) == 0 {
			continue
		}
		f := g.name("f")
		args := strings.Join(g.exprs(m.params, 2), ", ")
		if g.rand.IntN(2) == 0 {
			g.line("%s := %s.%s", f, x.name, m.name)
		} else {
			g.line("%s := %s.%s", f, m.recv, m.name)
			args = g.expr(m.recv, 1) + ", " + args
		}
		if !x.fixed && g.rand.IntN(2) == 0 {
			g.line("%s = %s", x.name, g.expr(x.typ, 2))
		}
		call := fmt.Sprintf("%s(%s)", f, args)
		if m.results[0].printable() && len(m.results) == 1 {
			g.line("fmt.Println(%s)", call)
		} else {
			g.line("_ = fmt.Sprint(%s)", taken(m, call))
		}
		return
	}
	g.define()
}

func (g *generator) arrayPointer() {
	t := g.dataType(1)
	name, i, x := g.name("v"), g.name("i"), g.name("e")
	g.line("%s := &[3]%s{%s, %s}", name, t, g.expr(t, 1), g.expr(t, 1))
	g.line("for %s, %s := range %s {", i, x, name)
	g.body("", variable{name: i, typ: genInt, fixed: true}, variable{name: x, typ: t})
	g.line("}")
	g.line("%s[1] = %s", name, g.expr(t, 2))
	g.line("fmt.Println(len(%s), %s[:2], *%s)", name, name, name)
}

func (g *generator) gotoStmt() {
	label, i := g.name("L"), g.name("i")
	g.line("{")
	g.line("\t%s := 0", i)
	g.line("%s:", label)
	g.scope = append(g.scope, variable{name: i, typ: genInt, fixed: true})
	g.line("\tif %s++; %s < 3 {", i, i)
	g.indent++
	g.loops++
	g.block(1)
	g.loops--
	g.indent--
	g.line("\t\tgoto %s", label)
	g.line("\t}")
	g.scope = g.scope[:len(g.scope)-1]
	g.line("}")
}

// convert converts between what the other expressions do not.
func (g *generator) convert() {
	name := g.name("v")
	switch g.rand.IntN(5) {
	case 0:
		t := g.integerType()
		g.line("%s := fmt.Sprintf(\"%%x %%q\", []byte(%s), string(rune(%s)))", name, g.expr(genString, 2), g.expr(t, 1))
		g.declare(name, genString)
	case 1:
		g.line("%s := []rune(%s + \"\\xffé\")", name, g.expr(genString, 1))
		g.line("fmt.Println(%s, string(%s))", name, name)
	case 2:
		g.line("%s := math.Inf(1) * %s", name, g.expr(genFloat, 2))
		g.line("fmt.Println(%s, %s == %s, %s != %s, %s < %s, min(%s, 1), max(%s, 1))", name, name, name, name, name, name, name, name, name)
	case 3:
		g.line("%s := complex(%s, %s)", name, g.expr(genFloat, 2), g.expr(genFloat, 1))
		g.line("fmt.Println(%s*%s, real(%s), imag(%s)/2, %s == %s)", name, name, name, name, name, name)
		g.declare(name, complexes[0])
	default:
		t, u := g.integerType(), g.integerType()
		g.line("%s := %s(%s) << (%s & 127)", name, t, g.operand(t), g.operand(u))
		g.line("fmt.Println(%s, %s>>(%s&127), -%s, ^%s)", name, name, g.operand(u), name, name)
		g.declare(name, t)
	}
}

// localType declares a type inside a function.
func (g *generator) localType() {
	name, t := g.name("v"), g.dataType(1)
	g.line("%s := func() any {", name)
	g.line("\ttype local struct { A %s; B []int }", t)
	g.line("\tx := local{%s, []int{1}}", g.expr(t, 2))
	g.line("\ty := x")
	g.line("\ty.B[0] = %s", g.expr(genInt, 1))
	g.line("\treturn []any{x, &y, fmt.Sprintf(\"%%T\", x)}[%d]", g.rand.IntN(2)*2)
	g.line("}()")
	g.declare(name, genAny)
}

// structKeys uses structs and arrays as keys and compares them.
func (g *generator) structKeys() {
	t := g.anyType(2)
	for !t.comparable() || !t.printable() || t.kind == kindError {
		t = g.anyType(2)
	}
	name := g.name("v")
	g.line("%s := map[any]%s{}", name, t)
	g.line("%s[%s] = %s", name, g.expr(t, 1), g.expr(t, 1))
	g.line("var %sx, %sy any = %s, %s", name, name, g.typed(t, 1), g.typed(t, 1))
	g.line("fmt.Println(%s[%sx], len(%s), %sx == %sy, [2]any{%sx, 1} == [2]any{%sy, 1})", name, name, name, name, name, name, name)
}

// fillLater keeps closures over the variable of a three-part loop.
func (g *generator) fillLater() {
	fs, i := g.name("fs"), g.name("i")
	g.line("var %s []func(int) int", fs)
	g.line("for %s := 0; %s < 3; %s++ {", i, i, i)
	g.line("\t%s = append(%s, func(n int) int { %s += n; return %s * n })", fs, fs, i, i)
	if g.rand.IntN(2) == 0 {
		g.line("\t%s[len(%s)-1](%d)", fs, fs, g.rand.IntN(2))
	}
	g.line("}")
	g.line("for k, f := range %s {", fs)
	g.line("\tfmt.Println(f(k), f(%s))", g.expr(genInt, 1))
	g.line("}")
}

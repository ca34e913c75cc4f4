package kerneltest

import (
	"fmt"
	"strings"
)

// expr returns an expression of type t without effects.
func (g *generator) expr(t *genType, depth int) string {
	if depth <= 0 || g.rand.IntN(4) == 0 {
		return g.simple(t)
	}
	if g.rand.IntN(5) == 0 {
		if x, ok := g.callExpr(t, depth); ok {
			return x
		}
	}
	switch t.kind {
	case kindInt, kindUint, kindFloat:
		return g.number(t, depth)
	case kindComplex:
		return fmt.Sprintf("(%s %s %s)", g.operand(t), g.one("+", "-", "*"), g.expr(t, depth-1))
	case kindError:
		return g.errorExpr(depth)
	case kindString:
		return g.stringExpr(depth)
	case kindBool:
		return g.boolExpr(depth)
	case kindAny:
		return g.anyExpr(depth)
	}
	if g.rand.IntN(2) == 0 {
		return g.simple(t)
	}
	return g.literal(t, depth)
}

// simple returns a variable, a part of one, or a literal.
func (g *generator) simple(t *genType) string {
	if x, ok := g.place(t, false); ok && g.rand.IntN(5) > 0 {
		return x
	}
	return g.literal(t, 1)
}

// place returns a variable of type t or a part of one; assignable says that it
// is assigned to.
func (g *generator) place(t *genType, assignable bool) (string, bool) {
	var list []string
	for _, v := range g.scope {
		if assignable && v.fixed {
			continue
		}
		list = append(list, g.parts(v.name, v.typ, t, assignable, 2)...)
	}
	if len(list) == 0 {
		return "", false
	}
	if len(list) > 6 && g.rand.IntN(2) == 0 {
		list = list[len(list)-6:]
	}
	return list[g.rand.IntN(len(list))], true
}

// parts returns the parts of x, of type from, that have type t.
func (g *generator) parts(x string, from, t *genType, assignable bool, depth int) []string {
	var list []string
	if from.equal(t) {
		list = append(list, x)
	}
	if depth == 0 {
		return list
	}
	switch from.kind {
	case kindStruct:
		for i, f := range from.fields {
			list = append(list, g.parts(fmt.Sprintf("%s.%c", x, 'A'+i), f, t, assignable, depth-1)...)
		}
	case kindArray:
		list = append(list, g.parts(fmt.Sprintf("%s[%s]", x, g.index()), from.elem, t, assignable, depth-1)...)
	case kindSlice: // slices keep three elements
		if assignable && g.pure { // others may see it
			break
		}
		list = append(list, g.parts(fmt.Sprintf("%s[%s]", x, g.index()), from.elem, t, assignable, depth-1)...)
	case kindMap:
		if assignable && g.pure {
			break
		}
		key := g.literal(from.key, 1)
		if !assignable {
			list = append(list, g.parts(fmt.Sprintf("%s[%s]", x, key), from.elem, t, false, min(depth-1, 1))...)
		} else if from.elem.equal(t) {
			list = append(list, fmt.Sprintf("%s[%s]", x, key))
		}
	case kindPointer:
		if assignable && g.pure {
			break
		}
		if from.elem.equal(t) {
			list = append(list, "*"+x)
		} else if from.elem.kind == kindStruct {
			for i, f := range from.elem.fields {
				list = append(list, g.parts(fmt.Sprintf("%s.%c", x, 'A'+i), f, t, assignable, depth-1)...)
			}
		}
	}
	// Elements of maps and results cannot be assigned to in part, and slices in
	// maps may be missing.
	out := list[:0]
	for _, p := range list {
		if !strings.Contains(p, "\"][") && !strings.Contains(p, ")][") {
			out = append(out, p)
		}
	}
	return out
}

// index is in the range of every array and slice.
func (g *generator) index() string {
	if v, ok := g.pick(func(v variable) bool { return v.fixed && v.typ.integer() }); ok && g.rand.IntN(2) == 0 {
		return v.name + "%3"
	}
	return fmt.Sprint(g.rand.IntN(3))
}

// literal returns a literal of type t.
func (g *generator) literal(t *genType, depth int) string {
	elem := func(t *genType) string {
		if depth > 0 && g.rand.IntN(2) == 0 {
			return g.expr(t, depth-1)
		}
		return g.literal(t, depth-1)
	}
	switch t.kind {
	case kindInt, kindUint, kindFloat, kindString, kindBool, kindComplex:
		return g.basicLiteral(t)
	case kindSlice, kindArray:
		var elems []string
		short := g.rand.IntN(3) == 0
		for range 3 {
			x := elem(t.elem)
			if rest, ok := strings.CutPrefix(x, t.elem.String()+"{"); ok && short {
				x = "{" + rest // its type may be left out
			}
			elems = append(elems, x)
		}
		if g.rand.IntN(6) == 0 {
			elems[2] = "2: " + elems[2]
		}
		if t.kind == kindArray && t.name == "" && g.rand.IntN(6) == 0 {
			return fmt.Sprintf("[...]%s{%s}", t.elem, strings.Join(elems, ", "))
		}
		return fmt.Sprintf("%s{%s}", t, strings.Join(elems, ", "))
	case kindMap:
		if t.key.kind == kindInt {
			return fmt.Sprintf("%s{1: %s, 2: %s}", t, elem(t.elem), elem(t.elem))
		}
		return fmt.Sprintf("%s{\"a\": %s, \"k\": %s}", t, elem(t.elem), elem(t.elem))
	case kindStruct:
		var elems []string
		keyed := g.rand.IntN(2) == 0
		for i, f := range t.fields {
			if keyed {
				elems = append(elems, fmt.Sprintf("%c: %s", 'A'+i, elem(f)))
			} else {
				elems = append(elems, elem(f))
			}
		}
		return fmt.Sprintf("%s{%s}", t, strings.Join(elems, ", "))
	case kindPointer:
		if v, ok := g.pick(func(v variable) bool { return !v.fixed && v.typ.equal(t.elem) }); ok && g.rand.IntN(2) == 0 {
			return "&" + v.name
		}
		switch t.elem.kind {
		case kindSlice, kindArray, kindMap, kindStruct:
			return "&" + g.literal(t.elem, depth)
		}
		return fmt.Sprintf("new(%s)", t.elem)
	case kindFunc:
		return g.funcLit(t)
	case kindChan:
		return fmt.Sprintf("make(%s, 4)", t)
	case kindError:
		return g.errorExpr(depth)
	case kindInterface:
		return g.implementation(t)
	}
	return g.anyExpr(depth)
}

func (g *generator) basicLiteral(t *genType) string {
	if g.rand.IntN(6) == 0 {
		for _, c := range g.consts {
			if c.typ.equal(t) {
				return c.name
			}
		}
	}
	switch t.kind {
	case kindInt:
		return fmt.Sprint(g.rand.IntN(120) - 20)
	case kindUint:
		return fmt.Sprint(g.rand.IntN(100))
	case kindFloat:
		return g.one("0.5", "1.25", "3", "0.1", "-2.75", "100")
	case kindComplex:
		return g.one("0.5i", "(1+2i)", "3", "-1i")
	case kindString:
		return g.one(`"a"`, `"héllo"`, `"xyz"`, `""`, `"Go"`, `"b c"`)
	}
	return g.one("true", "false")
}

func (g *generator) errorExpr(depth int) string {
	switch g.rand.IntN(4) {
	case 0:
		if x, ok := g.place(genError, false); ok {
			return x
		}
	case 1:
		if x, ok := g.place(genError, false); ok && g.loops == 0 { // they would grow without end
			return fmt.Sprintf("fmt.Errorf(\"in %%w\", %s)", x)
		}
	case 2:
		return g.one("io.EOF", "error(nil)")
	}
	return fmt.Sprintf("errors.New(%s)", g.expr(genString, min(depth-1, 1)))
}

// funcLit returns a function literal that reads variables around it.
func (g *generator) funcLit(t *genType) string {
	depth := len(g.scope)
	var params []string
	for _, p := range t.params {
		name := g.name("q")
		params = append(params, name+" "+p.String())
		g.scope = append(g.scope, variable{name: name, typ: p})
	}
	wasIn := g.pure
	g.pure = true // it may become a function that it would call
	body := g.expr(t.elem, 2)
	g.pure = wasIn
	g.scope = g.scope[:depth]
	return fmt.Sprintf("func(%s) %s { return %s }", strings.Join(params, ", "), t.elem, body)
}

// operand returns an expression of a numeric or string type that is not a
// constant, so that the compiler does not fold what contains it.
func (g *generator) operand(t *genType) string {
	if x, ok := g.place(t, false); ok {
		return x
	}
	if t.numeric() {
		if v, ok := g.pick(func(v variable) bool { return v.typ.integer() }); ok {
			return fmt.Sprintf("%s(%s)", t, v.name)
		}
		return fmt.Sprintf("%s(len(os.Args))", t)
	}
	if t.kind == kindComplex {
		return fmt.Sprintf("%s(complex(float64(len(os.Args)), 2))", t)
	}
	return "strings.Repeat(\"ab\", len(os.Args))"
}

func (g *generator) number(t *genType, depth int) string {
	x := g.operand(t)
	switch n := g.rand.IntN(13); {
	case n == 12 && t.kind == kindUint && !t.declared():
		return fmt.Sprintf("%s(%s[%s&1])", t, g.one(`"héllo"`, `("ab" + `+g.operand(genString)+`)`), x)
	case n == 12 && t.kind == kindInt && t != duration && !t.declared():
		return fmt.Sprintf("%s(%s)", t, g.one("'é'", "'a'", `'\n'`))
	case n < 4:
		op := []string{"+", "-", "*"}[g.rand.IntN(3)]
		return fmt.Sprintf("(%s %s %s)", x, op, g.expr(t, depth-1))
	case n == 4 && t.integer():
		op := []string{"&", "|", "^", "&^"}[g.rand.IntN(4)]
		return fmt.Sprintf("(%s %s %s)", x, op, g.expr(t, depth-1))
	case n == 5 && t.integer():
		return fmt.Sprintf("(%s %s (%s|1))", x, []string{"/", "%"}[g.rand.IntN(2)], g.operand(t))
	case n == 6 && t.integer():
		op := []string{"<<", ">>"}[g.rand.IntN(2)]
		count := fmt.Sprint(g.rand.IntN(9))
		if g.rand.IntN(2) == 0 {
			count = fmt.Sprintf("(%s&15)", g.operand(g.integerType()))
		}
		return fmt.Sprintf("(%s %s %s)", x, op, count)
	case n == 7:
		return fmt.Sprintf("(%s%s)", g.one("-", "-", "+"), x)
	case n == 8 && t.integer():
		return fmt.Sprintf("(^%s)", x)
	case n == 9:
		u := g.integerType()
		return fmt.Sprintf("%s(%s)", t, g.operand(u))
	case n == 10 && t.equal(genInt):
		if v, ok := g.pick(func(v variable) bool {
			return v.typ.kind == kindSlice || v.typ.kind == kindMap || v.typ.kind == kindString
		}); ok {
			if v.typ.kind == kindSlice && g.rand.IntN(6) == 0 {
				return fmt.Sprintf("cap(%s[:3:3])", v.name)
			}
			return fmt.Sprintf("len(%s)", v.name)
		}
	case n == 11 && t.kind == kindFloat && g.rand.IntN(2) == 0:
		return fmt.Sprintf("%s(math.%s(float64(%s)))", t, g.one("Sqrt", "Floor", "Abs", "Trunc"), x)
	case n == 11 && t != duration && !t.declared():
		return fmt.Sprintf("%s(%s, %s)", []string{"min", "max"}[g.rand.IntN(2)], x, g.expr(t, depth-1))
	}
	return x
}

func (g *generator) integerType() *genType {
	for {
		if t := g.basicType(); t.integer() {
			return t
		}
	}
}

func (g *generator) stringExpr(depth int) string {
	n := g.rand.IntN(10)
	if n < 2 && g.loops > 0 { // strings would grow without end
		n = 2
	}
	x := g.expr(genString, depth-1)
	switch n {
	case 0, 1:
		return fmt.Sprintf("(%s + %s)", g.operand(genString), x)
	case 2:
		return fmt.Sprintf("strings.ToUpper(%s)", x)
	case 3:
		return fmt.Sprintf("fmt.Sprint(%s)", g.expr(g.dataType(1), depth-1))
	case 4:
		return fmt.Sprintf("string([]%s(%s))", g.one("byte", "rune"), x)
	case 5:
		return fmt.Sprintf("strconv.Itoa(%s)", g.expr(genInt, depth-1))
	case 6:
		s := g.operand(genString)
		if strings.HasPrefix(s, "*") {
			s = "(" + s + ")"
		}
		return fmt.Sprintf("%s[%s]", s, g.one(":len("+s+")/2", "len("+s+")/2:", ":", ":min(1, len("+s+"))"))
	case 7:
		return fmt.Sprintf("string(rune(%s))", g.expr(&genType{kind: kindUint, name: "uint8"}, depth-1))
	case 8:
		return fmt.Sprintf("strings.Join([]string{%s, %s}, %s)", x, g.operand(genString), g.literal(genString, 0))
	}
	return g.operand(genString)
}

func (g *generator) boolExpr(depth int) string {
	switch g.rand.IntN(8) {
	case 0, 1, 2:
		t := g.basicType()
		if t.kind == kindBool {
			return fmt.Sprintf("(%s != %s)", g.boolOperand(), g.expr(genBool, depth-1))
		}
		op := g.one("<", "<=", ">", ">=", "==", "!=")
		return fmt.Sprintf("(%s %s %s)", g.operand(t), op, g.expr(t, depth-1))
	case 3:
		return fmt.Sprintf("(%s && %s)", g.expr(genBool, depth-1), g.expr(genBool, depth-1))
	case 4:
		return fmt.Sprintf("(%s || %s)", g.expr(genBool, depth-1), g.expr(genBool, depth-1))
	case 5: // with nil
		if v, ok := g.pick(func(v variable) bool { return v.typ.nilable() }); ok {
			return fmt.Sprintf("(%s %s nil)", v.name, g.one("==", "!="))
		}
	case 6: // with itself or another
		if v, ok := g.pick(func(v variable) bool {
			return v.typ.kind == kindPointer || v.typ.kind == kindChan || g.whole && v.typ.comparable()
		}); ok {
			if w, ok := g.place(v.typ, false); ok {
				return fmt.Sprintf("(%s %s %s)", v.name, g.one("==", "!="), w)
			}
		}
	}
	return fmt.Sprintf("!%s", g.boolOperand())
}

func (g *generator) boolOperand() string {
	if x, ok := g.place(genBool, false); ok {
		return x
	}
	return "(len(os.Args) > 0)"
}

// anyExpr returns a value for an interface.
func (g *generator) anyExpr(depth int) string {
	if x, ok := g.place(genAny, false); ok && g.rand.IntN(3) == 0 {
		return x
	}
	if depth <= 0 {
		return g.typed(g.basicType(), 0)
	}
	for {
		if t := g.dataType(1); t.kind != kindAny {
			return g.typed(t, depth-1)
		}
	}
}

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
		list = append(list, g.parts(fmt.Sprintf("%s[%s]", x, g.index()), from.elem, t, assignable, depth-1)...)
	case kindMap:
		key := g.literal(from.key, 1)
		if !assignable {
			list = append(list, g.parts(fmt.Sprintf("%s[%s]", x, key), from.elem, t, false, min(depth-1, 1))...)
		} else if from.elem.equal(t) {
			list = append(list, fmt.Sprintf("%s[%s]", x, key))
		}
	case kindPointer:
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
	case kindInt:
		return fmt.Sprint(g.rand.IntN(120) - 20)
	case kindUint:
		return fmt.Sprint(g.rand.IntN(100))
	case kindFloat:
		return []string{"0.5", "1.25", "3", "0.1", "-2.75", "100"}[g.rand.IntN(6)]
	case kindString:
		return []string{`"a"`, `"héllo"`, `"xyz"`, `""`, `"Go"`, `"b c"`}[g.rand.IntN(6)]
	case kindBool:
		return []string{"true", "false"}[g.rand.IntN(2)]
	case kindSlice, kindArray:
		var elems []string
		for range 3 {
			elems = append(elems, elem(t.elem))
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
	}
	return g.anyExpr(depth)
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
	wasIn := g.inFunc
	g.inFunc = true // it may become a function that it would call
	body := g.expr(t.elem, 2)
	g.inFunc = wasIn
	g.scope = g.scope[:depth]
	return fmt.Sprintf("func(%s) %s { return %s }", strings.Join(params, ", "), t.elem, body)
}

// callExpr returns a call of a function without effects.
func (g *generator) callExpr(t *genType, depth int) (string, bool) {
	var list []string
	call := func(name string, params []*genType) {
		var args []string
		for _, p := range params {
			args = append(args, g.expr(p, depth-1))
		}
		list = append(list, fmt.Sprintf("%s(%s)", name, strings.Join(args, ", ")))
	}
	for _, f := range g.funcs {
		if len(f.results) == 1 && f.results[0].equal(t) && g.loops < 2 {
			call(f.name, f.params)
		}
	}
	for _, v := range g.scope {
		if v.typ.kind == kindFunc && v.typ.elem.equal(t) && !g.inFunc && g.loops < 2 {
			call(v.name, v.typ.params)
		}
	}
	if len(list) == 0 {
		return "", false
	}
	return list[g.rand.IntN(len(list))], true
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
	return "strings.Repeat(\"ab\", len(os.Args))"
}

func (g *generator) number(t *genType, depth int) string {
	x := g.operand(t)
	switch n := g.rand.IntN(12); {
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
		return fmt.Sprintf("(-%s)", x)
	case n == 8 && t.integer():
		return fmt.Sprintf("(^%s)", x)
	case n == 9:
		u := g.integerType()
		return fmt.Sprintf("%s(%s)", t, g.operand(u))
	case n == 10 && t.equal(genInt):
		if v, ok := g.pick(func(v variable) bool {
			return v.typ.kind == kindSlice || v.typ.kind == kindMap || v.typ.kind == kindString
		}); ok {
			return fmt.Sprintf("len(%s)", v.name)
		}
	case n == 11:
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
	n := g.rand.IntN(7)
	if n < 2 && g.loops > 0 { // strings would grow without end
		n = 2
	}
	switch n {
	case 0, 1:
		return fmt.Sprintf("(%s + %s)", g.operand(genString), g.expr(genString, depth-1))
	case 2:
		return fmt.Sprintf("strings.ToUpper(%s)", g.expr(genString, depth-1))
	case 3:
		t := g.dataType(1)
		return fmt.Sprintf("fmt.Sprint(%s)", g.expr(t, depth-1))
	case 4:
		return fmt.Sprintf("string([]byte(%s))", g.expr(genString, depth-1))
	case 5:
		return fmt.Sprintf("strconv.Itoa(%s)", g.expr(genInt, depth-1))
	}
	return g.operand(genString)
}

func (g *generator) boolExpr(depth int) string {
	switch g.rand.IntN(6) {
	case 0, 1, 2:
		t := g.basicType()
		if t.kind == kindBool {
			return fmt.Sprintf("(%s != %s)", g.boolOperand(), g.expr(genBool, depth-1))
		}
		op := []string{"<", "<=", ">", ">=", "==", "!="}[g.rand.IntN(6)]
		return fmt.Sprintf("(%s %s %s)", g.operand(t), op, g.expr(t, depth-1))
	case 3:
		return fmt.Sprintf("(%s && %s)", g.expr(genBool, depth-1), g.expr(genBool, depth-1))
	case 4:
		return fmt.Sprintf("(%s || %s)", g.expr(genBool, depth-1), g.expr(genBool, depth-1))
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
	for {
		if t := g.dataType(min(depth, 1)); t.kind != kindAny {
			return g.expr(t, depth-1)
		}
	}
}

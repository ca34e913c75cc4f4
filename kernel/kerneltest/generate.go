package kerneltest

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Generate returns a random snippet: well-typed cells, mostly inside the subset
// that is interpreted, whose meaning Go defines. The same seed gives the same
// snippet.
func Generate(seed uint64) Snippet {
	// The snippets of one session share no names: where a panic comes before a
	// definition, a variable would keep the value of the other snippet's.
	g := &generator{rand: rand.New(rand.NewPCG(seed, 1)), names: int(seed%100) * 1000}
	s := Snippet{Name: fmt.Sprintf("fuzz%d", seed)}
	for range 3 + g.rand.IntN(4) {
		s.Cells = append(s.Cells, g.cell())
	}
	return s
}

// generator writes cells. Functions that it calls inside expressions have no
// effects, so that the order of evaluation, which Go leaves open, does not show.
type generator struct {
	rand   *rand.Rand
	text   strings.Builder
	indent int
	names  int
	scope  []variable // visible variables, the innermost last
	funcs  []function // session functions without effects
	budget int        // statements left in the cell
	loops  int        // loops around the current statement
	inFunc bool
}

type variable struct {
	name    string
	typ     *genType
	session bool
	fixed   bool // not to be assigned: a loop counter
}

type function struct {
	name    string
	params  []*genType
	results []*genType
}

func (g *generator) cell() string {
	g.text.Reset()
	g.budget = 14
	if g.rand.IntN(3) > 0 {
		g.function()
	}
	for g.budget > 0 {
		g.statement()
	}
	for _, v := range g.scope {
		if g.rand.IntN(2) == 0 {
			g.print(v)
		}
	}
	if x, ok := g.pick(func(v variable) bool { return v.typ.printable() }); ok && g.rand.IntN(2) == 0 {
		g.line("%s", x.name)
	}
	return strings.TrimSuffix(g.text.String(), "\n")
}

func (g *generator) line(format string, args ...any) {
	g.text.WriteString(strings.Repeat("\t", g.indent))
	text := fmt.Sprintf(format, args...)
	if g.inFunc { // what it prints would show when it is called in an expression
		text = strings.ReplaceAll(text, "fmt.Print", "fmt.Sprint")
	}
	g.text.WriteString(text)
	g.text.WriteByte('\n')
}

func (g *generator) name(prefix string) string {
	g.names++
	return fmt.Sprintf("%s%d", prefix, g.names)
}

// pick returns a random visible variable that fits.
func (g *generator) pick(fits func(variable) bool) (variable, bool) {
	var list []variable
	for _, v := range g.scope {
		if fits(v) {
			list = append(list, v)
		}
	}
	if len(list) == 0 {
		return variable{}, false
	}
	// The newest are the most interesting.
	if len(list) > 4 && g.rand.IntN(2) == 0 {
		list = list[len(list)-4:]
	}
	return list[g.rand.IntN(len(list))], true
}

// block writes statements in a scope of their own.
func (g *generator) block(n int) {
	depth := len(g.scope)
	g.indent++
	for range n {
		g.statement()
	}
	g.indent--
	g.scope = g.scope[:depth]
}

// declare makes a variable visible.
func (g *generator) declare(name string, t *genType) {
	session := g.indent == 0
	g.scope = append(g.scope, variable{name: name, typ: t, session: session})
	if !session {
		g.line("_ = %s", name)
	}
}

// function writes a function of the session without effects on others.
func (g *generator) function() {
	f := function{name: g.name("f")}
	outer := g.scope
	g.scope = nil
	var params []string
	for range 1 + g.rand.IntN(3) {
		t := g.anyType(2)
		name := g.name("p")
		f.params = append(f.params, t)
		params = append(params, name+" "+t.String())
		g.scope = append(g.scope, variable{name: name, typ: t})
	}
	for range 1 + g.rand.IntN(2) {
		f.results = append(f.results, g.anyType(2))
	}
	named := g.rand.IntN(3) == 0
	var results []string
	for _, t := range f.results {
		if named {
			name := g.name("r")
			results = append(results, name+" "+t.String())
			g.scope = append(g.scope, variable{name: name, typ: t})
		} else {
			results = append(results, t.String())
		}
	}
	g.line("func %s(%s) (%s) {", f.name, strings.Join(params, ", "), strings.Join(results, ", "))
	g.indent++
	wasIn := g.inFunc
	g.inFunc = true
	budget := g.budget
	g.budget = 8
	for g.budget > 0 {
		g.statement()
	}
	g.budget = budget
	g.inFunc = wasIn
	if named && g.rand.IntN(2) == 0 {
		g.line("return")
	} else {
		var values []string
		for _, t := range f.results {
			values = append(values, g.expr(t, 2))
		}
		g.line("return %s", strings.Join(values, ", "))
	}
	g.indent--
	g.line("}")
	g.scope = outer
	g.funcs = append(g.funcs, f)
}

// print shows a variable of any type.
func (g *generator) print(v variable) {
	switch v.typ.kind {
	case kindFunc, kindChan:
	case kindPointer:
		if v.typ.elem.printable() {
			g.line("fmt.Printf(\"%s: %%v\\n\", *%s)", v.name, v.name)
		}
	default:
		g.line("fmt.Printf(\"%s: %%v %%T\\n\", %s, %s)", v.name, v.name, v.name)
	}
}

package kerneltest

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Generate returns a random snippet: well-typed cells whose meaning Go defines.
// Two of three seeds stay inside the subset that package plan lets the interpreter
// run, mostly; the third uses all of the language. The same seed gives the same
// snippet.
func Generate(seed uint64) Snippet {
	// The snippets of one session share no names: where a panic comes before a
	// definition, a variable would keep the value of the other snippet's.
	g := &generator{rand: rand.New(rand.NewPCG(seed, 1)), names: int(seed%400) * 1000, whole: seed%3 == 2}
	s := Snippet{Name: fmt.Sprintf("fuzz%d", seed)}
	for range 3 + g.rand.IntN(4) {
		s.Cells = append(s.Cells, g.cell())
	}
	return s
}

// generator writes cells. Functions that it calls inside expressions have no
// effects, so that the order of evaluation, which Go leaves open, does not show.
type generator struct {
	rand     *rand.Rand
	whole    bool // the whole language, not only what package plan lets pass
	text     strings.Builder
	indent   int
	names    int
	scope    []variable  // visible variables, the innermost last
	funcs    []*function // of the session
	types    []*genType  // that the session declares
	methods  []*function
	consts   []variable
	generics []string // the ends of the names of generic functions and types
	budget   int      // statements left in the cell
	loops    int      // loops around the current statement
	pure     bool     // in a function without effects
}

type variable struct {
	name    string
	typ     *genType
	session bool
	fixed   bool // not to be assigned: a loop counter
}

// A function is a function or, with a receiver, a method.
type function struct {
	name     string
	recv     *genType
	params   []*genType
	results  []*genType
	variadic bool
	pure     bool // without effects
}

func (g *generator) cell() string {
	g.text.Reset()
	g.budget = 14
	g.declarations()
	for g.budget > 0 {
		g.statement()
	}
	for _, v := range g.scope {
		if g.rand.IntN(2) == 0 {
			g.print(v)
		}
	}
	switch x, ok := g.pick(func(v variable) bool { return v.typ.printable() }); {
	case g.rand.IntN(12) == 0:
		g.fail()
	case ok && g.rand.IntN(4) == 0:
		g.line("%s, %s", x.name, g.expr(g.basicType(), 1))
	case ok && g.rand.IntN(2) == 0:
		g.line("%s", x.name)
	}
	return strings.TrimSuffix(g.text.String(), "\n")
}

// declarations writes what stands before the statements of a cell.
func (g *generator) declarations() {
	if g.rand.IntN(4) == 0 {
		g.constants()
	}
	if g.whole {
		for range g.rand.IntN(3) {
			g.declared()
		}
	}
	if g.rand.IntN(3) > 0 {
		g.function(nil)
	}
}

func (g *generator) line(format string, args ...any) {
	g.text.WriteString(strings.Repeat("\t", g.indent))
	text := fmt.Sprintf(format, args...)
	if g.pure { // what it prints would show when it is called in an expression
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

// one returns one of the texts.
func (g *generator) one(texts ...string) string { return texts[g.rand.IntN(len(texts))] }

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

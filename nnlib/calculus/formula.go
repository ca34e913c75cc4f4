package calculus

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// A Formula is a scalar, vector or matrix expression together with the shapes of
// its variables. It is made by [Parse] or [Let], is immutable (its methods return
// changed copies) and is safe for concurrent use.
type Formula struct {
	text       string
	statements []statement
	decls      map[string]declaration
	functions  map[string]string // abstract function -> what it stands for

	mu      sync.Mutex // guards graph: deriving makes nodes
	graph   *graph
	root    *node
	name    string // of the root: s in s = uᵀh
	vars    []variable
	indices []string
	defs    map[string]*node
	places  map[*node]span
}

// A variable is a name with its shape.
type variable struct {
	name         string
	shape        shape
	symmetric    bool
	distribution bool
}

// Parse reads definitions and declarations, in lines or separated by semicolons
// or commas:
//
//	s = u' h; h = f(z); z = W x + b; W: 8×20
//
// The formula is the definition that no other one uses, the last of them if there
// are several. Shapes that are not declared follow the convention (capitals are
// matrices, small letters columns, Greek letters and s scalars) and the
// operations around them; dimensions that nothing decides become symbols n, m,
// and so on. The package comment describes the notation.
//
// The error is an [*Error] with the place in the text.
func Parse(text string) (*Formula, error) {
	statements, err := parseStatements(text)
	if err != nil {
		return nil, inOperation("Parse", err)
	}
	f := &Formula{text: text, statements: statements, decls: map[string]declaration{}, functions: map[string]string{}}
	for _, s := range statements {
		if s.expr != nil {
			continue
		}
		d, err := parseDeclaration(text, s)
		if err != nil {
			return nil, inOperation("Parse", err)
		}
		f.decls[s.name] = d
	}
	if err := f.analyze(); err != nil {
		return nil, inOperation("Parse", err)
	}
	return f, nil
}

// Let is Parse for formulas written in source code, where a mistake is the
// author's: it joins the lines and panics with the [*Error] that Parse would
// return. In a notebook cell the panic is shown as the cell's error.
func Let(lines ...string) *Formula {
	f, err := Parse(strings.Join(lines, "\n"))
	if err != nil {
		panic(err)
	}
	return f
}

// inOperation names the operation in an Error.
func inOperation(op string, err error) error {
	var e *Error
	if errors.As(err, &e) && e.Op == "" {
		e.Op = op
	}
	return err
}

// analyze infers all shapes and builds the nodes.
func (f *Formula) analyze() (err error) {
	c := &inference{
		text: f.text, decls: f.decls, defs: map[string]*statement{}, state: map[string]int{},
		vars: map[string]shape{}, first: map[string]span{}, indices: map[string]bool{},
		shapes: map[*syntax]shape{}, bound: map[string]dim{}, distrib: map[string]bool{},
	}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			if e.Source == "" {
				e.Source, e.End = f.text, len(f.text)
			}
			err = e
		}
	}()
	root, err := f.collect(c)
	if err != nil {
		return err
	}
	for i := range f.statements {
		if s := &f.statements[i]; s.expr != nil && s.name != "" {
			c.definition(s, s.at)
		}
	}
	if root.name == "" {
		c.infer(root.expr)
	}
	c.settle()
	return f.buildNodes(c, root)
}

// collect gathers the definitions and finds the root: what no definition uses.
func (f *Formula) collect(c *inference) (*statement, error) {
	var root *statement
	used := make(map[string]bool)
	for i := range f.statements {
		s := &f.statements[i]
		if s.expr == nil {
			continue
		}
		namesIn(s.expr, used)
		if s.name == "" {
			if root != nil && root.name == "" {
				return nil, failf(f.text, s.at, "there are two expressions without a name").withHint("name them: s = …")
			}
			root = s
			continue
		}
		if c.defs[s.name] != nil {
			return nil, failf(f.text, s.at, "%s is defined twice", s.name)
		}
		c.defs[s.name] = s
	}
	if root == nil {
		var last *statement
		for i := range f.statements {
			if s := &f.statements[i]; s.expr != nil {
				last = s
				if !used[s.name] {
					root = s
				}
			}
		}
		if last == nil {
			return nil, failf(f.text, span{0, len(f.text)}, "there is no expression, only declarations")
		}
		if root == nil {
			root = last // a circle, which the inference reports
		}
	}
	return root, nil
}

func namesIn(e *syntax, used map[string]bool) {
	if e.kind == syntaxName {
		used[e.text] = true
	}
	for _, a := range e.args {
		namesIn(a, used)
	}
}

func (f *Formula) buildNodes(c *inference, root *statement) error {
	for name, d := range f.decls {
		if _, isVar := c.vars[name]; !isVar && c.defs[name] == nil && !c.indices[name] {
			return failf(f.text, d.at, "%s is declared but does not occur", name).withHint("%s", knownNames(c.names))
		}
		if d.distribution {
			c.distrib[name] = true
		}
	}
	b := &builder{inference: c, graph: newGraph(), done: map[string]*node{}, places: map[*node]span{}}
	maps.Copy(b.graph.distributions, c.distrib)
	b.graph.building = true
	defer func() { b.graph.building = false }()
	f.vars = nil
	for _, name := range c.names {
		s := c.resolveShape(c.vars[name])
		f.vars = append(f.vars, variable{name, s, f.decls[name].symmetric, c.distrib[name]})
		if f.decls[name].symmetric {
			b.graph.symmetric[name] = true
		}
	}
	f.indices = slices.Sorted(maps.Keys(c.indices))
	f.graph, f.places, f.defs = b.graph, b.places, b.done
	f.root = b.build(root.expr)
	f.name = root.name
	for _, def := range c.defs {
		if def != root {
			b.definition(def)
		}
	}
	return nil
}

func knownNames(names []string) string {
	if len(names) == 0 {
		return "the formula has no variables"
	}
	return "the variables are " + strings.Join(names, ", ")
}

// with returns a copy of f after change, analysed anew.
func (f *Formula) with(change func(*Formula)) (*Formula, error) {
	c := &Formula{text: f.text, statements: f.statements, decls: maps.Clone(f.decls), functions: maps.Clone(f.functions)}
	change(c)
	if err := c.analyze(); err != nil {
		return nil, err
	}
	return c, nil
}

// Shape returns a copy of f in which a variable has the given shape: two
// dimensions, one for a column, none for a scalar. A dimension is an int or a
// symbol such as "n" or "2d". Shape panics with an [*Error] if the variable does
// not occur or the shape does not fit the rest of the formula.
func (f *Formula) Shape(name string, dims ...any) *Formula {
	s, err := shapeOf(dims)
	if err != nil {
		panic(err)
	}
	name = canonicalName(name)
	if err := f.requireName("Shape", name); err != nil {
		panic(err)
	}
	c, err := f.with(func(c *Formula) {
		d := c.decls[name]
		d.shape = s
		c.decls[name] = d
	})
	if err != nil {
		panic(inOperation("Shape", err))
	}
	return c
}

// Func returns a copy of f in which an abstract function (f, g, φ, ψ) stands for
// an element-wise function such as "tanh" when it is evaluated. Formulas still
// show its name. Func panics with an [*Error] if either name is unknown.
func (f *Formula) Func(name, meaning string) *Formula {
	abstract, defined := findElementwise(name), findElementwise(meaning)
	if abstract == nil || !abstract.abstract {
		panic(&Error{Op: "Func", Message: fmt.Sprintf("%s is not an abstract function", name), Hint: "f, g, φ and ψ are"})
	}
	if defined == nil || defined.abstract {
		panic(&Error{Op: "Func", Message: fmt.Sprintf("%s is not a function with values", meaning), Hint: "known are " + strings.Join(definedFunctions(), ", ")})
	}
	c, err := f.with(func(c *Formula) { c.functions[abstract.name] = defined.name })
	if err != nil {
		panic(err) // f itself was analysed with the same shapes
	}
	return c
}

func definedFunctions() []string {
	var names []string
	for _, f := range elementwiseFunctions {
		if !f.abstract {
			names = append(names, f.name)
		}
	}
	return names
}

// requireName returns an error if name is neither a variable nor a definition.
func (f *Formula) requireName(op, name string) error {
	if f.has(name) || slices.Contains(f.indices, name) {
		return nil
	}
	var names []string
	for _, v := range f.vars {
		names = append(names, v.name)
	}
	return &Error{Op: op, Message: fmt.Sprintf("the formula has no variable %s", name), Hint: knownNames(names), Source: name, End: len(name)}
}

func (f *Formula) has(name string) bool {
	return f.defs[name] != nil || slices.ContainsFunc(f.vars, func(v variable) bool { return v.name == name })
}

// Variables returns the names of the variables, in the order of the text.
func (f *Formula) Variables() []string {
	names := make([]string, len(f.vars))
	for i, v := range f.vars {
		names[i] = v.name
	}
	return names
}

// ShapeOf returns the shape of a variable or definition as text: "8×20", "n×1".
// It panics with an [*Error] if the formula does not have the name.
func (f *Formula) ShapeOf(name string) string {
	name = canonicalName(name)
	for _, v := range f.vars {
		if v.name == name {
			return v.shape.String()
		}
	}
	if n := f.defs[name]; n != nil {
		return n.shape.String()
	}
	if name == f.name {
		return f.root.shape.String()
	}
	panic(f.requireName("ShapeOf", name))
}

// place returns where in the text a node comes from.
func (f *Formula) place(n *node) (span, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	want := f.graph.unnamed(n)
	if want.op == opElementwise && want.k > 0 {
		want = f.graph.elementwise(want.name, 0, want.args[0])
	}
	best, found := span{}, false
	for m, at := range f.places {
		// A derivative has e_y where the formula has v[y].
		same := f.graph.unnamed(m) == want || want.op == opOneHot && m.index == want.index
		if same && (!found || at.start < best.start) {
			best, found = at, true
		}
	}
	return best, found
}

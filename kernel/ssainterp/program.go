package ssainterp

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/lectern-go/lectern/kernel/runtype"
)

// Symbols returns what a compiled package exports, by name: functions, pointers
// to variables as variables that can be set, types as nil pointers to them.
type Symbols func(path string) (map[string]reflect.Value, bool)

// Refusal is a place in a program that cannot be run right.
type Refusal struct {
	Pos  token.Position
	What string
}

// Message says what is not run.
func (r Refusal) Message() string { return "the interpreter does not run " + r.What }

// RefusedError is why a program is not run, as an error.
type RefusedError []Refusal

// Error says what is not run and where, a line for each.
func (r RefusedError) Error() string {
	texts := make([]string, len(r))
	for i, refusal := range r {
		texts[i] = fmt.Sprintf("%v: %s", refusal.Pos, refusal.Message())
	}
	return strings.Join(texts, "\n")
}

// Program is interpreted packages that may use each other. It is not safe for
// concurrent use, but what it interprets may be.
type Program struct {
	// Interrupts may be set before anything runs.
	Interrupts Interrupts

	fset      *token.FileSet
	prog      *ssa.Program
	importer  *Importer
	symbols   Symbols
	instances map[string]reflect.Type // of generic types, by path and name
	tables    map[string]map[string]reflect.Value
	user      map[*types.Package]bool // those that are interpreted
	partial   map[*types.Package]bool // those of which objects are missing
	name      func(string) string
	types     *runtype.Types
	typs      typeutil.Map                // types.Type -> *typ
	functions map[*ssa.Function]*function // guarded by mu
	queue     []*ssa.Function             // to be translated
	values    map[valueKey]unsafe.Pointer
	globals   map[*ssa.Global]reflect.Value // pointers to variables
	mu        sync.Mutex
	methods   map[methodKey]*function // what interface calls reach; guarded by mu
	trace     []token.Pos             // of the panic under way, the deepest first; guarded by mu
	refusals  RefusedError
	pos       token.Pos // of what is translated
	generic   bool      // it is an instance of a generic function
}

type valueKey struct {
	fn *ssa.Function
	t  reflect.Type
}

type methodKey struct {
	rtype unsafe.Pointer
	name  string
}

// New returns a program without packages. name, which may be nil, gives the name
// that a program sees for an object of its packages.
func New(importer *Importer, symbols Symbols, name func(string) string) (*Program, error) {
	fset := importer.FileSet()
	p := &Program{
		fset: fset, prog: ssa.NewProgram(fset, ssa.InstantiateGenerics), importer: importer, symbols: symbols, name: name,
		instances: map[string]reflect.Type{},
		tables:    map[string]map[string]reflect.Value{}, user: map[*types.Package]bool{}, partial: map[*types.Package]bool{},
		functions: map[*ssa.Function]*function{}, values: map[valueKey]unsafe.Pointer{},
		globals: map[*ssa.Global]reflect.Value{}, methods: map[methodKey]*function{},
		Interrupts: Interrupts{Flag: func() *atomic.Bool { return never }},
	}
	var err error
	p.types, err = runtype.New(runtype.Config{
		Compiled: p.compiledType,
		User:     func(pkg *types.Package) bool { return p.user[pkg] },
		Path: func(pkg *types.Package) string {
			if p.importer.sources[pkg] != nil {
				return pkg.Path()
			}
			return "main"
		},
		Name: name,
		Local: func() string {
			if p.generic {
				return "it is declared inside a generic function"
			}
			return ""
		},
		Method: p.method,
	})
	return p, err
}

// Package is an interpreted package.
type Package struct {
	program *Program
	ssa     *ssa.Package
	init    *function
}

// Load translates a checked package. It runs nothing; the error is [RefusedError] if
// the package cannot be run right.
func (p *Program) Load(pkg *types.Package, files []*ast.File, info *types.Info) (*Package, error) {
	p.user[pkg] = true
	p.imports(pkg)
	loaded := &Package{program: p, ssa: p.prog.CreatePackage(pkg, files, info, true)}
	err := p.translating(func() {
		p.uses(info)
		p.unevaluated(files, info)
		loaded.ssa.Build()
		loaded.init = p.function(loaded.ssa.Func("init"))
		for _, m := range loaded.ssa.Members {
			if f, ok := m.(*ssa.Function); ok && f.TypeParams().Len() == 0 {
				p.function(f)
			}
		}
	})
	return loaded, err
}

// imports makes the packages that pkg needs known.
func (p *Program) imports(pkg *types.Package) {
	if p.user[pkg] {
		for _, dep := range pkg.Imports() {
			p.table(dep.Path())
		}
	}
	for _, dep := range pkg.Imports() {
		if p.prog.ImportedPackage(dep.Path()) != nil && p.partial[dep] != dep.Complete() {
			continue
		}
		p.partial[dep] = !dep.Complete() // known only as a dependency so far
		p.imports(dep)
		if s := p.importer.sources[dep]; s != nil {
			p.user[dep] = true
			p.prog.CreatePackage(dep, s.files, s.info, true).Build()
		} else {
			p.prog.CreatePackage(dep, nil, nil, true)
		}
	}
}

// translating calls f and translates what it asks for.
func (p *Program) translating(f func()) (err error) {
	p.refusals = nil
	defer func() {
		switch v := recover().(type) {
		case nil:
		default:
			if err = p.refusals; len(p.refusals) == 0 {
				err = fmt.Errorf("translate: %v", v)
			}
		}
		p.queue = nil
	}()
	f()
	for len(p.queue) > 0 {
		fn := p.queue[0]
		p.queue = p.queue[1:]
		p.translate(fn)
	}
	if len(p.refusals) > 0 {
		return p.refusals
	}
	return nil
}

// refuse notes what cannot be run right.
func (p *Program) refuse(pos token.Pos, format string, args ...any) {
	if !pos.IsValid() {
		pos = p.pos
	}
	r := Refusal{p.fset.Position(pos), fmt.Sprintf(format, args...)}
	for _, have := range p.refusals {
		if have.What == r.What && have.Pos.Line == r.Pos.Line {
			return
		}
	}
	p.refusals = append(p.refusals, r)
}

// typ returns the run-time type of t; what cannot be made is refused and gets
// another type.
func (p *Program) typ(t types.Type) *typ {
	if have, ok := p.typs.At(t).(*typ); ok {
		return have
	}
	r, err := p.types.Of(t)
	var unsupported *runtype.UnsupportedError
	if errors.As(err, &unsupported) {
		p.refuse(p.pos, "values of type %s (%s)", unsupported.Type, unsupported.Reason)
		r = reflect.TypeFor[struct{}]()
	}
	have := newTyp(r)
	p.typs.Set(t, have)
	return have
}

// table returns the symbols of a compiled package.
func (p *Program) table(path string) map[string]reflect.Value {
	table, ok := p.tables[path]
	if !ok {
		table, _ = p.symbols(path)
		p.tables[path] = table
		p.learn(table)
	}
	return table
}

func (p *Program) compiledType(path, name string) (reflect.Type, bool) {
	switch path + "." + name {
	case "$ssa.rangeIter":
		return reflect.TypeFor[*iterator](), true
	case "$ssa.deferStack":
		return reflect.TypeFor[*deferred](), true
	}
	if strings.HasSuffix(name, "]") {
		for _, user := range instanceUsers {
			p.table(user)
		}
		t, ok := p.instances[path+"."+name]
		return t, ok
	}
	table := p.table(path)
	if v, ok := table[name]; ok && v.Kind() == reflect.Pointer && v.IsNil() {
		return v.Type().Elem(), true
	}
	for _, v := range table { // of a variable, if it is not exported
		t := v.Type()
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Name() == name && t.PkgPath() == path {
			return t, true
		}
	}
	return nil, false
}

// function returns the translation of fn, which may come later.
func (p *Program) function(fn *ssa.Function) *function {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.functions[fn]
	if f == nil {
		f = &function{name: fn.RelString(nil), recover: -1, program: p}
		p.functions[fn] = f
		p.queue = append(p.queue, fn)
	}
	return f
}

// method returns what the method of a made type does, for compiled code.
func (p *Program) method(sel *types.Selection) func([]reflect.Value) []reflect.Value {
	fn := p.prog.MethodValue(sel)
	if fn == nil {
		panic(&runtype.UnsupportedError{Type: sel.String(), Reason: "the method has no code"})
	}
	f := p.function(fn)
	return func(args []reflect.Value) []reflect.Value { return f.callValues(nil, args) }
}

// Var returns a pointer to a variable of the package.
func (pkg *Package) Var(name string) (reflect.Value, bool) {
	g := pkg.ssa.Var(name)
	if g == nil {
		return reflect.Value{}, false
	}
	return pkg.program.global(g), true
}

// Func returns a function of the package as a value.
func (pkg *Package) Func(name string) (reflect.Value, bool) {
	fn := pkg.ssa.Func(name)
	if fn == nil {
		return reflect.Value{}, false
	}
	p := pkg.program
	t := p.typ(fn.Signature)
	return reflect.NewAt(t.Type, p.funcValue(fn, t)).Elem(), true
}

// global returns a pointer to a variable.
func (p *Program) global(g *ssa.Global) reflect.Value {
	if v, ok := p.globals[g]; ok {
		return v
	}
	elem := g.Type().(*types.Pointer).Elem()
	var v reflect.Value
	if p.user[g.Pkg.Pkg] {
		v = reflect.New(p.typ(elem).Type)
	} else if symbol, ok := p.table(g.Pkg.Pkg.Path())[g.Name()]; ok && symbol.CanAddr() {
		p.types.Learn(elem, symbol.Type())
		v = symbol.Addr()
	} else {
		p.refuse(p.pos, "%s.%s: the variable is not available", g.Pkg.Pkg.Path(), g.Name())
		v = reflect.New(p.typ(elem).Type)
	}
	p.globals[g] = v
	return v
}

// funcValue returns where the function as a value of type t is.
func (p *Program) funcValue(fn *ssa.Function, t *typ) unsafe.Pointer {
	key := valueKey{fn, t.Type}
	if at, ok := p.values[key]; ok {
		return at
	}
	variable := reflect.New(t.Type)
	if compiled, ok := p.compiled(fn); ok {
		if compiled.IsValid() {
			variable.Elem().Set(compiled.Convert(t.Type))
		}
	} else {
		*(*unsafe.Pointer)(variable.UnsafePointer()) = unsafe.Pointer(newClosure(p.function(fn), t.Type, nil))
	}
	p.values[key] = variable.UnsafePointer()
	return variable.UnsafePointer()
}

// compiled returns the value of a compiled function; ok means that fn is one,
// and the value is invalid if it is refused.
func (p *Program) compiled(fn *ssa.Function) (v reflect.Value, ok bool) {
	if fn.Pkg == nil && fn.Object() == nil || fn.Synthetic != "" && !strings.HasPrefix(fn.Synthetic, "from type information") && fn.Origin() == nil {
		return v, false
	}
	obj, _ := fn.Object().(*types.Func)
	if obj == nil || obj.Pkg() == nil {
		return v, false
	}
	path := obj.Pkg().Path()
	name := path + "." + obj.Name()
	if p.user[obj.Pkg()] {
		v = natives[name]
		return v, p.importer.sources[obj.Pkg()] != nil && v.IsValid()
	}
	recv := obj.Signature().Recv()
	switch {
	case fn.Origin() != nil:
		if v := p.instance(name, fn); v.IsValid() {
			return v, true
		}
		p.refuse(p.pos, "%s, a generic function of a compiled package", name)
		return v, true
	case recv != nil:
		t := p.typ(recv.Type())
		if m, found := t.MethodByName(obj.Name()); found {
			return m.Func, true
		}
	default:
		if why := restricted(path, obj.Name()); why != "" {
			p.refuse(p.pos, "%s, %s", name, why)
			return v, true
		}
		if v, found := p.table(path)[obj.Name()]; found {
			return v, true
		}
	}
	p.refuse(p.pos, "%s: the function is not available", name)
	return v, true
}

// findMethod returns the method that a call through an interface reaches on a
// made type, or nil if the type is compiled.
func (p *Program) findMethod(rtype unsafe.Pointer, m *types.Func) *function {
	key := methodKey{rtype, m.Id()}
	p.mu.Lock()
	defer p.mu.Unlock()
	f, ok := p.methods[key]
	if !ok {
		if t := p.types.Source(typeOfRtype(rtype)); t != nil {
			if sel := types.NewMethodSet(t).Lookup(m.Pkg(), m.Name()); sel != nil {
				f = p.functions[p.prog.MethodValue(sel)]
			}
		}
		p.methods[key] = f
	}
	return f
}

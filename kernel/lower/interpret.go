package lower

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/printer"
	"go/token"
	"go/types"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ast/astutil"

	"github.com/lectern-go/lectern/kernel/cell"
	"github.com/lectern-go/lectern/kernel/check"
)

// A Program is a cell in the form in which the worker runs it: in the
// interpreter's Go, as a plugin, or as the file of which a plugin would be built.
type Program struct {
	Imports []Import
	Slots   []Slot // the storage that the cell declares
	Source  string // a literal of type func(); "" if there is nothing to run
	Plugin  string // the file of the plugin; "" for the interpreter
	File    string // the text of the unit's file where it is interpreted, or ""
	Unit    *Unit  // what the plugin or the file holds, or nil
}

// An Import gives a package the name it has in the source and in types.
type Import struct{ Name, Path string }

// A Slot is the storage of a session variable or function.
type Slot struct {
	Name string
	Type string // in Go, with packages by their names in Imports
}

// Session is the name of the package of slots in the lowered source, and Show
// its function that takes the cell's result.
const (
	Session = "sessionꞏ"
	Show    = "Show"
)

// FileName is the base name of the file in the //line directives, which the
// interpreter takes for the file whose imports are in scope.
const FileName = "_.go"

// Interpret lowers a cell for the interpreter. It changes the cell's syntax.
func Interpret(fset *token.FileSet, c *check.Checked) (*Program, error) {
	l := newLowering(fset, c)
	p := &Program{}
	for _, o := range c.Objects {
		switch o.Object.(type) {
		case *types.Var, *types.Func:
			p.Slots = append(p.Slots, Slot{Name: o.Slot, Type: l.typeText(o.Type())})
		}
	}
	l.checkIndexes(c.Body, false)
	body := l.deferred(c.Body)
	var inits []ast.Stmt
	for _, d := range c.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && isInit(f) {
			inits = append(append(inits, l.note(f.Pos())), l.function(f)...)
		} else if ok {
			body = append(body, l.function(f)...)
		}
	}
	for _, st := range c.Body.List[:c.Variables] {
		body = append(append(body, l.note(st.Pos())), l.topLevel(st)...)
	}
	body = append(body, inits...)
	for _, st := range c.Body.List[c.Variables:] {
		body = append(append(body, l.note(st.Pos())), l.topLevel(st)...)
	}
	if len(body) > 0 {
		fn := &ast.FuncLit{Type: &ast.FuncType{Params: &ast.FieldList{}}, Body: &ast.BlockStmt{List: body, Rbrace: c.Body.Rbrace}}
		l.trackLines(fn, true)
		l.addChecks(fn.Body)
		src, err := l.print(fn)
		if err != nil {
			return nil, err
		}
		p.Source = src
	}
	for path, name := range l.imports {
		p.Imports = append(p.Imports, Import{Name: name, Path: path})
	}
	return p, nil
}

func isInit(f *ast.FuncDecl) bool { return f.Recv == nil && f.Name.Name == "init" }

// lowering is the rewriting of one cell.
type lowering struct {
	*check.Checked
	fset    *token.FileSet
	path    string            // of the compiled package; "" for the interpreter
	imports map[string]string // path -> name in the lowered source
	aliases []string          // predeclared types that are embedded
	// integers are the loops over integers and the types of their variables,
	// noted before their parts are rewritten.
	integers  map[*ast.RangeStmt]types.Type
	strings   map[*ast.RangeStmt]bool     // the loops over strings
	before    map[*ast.FuncLit][]ast.Stmt // what a function begins with
	pushes    map[*ast.DeferStmt]string   // the function that takes the deferred call
	functions map[*ast.FuncLit]int        // written or later
	checked   map[ast.Expr]bool           // the expressions that say which index was wrong
	waiting   map[*ast.CallExpr]bool      // the calls that may wait
	temps     int
}

func newLowering(fset *token.FileSet, c *check.Checked) *lowering {
	return &lowering{
		fset: fset, Checked: c,
		imports:   map[string]string{},
		integers:  map[*ast.RangeStmt]types.Type{},
		strings:   map[*ast.RangeStmt]bool{},
		before:    map[*ast.FuncLit][]ast.Stmt{},
		pushes:    map[*ast.DeferStmt]string{},
		functions: map[*ast.FuncLit]int{},
		checked:   map[ast.Expr]bool{},
		waiting:   map[*ast.CallExpr]bool{},
	}
}

func (l *lowering) print(fn *ast.FuncLit) (string, error) {
	var buf bytes.Buffer
	config := printer.Config{Mode: printer.SourcePos | printer.UseSpaces, Tabwidth: 1}
	if err := config.Fprint(&buf, l.fset, fn); err != nil {
		return "", fmt.Errorf("lower %s: %w", l.Name, err)
	}
	return l.lines(buf.String()), nil
}

// lines gives the printer's //line directives the lines of the cell: the
// printer ignores the cell's own directive, which has a column. Where the cell
// begins with a declaration it is printed as that one's documentation.
func (l *lowering) lines(text string) string {
	return lineDirective.ReplaceAllStringFunc(text, func(s string) string {
		m := lineDirective.FindStringSubmatch(s)
		line, err := strconv.Atoi(m[2])
		if err != nil || m[1] != l.Name {
			return s
		}
		if m[3] == "" {
			line = max(1, line-cell.PrefixLines)
		}
		return fmt.Sprintf("//line %s/%s:%d%s", l.Name, FileName, line, m[3])
	})
}

var lineDirective = regexp.MustCompile(`(?m)^//line (.*?):(\d+)(:\d+)?$`)

// packageName returns the name of a package in the lowered source. Names are
// made from paths, so that no two packages share one.
func (l *lowering) packageName(path string) string {
	name, ok := l.imports[path]
	if !ok {
		name = strings.Map(func(r rune) rune {
			if r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
				return r
			}
			return 'ꞏ'
		}, path) + "ꞏ"
		l.imports[path] = name
	}
	return name
}

// typeText writes a type with packages by their names in the lowered source.
func (l *lowering) typeText(t types.Type) string {
	if check.Mentions(t, func(tn *types.TypeName) bool { return tn.Pkg() != nil && tn.Pkg().Path() == "main" }) {
		return l.sessionTypeText(t)
	}
	return types.TypeString(t, func(p *types.Package) string { return l.packageName(p.Path()) })
}

// function assigns a declared function to its slot. An init function is called.
func (l *lowering) function(f *ast.FuncDecl) []ast.Stmt {
	lit := &ast.FuncLit{Type: f.Type, Body: f.Body}
	l.functions[lit] = written
	l.checkIndexes(f.Body, false)
	lit.Type.Func = f.Pos()
	l.rewrite(lit)
	if f.Name.Name == "init" {
		return []ast.Stmt{&ast.ExprStmt{X: &ast.CallExpr{Fun: &ast.ParenExpr{X: lit}}}}
	}
	if f.Name.Name == "_" {
		return nil
	}
	return []ast.Stmt{&ast.AssignStmt{
		Lhs: []ast.Expr{l.deref(l.Ref(l.Info.Defs[f.Name]), f.Pos())}, Tok: token.ASSIGN,
		Rhs: []ast.Expr{fresh(lit, l.typeText(l.Info.Defs[f.Name].Type()))},
	}}
}

// slot returns the pointer to an object's storage.
func (l *lowering) slot(o *check.Object, pos token.Pos) ast.Expr {
	return &ast.SelectorExpr{X: &ast.Ident{NamePos: pos, Name: Session}, Sel: &ast.Ident{NamePos: pos, Name: o.Slot}}
}

// deref returns the value in an object's storage.
func (l *lowering) deref(o *check.Object, pos token.Pos) ast.Expr {
	return &ast.ParenExpr{Lparen: pos, X: &ast.StarExpr{Star: pos, X: l.slot(o, pos)}, Rparen: pos}
}

// object returns the session's variable or function that x names, or nil.
func (l *lowering) object(x ast.Expr) *check.Object {
	id, ok := ast.Unparen(x).(*ast.Ident)
	if !ok {
		return nil
	}
	o := l.Ref(l.Info.ObjectOf(id))
	if o == nil || o.Slot == "" {
		return nil
	}
	return o
}

// rewrite lowers everything below n.
func (l *lowering) rewrite(n ast.Node) ast.Node {
	return astutil.Apply(n, l.pre, l.post)
}

func (l *lowering) pre(c *astutil.Cursor) bool {
	switch n := c.Node().(type) {
	case *ast.IfStmt, *ast.SwitchStmt, *ast.ForStmt:
		if st := l.header(n.(ast.Stmt)); st != nil {
			c.Replace(st)
			return false
		}
	case *ast.AssignStmt:
		return l.assignStmt(c, n)
	case *ast.DeclStmt:
		if gen, ok := n.Decl.(*ast.GenDecl); ok && gen.Tok == token.VAR {
			replaceWith(c, l.localVars(gen))
			return false
		}
	case *ast.GoStmt:
		replaceWith(c, l.goStmt(n))
		return false
	case *ast.DeferStmt:
		replaceWith(c, l.deferStmt(n))
		return false
	case *ast.ReturnStmt:
		if out := l.returnStmt(n); out != nil {
			replaceWith(c, out)
			return false
		}
	case *ast.SendStmt:
		replaceWith(c, l.send(n))
		return false
	case *ast.FuncLit:
		l.nameParameters(n.Type)
		l.before[n] = l.deferred(n.Body)
	case *ast.RangeStmt:
		l.noteRange(n)
	case *ast.CompositeLit:
		l.compositeLit(c, n)
	case *ast.BinaryExpr:
		if n.Op != token.SHL && n.Op != token.SHR || l.Info.Types[n].Value != nil {
			break
		}
		if y := l.shiftCount(n.Y); y != nil {
			n.X, n.Y = l.rewriteExpr(n.X), y
			return false
		}
	case *ast.CallExpr:
		l.waiting[n] = waits(l.Info, n)
		if l.Info.Types[n].Value == nil {
			return l.call(n)
		}
	case *ast.IndexExpr:
		if l.Info.Types[n].Value == nil && l.index(n) {
			return false
		}
	case *ast.SliceExpr:
		if l.slice(n) {
			return false
		}
	case *ast.TypeAssertExpr:
		if l.typeAssert(n) {
			return false
		}
	case *ast.UnaryExpr:
		if o := l.object(n.X); n.Op == token.AND && o != nil {
			c.Replace(l.slot(o, n.Pos()))
			return false
		}
	case *ast.SelectorExpr:
		return l.selector(c, n)
	case *ast.Ident:
		if o := l.object(n); o != nil && l.Info.Uses[n] != nil {
			c.Replace(l.deref(o, n.Pos()))
			return false
		}
		if tn, ok := l.Info.Uses[n].(*types.TypeName); ok && l.Ref(tn) != nil {
			c.Replace(l.declared(l.Ref(tn), n.Pos()))
			return false
		}
	}
	if x, ok := c.Node().(ast.Expr); ok {
		if tv := l.Info.Types[x]; tv.Value != nil {
			c.Replace(l.constant(x, tv))
			return false
		}
	}
	return true
}

// selector gives packages their names in the lowered source. The fields and
// methods of a variable are reached through the pointer to it: the interpreter
// does not assign to a field of a dereferenced pointer.
func (l *lowering) selector(c *astutil.Cursor, n *ast.SelectorExpr) bool {
	if tv := l.Info.Types[n]; tv.Value != nil {
		c.Replace(l.constant(n, tv))
		return false
	}
	if id, ok := n.X.(*ast.Ident); ok {
		if pkg, ok := l.Info.Uses[id].(*types.PkgName); ok {
			n.X = &ast.Ident{NamePos: id.Pos(), Name: l.packageName(pkg.Imported().Path())}
			return false
		}
	}
	if o := l.object(n.X); o != nil {
		switch o.Type().Underlying().(type) {
		case *types.Pointer, *types.Interface:
		default:
			n.X = l.slot(o, n.X.Pos())
			return false
		}
	}
	return true
}

// nameParameters names the parameters that have no name: the interpreter gives
// them no place in the frame and the function's other variables wrong ones.
func (l *lowering) nameParameters(t *ast.FuncType) {
	for _, f := range t.Params.List {
		if len(f.Names) == 0 {
			f.Names = []*ast.Ident{l.temp()}
		}
		for i, id := range f.Names {
			if id.Name == "_" {
				f.Names[i] = l.temp()
			}
		}
	}
}

// temp returns a fresh local name.
func (l *lowering) temp() *ast.Ident {
	l.temps++
	return ast.NewIdent(fmt.Sprintf("tempꞏ%d", l.temps))
}

package export

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/lectern-go/lectern/kernel/cell"
	"github.com/lectern-go/lectern/kernel/check"
)

// An edit replaces the text between two offsets.
type edit struct {
	start, end int
	text       string
}

// apply returns source[start:end] with the edits that lie inside of it.
func apply(source string, start, end int, edits []edit) string {
	var b strings.Builder
	at := start
	for _, e := range edits {
		if e.start < at || e.end > end {
			continue
		}
		b.WriteString(source[at:e.start])
		b.WriteString(e.text)
		at = e.end
	}
	b.WriteString(source[at:end])
	return b.String()
}

// cellSource returns what a cell becomes: its variables, its functions, types
// and constants, and the function of its statements. declared has the names that
// cells above declared.
func (p *program) cellSource(g *goCell, declared map[string]bool) (string, error) {
	w := &cellWriter{p: p, g: g, declared: declared}
	w.rename()
	variables, err := w.variables()
	if err != nil {
		return "", err
	}
	declarations := w.declarations()
	w.imports()
	w.statements()
	// What is inserted stands before what is replaced at the same place.
	slices.SortStableFunc(w.edits, func(a, b edit) int { return cmp.Or(a.start-b.start, a.end-b.end) })
	body := apply(g.source, 0, len(g.source), w.edits)

	var b strings.Builder
	b.WriteString(variables)
	for _, d := range declarations {
		b.WriteString(apply(g.source, d.start, d.end, w.renames) + "\n\n")
	}
	fmt.Fprintf(&b, "func %s() {\n%s%s\n}\n", g.function(), w.before, strings.Trim(body, "\n"))
	return b.String(), nil
}

// A cellWriter turns the text of a cell into that of a program.
type cellWriter struct {
	p        *program
	g        *goCell
	declared map[string]bool
	renames  []edit // of identifiers, for all text
	edits    []edit // of the statements; what is not a statement is cut out
	before   string // what the cell's function does first
}

func (w *cellWriter) offset(pos token.Pos) int { return w.p.offset(w.g, pos) }

// rename gives identifiers the names that their objects have in the program.
func (w *cellWriter) rename() {
	for at, obj := range w.g.objects {
		old, name := obj.Name(), obj.Name()
		if pkg, ok := obj.(*types.PkgName); ok {
			name = w.p.importName(pkg.Imported())
		} else if ref := w.g.checked.Ref(obj); ref != nil {
			name = w.p.names[ref]
		}
		if name != old {
			w.renames = append(w.renames, edit{at, at + len(old), name})
		}
	}
	slices.SortFunc(w.renames, func(a, b edit) int { return a.start - b.start })
	w.edits = append(w.edits, w.renames...)
}

// variables returns the declarations of the variables that are new in this cell,
// functions that are defined more than once among them.
func (w *cellWriter) variables() (string, error) {
	var lines []string
	for _, obj := range w.g.checked.Objects {
		name := w.p.names[obj]
		if w.declared[name] {
			continue
		}
		_, isVar := obj.Object.(*types.Var)
		if !isVar && !w.isReplaced(obj) {
			continue
		}
		typ, err := w.p.typeText(obj.Type())
		if err != nil {
			return "", fmt.Errorf("variable %s: %w", obj.Name(), err)
		}
		w.declared[name] = true
		lines = append(lines, name+" "+typ)
	}
	switch len(lines) {
	case 0:
		return "", nil
	case 1:
		return "var " + lines[0] + "\n\n", nil
	}
	return "var (\n" + strings.Join(lines, "\n") + "\n)\n\n", nil
}

// isReplaced reports whether an object is a function that another cell defines
// again. Callers see the new one, so it is a variable.
func (w *cellWriter) isReplaced(obj *check.Object) bool {
	_, isFunc := obj.Object.(*types.Func)
	s := w.p.slots[obj.Slot]
	return isFunc && s != nil && s.count > 1
}

// declarations cuts functions, types and constants out of the text and returns
// where they are, with their comments. Functions that are defined more than once
// become assignments.
func (w *cellWriter) declarations() []edit {
	var found []edit
	for _, d := range w.g.syntax.Decls {
		start, end := w.offset(declStart(d)), w.offset(d.End())
		f, isFunc := d.(*ast.FuncDecl)
		if isFunc && f.Recv == nil {
			if ref := w.object(f.Name); ref != nil && w.isReplaced(ref) {
				text := apply(w.g.source, w.offset(f.Type.Params.Pos()), end, w.renames)
				w.before += w.p.names[ref] + " = func" + text + "\n"
				w.cut(start, end)
				continue
			}
		}
		w.cut(start, end)
		found = append(found, edit{start: start, end: end})
	}
	return found
}

// declStart returns where a declaration begins, its comment included. To the
// parser the //line directive before the cell's text is part of the comment.
func declStart(d ast.Decl) token.Pos {
	var doc *ast.CommentGroup
	switch d := d.(type) {
	case *ast.FuncDecl:
		doc = d.Doc
	case *ast.GenDecl:
		doc = d.Doc
	}
	if doc != nil {
		for _, c := range doc.List {
			if !strings.HasPrefix(c.Text, "//line ") {
				return c.Pos()
			}
		}
	}
	return d.Pos()
}

// object returns the object of the session that an identifier means, or nil.
func (w *cellWriter) object(ident *ast.Ident) *check.Object {
	obj := w.g.objects[w.offset(ident.Pos())]
	if obj == nil {
		return nil
	}
	return w.g.checked.Ref(obj)
}

// cut removes text from the statements, and the edits inside of it.
func (w *cellWriter) cut(start, end int) { w.replace(start, end, "") }

func (w *cellWriter) replace(start, end int, text string) {
	w.edits = slices.DeleteFunc(w.edits, func(e edit) bool { return start <= e.start && e.end <= end })
	w.edits = append(w.edits, edit{start, end, text})
}

// imports cuts the import declarations, which the syntax of a cell does not keep.
func (w *cellWriter) imports() {
	var s scanner.Scanner
	source := w.g.source
	file := token.NewFileSet().AddFile("", -1, len(source))
	s.Init(file, []byte(source), func(token.Position, string) {}, 0)
	start, depth := -1, 0
	for {
		pos, tok, _ := s.Scan()
		at := file.Offset(pos)
		switch tok {
		case token.EOF:
			if start >= 0 {
				w.cut(start, len(source))
			}
			return
		case token.IMPORT:
			start = at
		case token.LPAREN:
			depth++
		case token.RPAREN:
			depth--
		case token.SEMICOLON:
			if start >= 0 && depth == 0 {
				w.cut(start, at)
				start = -1
			}
		}
	}
}

// statements turns definitions at the cell's outermost level into assignments
// and shows the value of the last expression.
func (w *cellWriter) statements() {
	for _, st := range w.g.syntax.Stmts {
		switch st := st.(type) {
		case *ast.AssignStmt:
			if st.Tok == token.DEFINE {
				at := w.offset(st.TokPos)
				w.edits = append(w.edits, edit{at, at + len(":="), "="})
			}
		case *ast.DeclStmt:
			if decl, ok := st.Decl.(*ast.GenDecl); ok && decl.Tok == token.VAR {
				w.varDecl(decl)
			}
		}
	}
	if w.g.checked.Result != nil {
		w.result()
	}
}

// varDecl turns a declaration of variables into assignments.
func (w *cellWriter) varDecl(decl *ast.GenDecl) {
	var assignments []string
	text := func(n ast.Node) string {
		return apply(w.g.source, w.offset(n.Pos()), w.offset(n.End()), w.renames)
	}
	for _, spec := range decl.Specs {
		spec := spec.(*ast.ValueSpec)
		var names, values []string
		for _, ident := range spec.Names {
			names = append(names, text(ident))
		}
		for _, v := range spec.Values {
			values = append(values, text(v))
		}
		if len(values) == 0 {
			if !slices.ContainsFunc(spec.Names, w.declaredAgain) {
				continue // it is zero already
			}
			for range names {
				values = append(values, "*new("+text(spec.Type)+")")
			}
		}
		assignments = append(assignments, strings.Join(names, ", ")+" = "+strings.Join(values, ", "))
	}
	w.replace(w.offset(decl.Pos()), w.offset(decl.End()), strings.Join(assignments, "\n"))
}

// declaredAgain reports whether an identifier is that of a variable which cells
// declare more than once.
func (w *cellWriter) declaredAgain(ident *ast.Ident) bool {
	ref := w.object(ident)
	return ref != nil && w.p.slots[ref.Slot] != nil && w.p.slots[ref.Slot].count > 1
}

// result wraps the last expression, or the last of several between commas, into
// a call of show.
func (w *cellWriter) result() {
	first, last := w.g.checked.Result, w.g.checked.Result
	if call, ok := first.(*ast.CallExpr); ok {
		if f, ok := call.Fun.(*ast.Ident); ok && f.Name == cell.Results && len(call.Args) > 0 {
			first, last = call.Args[0], call.Args[len(call.Args)-1]
		}
	}
	start, end := w.offset(first.Pos()), w.offset(last.End())
	w.edits = append(w.edits, edit{start, start, "show("}, edit{end, end, ")"})
}

var cellType = regexp.MustCompile(`ꞏ(\d+)ꞏ\.(\pL[\pL\pN_]*)`)

// typeText returns a type as the program writes it.
func (p *program) typeText(t types.Type) (string, error) {
	packages := map[int]*types.Package{}
	hidden := ""
	text := types.TypeString(t, func(pkg *types.Package) string {
		if pkg.Path() == "main" { // one of the cells
			number := len(packages)
			packages[number] = pkg
			return fmt.Sprintf("ꞏ%dꞏ", number)
		}
		return p.importName(pkg)
	})
	eachNamed(t, func(name *types.TypeName) {
		if name.Pkg() != nil && name.Pkg().Path() != "main" && !name.Exported() {
			hidden = name.Pkg().Name() + "." + name.Name()
		}
	})
	if hidden != "" {
		return "", fmt.Errorf("its type %s belongs to the package and cannot be written in a program; give it another with a conversion", hidden)
	}
	text = cellType.ReplaceAllStringFunc(text, func(s string) string {
		m := cellType.FindStringSubmatch(s)
		var number int
		fmt.Sscan(m[1], &number) //nolint:errcheck // the pattern matched digits
		for obj, name := range p.names {
			if obj.Name() == m[2] && obj.Object.Pkg() == packages[number] {
				return name
			}
		}
		return m[2]
	})
	return text, nil
}

// eachNamed calls f for the named types of which a type is made.
func eachNamed(t types.Type, f func(*types.TypeName)) {
	switch t := t.(type) {
	case *types.Named:
		f(t.Obj())
		for arg := range t.TypeArgs().Types() {
			eachNamed(arg, f)
		}
	case *types.Alias:
		f(t.Obj())
	case *types.Pointer:
		eachNamed(t.Elem(), f)
	case *types.Slice:
		eachNamed(t.Elem(), f)
	case *types.Array:
		eachNamed(t.Elem(), f)
	case *types.Chan:
		eachNamed(t.Elem(), f)
	case *types.Map:
		eachNamed(t.Key(), f)
		eachNamed(t.Elem(), f)
	case *types.Signature:
		eachNamed(t.Params(), f)
		eachNamed(t.Results(), f)
	case *types.Tuple:
		for v := range t.Variables() {
			eachNamed(v.Type(), f)
		}
	case *types.Struct:
		for v := range t.Fields() {
			eachNamed(v.Type(), f)
		}
	}
}

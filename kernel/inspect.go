package kernel

import (
	"context"
	"fmt"
	"go/ast"
	"go/printer"
	"go/token"
	"go/types"
	"regexp"
	"strings"
	"time"

	"github.com/lectern-go/lectern/kernel/cell"
	"github.com/lectern-go/lectern/kernel/check"
)

// valueTimeout is how long an inspected variable may take to show itself.
const valueTimeout = 300 * time.Millisecond

// inspection is what is known about a name.
type inspection struct {
	signature string
	doc       string
	value     string // of a variable of the session
	place     string // where it is declared
	source    string
}

// Inspect describes the name at a cursor, a byte offset, as text and as
// Markdown: signature, documentation and, of a variable of the session, its value
// if no cell runs. Inside the arguments of a call that is the function. With
// detail above 0 the source of what cells declared is added. It reports whether
// there is anything, and answers while a cell runs.
func (k *Kernel) Inspect(code string, cursor, detail int) (MIMEBundle, bool) {
	cursor = clamp(code, cursor)
	if _, name, args, ok := magicLine(code, cursor); ok {
		if args == 0 || !takesCode(name) {
			return inspectMagic(name)
		}
		code, _, _ = strings.Cut(code[args:], "\n")
		cursor -= args
	}
	start, end := nameAt(code, cursor)
	if start == end || isDigit(code[start]) {
		start, end = called(code, cursor)
	}
	if start == end {
		return MIMEBundle{}, false
	}
	var in *inspection
	variable := ""
	k.ask(code, start, end, code[start:end], func(q *check.Query) {
		obj, owner := k.objectAt(q, code, start)
		if obj == nil {
			return
		}
		in = k.describe(obj, owner)
		if o := k.session.Lookup(obj.Name()); o != nil && o.Object == obj {
			if _, ok := obj.(*types.Var); ok {
				variable = obj.Name()
			}
		}
	})
	if in == nil {
		return MIMEBundle{}, false
	}
	if variable != "" {
		in.value = k.valueOf(variable)
	}
	if detail <= 0 {
		in.source = ""
	}
	return in.bundle(), true
}

// called returns where the name stands of the function whose arguments the
// cursor is in. It returns an empty range if there is none.
func called(code string, cursor int) (start, end int) {
	depth := 0
	for i := cursor - 1; i >= 0; i-- {
		switch code[i] {
		case ')', ']', '}':
			depth++
		case '[', '{':
			depth--
		case '(':
			if depth--; depth < 0 {
				return nameAt(code, i)
			}
		}
	}
	return cursor, cursor
}

// objectAt returns what the name at the offset stands for, and for a field or
// method the type it was selected from.
func (k *Kernel) objectAt(q *check.Query, code string, offset int) (obj types.Object, owner types.Type) {
	line := strings.Count(code[:offset], "\n") + 1
	column := offset - strings.LastIndexByte(code[:offset], '\n')
	fset := k.session.Fset()
	node, around := q.Find(func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return false
		}
		pos := fset.Position(id.Pos())
		return pos.Line == line && pos.Column == column
	})
	id, ok := node.(*ast.Ident)
	if !ok {
		return nil, nil
	}
	if len(around) > 0 {
		if sel, ok := around[len(around)-1].(*ast.SelectorExpr); ok && sel.Sel == id {
			if s := q.Info.Selections[sel]; s != nil {
				owner = s.Recv()
			}
		}
	}
	return q.Info.ObjectOf(id), owner
}

// describe says what is known about an object. The caller holds mu.
func (k *Kernel) describe(obj types.Object, owner types.Type) *inspection {
	in := &inspection{signature: signature(obj)}
	if name, ok := obj.(*types.PkgName); ok {
		in.doc, _ = k.docs.Lookup(name.Imported().Path(), "")
		return in
	}
	if b, ok := obj.(*types.Builtin); ok {
		in.signature, in.doc = "func "+builtins[b.Name()].signature, builtins[b.Name()].doc
		return in
	}
	if o := k.session.Lookup(obj.Name()); o != nil && o.Object == obj {
		in.place = o.Cell
		in.doc, in.source = k.sourceOf(o)
		return in
	}
	if pkg := obj.Pkg(); pkg != nil && pkg.Path() != "main" {
		in.place = pkg.Path()
		in.doc, _ = k.docs.Lookup(pkg.Path(), docName(obj, owner))
	}
	return in
}

// docName is the name under which the documentation of a package has an object.
func docName(obj types.Object, owner types.Type) string {
	if f, ok := obj.(*types.Func); ok && f.Signature().Recv() != nil {
		owner = f.Signature().Recv().Type()
	}
	if p, ok := owner.(*types.Pointer); ok {
		owner = p.Elem()
	}
	if named, ok := owner.(*types.Named); ok {
		return named.Obj().Name() + "." + obj.Name()
	}
	return obj.Name()
}

// signature writes the declaration of an object on one line, of a type with its
// methods on lines of their own.
func signature(obj types.Object) string {
	switch obj := obj.(type) {
	case *types.PkgName:
		return fmt.Sprintf("import %q", obj.Imported().Path())
	case *types.Const:
		return fmt.Sprintf("%s = %s", types.ObjectString(obj, qualifier), obj.Val())
	case *types.TypeName:
		text := types.ObjectString(obj, qualifier)
		if named, ok := obj.Type().(*types.Named); ok && !types.IsInterface(named) {
			for m := range named.Methods() {
				if m.Exported() || m.Pkg() == nil || m.Pkg().Path() == "main" {
					text += "\n" + types.ObjectString(m, qualifier)
				}
			}
		}
		return text
	}
	return types.ObjectString(obj, qualifier)
}

// sourceOf returns the doc comment and the text of the declaration of something
// that a cell declared.
func (k *Kernel) sourceOf(o *check.Object) (doc, source string) {
	fset := token.NewFileSet()
	c, err := cell.Parse(fset, o.Cell, k.texts[o.Cell])
	if err != nil {
		return "", ""
	}
	for _, d := range c.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name == o.Name() {
				return d.Doc.Text(), text(fset, d)
			}
		case *ast.GenDecl:
			if declares(d, o.Name()) {
				return d.Doc.Text(), text(fset, d)
			}
		}
	}
	for _, st := range c.Stmts {
		if a, ok := st.(*ast.AssignStmt); ok && a.Tok == token.DEFINE {
			for _, x := range a.Lhs {
				if id, ok := x.(*ast.Ident); ok && id.Name == o.Name() {
					return "", text(fset, a)
				}
			}
		}
		if d, ok := st.(*ast.DeclStmt); ok && declares(d.Decl.(*ast.GenDecl), o.Name()) {
			return "", text(fset, d)
		}
	}
	return "", ""
}

func declares(d *ast.GenDecl, name string) bool {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.Name == name {
				return true
			}
		case *ast.ValueSpec:
			for _, id := range spec.Names {
				if id.Name == name {
					return true
				}
			}
		}
	}
	return false
}

// lineDirective is the checker's, which go/parser takes for a part of the doc
// comment behind it.
var lineDirective = regexp.MustCompile(`(?m)^(//\n)?//line .*\n`)

// text formats a declaration as gofmt does.
func text(fset *token.FileSet, n ast.Node) string {
	var b strings.Builder
	config := printer.Config{Mode: printer.UseSpaces | printer.TabIndent, Tabwidth: 8}
	if err := config.Fprint(&b, fset, n); err != nil {
		return ""
	}
	return lineDirective.ReplaceAllString(b.String(), "")
}

// valueOf returns a variable's value as text, or "" while a cell runs.
func (k *Kernel) valueOf(name string) string {
	if !k.running.TryLock() {
		return ""
	}
	k.silence()
	defer k.end()
	ctx, cancel := context.WithTimeout(context.Background(), valueTimeout)
	defer cancel()
	bundle, failed, err := k.evaluate(ctx, name)
	if failed != nil || err != nil {
		return ""
	}
	value, _ := bundle["text/plain"].(string)
	const longest = 1000
	if len(value) > longest {
		value = strings.ToValidUTF8(value[:longest], "") + " …"
	}
	return value
}

// bundle writes the inspection in its two forms.
func (in *inspection) bundle() MIMEBundle {
	var plain, markdown strings.Builder
	section := func(head, text string, isCode bool) {
		if text == "" {
			return
		}
		if plain.Len() > 0 {
			plain.WriteString("\n\n")
			markdown.WriteString("\n\n")
		}
		if head != "" {
			plain.WriteString(head + " ")
			markdown.WriteString("**" + head + "** ")
		}
		plain.WriteString(text)
		if isCode {
			text = "\n```go\n" + text + "\n```"
		}
		markdown.WriteString(strings.TrimPrefix(text, "\n"))
	}
	section("", in.signature, true)
	section("", strings.TrimRight(in.doc, "\n"), false)
	section("Value:", in.value, false)
	section("Declared in:", in.place, false)
	if in.source != "" {
		section("", in.source, true)
	}
	return MIMEBundle{"text/plain": plain.String(), "text/markdown": markdown.String()}
}

// builtin is what Go's specification says of a predeclared function.
type builtin struct{ signature, doc string }

// builtins are the predeclared functions, whose signatures types does not know.
var builtins = map[string]builtin{
	"append":  {"append(s []T, x ...T) []T", "append appends the values x to the slice s and returns the result."},
	"cap":     {"cap(v T) int", "cap returns the capacity of an array, slice or channel."},
	"clear":   {"clear(v T)", "clear deletes all entries of a map, or sets all elements of a slice to zero."},
	"close":   {"close(c chan<- T)", "close records that no more values will be sent on the channel."},
	"complex": {"complex(r, i F) C", "complex makes a complex number of its real and imaginary parts."},
	"copy":    {"copy(dst, src []T) int", "copy copies elements from src to dst and returns how many: the smaller of the lengths."},
	"delete":  {"delete(m map[K]V, key K)", "delete removes the entry with the key from the map, if there is one."},
	"imag":    {"imag(c C) F", "imag returns the imaginary part of a complex number."},
	"len":     {"len(v T) int", "len returns the length of a string, array, slice, map or channel."},
	"make":    {"make(T, size ...int) T", "make makes a slice, map or channel of the type T."},
	"max":     {"max(x T, y ...T) T", "max returns the largest of its arguments."},
	"min":     {"min(x T, y ...T) T", "min returns the smallest of its arguments."},
	"new":     {"new(T) *T", "new allocates a variable and returns a pointer to it."},
	"panic":   {"panic(v any)", "panic stops the execution of the current goroutine, running deferred calls."},
	"print":   {"print(args ...T)", "print writes its arguments to standard error."},
	"println": {"println(args ...T)", "println writes its arguments to standard error, with spaces and a line end."},
	"real":    {"real(c C) F", "real returns the real part of a complex number."},
	"recover": {"recover() any", "recover stops a panic from a deferred function and returns its value."},
}

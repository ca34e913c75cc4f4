package kerneltest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/cell"
	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/kernel/exportdata"
)

// A Snippet is a sequence of cells that both engines and the Go compiler run,
// to compare them. Nothing is declared twice in it with different types.
type Snippet struct {
	Name  string // a valid package name
	Cells []string

	text string // the package, once [Snippet.Valid] has written it
}

// CellEnd separates the outputs of a snippet's cells.
const CellEnd = "---\n"

// Crash stands at the end of the output of a snippet whose process did not end
// in good order: a deadlock, or more time than a snippet may take.
const Crash = "crash: "

// snippetTimeout is how long one snippet may run.
const snippetTimeout = 3 * time.Second

// Compiled builds the snippets into one Go program in dir and returns what each
// printed, in the form of [Interpreted]: the yardstick of the engines. It needs
// the go tool. An error says which snippet is not valid Go.
func Compiled(ctx context.Context, dir string, snippets []Snippet) ([]string, error) {
	if err := Build(ctx, dir, snippets); err != nil {
		return nil, err
	}
	outputs := make([]string, 0, len(snippets))
	for len(outputs) < len(snippets) {
		more, err := runCompiled(ctx, dir, snippets[len(outputs):])
		if err != nil {
			return nil, err
		}
		outputs = append(outputs, more...)
	}
	return outputs, nil
}

// Build is the first half of [Compiled].
func Build(ctx context.Context, dir string, snippets []Snippet) error {
	var imports, cases strings.Builder
	files := map[string]string{"go.mod": "module yardstick\n\ngo 1.26\n", "show/show.go": showSource}
	for _, s := range snippets {
		src, err := s.source(nil)
		if err != nil {
			return fmt.Errorf("snippet %s: %w", s.Name, err)
		}
		files[s.Name+"/snippet.go"] = src
		fmt.Fprintf(&imports, "\t%q\n", "yardstick/"+s.Name)
		fmt.Fprintf(&cases, "\tcase %q:\n\t\t%s.Run()\n", s.Name, s.Name)
	}
	files["main.go"] = fmt.Sprintf("package main\n\nimport (\n\t\"os\"\n%s)\n\nfunc main() {\n\tnames := os.Args[1:]\n\tos.Args = os.Args[:1]\n\tfor _, name := range names {\n\tswitch name {\n%s\t}\n\tos.Stdout.WriteString(%q)\n\t}\n}\n", &imports, &cases, snippetEnd)
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			return err
		}
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", "yardstick", ".")
	build.Dir = dir
	build.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the snippets: %w\n%s", err, out)
	}
	return nil
}

// snippetEnd separates the outputs of compiled snippets.
const snippetEnd = "\x00end of a snippet\x00"

// runCompiled runs snippets in one process, until one ends it, and returns what
// they printed.
func runCompiled(ctx context.Context, dir string, snippets []Snippet) (outputs []string, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	args := make([]string, len(snippets))
	for i, s := range snippets {
		args[i] = s.Name
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	cmd := exec.CommandContext(ctx, filepath.Join(dir, "yardstick"), args...)
	cmd.Stdout, cmd.Stderr = w, w
	err = cmd.Start()
	w.Close()
	if err != nil {
		return nil, err
	}
	for lines, name := bufio.NewReader(r), ""; len(outputs) < len(snippets); {
		name = snippets[len(outputs)].Name
		timer := time.AfterFunc(snippetTimeout, func() { cancel(context.DeadlineExceeded) })
		out, readErr := "", error(nil)
		for readErr == nil && !strings.HasSuffix(out, snippetEnd) {
			var more string
			more, readErr = lines.ReadString(0)
			out += more
		}
		timer.Stop()
		// The types of a snippet are those of its package, not of main.
		out = strings.NewReplacer(snippetEnd, "", "yardstick/"+name+".", "main.", name+".", "main.").Replace(out)
		if readErr != nil {
			return append(outputs, out+Crash+errors.Join(context.Cause(ctx), cmd.Wait()).Error()+"\n"), nil
		}
		outputs = append(outputs, out)
	}
	return outputs, cmd.Wait()
}

// showName is the import name of showSource in snippets.
const showName = "showꞏ"

// showSource is what the compiled snippets call: it shows results as a kernel
// does and ends a cell that panics.
const showSource = `package show

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

func Values(values ...any) {
	texts := make([]string, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case nil:
			texts[i] = "nil"
		case error, fmt.Stringer:
			texts[i] = fmt.Sprint(v)
		case string:
			texts[i] = fmt.Sprintf("%q", v)
		default:
			texts[i] = fmt.Sprintf("%+v", v)
		}
	}
	fmt.Fprintln(os.Stdout, "= "+strings.Join(texts, ", "))
}

func Cell(run func()) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case runtime.Error:
			fmt.Println("panic: runtime error")
		default:
			fmt.Println("panic:", v)
		}
	}()
	run()
}

func End() { fmt.Print("---\n") }
`

// Valid returns an error if a cell of the snippet does not pass the checks. Each
// cell that does is passed to visit before those behind it are checked.
func (s *Snippet) Valid(visit func(*token.FileSet, *check.Checked)) (err error) {
	s.text, err = s.source(visit)
	return err
}

// source writes the snippet as a package with a function Run.
func (s Snippet) source(visit func(*token.FileSet, *check.Checked)) (string, error) {
	if s.text != "" {
		return s.text, nil
	}
	w := snippetWriter{
		visit: visit, imports: map[string]string{showName: "yardstick/show"}, vars: map[string]string{}, declared: map[string]bool{},
		session: kernel.NewSession(exportdata.NewImporter()),
	}
	for i, text := range s.Cells {
		if err := w.cell(fmt.Sprintf("cell %d", i+1), text); err != nil {
			return "", err
		}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "package %s\n\nimport (\n", s.Name)
	for name, path := range w.imports {
		fmt.Fprintf(&b, "\t%s %q\n", name, path)
	}
	fmt.Fprintf(&b, ")\n\nvar _ = "+showName+".Values\n\n%s\nfunc Run() {\n%s}\n", &w.decls, &w.body)
	return b.String(), nil
}

type snippetWriter struct {
	visit       func(*token.FileSet, *check.Checked) // or nil
	session     *check.Session
	imports     map[string]string
	vars        map[string]string // name -> type
	declared    map[string]bool   // name -> it is a variable
	decls, body bytes.Buffer
	inits       int // functions named init so far
}

// cell adds one cell. The checks change the syntax, so what is printed is parsed
// anew.
func (w *snippetWriter) cell(name, text string) error {
	forChecks, err := cell.Parse(w.session.Fset(), name, text)
	if err != nil {
		return err
	}
	for _, spec := range forChecks.Imports {
		if spec.Name != nil && spec.Name.Name == "." {
			return errors.New("dot imports are not written down here")
		}
	}
	checked, ds := w.session.Check(forChecks)
	if len(ds) > 0 {
		return fmt.Errorf("%s: %s\n%s", ds[0].Pos, ds[0].Msg, text)
	}
	if w.visit != nil {
		w.visit(w.session.Fset(), checked)
	}
	w.session.Commit(checked)
	for _, obj := range checked.Info.Uses {
		if pkg, ok := obj.(*types.PkgName); ok {
			w.imports[pkg.Name()] = pkg.Imported().Path()
		}
	}
	for _, o := range checked.Objects {
		_, isVar := o.Object.(*types.Var)
		if was, ok := w.declared[o.Name()]; ok && (!isVar || !was) {
			return errors.New(o.Name() + " is declared twice")
		}
		w.declared[o.Name()] = isVar
		if v, ok := o.Object.(*types.Var); ok {
			if err := w.variable(v); err != nil {
				return err
			}
		}
	}
	fset := token.NewFileSet()
	c, err := cell.Parse(fset, name, text)
	if err != nil {
		return err
	}
	w.body.WriteString("\t" + showName + ".Cell(func() {\n")
	for _, d := range c.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" { // runs with its cell
			w.inits++
			f.Name.Name = fmt.Sprintf("init%s%d", showName, w.inits)
			fmt.Fprintf(&w.body, "\t%s()\n", f.Name.Name)
		}
		if err := format.Node(&w.decls, fset, d); err != nil {
			return err
		}
		w.decls.WriteString("\n\n")
	}
	for i, st := range c.Stmts {
		if x, ok := st.(*ast.ExprStmt); ok && i == len(c.Stmts)-1 && checked.Result != nil {
			showResult(x)
		} else if ok && !cell.MayStand(x.X) {
			st = &ast.AssignStmt{Lhs: []ast.Expr{ast.NewIdent("_")}, Tok: token.ASSIGN, Rhs: []ast.Expr{x.X}}
		}
		for _, st := range withoutDefinitions(st) {
			if err := format.Node(&w.body, fset, st); err != nil {
				return err
			}
			w.body.WriteByte('\n')
		}
	}
	w.body.WriteString("\t})\n\t" + showName + ".End()\n")
	return nil
}

// variable declares a variable of the session at the package's level.
func (w *snippetWriter) variable(v *types.Var) error {
	typ := types.TypeString(v.Type(), func(p *types.Package) string {
		if p.Path() == "main" {
			return ""
		}
		w.imports[p.Name()] = p.Path()
		return p.Name()
	})
	old, ok := w.vars[v.Name()]
	if ok && old != typ {
		return errors.New(v.Name() + " is declared as " + old + " and as " + typ)
	}
	if !ok {
		w.vars[v.Name()] = typ
		fmt.Fprintf(&w.decls, "var %s %s\n\n", v.Name(), typ)
	}
	return nil
}

// showResult wraps the last expression in a call that shows it.
func showResult(st *ast.ExprStmt) {
	show := &ast.SelectorExpr{X: ast.NewIdent(showName), Sel: ast.NewIdent("Values")}
	if call, ok := st.X.(*ast.CallExpr); ok {
		if id, ok := call.Fun.(*ast.Ident); ok && id.Name == cell.Results {
			call.Fun = show
			return
		}
	}
	st.X = &ast.CallExpr{Fun: show, Args: []ast.Expr{st.X}}
}

// withoutDefinitions turns definitions into assignments to the package's
// variables.
func withoutDefinitions(st ast.Stmt) []ast.Stmt {
	switch st := st.(type) {
	case *ast.AssignStmt:
		if st.Tok == token.DEFINE {
			st.Tok = token.ASSIGN
		}
	case *ast.DeclStmt:
		gen, ok := st.Decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.VAR {
			break
		}
		var out []ast.Stmt
		for _, spec := range gen.Specs {
			v, ok := spec.(*ast.ValueSpec)
			if !ok {
				continue
			}
			a := &ast.AssignStmt{Tok: token.ASSIGN, Rhs: slices.Clone(v.Values)}
			for _, id := range v.Names {
				a.Lhs = append(a.Lhs, id)
				if len(v.Values) == 0 {
					a.Rhs = append(a.Rhs, &ast.StarExpr{X: &ast.CallExpr{Fun: ast.NewIdent("new"), Args: []ast.Expr{v.Type}}})
				}
			}
			out = append(out, a)
		}
		return out
	}
	return []ast.Stmt{st}
}

// PackageName makes a valid package name of any text.
func PackageName(text string) string {
	return "s_" + strings.Map(func(r rune) rune {
		if r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, text)
}

package verify

import (
	"errors"
	"fmt"
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/lectern-go/lectern/kernel/cell"
	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/notebooks/nbformat"
	"github.com/lectern-go/lectern/notebooks/runner"
)

// A Warning is something in the text of a cell that makes its outputs depend on
// more than the cells above it.
type Warning struct {
	Cell    int    `json:"cell"` // number of the cell, from 1 and over all cells
	ID      string `json:"id"`   // of the cell
	Line    int    `json:"line,omitempty"`
	Message string `json:"message"`
}

// String says where and what in one line.
func (w Warning) String() string {
	if w.Line > 0 {
		return fmt.Sprintf("cell %d, line %d: %s", w.Cell, w.Line, w.Message)
	}
	return fmt.Sprintf("cell %d: %s", w.Cell, w.Message)
}

// Lint reads the cells of a notebook from top to bottom in an empty session, runs
// none of them, and warns of names that are not defined or only below, of cells
// that define anew what other cells above use, and of randomness without a seed
// and the time of day, which no second run repeats. Cells whose outputs do not
// matter may use those.
func Lint(nb *nbformat.Notebook, session *check.Session) []Warning {
	l := &linter{session: session, uses: map[string]use{}, defined: definitions(nb)}
	for i, c := range nb.Cells {
		if c.Type == nbformat.Code && !c.HasTag(runner.TagSkip) && strings.TrimSpace(c.Source) != "" {
			l.number, l.cell = i+1, c
			l.lint()
		}
	}
	return l.warnings
}

type linter struct {
	session  *check.Session
	number   int            // of the cell
	cell     *nbformat.Cell // that is read now
	uses     map[string]use // name -> its last use by a cell that does not define it
	defined  map[string][]int
	warnings []Warning
}

// A use is that of a name in a cell.
type use struct{ definedIn, usedIn int }

func (l *linter) warn(line int, format string, args ...any) {
	w := Warning{Cell: l.number, ID: l.cell.ID, Line: line, Message: fmt.Sprintf(format, args...)}
	if !slices.Contains(l.warnings, w) {
		l.warnings = append(l.warnings, w)
	}
}

func cellName(number int) string { return fmt.Sprintf("cell %d", number) }

func (l *linter) lint() {
	parsed, err := cell.Parse(l.session.Fset(), cellName(l.number), l.cell.Source)
	if err != nil {
		var list scanner.ErrorList
		if errors.As(err, &list) && len(list) > 0 {
			l.warn(list[0].Pos.Line, "does not parse: %s", list[0].Msg)
		} else {
			l.warn(0, "does not parse: %v", err)
		}
		return
	}
	checked, diagnostics := l.session.Check(parsed)
	for _, d := range diagnostics {
		l.diagnostic(d)
	}
	if checked == nil {
		return
	}
	l.redefinitions(checked)
	l.recordUses(checked)
	if IsCompared(l.cell) {
		l.volatileCalls(checked)
	}
	l.session.Commit(checked)
}

// diagnostic reports a cell that does not check. A cell that is meant to end in
// an error may not compile.
func (l *linter) diagnostic(d check.Diagnostic) {
	if l.cell.HasTag(runner.TagRaises) {
		return
	}
	if name, ok := strings.CutPrefix(d.Msg, "undefined: "); ok {
		name, _, _ = strings.Cut(name, ";") // a suggestion may follow
		for _, number := range l.defined[name] {
			if number > l.number {
				l.warn(d.Pos.Line, "%s is defined only below, in cell %d; from top to bottom it is undefined here", name, number)
				return
			}
		}
	}
	l.warn(d.Pos.Line, "does not compile: %s", d.Msg)
}

// redefinitions warns of names that this cell defines anew although a cell
// between the first definition and this one uses them: run again, that cell
// would see something else.
func (l *linter) redefinitions(c *check.Checked) {
	for _, obj := range c.Objects {
		u, ok := l.uses[obj.Name()]
		if ok && u.usedIn != l.number {
			l.warn(l.line(obj.Pos()), "defines %s anew, which cell %d defines and cell %d uses; give it another name",
				obj.Name(), u.definedIn, u.usedIn)
		}
		delete(l.uses, obj.Name())
	}
}

// recordUses notes which names of earlier cells this one uses.
func (l *linter) recordUses(c *check.Checked) {
	for _, obj := range c.Info.Uses {
		ref := c.Ref(obj)
		if ref == nil || ref.Cell == cellName(l.number) {
			continue
		}
		var from int
		if _, err := fmt.Sscanf(ref.Cell, "cell %d", &from); err == nil {
			l.uses[ref.Name()] = use{definedIn: from, usedIn: l.number}
		}
	}
}

// volatileCalls warns of calls that give something else each time.
func (l *linter) volatileCalls(c *check.Checked) {
	type call struct {
		pos  token.Pos
		text string
	}
	var calls []call
	for ident, obj := range c.Info.Uses {
		if message := volatileCall(obj); message != "" {
			calls = append(calls, call{ident.Pos(), message})
		}
	}
	slices.SortFunc(calls, func(a, b call) int { return int(a.pos - b.pos) })
	for _, call := range calls {
		l.warn(l.line(call.pos), "%s", call.text)
	}
}

// volatileCall says why calling obj gives something else each time, or nothing.
func volatileCall(obj types.Object) string {
	f, ok := obj.(*types.Func)
	if !ok || f.Pkg() == nil || f.Signature().Recv() != nil {
		return ""
	}
	name := f.Pkg().Name() + "." + f.Name()
	switch f.Pkg().Path() {
	case "math/rand", "math/rand/v2":
		if !strings.HasPrefix(f.Name(), "New") && f.Name() != "Seed" {
			return name + " is random without a seed; use rand.New(rand.NewPCG(1, 2))"
		}
	case "crypto/rand":
		return name + " is random and has no seed"
	case "time":
		if slices.Contains([]string{"Now", "Since", "Until"}, f.Name()) {
			return name + " depends on the time of day; tag the cell " + TagIgnore + " if its outputs show it"
		}
	}
	return ""
}

func (l *linter) line(pos token.Pos) int { return l.session.Fset().Position(pos).Line }

// definitions returns in which cells each name is defined, by syntax alone.
func definitions(nb *nbformat.Notebook) map[string][]int {
	defined := map[string][]int{}
	for i, c := range nb.Cells {
		if c.Type != nbformat.Code {
			continue
		}
		parsed, err := cell.Parse(token.NewFileSet(), cellName(i+1), c.Source)
		if err != nil {
			continue
		}
		for _, name := range definedNames(parsed) {
			defined[name] = append(defined[name], i+1)
		}
	}
	return defined
}

// definedNames returns the names that a cell defines at the session's level.
func definedNames(c *cell.Cell) []string {
	var names []string
	add := func(idents ...*ast.Ident) {
		for _, ident := range idents {
			names = append(names, ident.Name)
		}
	}
	specs := func(decl *ast.GenDecl) {
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.ValueSpec:
				add(spec.Names...)
			case *ast.TypeSpec:
				add(spec.Name)
			}
		}
	}
	for _, decl := range c.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv == nil {
				add(decl.Name)
			}
		case *ast.GenDecl:
			specs(decl)
		}
	}
	for _, stmt := range c.Stmts {
		switch stmt := stmt.(type) {
		case *ast.DeclStmt:
			if decl, ok := stmt.Decl.(*ast.GenDecl); ok {
				specs(decl)
			}
		case *ast.AssignStmt:
			for _, e := range stmt.Lhs {
				if ident, ok := e.(*ast.Ident); ok && stmt.Tok == token.DEFINE {
					add(ident)
				}
			}
		}
	}
	return names
}

package export

import (
	"bytes"
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"go/format"
	"go/scanner"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/lectern-go/lectern/kernel/cell"
	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/notebooks/nbformat"
	"github.com/lectern-go/lectern/notebooks/runner"
	"github.com/lectern-go/lectern/notebooks/verify"
)

// displayPath is the package with which cells show things.
const displayPath = "github.com/lectern-go/lectern/kernel/display"

// Go returns a notebook as the source of a Go program that does what its cells
// do, from top to bottom, and prints what they show in plain text. Variables,
// functions and types of the cells become those of the package, and each cell a
// function that main calls; Markdown becomes comments. name names the notebook
// in the first line.
//
// session is empty and knows, as importer does, what the cells import. Cells that are
// skipped are left out, as are those that are meant to fail and do not compile.
// The error names the first cell that has no counterpart in a program.
func Go(nb *nbformat.Notebook, name string, session *check.Session, importer types.Importer) ([]byte, error) {
	return newProgram(session).source(nb, name, importer)
}

func newProgram(session *check.Session) *program {
	p := &program{
		session: session,
		names:   map[*check.Object]string{},
		slots:   map[string]*slot{},
		imports: map[string]string{},
		renamed: map[string]bool{},
		taken:   map[string]bool{},
	}
	for _, name := range []string{"main", "init", "show", "plain", "recovered", "printed", "want", "TestNotebook", "_"} {
		p.taken[name] = true
	}
	for _, universe := range types.Universe.Names() {
		p.taken[universe] = true
	}
	return p
}

// source returns the text of the program and makes sure that it compiles.
func (p *program) source(nb *nbformat.Notebook, name string, importer types.Importer) ([]byte, error) {
	if err := p.read(nb); err != nil {
		return nil, err
	}
	p.nameImports()
	p.nameObjects()
	src, err := p.write(name)
	if err != nil {
		return nil, err
	}
	return src, compiles(src, importer)
}

// A program is a notebook on its way to Go.
type program struct {
	session *check.Session
	cells   []*goCell
	names   map[*check.Object]string // in the program
	slots   map[string]*slot
	imports map[string]string // path -> name in the program
	renamed map[string]bool   // paths of packages that have another name there
	taken   map[string]bool   // names that objects of the program must not have
	test    bool              // it is a test
	want    string            // what the test wants the cells to print
}

// A slot is a variable, or a function that cells define more than once.
type slot struct {
	name  string
	count int // definitions
}

// A goCell is a cell of the notebook: Markdown, or code that was checked.
type goCell struct {
	number   int
	markdown string
	source   string
	syntax   *cell.Cell // as it was parsed; the checker changes its own
	checked  *check.Checked
	objects  map[int]types.Object // by the offset of the identifier
	fails    bool                 // its error does not end the program
	ignored  bool                 // its outputs do not matter
}

// read parses and checks the cells.
func (p *program) read(nb *nbformat.Notebook) error {
	for i, c := range nb.Cells {
		g := &goCell{number: i + 1, source: c.Source, fails: c.HasTag(runner.TagRaises), ignored: !verify.IsCompared(c)}
		switch {
		case c.Type == nbformat.Markdown:
			g.markdown = c.Source
		case c.Type != nbformat.Code || c.HasTag(runner.TagSkip) || strings.TrimSpace(c.Source) == "":
			continue
		default:
			err := p.check(g)
			if err != nil && g.fails {
				g.markdown = fmt.Sprintf("Cell %d is left out: %v", g.number, err)
			} else if err != nil {
				return fmt.Errorf("cell %d: %w", g.number, err)
			}
		}
		p.cells = append(p.cells, g)
	}
	return nil
}

func (p *program) check(g *goCell) error {
	name := fmt.Sprintf("cell %d", g.number)
	parsed, err := cell.Parse(p.session.Fset(), name, g.source)
	if err != nil {
		return firstError(err)
	}
	if parsed.Program {
		return errors.New("a cell that is a whole program cannot be part of another; tag it skip-execution")
	}
	checked, diagnostics := p.session.Check(parsed)
	if len(diagnostics) > 0 {
		return fmt.Errorf("line %d: %s", diagnostics[0].Pos.Line, diagnostics[0].Msg)
	}
	p.session.Commit(checked)
	g.checked = checked
	if g.syntax, err = cell.Parse(p.session.Fset(), name, g.source); err != nil {
		return firstError(err)
	}
	g.objects = map[int]types.Object{}
	for ident, obj := range checked.Info.Uses {
		p.addObject(g, ident.Pos(), ident.Name, obj)
	}
	for ident, obj := range checked.Info.Defs {
		if obj != nil {
			p.addObject(g, ident.Pos(), ident.Name, obj)
		}
	}
	return nil
}

// addObject notes which object the identifier at pos means. Identifiers that the
// checker made up are not in the text.
func (p *program) addObject(g *goCell, pos token.Pos, name string, obj types.Object) {
	at := p.offset(g, pos)
	if at >= 0 && strings.HasPrefix(g.source[at:], name) {
		g.objects[at] = obj
	}
}

// offset returns the place of pos in the text of the cell, or -1.
func (p *program) offset(g *goCell, pos token.Pos) int {
	position := p.session.Fset().Position(pos)
	at := 0
	for line := 1; line < position.Line; line++ {
		end := strings.IndexByte(g.source[at:], '\n')
		if end < 0 {
			return -1
		}
		at += end + 1
	}
	if at += position.Column - 1; at < 0 || at > len(g.source) {
		return -1
	}
	return at
}

// nameImports gives each package that a cell uses a name in the program.
func (p *program) nameImports() {
	p.imports["fmt"] = "fmt"
	p.taken["fmt"] = true
	for _, g := range p.cells {
		for _, at := range slices.Sorted(maps.Keys(g.objects)) {
			if pkg, ok := g.objects[at].(*types.PkgName); ok {
				p.importName(pkg.Imported())
			}
		}
	}
}

// importName returns the name of a package in the program.
func (p *program) importName(pkg *types.Package) string {
	name, ok := p.imports[pkg.Path()]
	if !ok {
		name = p.free(pkg.Name())
		p.imports[pkg.Path()] = name
		p.renamed[pkg.Path()] = name != pkg.Name()
		p.taken[name] = true
	}
	return name
}

// free returns name, or name with a number that is not taken.
func (p *program) free(name string) string {
	for n, try := 2, name; ; n++ {
		if !p.taken[try] {
			return try
		}
		try = name + "_" + strconv.Itoa(n)
	}
}

// nameObjects gives each object of the session a name in the program. A variable
// that is declared again with the same type is the same variable.
func (p *program) nameObjects() {
	for _, g := range p.cells {
		p.taken[g.function()] = true
	}
	for _, g := range p.cells {
		if g.checked == nil {
			continue
		}
		for _, obj := range g.checked.Objects {
			s := p.slots[obj.Slot]
			if s == nil {
				s = &slot{name: p.free(obj.Name())}
				p.taken[s.name] = true
				if obj.Slot != "" {
					p.slots[obj.Slot] = s
				}
			}
			s.count++
			p.names[obj] = s.name
		}
	}
}

// function is the name of the function that does what the cell does.
func (g *goCell) function() string { return fmt.Sprintf("cell%d", g.number) }

//go:embed show.go.txt
var showSource string

// plainSource is the text of a value in a program that does not import display.
//
//go:embed plain.go.txt
var plainSource string

const recoveredSource = `
// recovered runs a cell that is meant to fail.
func recovered(cell func()) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println("panic:", r)
		}
	}()
	cell()
}
`

// write returns the text of the program.
func (p *program) write(name string) ([]byte, error) {
	var body bytes.Buffer
	var calls []string
	declared := map[string]bool{}
	recovers := false
	for _, g := range p.cells {
		if g.markdown != "" {
			body.WriteString(comment(g.markdown) + "\n")
		}
		if g.checked == nil {
			continue
		}
		text, err := p.cellSource(g, declared)
		if err != nil {
			return nil, fmt.Errorf("cell %d: %w", g.number, err)
		}
		body.WriteString(text + "\n")
		call := g.function() + "()"
		if g.fails {
			call, recovers = "recovered("+g.function()+")", true
		}
		if p.test && g.ignored {
			call = "printed(t, func() {" + call + "})"
		}
		calls = append(calls, call)
	}
	plain := plainSource
	if display, ok := p.imports[displayPath]; ok {
		calls = append([]string{display + ".SetSink(func(v any) { show(v) })"}, calls...)
		plain = "\nfunc plain(v any) string { return fmt.Sprint(" + display + ".Bundle(v)[\"text/plain\"]) }\n"
	}

	var out bytes.Buffer
	fmt.Fprintf(&out, "// Exported from the notebook %s by lectern export.\n\npackage main\n\nimport (\n", name)
	for _, path := range p.importOrder() {
		if p.renamed[path] {
			out.WriteString(p.imports[path] + " ")
		}
		out.WriteString(strconv.Quote(path) + "\n")
	}
	out.WriteString(")\n\n" + p.entry(calls) + "\n")
	out.Write(body.Bytes())
	out.WriteString(showSource + plain)
	if recovers {
		out.WriteString(recoveredSource)
	}
	src, err := format.Source(out.Bytes())
	if err != nil {
		return nil, fmt.Errorf("the program that the cells make does not parse: %w", err)
	}
	return src, nil
}

// entry returns the function that calls the cells, and in a test what it wants.
func (p *program) entry(calls []string) string {
	all := strings.Join(calls, "\n")
	if !p.test {
		return "func main() {\n" + all + "\n}\n"
	}
	return "// TestNotebook runs the cells and wants what the notebook shows.\n" +
		"func TestNotebook(t *testing.T) {\nif got := printed(t, func() {\n" + all + "\n}); got != want {\n" +
		"t.Errorf(\"the cells printed\\n%s\\nwant\\n%s\", got, want)\n}\n}\n\n" +
		"const want = " + literal(p.want) + "\n" + printedSource
}

// importOrder returns the import paths, those of the standard library first.
func (p *program) importOrder() []string {
	isStd := func(path string) bool {
		first, _, _ := strings.Cut(path, "/")
		return !strings.Contains(first, ".")
	}
	return slices.SortedFunc(maps.Keys(p.imports), func(a, b string) int {
		if isStd(a) != isStd(b) {
			if isStd(a) {
				return -1
			}
			return 1
		}
		return cmp.Compare(a, b)
	})
}

// comment returns a text as a Go comment.
func comment(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight("// "+line, " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// firstError returns the first error of a parser, in one line.
func firstError(err error) error {
	var list scanner.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		return fmt.Errorf("line %d: %s", list[0].Pos.Line, list[0].Msg)
	}
	return err
}

package runner

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/lectern-go/lectern/notebooks/nbformat"
)

// Tags of the cells that hold parameters.
const (
	TagParameters = "parameters"
	TagInjected   = "injected-parameters"
)

// A Parameter is a variable that the cell tagged "parameters" declares.
type Parameter struct {
	Name string
	Type string // as Go writes it, or "" if the cell alone does not tell

	typ      types.Type
	constant bool
}

// A Value is what the user wants a parameter to be: a Go literal, or for strings
// the bare text, for lists the elements between commas, for durations 1m30s.
type Value struct{ Name, Text string }

// A ParameterError says what is wrong with the parameters that were asked for.
type ParameterError struct{ Message string }

// Error returns the message.
func (e *ParameterError) Error() string { return e.Message }

// SetParameters writes the cell that assigns the values, behind the cell tagged
// "parameters" and in place of one that an earlier run injected. Of equal names
// the last counts. The error is a [*ParameterError] if a name or a value does
// not fit; then the notebook is unchanged.
func SetParameters(nb *nbformat.Notebook, values []Value) error {
	if len(values) == 0 {
		return nil
	}
	at := slices.IndexFunc(nb.Cells, func(c *nbformat.Cell) bool { return c.HasTag(TagParameters) })
	if at < 0 {
		return &ParameterError{fmt.Sprintf("the notebook has no parameters, so %s cannot be set; "+
			"tag the cell that declares them %q", values[0].Name, TagParameters)}
	}
	params, err := parseParameters(nb.Cells[at].Source)
	if err != nil {
		return fmt.Errorf("cell %d, tagged %q: %w", at+1, TagParameters, err)
	}
	source, err := assignments(params, values)
	if err != nil {
		return err
	}
	injected := slices.IndexFunc(nb.Cells, func(c *nbformat.Cell) bool { return c.HasTag(TagInjected) })
	if injected >= 0 {
		nb.Cells[injected].Source = source
		return nil
	}
	nb.Cells = slices.Insert(nb.Cells, at+1, &nbformat.Cell{
		Type:     nbformat.Code,
		ID:       freeID(nb, TagInjected),
		Metadata: nbformat.Object{"tags": []any{TagInjected}},
		Source:   source,
	})
	return nil
}

// Parameters returns the parameters of the notebook, in the order in which they
// are declared; none if no cell is tagged "parameters".
func Parameters(nb *nbformat.Notebook) ([]Parameter, error) {
	for i, c := range nb.Cells {
		if c.HasTag(TagParameters) {
			params, err := parseParameters(c.Source)
			if err != nil {
				return nil, fmt.Errorf("cell %d, tagged %q: %w", i+1, TagParameters, err)
			}
			return params, nil
		}
	}
	return nil, nil
}

func freeID(nb *nbformat.Notebook, id string) string {
	used := func(id string) bool {
		return slices.ContainsFunc(nb.Cells, func(c *nbformat.Cell) bool { return c.ID == id })
	}
	if !used(id) {
		return id
	}
	return nbformat.NewID(id, used)
}

// assignments returns the text of the injected cell.
func assignments(params []Parameter, values []Value) (string, error) {
	lines := map[string]string{}
	var order []string
	for _, v := range values {
		i := slices.IndexFunc(params, func(p Parameter) bool { return p.Name == v.Name })
		if i < 0 {
			return "", &ParameterError{fmt.Sprintf("unknown parameter %q; %s", v.Name, list(params))}
		}
		line, err := params[i].assignment(v.Text)
		if err != nil {
			return "", err
		}
		if _, ok := lines[v.Name]; !ok {
			order = append(order, v.Name)
		}
		lines[v.Name] = line
	}
	text := []string{"// Parameters"}
	for _, name := range order {
		text = append(text, lines[name])
	}
	return strings.Join(text, "\n"), nil
}

// list names the parameters that there are.
func list(params []Parameter) string {
	if len(params) == 0 {
		return "the parameters cell declares no variables"
	}
	names := make([]string, len(params))
	for i, p := range params {
		names[i] = p.Name
		if p.Type != "" {
			names[i] += " (" + p.Type + ")"
		}
	}
	return "the notebook has " + strings.Join(names, ", ")
}

var (
	importDecl = regexp.MustCompile(`(?m)^[ \t]*import\s*(\([^)]*\)|[^\n]*)`)
	magicLine  = regexp.MustCompile(`(?m)^[ \t]*[%!][^\n]*`)
	notNewline = regexp.MustCompile(`[^\n]`)
)

// wrapLines is the number of lines that wrap puts before the cell.
const wrapLines = 1

// wrap makes a Go file of the text of a cell, whose statements it puts into a
// function. Imports and magics, which cannot stand there, become spaces.
func wrap(source string) string {
	for _, pattern := range []*regexp.Regexp{importDecl, magicLine} {
		source = pattern.ReplaceAllStringFunc(source, func(s string) string {
			return notNewline.ReplaceAllString(s, " ")
		})
	}
	return "package p; import \"time\"; func _() {\n" + source + "\n}"
}

// parseParameters returns the variables that the text of a cell declares. Types
// come from go/types, which sees this cell only.
func parseParameters(source string) ([]Parameter, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", wrap(source), parser.SkipObjectResolution)
	if err != nil {
		var list scanner.ErrorList
		if errors.As(err, &list) && len(list) > 0 {
			return nil, fmt.Errorf("line %d: %s; a parameters cell holds only variables, such as epochs := 10",
				list[0].Pos.Line-wrapLines, list[0].Msg)
		}
		return nil, err
	}
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}}
	_ = typeCheck(fset, file, info) // a type that is not known here is told when it is needed

	var params []Parameter
	add := func(ident *ast.Ident) {
		object := info.Defs[ident]
		if object == nil || ident.Name == "_" {
			return
		}
		_, constant := object.(*types.Const)
		p := Parameter{Name: ident.Name, typ: object.Type(), constant: constant}
		if p.typ != types.Typ[types.Invalid] {
			p.Type = types.TypeString(types.Default(p.typ), qualifier)
		}
		params = append(params, p)
	}
	body := file.Decls[len(file.Decls)-1].(*ast.FuncDecl).Body
	for _, stmt := range body.List {
		for _, ident := range declared(stmt) {
			add(ident)
		}
	}
	return params, nil
}

// declared returns the names of the variables and constants that a statement
// declares.
func declared(stmt ast.Stmt) []*ast.Ident {
	var idents []*ast.Ident
	switch stmt := stmt.(type) {
	case *ast.AssignStmt:
		if stmt.Tok != token.DEFINE {
			return nil
		}
		for _, e := range stmt.Lhs {
			if ident, ok := e.(*ast.Ident); ok {
				idents = append(idents, ident)
			}
		}
	case *ast.DeclStmt:
		for _, spec := range stmt.Decl.(*ast.GenDecl).Specs {
			if values, ok := spec.(*ast.ValueSpec); ok {
				idents = append(idents, values.Names...)
			}
		}
	}
	return idents
}

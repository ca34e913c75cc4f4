package cell

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// A Cell is the syntax of one notebook cell.
type Cell struct {
	Name string // in diagnostics: "cell 3"
	Text string

	Imports []*ast.ImportSpec
	Decls   []ast.Decl // functions, methods, types and constants, in order
	Stmts   []ast.Stmt // everything else, variables included, in order
	Program bool       // the cell is a whole program: it begins with a package clause
}

// PrefixLines is how many lines stand before the first line of a cell in the
// files that are parsed; only positions that ignore //line directives show them.
const PrefixLines = 3

// Results is the name of the function to which a cell that ends in several
// expressions appears to pass them.
const Results = "resultsꞏ"

const mode = parser.AllErrors | parser.SkipObjectResolution

// Parse reads the text of a cell. Positions are added to fset under the cell's
// name. The error is a [scanner.ErrorList] with every error found, sorted, in
// positions of the cell.
func Parse(fset *token.FileSet, name, text string) (*Cell, error) {
	c := &Cell{Name: name, Text: text}
	chunks, program := split(text)
	if program {
		c.Program = true
		file, err := parser.ParseFile(fset, name, text, mode|parser.ParseComments)
		if err != nil {
			return nil, c.inside(err)
		}
		c.addFile(file)
		return c, nil
	}
	var errs scanner.ErrorList
	decls, err := parser.ParseFile(fset, name,
		"package main\n\n//line "+name+":1:1\n"+blank(text, chunks, false), mode|parser.ParseComments)
	errs = appendErrors(errs, err)
	stmts, err := parser.ParseFile(fset, name,
		"package main\nfunc _() {\n//line "+name+":1:1\n"+results(name, blank(text, chunks, true), chunks)+"\n}\n", mode)
	errs = appendErrors(errs, err)
	if len(errs) > 0 {
		return nil, c.inside(errs)
	}
	c.addFile(decls)
	c.Stmts = stmts.Decls[0].(*ast.FuncDecl).Body.List
	return c, nil
}

func (c *Cell) addFile(file *ast.File) {
	for _, d := range file.Decls {
		gen, ok := d.(*ast.GenDecl)
		if !ok || gen.Tok != token.IMPORT {
			c.Decls = append(c.Decls, d)
			continue
		}
		for _, spec := range gen.Specs {
			c.Imports = append(c.Imports, spec.(*ast.ImportSpec))
		}
	}
}

func appendErrors(list scanner.ErrorList, err error) scanner.ErrorList {
	if errs, ok := err.(scanner.ErrorList); ok { //nolint:errorlint // the parser's documented type
		return append(list, errs...)
	}
	return list
}

// inside moves errors that lie in the text wrapped around the cell to the
// cell's end, and drops repetitions.
func (c *Cell) inside(err error) error {
	list := appendErrors(nil, err)
	lines := strings.Count(c.Text, "\n") + 1
	for _, e := range list {
		e.Pos.Filename = c.Name
		if e.Pos.Line > lines {
			last := c.Text[strings.LastIndexByte(c.Text, '\n')+1:]
			e.Pos.Line, e.Pos.Column = lines, len(last)+1
			e.Msg = strings.Replace(e.Msg, "found 'EOF'", "found the end of the cell", 1)
		}
	}
	list.Sort()
	list.RemoveMultiples()
	return list.Err()
}

// chunk is a part of the text between two semicolons of the outermost level.
type chunk struct {
	start, end int  // byte offsets; end is behind a written semicolon
	stmt       bool // a statement, not a declaration
}

// split cuts the text. It never fails: what it cannot make sense of ends up in
// a chunk that the parser rejects.
func split(text string) (chunks []chunk, program bool) {
	var (
		s     scanner.Scanner
		fset  = token.NewFileSet()
		file  = fset.AddFile("", fset.Base(), len(text))
		depth int
		toks  []token.Token // the first tokens of the chunk, until its kind is known
		start = -1
		stmt  bool
		known bool
	)
	s.Init(file, []byte(text), func(token.Position, string) {}, 0)
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			break
		}
		offset := file.Offset(pos)
		if start < 0 {
			if tok == token.SEMICOLON {
				continue
			}
			start, toks, known, stmt = offset, nil, false, true
			if tok == token.PACKAGE && len(chunks) == 0 {
				return nil, true
			}
		}
		if !known {
			toks = append(toks, tok)
			if st, ok := kindOf(toks); ok {
				stmt, known = st, true
			}
		}
		switch tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth = max(0, depth-1)
		case token.SEMICOLON:
			if depth == 0 {
				end := offset
				if lit == ";" {
					end++
				}
				chunks = append(chunks, chunk{start, end, stmt})
				start = -1
			}
		}
	}
	if start >= 0 {
		chunks = append(chunks, chunk{start, len(text), stmt})
	}
	return chunks, false
}

// kindOf says whether the chunk that begins with toks is a statement, as soon
// as the tokens tell. A function literal begins as a method does; only the
// parenthesis behind a name tells them apart.
func kindOf(toks []token.Token) (stmt, known bool) {
	switch toks[0] {
	case token.IMPORT, token.TYPE, token.CONST:
		return false, true
	case token.FUNC:
	default:
		return true, true
	}
	if len(toks) < 2 {
		return true, false
	}
	if toks[1] != token.LPAREN {
		return toks[1] != token.IDENT, true
	}
	depth := 0
	for i, tok := range toks[1:] {
		switch tok {
		case token.LPAREN:
			depth++
		case token.RPAREN:
			depth--
		}
		if depth == 0 {
			rest := toks[i+2:]
			if len(rest) < 2 {
				return true, len(rest) == 1 && rest[0] != token.IDENT
			}
			return rest[1] != token.LPAREN, true
		}
	}
	return true, false
}

// results wraps the last statement in a call if it is a list of expressions,
// which is no statement of Go.
func results(name, text string, chunks []chunk) string {
	if len(chunks) == 0 || !chunks[len(chunks)-1].stmt {
		return text
	}
	last := chunks[len(chunks)-1]
	list := strings.TrimSuffix(text[last.start:last.end], ";")
	x, err := parser.ParseExpr("f(" + list + ")")
	if err != nil {
		return text
	}
	if call, ok := x.(*ast.CallExpr); !ok || len(call.Args) < 2 || call.Ellipsis.IsValid() {
		return text
	}
	before := text[:last.start]
	line, column := strings.Count(before, "\n")+1, last.start-strings.LastIndexByte(before, '\n')
	return fmt.Sprintf("%s%s(/*line %s:%d:%d*/%s)%s", before, Results, name, line, column, list, text[last.start+len(list):])
}

// blank returns text with the statements (or, for keepStmts, the declarations)
// overwritten by spaces; line ends stay.
func blank(text string, chunks []chunk, keepStmts bool) string {
	b := []byte(text)
	for _, c := range chunks {
		if c.stmt == keepStmts {
			continue
		}
		for i := c.start; i < c.end; i++ {
			if b[i] != '\n' {
				b[i] = ' '
			}
		}
	}
	return string(b)
}

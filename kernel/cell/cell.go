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
	Package *ast.Ident // the name in that clause
	Magics  []Magic    // in order
}

// A Magic is a line for the kernel instead of Go: "%name arguments", "%%name
// arguments" on the first line, with the rest of the cell for its body, or a
// shell command, "!command".
type Magic struct {
	Name string // "%engine", "%%bash", or "!"
	Args string
	Body string // of a %% magic
	Line int    // from 1
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
	chunks, magics, program := split(text)
	for _, m := range magics {
		c.Magics = append(c.Magics, m.magic)
		text = text[:m.start] + strings.Repeat(" ", m.end-m.start) + text[m.end:]
	}
	if program {
		c.Program = true
		file, err := parser.ParseFile(fset, name, text, mode|parser.ParseComments)
		if err != nil {
			return nil, c.inside(err)
		}
		c.Package = file.Name
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

// importOrder is the parser's message for an import behind another declaration,
// which cells may have.
const importOrder = "imports must appear before other declarations"

func appendErrors(list scanner.ErrorList, err error) scanner.ErrorList {
	errs, ok := err.(scanner.ErrorList) //nolint:errorlint // the parser's documented type
	for i := 0; ok && i < len(errs); i++ {
		if errs[i].Msg != importOrder {
			list = append(list, errs[i])
		}
	}
	return list
}

// inside moves the first error that lies in the text wrapped around the cell to
// the cell's end, and drops those that follow from it.
func (c *Cell) inside(err error) error {
	lines := strings.Count(c.Text, "\n") + 1
	var list scanner.ErrorList
	outside := false
	for _, e := range appendErrors(nil, err) {
		e.Pos.Filename = c.Name
		if strings.HasSuffix(e.Msg, "found 'ILLEGAL'") {
			continue // the scanner says which character it is
		}
		e.Msg = strings.Replace(e.Msg, "found 'EOF'", "found the end of the cell", 1)
		if e.Pos.Line > lines {
			if outside {
				continue
			}
			outside = true
			last := c.Text[strings.LastIndexByte(c.Text, '\n')+1:]
			e.Pos.Line, e.Pos.Column = lines, len(last)+1
			if at := strings.LastIndexByte(c.Text, '}'); at >= 0 && strings.HasPrefix(e.Msg, "expected declaration") {
				// The cell has closed the function around it.
				e.Pos.Line, e.Pos.Column = place(c.Text, at)
				e.Msg = "unexpected '}'"
			} else if what, _, ok := strings.Cut(e.Msg, ", found "); ok {
				// Behind the cell's last line comes the brace of the function
				// around it.
				what = strings.Replace(what, "';'", "'}'", 1)
				e.Msg = what + ", found the end of the cell"
			}
		}
		list = append(list, e)
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

// magicLine is a magic and where its line stands in the text.
type magicLine struct {
	magic      Magic
	start, end int
}

// split cuts the text. It never fails: what it cannot make sense of ends up in
// a chunk that the parser rejects.
func split(text string) (chunks []chunk, magics []magicLine, program bool) {
	if name, ok := strings.CutPrefix(text, "%%"); ok {
		line, body, _ := strings.Cut(name, "\n")
		magic := parseMagic("%%"+line, 1)
		if magic.Name != "%%compile" { // whose body is Go
			magic.Body = body
			return nil, []magicLine{{magic, 0, len(text)}}, false
		}
		magics = append(magics, magicLine{magic, 0, len(line) + 2})
		text = strings.Repeat(" ", len(line)+2) + text[len(line)+2:]
	}
	for at := 0; at < len(text); {
		s := splitter{text: text[at:], base: at}
		end, magic := s.scan(len(chunks) == 0 && len(magics) == 0)
		if s.program {
			return nil, nil, true
		}
		chunks = append(chunks, s.chunks...)
		if !magic {
			break
		}
		line, _, _ := strings.Cut(text[end:], "\n")
		n := strings.Count(text[:end], "\n") + 1
		magics = append(magics, magicLine{parseMagic(line, n), end, end + len(line)})
		at = end + len(line)
	}
	return chunks, magics, false
}

func parseMagic(line string, n int) Magic {
	if command, ok := strings.CutPrefix(line, "!"); ok {
		return Magic{Name: "!", Args: strings.TrimSpace(command), Line: n}
	}
	name, args, _ := strings.Cut(line, " ")
	return Magic{Name: strings.TrimSpace(name), Args: strings.TrimSpace(args), Line: n}
}

// splitter cuts a part of the text that begins where a statement may.
type splitter struct {
	text    string
	base    int // offset of text in the cell
	chunks  []chunk
	program bool

	depth int
	head  bool          // of an if, for or switch: a semicolon in it is followed by a condition
	funcs int           // the literals in the head whose body is still to come
	start int           // of the current chunk, or -1
	toks  []token.Token // its first tokens, until its kind is known
	stmt  bool          // its kind
	known bool
}

// scan reads to the end, or to a magic, whose offset in the cell it returns.
func (s *splitter) scan(first bool) (end int, magic bool) {
	var sc scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(s.text))
	sc.Init(file, []byte(s.text), func(token.Position, string) {}, 0)
	s.start = -1
	for {
		pos, tok, lit := sc.Scan()
		offset := file.Offset(pos)
		if tok == token.EOF {
			break
		}
		if s.start < 0 {
			if tok == token.SEMICOLON { // of a for without a condition, or one too many
				if lit == ";" {
					s.chunks = append(s.chunks, chunk{s.base + offset, s.base + offset + 1, true})
				}
				continue
			}
			before := s.text[strings.LastIndexByte(s.text[:offset], '\n')+1 : offset]
			if (tok == token.REM || tok == token.NOT) && !s.head && strings.TrimSpace(before) == "" {
				return s.base + offset, true
			}
			if tok == token.PACKAGE && first && len(s.chunks) == 0 {
				s.program = true
				return 0, false
			}
			s.start, s.toks, s.known, s.stmt = offset, nil, false, true
		}
		s.token(tok, lit, offset)
	}
	if s.start >= 0 {
		s.end(len(s.text))
	}
	return 0, false
}

// token adds a token to the current chunk.
func (s *splitter) token(tok token.Token, lit string, offset int) {
	if !s.known {
		s.toks = append(s.toks, tok)
		if st, ok := kindOf(s.toks); ok {
			s.stmt, s.known = st, true
		}
	}
	switch tok {
	case token.IF, token.FOR, token.SWITCH:
		s.head, s.funcs = s.head || s.depth == 0, 0
	case token.FUNC:
		s.funcs++
	case token.LBRACE:
		if s.depth == 0 && s.funcs == 0 {
			s.head = false
		}
		s.funcs = max(0, s.funcs-1)
		s.depth++
	case token.LPAREN, token.LBRACK:
		s.depth++
	case token.RPAREN, token.RBRACK, token.RBRACE:
		s.depth = max(0, s.depth-1)
	case token.SEMICOLON:
		if s.depth > 0 {
			return
		}
		if lit == ";" {
			offset++
		}
		s.end(offset)
	}
}

func (s *splitter) end(offset int) {
	s.chunks = append(s.chunks, chunk{s.base + s.start, s.base + offset, s.stmt})
	s.start = -1
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
	list := withoutComments(strings.TrimSuffix(text[last.start:last.end], ";"))
	x, err := parser.ParseExpr("f(" + list + ")")
	if err != nil {
		return text
	}
	if call, ok := x.(*ast.CallExpr); !ok || len(call.Args) < 2 || call.Ellipsis.IsValid() {
		return text
	}
	line, column := place(text, last.start)
	return fmt.Sprintf("%s%s(/*line %s:%d:%d*/%s)%s", text[:last.start], Results, name, line, column, list, text[last.start+len(list):])
}

// place returns the line and the column, both from 1, of an offset in a text.
func place(text string, offset int) (line, column int) {
	before := text[:offset]
	return strings.Count(before, "\n") + 1, offset - strings.LastIndexByte(before, '\n')
}

// withoutComments returns text up to the comments behind its last token.
func withoutComments(text string) string {
	var sc scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(text))
	sc.Init(file, []byte(text), func(token.Position, string) {}, scanner.ScanComments)
	end := len(text)
	for {
		pos, tok, lit := sc.Scan()
		switch {
		case tok == token.EOF:
			return text[:end]
		case tok == token.COMMENT:
			end = min(end, file.Offset(pos))
		case tok != token.SEMICOLON || lit == ";":
			end = len(text)
		}
	}
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

// MayStand reports whether an expression may stand as a statement: a call or a
// receive operation.
func MayStand(x ast.Expr) bool {
	switch x := ast.Unparen(x).(type) {
	case *ast.CallExpr:
		return true
	case *ast.UnaryExpr:
		return x.Op == token.ARROW
	}
	return false
}

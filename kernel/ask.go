package kernel

import (
	"go/ast"
	"go/scanner"
	"go/token"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lectern-go/lectern/kernel/cell"
	"github.com/lectern-go/lectern/kernel/check"
)

// askedCell names the cells that front ends ask about. Their positions leave the
// file set again.
const askedCell = "asked"

// marker stands, while a cell is asked about, at the end of the name that is to
// be completed. It is a letter that nobody types.
const marker = "ꞏ"

// ask checks a cell that need not be complete and calls f with what the session
// makes of it. At start to end stands a name; if the cell does not parse, its end
// and then its beginning are left out. ask reports whether anything parsed. It
// takes the place of the session only while it checks, so that it answers while a
// cell runs.
func (k *Kernel) ask(code string, start, end int, name string, f func(*check.Query)) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	fset := k.session.Fset()
	defer forget(fset)
	for _, text := range attempts(code, start, end, name) {
		c, err := cell.Parse(fset, askedCell, text)
		if err != nil || c.Program {
			continue
		}
		f(k.session.Query(c))
		return true
	}
	return false
}

// forget removes the files of asked cells from the file set.
func forget(fset *token.FileSet) {
	var files []*token.File
	fset.Iterate(func(f *token.File) bool {
		if f.Name() == askedCell {
			files = append(files, f)
		}
		return true
	})
	for _, f := range files {
		fset.RemoveFile(f)
	}
}

// attempts returns the cell with name from start to end, in forms that are more
// and more likely to parse: whole; up to the name, with what closes the open
// blocks; the last statement alone of that. Positions stay.
func attempts(code string, start, end int, name string) []string {
	before := code[:start] + name
	texts := []string{before + code[end:]}
	closers, statement := closers(code[:start])
	for _, from := range []int{0, statement} {
		text := blankText(before[:from]) + before[from:]
		for _, follows := range []string{"", "{}", ":"} { // behind for and if; behind case
			texts = append(texts, text+follows+closers)
		}
	}
	return texts
}

// blankText overwrites all but line ends.
func blankText(s string) string {
	b := []byte(s)
	for i := range b {
		if b[i] != '\n' {
			b[i] = ' '
		}
	}
	return string(b)
}

// closers returns the brackets that close what is open at the end of the text,
// and where the last statement of the outermost level begins.
func closers(text string) (closers string, statement int) {
	var s scanner.Scanner
	text = blankMagics(text)
	file := token.NewFileSet().AddFile("", -1, len(text))
	s.Init(file, []byte(text), func(token.Position, string) {}, 0)
	begins := true
	for {
		pos, tok, _ := s.Scan()
		if tok == token.EOF {
			return closers, statement
		}
		if begins {
			statement, begins = file.Offset(pos), false
		}
		switch tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			closers = string(closing[tok.String()[0]]) + closers
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if closers != "" {
				closers = closers[1:]
			}
		case token.SEMICOLON:
			begins = closers == ""
		}
	}
}

// nameAt returns where the name begins and ends that the cursor is in or behind.
// They are equal if there is none.
func nameAt(code string, cursor int) (start, end int) {
	start, end = cursor, cursor
	for start > 0 {
		r, n := utf8.DecodeLastRuneInString(code[:start])
		if !isNameRune(r) {
			break
		}
		start -= n
	}
	for end < len(code) {
		r, n := utf8.DecodeRuneInString(code[end:])
		if !isNameRune(r) {
			break
		}
		end += n
	}
	return start, end
}

func isNameRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// clamp moves a cursor into the code and to the beginning of a character.
func clamp(code string, cursor int) int {
	cursor = min(max(cursor, 0), len(code))
	for cursor > 0 && cursor < len(code) && !utf8.RuneStart(code[cursor]) {
		cursor--
	}
	return cursor
}

// inLiteral says whether the end of the text is inside a comment or a literal,
// and if it is inside the path of an import where the path begins; else -1.
func inLiteral(text string) (inside bool, path int) {
	var s scanner.Scanner
	text = blankMagics(text)
	file := token.NewFileSet().AddFile("", -1, len(text))
	open := false
	s.Init(file, []byte(text), func(_ token.Position, msg string) {
		open = open || strings.HasSuffix(msg, "not terminated")
	}, scanner.ScanComments)
	path = -1
	importing, group := false, false
	for {
		pos, tok, lit := s.Scan()
		switch tok {
		case token.EOF:
			return false, -1
		case token.IMPORT:
			importing = true
		case token.LPAREN:
			group = importing
		case token.RPAREN:
			importing, group = false, false
		case token.SEMICOLON:
			importing = importing && group
		}
		if open {
			if importing && tok == token.STRING {
				path = file.Offset(pos) + 1
			}
			return true, path
		}
		if tok == token.COMMENT && strings.HasPrefix(lit, "//") && file.Offset(pos)+len(lit) == len(text) {
			return true, -1
		}
	}
}

// identifier returns a function that accepts the identifier with the name.
func identifier(name string) func(ast.Node) bool {
	return func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		return ok && id.Name == name
	}
}

package kernel

import (
	"go/ast"
	"go/scanner"
	"go/token"
	"slices"
	"strings"

	"github.com/lectern-go/lectern/kernel/cell"
)

// Completeness says whether a console may run what was typed so far.
type Completeness struct {
	Status string // Complete, Incomplete or Invalid
	Indent string // of the next line, if incomplete
}

// The values of [Completeness.Status].
const (
	Complete   = "complete"
	Incomplete = "incomplete" // more must follow
	Invalid    = "invalid"    // nothing that follows makes it right
)

// IsComplete says whether a cell is complete. It looks at the syntax alone, so
// it answers at any time. A cell magic is complete when an empty line follows, a program
// when it has its function main.
func (k *Kernel) IsComplete(code string) Completeness {
	if strings.HasPrefix(code, "%%") {
		if strings.HasSuffix(code, "\n\n") || strings.HasSuffix(code, "\n") && strings.Count(code, "\n") > 1 && lastLine(code) == "" {
			return Completeness{Status: Complete}
		}
		return Completeness{Status: Incomplete}
	}
	switch open, wrong := openEnd(code); {
	case wrong:
		return Completeness{Status: Invalid}
	case open != "":
		return Completeness{Status: Incomplete, Indent: indent(code, open)}
	}
	c, err := cell.Parse(token.NewFileSet(), "cell", code)
	switch {
	case err != nil:
		return Completeness{Status: Invalid}
	case c.Program && !slices.ContainsFunc(c.Decls, isMain):
		return Completeness{Status: Incomplete}
	}
	return Completeness{Status: Complete}
}

func isMain(d ast.Decl) bool {
	f, ok := d.(*ast.FuncDecl)
	return ok && f.Recv == nil && f.Name.Name == "main"
}

// lastLine returns the line before the last line end.
func lastLine(code string) string {
	code = strings.TrimSuffix(code, "\n")
	return strings.TrimSpace(code[strings.LastIndexByte(code, '\n')+1:])
}

// openEnd says what keeps the end of the code open: the brackets that are, the
// literal or comment, or an operator without its operand; "" if nothing does. It
// reports whether brackets do not match.
func openEnd(code string) (open string, wrong bool) {
	code = blankMagics(code)
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(code))
	s.Init(file, []byte(code), func(_ token.Position, msg string) {
		if strings.HasSuffix(msg, "not terminated") && (strings.HasPrefix(msg, "raw string") || strings.HasPrefix(msg, "comment")) {
			open = "literal"
		}
	}, 0)
	var brackets []byte
	ended := true // the last token may end a statement
	for {
		_, tok, lit := s.Scan()
		switch tok {
		case token.EOF:
			if open == "" && len(brackets) > 0 {
				open = string(brackets)
			}
			if open == "" && !ended {
				open = "operator"
			}
			return open, false
		case token.LPAREN, token.LBRACK, token.LBRACE:
			brackets = append(brackets, tok.String()[0])
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if n := len(brackets); n == 0 || closing[brackets[n-1]] != tok.String()[0] {
				return "", true
			}
			brackets = brackets[:len(brackets)-1]
		}
		ended = tok == token.SEMICOLON && (lit == "\n" || lit == ";")
	}
}

var closing = map[byte]byte{'(': ')', '[': ']', '{': '}'}

// blankMagics overwrites lines for the kernel, which are not Go.
func blankMagics(code string) string {
	lines := strings.Split(code, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "%") || strings.HasPrefix(line, "!") {
			lines[i] = strings.Repeat(" ", len(line))
		}
	}
	return strings.Join(lines, "\n")
}

// indent returns the white space that the next line begins with: that of the
// last line, and a tab more if the line opens something.
func indent(code, open string) string {
	if open == "literal" {
		return ""
	}
	code = strings.TrimRight(code, " \t\n")
	line := code[strings.LastIndexByte(code, '\n')+1:]
	space := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	depth := 0
	for _, r := range line {
		switch r {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		}
	}
	if depth > 0 || open == "operator" {
		space += "\t"
	}
	return space
}

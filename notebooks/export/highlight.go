package export

import (
	"go/scanner"
	"go/token"
	"go/types"
	"html"
	"strings"
)

// highlight returns Go as HTML whose keywords, literals, comments and predeclared
// names are marked by classes. Text that is not Go comes out plain.
func highlight(source string) string {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(source))
	s.Init(file, []byte(source), func(token.Position, string) {}, scanner.ScanComments)
	var b strings.Builder
	at := 0
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			b.WriteString(html.EscapeString(source[at:]))
			return b.String()
		}
		class := tokenClass(tok, lit)
		start := file.Offset(pos)
		if class == "" || start < at {
			continue
		}
		end := min(start+len(lit), len(source))
		b.WriteString(html.EscapeString(source[at:start]))
		b.WriteString(`<span class="` + class + `">` + html.EscapeString(source[start:end]) + "</span>")
		at = end
	}
}

// tokenClass returns the class that marks a token, or "".
func tokenClass(tok token.Token, lit string) string {
	switch {
	case tok.IsKeyword():
		return "k"
	case tok == token.COMMENT:
		return "c"
	case tok == token.STRING || tok == token.CHAR:
		return "s"
	case tok == token.INT || tok == token.FLOAT || tok == token.IMAG:
		return "n"
	case tok == token.IDENT && types.Universe.Lookup(lit) != nil:
		return "p"
	}
	return ""
}

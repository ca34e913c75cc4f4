package repl

import (
	"go/scanner"
	"go/token"
	"go/types"
	"strings"
)

// Colours, as numbers of ANSI's escape sequence.
const (
	red     = "31"
	green   = "32"
	yellow  = "33"
	blue    = "34"
	magenta = "35"
	cyan    = "36"
	grey    = "90"
)

func paint(colour, text string) string { return "\x1b[" + colour + "m" + text + "\x1b[0m" }

// highlight colours Go's tokens and the lines for the kernel. Text that is not
// Go stays as it is.
func highlight(code string) string {
	if strings.HasPrefix(code, "%%") {
		first, rest, more := strings.Cut(code, "\n")
		if more {
			return paint(magenta, first) + "\n" + rest
		}
		return paint(magenta, first)
	}
	lines := strings.SplitAfter(code, "\n")
	for i, line := range lines {
		if body := strings.TrimSuffix(line, "\n"); strings.HasPrefix(line, "%") || strings.HasPrefix(line, "!") {
			return highlightGo(strings.Join(lines[:i], "")) + paint(magenta, body) + line[len(body):] +
				highlight(strings.Join(lines[i+1:], ""))
		}
	}
	return highlightGo(code)
}

func highlightGo(code string) string {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(code))
	s.Init(file, []byte(code), func(token.Position, string) {}, scanner.ScanComments)
	var out strings.Builder
	at := 0
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			out.WriteString(code[at:])
			return out.String()
		}
		colour := colourOf(tok, lit)
		start := file.Offset(pos)
		end := start + len(lit)
		if colour == "" || start < at || end > len(code) || code[start:end] != lit {
			continue // as it is; a raw string with carriage returns is shorter than its text
		}
		out.WriteString(code[at:start])
		// A colour ends with its line: the editor draws line by line.
		for i, line := range strings.Split(lit, "\n") {
			if i > 0 {
				out.WriteString("\n")
			}
			out.WriteString(paint(colour, line))
		}
		at = end
	}
}

func colourOf(tok token.Token, lit string) string {
	switch {
	case tok.IsKeyword():
		return blue
	case tok == token.STRING || tok == token.CHAR:
		return green
	case tok == token.INT || tok == token.FLOAT || tok == token.IMAG:
		return yellow
	case tok == token.COMMENT:
		return grey
	case tok == token.IDENT && types.Universe.Lookup(lit) != nil:
		return cyan
	}
	return ""
}

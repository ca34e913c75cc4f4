package export

import (
	"fmt"
	"html"
	"regexp"
	"strings"

	"github.com/lectern-go/lectern/notebooks/export/mathml"
)

// Formulas are taken out of Markdown before it is parsed, so that it does not see
// their underscores and stars, and put back as MathML behind it. These characters
// of the private use area enclose the number of a formula in between.
const (
	mathOpen  = '\uE000'
	mathClose = '\uE001'
)

// A formula is LaTeX without its delimiters.
type formula struct {
	latex   string
	display bool
	source  string // with its delimiters
}

// takeMath replaces the formulas of a Markdown text by their numbers. Formulas
// stand between $ or $$, or between \begin and \end; code is left alone.
func takeMath(text string) (string, []formula) {
	text = strings.Map(func(r rune) rune {
		if r == mathOpen || r == mathClose {
			return -1
		}
		return r
	}, text)
	var b strings.Builder
	var formulas []formula
	for i := 0; i < len(text); {
		if n := codeLength(text, i); n > 0 {
			b.WriteString(text[i : i+n])
			i += n
			continue
		}
		if f, n := formulaAt(text, i); n > 0 {
			fmt.Fprintf(&b, "%c%d%c", mathOpen, len(formulas), mathClose)
			formulas = append(formulas, f)
			i += n
			continue
		}
		if text[i] == '\\' && i+1 < len(text) {
			b.WriteByte(text[i])
			i++
		}
		b.WriteByte(text[i])
		i++
	}
	return b.String(), formulas
}

// codeLength returns the length of the code that begins at text[i:], a fenced
// block at the beginning of a line or a span between backquotes, or 0.
func codeLength(text string, i int) int {
	c := text[i]
	if c != '`' && c != '~' {
		return 0
	}
	fence := text[i : i+len(text[i:])-len(strings.TrimLeft(text[i:], string(c)))]
	lineStart := strings.LastIndexByte(text[:i], '\n') + 1
	if len(fence) >= 3 && strings.TrimSpace(text[lineStart:i]) == "" {
		for at := i; ; {
			next := strings.IndexByte(text[at:], '\n')
			if next < 0 {
				return len(text) - i
			}
			at += next + 1
			if strings.HasPrefix(strings.TrimLeft(text[at:], " "), fence) {
				end := strings.IndexByte(text[at:], '\n')
				if end < 0 {
					return len(text) - i
				}
				return at + end - i
			}
		}
	}
	if c == '~' {
		return 0
	}
	for at := i + len(fence); ; {
		next := strings.Index(text[at:], fence)
		if next < 0 {
			return len(fence)
		}
		at += next + len(fence)
		if at >= len(text) || text[at] != '`' {
			return at - i
		}
		at += len(text[at:]) - len(strings.TrimLeft(text[at:], "`"))
	}
}

var environment = regexp.MustCompile(`^\\begin\{([a-zA-Z]+\*?)\}`)

// formulaAt returns the formula that begins at text[i:] and its length, or 0.
func formulaAt(text string, i int) (formula, int) {
	rest := text[i:]
	switch {
	case strings.HasPrefix(rest, "$$"):
		if end := strings.Index(rest[2:], "$$"); end > 0 {
			return formula{rest[2 : 2+end], true, rest[:end+4]}, end + 4
		}
	case rest[0] == '$':
		return inlineFormula(rest)
	case rest[0] == '\\':
		m := environment.FindStringSubmatch(rest)
		if m == nil {
			return formula{}, 0
		}
		closing := `\end{` + m[1] + "}"
		if end := strings.Index(rest, closing); end > 0 {
			n := end + len(closing)
			return formula{rest[:n], true, rest[:n]}, n
		}
	}
	return formula{}, 0
}

// inlineFormula returns the formula between the dollar with which text begins
// and the next one. As in other Markdown with formulas, no space stands inside
// next to a dollar and no digit behind the second, so that prices stay prices.
func inlineFormula(text string) (formula, int) {
	if len(text) < 3 || strings.ContainsRune(" \t\n", rune(text[1])) {
		return formula{}, 0
	}
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '\n':
			if strings.HasPrefix(strings.TrimLeft(text[i+1:], " \t"), "\n") {
				return formula{}, 0 // the paragraph ends
			}
		case '$':
			isSpace := strings.ContainsRune(" \t\n", rune(text[i-1]))
			isPrice := i+1 < len(text) && '0' <= text[i+1] && text[i+1] <= '9'
			if i == 1 || isSpace || isPrice {
				return formula{}, 0
			}
			return formula{text[1:i], false, text[:i+1]}, i + 1
		}
	}
	return formula{}, 0
}

var placeholder = regexp.MustCompile(string(mathOpen) + `(\d+)` + string(mathClose))

// putMath replaces the numbers of formulas in HTML by MathML. A formula that does
// not convert is shown as its source, and warn is told why.
func putMath(page string, formulas []formula, warn func(string)) string {
	return placeholder.ReplaceAllStringFunc(page, func(s string) string {
		var number int
		if _, err := fmt.Sscanf(s, string(mathOpen)+"%d", &number); err != nil || number >= len(formulas) {
			return s
		}
		f := formulas[number]
		m, err := mathml.Convert(f.latex, f.display)
		if err != nil {
			warn(err.Error() + "; it is shown as its source")
			return "<code>" + html.EscapeString(f.source) + "</code>"
		}
		return m
	})
}

// unset is what Jupyter typesets no formula in: tags, comments, code and scripts.
var unset = regexp.MustCompile(`(?is)<!--.*?-->|<(?:script|style|pre|code|textarea)\b.*?</(?:script|style|pre|code|textarea)>|<[^>]*>`)

// typesetHTML replaces the formulas in the text of an HTML output by MathML, as
// Jupyter typesets them.
func typesetHTML(data string, warn func(string)) string {
	var b strings.Builder
	set := func(text string) {
		text, formulas := takeMath(text)
		for i := range formulas {
			formulas[i].latex = html.UnescapeString(formulas[i].latex)
		}
		b.WriteString(putMath(text, formulas, warn))
	}
	at := 0
	for _, place := range unset.FindAllStringIndex(data, -1) {
		set(data[at:place[0]])
		b.WriteString(data[place[0]:place[1]])
		at = place[1]
	}
	set(data[at:])
	return b.String()
}

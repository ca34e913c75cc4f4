package filter

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SyntaxError says what is wrong with an expression, and where.
type SyntaxError struct {
	Text    string // the whole expression
	Offset  int    // in bytes
	Message string
}

// Error returns the message with the column, counted in characters from 1.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("column %d: %s", utf8.RuneCountInString(e.Text[:e.Offset])+1, e.Message)
}

// Caret returns the expression and, below the place of the error, a caret.
func (e *SyntaxError) Caret() string {
	oneLine := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, e.Text)
	return oneLine + "\n" + strings.Repeat(" ", utf8.RuneCountInString(e.Text[:e.Offset])) + "^"
}

type tokenKind int

const (
	tokEnd    tokenKind = iota
	tokName             // word or dotted name: text holds it, prefix what stands before the first dot
	tokNumber           // number
	tokSpan             // span of time in ms, in number
	tokString           // text
	tokOp               // text
)

type token struct {
	kind   tokenKind
	pos    int
	text   string
	prefix string // of a dotted name
	dotted bool
	number float64
}

// String returns the token as it is shown in messages.
func (t token) String() string {
	switch t.kind {
	case tokEnd:
		return "the end"
	case tokString:
		return strconv.Quote(t.text)
	case tokNumber, tokSpan:
		return "a number"
	}
	if t.dotted {
		return t.prefix + "." + t.text
	}
	return t.text
}

type lexer struct {
	text string
	at   int
}

func (l *lexer) errorf(pos int, format string, args ...any) error {
	return &SyntaxError{l.text, min(pos, len(l.text)), fmt.Sprintf(format, args...)}
}

var operators = []string{"==", "!=", "<>", "<=", ">=", "=~", "!~", "=", "<", ">", "+", "-", "*", "/", "(", ")", ","}

// next returns the next token.
func (l *lexer) next() (token, error) {
	for l.at < len(l.text) {
		r, size := utf8.DecodeRuneInString(l.text[l.at:])
		if !unicode.IsSpace(r) {
			break
		}
		l.at += size
	}
	t := token{pos: l.at}
	if l.at == len(l.text) {
		return t, nil
	}
	rest := l.text[l.at:]
	c := rest[0]
	switch r, _ := utf8.DecodeRuneInString(rest); {
	case c == '\'' || c == '"':
		t.kind = tokString
		var err error
		t.text, err = l.quoted(c)
		return t, err
	case isDigit(c) || c == '.' && len(rest) > 1 && isDigit(rest[1]):
		return l.number()
	case isWord(r):
		return l.name()
	}
	for _, op := range operators {
		if strings.HasPrefix(rest, op) {
			l.at += len(op)
			t.kind, t.text = tokOp, op
			return t, nil
		}
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return t, l.errorf(l.at, "unexpected character %q", r)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// quoted reads text in quotes; a quote in it is written twice.
func (l *lexer) quoted(quote byte) (string, error) {
	start := l.at
	var b strings.Builder
	for l.at++; l.at < len(l.text); l.at++ {
		c := l.text[l.at]
		if c != quote {
			b.WriteByte(c)
			continue
		}
		l.at++
		if l.at == len(l.text) || l.text[l.at] != quote {
			return b.String(), nil
		}
		b.WriteByte(quote)
	}
	return "", l.errorf(start, "the quote %c is not closed", quote)
}

// spans are the units of spans of time, in milliseconds.
var spans = map[string]float64{
	"ms": 1, "s": 1000, "m": 60e3, "min": 60e3, "h": 3600e3, "d": 86400e3, "w": 7 * 86400e3,
}

// number reads a number or a span of time.
func (l *lexer) number() (token, error) {
	t := token{kind: tokNumber, pos: l.at}
	end := l.at
	for end < len(l.text) && (isDigit(l.text[end]) || l.text[end] == '.') {
		end++
	}
	if end < len(l.text) && (l.text[end] == 'e' || l.text[end] == 'E') {
		exp := end + 1
		if exp < len(l.text) && (l.text[exp] == '+' || l.text[exp] == '-') {
			exp++
		}
		if exp < len(l.text) && isDigit(l.text[exp]) {
			for end = exp; end < len(l.text) && isDigit(l.text[end]); {
				end++
			}
		}
	}
	unitEnd := end
	for unitEnd < len(l.text) {
		r, size := utf8.DecodeRuneInString(l.text[unitEnd:])
		if !isWord(r) {
			break
		}
		unitEnd += size
	}
	x, err := strconv.ParseFloat(l.text[l.at:end], 64)
	if err != nil {
		return t, l.errorf(l.at, "%q is no number", l.text[l.at:unitEnd])
	}
	t.number = x
	if unit := l.text[end:unitEnd]; unit != "" {
		ms, ok := spans[unit]
		if !ok {
			return t, l.errorf(l.at, "%q is no number; units of time are ms, s, m, h, d, w; text needs quotes", l.text[l.at:unitEnd])
		}
		t.kind, t.number = tokSpan, x*ms
	}
	l.at = unitEnd
	return t, nil
}

// name reads a word, or a prefix and a key with a dot between.
func (l *lexer) name() (token, error) {
	t := token{kind: tokName, pos: l.at}
	t.text = l.word(false)
	if l.at == len(l.text) || l.text[l.at] != '.' {
		return t, nil
	}
	l.at++
	t.prefix, t.dotted = t.text, true
	if l.at == len(l.text) {
		return t, l.errorf(l.at, "a key is missing after %s.", t.prefix)
	}
	if c := l.text[l.at]; c == '`' || c == '"' || c == '\'' {
		var err error
		t.text, err = l.quoted(c)
		return t, err
	}
	start := l.at
	if t.text = l.word(true); t.text == "" {
		return t, l.errorf(start, "a key is missing after %s.", t.prefix)
	}
	for _, part := range strings.FieldsFunc(t.text, func(r rune) bool { return strings.ContainsRune("-/", r) })[1:] {
		if prefix, _, ok := strings.Cut(part, "."); ok && isPrefix(prefix) {
			return t, l.errorf(start, "%q reads as one key; put spaces around / and -", t.text)
		}
	}
	return t, nil
}

// word reads letters, digits and _, and in a key also . and, between two of
// them, / - and :.
func (l *lexer) word(key bool) string {
	start := l.at
	for l.at < len(l.text) {
		r, size := utf8.DecodeRuneInString(l.text[l.at:])
		joins := key && l.at > start && strings.ContainsRune(".-/:", r)
		if joins && r != '.' {
			after, _ := utf8.DecodeRuneInString(l.text[l.at+size:])
			joins = isWord(after)
		}
		if !isWord(r) && !joins {
			break
		}
		l.at += size
	}
	return l.text[start:l.at]
}

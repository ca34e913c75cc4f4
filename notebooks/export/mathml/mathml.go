package mathml

import (
	"fmt"
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxDepth bounds how deep a formula may nest.
const maxDepth = 200

// Convert returns a formula, given without the dollars around it, as a math
// element; display says that it stands on a line of its own. The LaTeX goes along
// as an annotation, so that it can be copied. The error says what is not known or
// does not fit, and at which byte.
func Convert(latex string, display bool) (string, error) {
	p := &parser{text: latex, display: display}
	body, err := p.list("")
	if err == nil && p.peek() != "" {
		err = p.errorf("%s has no counterpart before it", p.peek())
	}
	if err != nil {
		return "", err
	}
	attribute := ""
	if display {
		attribute = ` display="block"`
	}
	return fmt.Sprintf(`<math xmlns="http://www.w3.org/1998/Math/MathML"%s><semantics>%s`+
		`<annotation encoding="application/x-tex">%s</annotation></semantics></math>`,
		attribute, body, html.EscapeString(strings.TrimSpace(latex))), nil
}

type parser struct {
	text     string
	pos      int
	depth    int
	display  bool
	alphabet string // of letters, as \mathbf sets it
}

func (p *parser) errorf(format string, args ...any) error {
	return fmt.Errorf("formula, byte %d: %s", p.pos+1, fmt.Sprintf(format, args...))
}

// space skips white space and comments.
func (p *parser) space() {
	for p.pos < len(p.text) {
		switch p.text[p.pos] {
		case '%':
			if end := strings.IndexByte(p.text[p.pos:], '\n'); end >= 0 {
				p.pos += end
			} else {
				p.pos = len(p.text)
			}
		case ' ', '\n', '\t', '\r':
			p.pos++
		default:
			return
		}
	}
}

// peek returns the next token without taking it: a command with its backslash, a
// character, or "" at the end.
func (p *parser) peek() string {
	p.space()
	if p.pos >= len(p.text) {
		return ""
	}
	if p.text[p.pos] != '\\' {
		_, size := utf8.DecodeRuneInString(p.text[p.pos:])
		return p.text[p.pos : p.pos+size]
	}
	end := p.pos + 1
	for end < len(p.text) && isLetter(p.text[end]) {
		end++
	}
	if end == p.pos+1 && end < len(p.text) {
		_, size := utf8.DecodeRuneInString(p.text[end:])
		end += size
	}
	return p.text[p.pos:end]
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// next takes the next token.
func (p *parser) next() string {
	t := p.peek()
	p.pos += len(t)
	return t
}

// take takes the next token if it is t.
func (p *parser) take(t string) bool {
	if p.peek() != t {
		return false
	}
	p.pos += len(t)
	return true
}

// isEnd reports whether a token ends a list.
func isEnd(token string) bool {
	switch token {
	case "", "}", "&", `\\`, `\cr`, `\right`, `\middle`, `\end`:
		return true
	}
	return false
}

// list parses up to a token that ends it, or up to stop, which it leaves.
func (p *parser) list(stop string) (string, error) {
	if p.depth++; p.depth > maxDepth {
		return "", p.errorf("nests deeper than %d", maxDepth)
	}
	defer func() { p.depth-- }()
	var items []string
	for t := p.peek(); !isEnd(t) && (stop == "" || t != stop); t = p.peek() {
		if alphabet, ok := switches[t[1:]]; ok && t[0] == '\\' {
			p.next()
			defer func(old string) { p.alphabet = old }(p.alphabet)
			p.alphabet = alphabet
			continue
		}
		item, err := p.scripted()
		if err != nil {
			return "", err
		}
		if item != "" {
			items = append(items, item)
		}
		if isFunction(t) && !p.closesFunction() {
			items = append(items, space("0.167"))
		}
	}
	return row(items), nil
}

// isFunction reports whether a command is the name of a function.
func isFunction(token string) bool {
	name := strings.TrimPrefix(token, `\`)
	_, ok := functions[name]
	return ok || name == "operatorname" || name == "argmax" || name == "argmin"
}

// closesFunction reports whether what follows the name of a function stands close
// to it.
func (p *parser) closesFunction() bool {
	switch t := p.peek(); t {
	case "(", "[", ")", "]", ",", ".", "=", `\left`, `\{`, `\,`, `\;`, `\:`, `\quad`:
		return true
	default:
		return isEnd(t)
	}
}

// row makes one element of several.
func row(items []string) string {
	if len(items) == 1 {
		return items[0]
	}
	return "<mrow>" + strings.Join(items, "") + "</mrow>"
}

// scripted parses an atom and the scripts behind it.
func (p *parser) scripted() (string, error) {
	base, movable := "<mrow></mrow>", false
	if t := p.peek(); t != "^" && t != "_" && t != "'" {
		var err error
		if base, movable, err = p.atom(); err != nil {
			return "", err
		}
	}
	limits := movable && p.display
	var sub, sup, primes string
	for {
		var err error
		switch t := p.peek(); t {
		case "_":
			if sub != "" {
				return "", p.errorf("a second subscript; put braces around the first")
			}
			p.next()
			sub, err = p.argument()
		case "^":
			if sup != "" {
				return "", p.errorf("a second superscript; put braces around the first")
			}
			p.next()
			sup, err = p.argument()
		case "'":
			p.next()
			primes += "′"
		case `\limits`, `\nolimits`:
			p.next()
			limits = t == `\limits`
		default:
			return scripts(base, sub, withPrimes(sup, primes), limits), nil
		}
		if err != nil {
			return "", err
		}
	}
}

func withPrimes(sup, primes string) string {
	if primes == "" {
		return sup
	}
	prime := "<mo>" + primes + "</mo>"
	if sup == "" {
		return prime
	}
	return "<mrow>" + prime + sup + "</mrow>"
}

// scripts puts scripts beside an element, or below and above it.
func scripts(base, sub, sup string, limits bool) string {
	name := ""
	switch {
	case sub == "" && sup == "":
		return base
	case limits && sup == "":
		name = "munder"
	case limits && sub == "":
		name = "mover"
	case limits:
		name = "munderover"
	case sup == "":
		name = "msub"
	case sub == "":
		name = "msup"
	default:
		name = "msubsup"
	}
	return "<" + name + ">" + base + sub + sup + "</" + name + ">"
}

// argument parses the argument of a command or a script: a group or one atom.
func (p *parser) argument() (string, error) {
	t := p.peek()
	if isEnd(t) || t == "^" || t == "_" {
		return "", p.errorf("an argument is missing")
	}
	if digit := t[0]; '0' <= digit && digit <= '9' { // x^12 is x^1 2
		p.next()
		return "<mn>" + p.letters(t) + "</mn>", nil
	}
	s, _, err := p.atom()
	return s, err
}

// atom parses one thing without scripts, and says whether its scripts move above
// and below in a displayed formula.
func (p *parser) atom() (s string, movable bool, err error) {
	if p.depth++; p.depth > maxDepth {
		return "", false, p.errorf("nests deeper than %d", maxDepth)
	}
	defer func() { p.depth-- }()
	t := p.next()
	r, _ := utf8.DecodeRuneInString(t)
	switch {
	case t == "{":
		s, err = p.group()
		return s, false, err
	case len(t) > 1 && t[0] == '\\':
		return p.command(t[1:])
	case t == `\`:
		return "", false, p.errorf("a backslash at the end")
	case '0' <= r && r <= '9':
		start := p.pos - 1
		for p.pos < len(p.text) && (isDigit(p.text[p.pos]) ||
			p.text[p.pos] == '.' && p.pos+1 < len(p.text) && isDigit(p.text[p.pos+1])) {
			p.pos++
		}
		return "<mn>" + p.letters(p.text[start:p.pos]) + "</mn>", false, nil
	case unicode.IsLetter(r):
		return p.identifier(t), false, nil
	case t == "~":
		return space("0.25"), false, nil
	}
	return operator(t), false, nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// group parses up to the brace that closes it.
func (p *parser) group() (string, error) {
	s, err := p.list("")
	if err == nil && !p.take("}") {
		err = p.errorf("want }, got %s", p.seen())
	}
	return s, err
}

func (p *parser) seen() string {
	if t := p.peek(); t != "" {
		return t
	}
	return "the end"
}

// letters returns a text in the current alphabet, escaped.
func (p *parser) letters(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteRune(letter(r, p.alphabet))
	}
	return html.EscapeString(b.String())
}

// identifier returns a letter.
func (p *parser) identifier(s string) string {
	if p.alphabet == "upright" {
		return `<mi mathvariant="normal">` + html.EscapeString(s) + "</mi>"
	}
	return "<mi>" + p.letters(s) + "</mi>"
}

// operator returns an operator. Delimiters grow only between \left and \right.
func operator(s string) string {
	switch s {
	case "-":
		s = "−"
	case "*":
		s = "∗"
	case "(", ")", "[", "]", "{", "}", "|", "‖", "⟨", "⟩", "⌊", "⌋", "⌈", "⌉", "/":
		return `<mo stretchy="false">` + s + "</mo>"
	}
	return "<mo>" + html.EscapeString(s) + "</mo>"
}

func space(em string) string { return `<mspace width="` + em + `em"></mspace>` }

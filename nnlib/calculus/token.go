package calculus

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokenKind tells tokens apart; operators are their own text.
type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenNumber
	tokenName
	tokenOperator // + − * · ∘ ⊗ / = ( ) [ ] { } , ; : ∈ ‖ | ^ .^ ' >
	tokenSuper    // a superscript: T, -T, 2, -1
	tokenBreak    // end of a line
)

type token struct {
	kind  tokenKind
	text  string // in canonical form: ∘ for .* and ⊙, ' for ′
	at    span
	space bool // white space before it
}

// operatorForms are the spellings of the operators, longest first where one
// begins another.
var operatorForms = []struct{ written, text string }{
	{".*", "∘"},
	{"./", "./"},
	{".^", ".^"},
	{".T", ".T"},
	{"||", "‖"},
	{"**", "^"},
	{"⊙", "∘"},
	{"∘", "∘"},
	{"⊗", "⊗"},
	{"·", "*"},
	{"⋅", "*"},
	{"×", "*"},
	{"@", "*"},
	{"*", "*"},
	{"−", "-"},
	{"–", "-"},
	{"-", "-"},
	{"+", "+"},
	{"/", "/"},
	{"÷", "/"},
	{"^", "^"},
	{"‖", "‖"},
	{"∥", "‖"},
	{"|", "|"},
	{"(", "("},
	{")", ")"},
	{"[", "["},
	{"]", "]"},
	{"{", "{"},
	{"}", "}"},
	{",", ","},
	{";", ";"},
	{":=", "="},
	{":", ":"},
	{"∈", "∈"},
	{"=", "="},
	{">", ">"},
	{"'", "'"},
	{"′", "'"},
	{"’", "'"},
	{"″", "'"},
	{"⊤", "⊤"},
}

// latexCommands are the LaTeX commands that the notation reads.
var latexCommands = map[string]string{
	"top": "⊤", "intercal": "⊤", "circ": "∘", "odot": "∘", "otimes": "⊗", "cdot": "*", "times": "*",
	"lVert": "‖", "rVert": "‖", "Vert": "‖", "|": "‖", "in": "∈", "left": "", "right": "",
}

var superscripts = map[rune]byte{
	'ᵀ': 'T', 'ᵗ': 'T', '⁻': '-', '⁰': '0', '¹': '1', '²': '2', '³': '3', '⁴': '4',
	'⁵': '5', '⁶': '6', '⁷': '7', '⁸': '8', '⁹': '9',
}

// lexer splits a text into tokens.
type lexer struct {
	text   string
	pos    int
	tokens []token
	space  bool
}

// tokenize returns the tokens of text, ended by one tokenEnd.
func tokenize(text string) ([]token, *Error) {
	l := lexer{text: text}
	if i := strings.IndexFunc(text, func(r rune) bool { return r == utf8.RuneError }); i >= 0 {
		return nil, failf(text, span{i, i + 1}, "the text is not valid UTF-8 here")
	}
	for l.pos < len(text) {
		if err := l.next(); err != nil {
			return nil, err
		}
	}
	l.emit(tokenEnd, "", l.pos)
	return l.tokens, nil
}

func (l *lexer) emit(kind tokenKind, text string, start int) {
	l.tokens = append(l.tokens, token{kind, text, span{start, l.pos}, l.space})
	l.space = false
}

func (l *lexer) next() *Error {
	start := l.pos
	r, size := utf8.DecodeRuneInString(l.text[l.pos:])
	switch {
	case r == '\n':
		l.pos += size
		l.emit(tokenBreak, "", start)
		return nil
	case unicode.IsSpace(r):
		l.pos += size
		l.space = true
		return nil
	case r == '#' || strings.HasPrefix(l.text[l.pos:], "//"):
		if i := strings.IndexByte(l.text[l.pos:], '\n'); i >= 0 {
			l.pos += i
		} else {
			l.pos = len(l.text)
		}
		return nil
	case r == '\\':
		return l.latex(start)
	case superscripts[r] != 0:
		l.superscript(start)
		return nil
	case unicode.IsDigit(r) && r < 0x80, r == '.' && l.digitAt(l.pos+1):
		l.number(start)
		return nil
	case unicode.IsLetter(r):
		l.pos += size
		l.name(start)
		return nil
	}
	if l.normSubscript() {
		return nil
	}
	for _, op := range operatorForms {
		if strings.HasPrefix(l.text[l.pos:], op.written) {
			l.pos += len(op.written)
			if op.written == "″" {
				l.emit(tokenOperator, "'", start)
			}
			l.emit(tokenOperator, op.text, start)
			return nil
		}
	}
	return failf(l.text, span{start, start + size}, "%q has no meaning in a formula", r)
}

// normSubscript skips the F or 2 of ‖X‖_F and ‖x‖²₂: the shape of the argument
// decides which norm it is. The 1 of ‖x‖₁ is an operator for the parser.
func (l *lexer) normSubscript() bool {
	if len(l.tokens) == 0 {
		return false
	}
	if last := l.tokens[len(l.tokens)-1]; last.text != "‖" && last.kind != tokenSuper {
		return false
	}
	for _, sub := range []string{"_1", "₁", "_{1}"} {
		if strings.HasPrefix(l.text[l.pos:], sub) && l.tokens[len(l.tokens)-1].text == "‖" {
			start := l.pos
			l.pos += len(sub)
			l.emit(tokenOperator, "₁", start)
			return true
		}
	}
	for _, sub := range []string{"_F", "_2", "₂", "_{F}", "_{2}"} {
		if strings.HasPrefix(l.text[l.pos:], sub) {
			l.pos += len(sub)
			return true
		}
	}
	return false
}

func (l *lexer) digitAt(i int) bool {
	return i < len(l.text) && l.text[i] >= '0' && l.text[i] <= '9'
}

func (l *lexer) number(start int) {
	digits := func() {
		for l.digitAt(l.pos) {
			l.pos++
		}
	}
	digits()
	if l.pos < len(l.text) && l.text[l.pos] == '.' && l.digitAt(l.pos+1) {
		l.pos++
		digits()
	}
	if l.pos < len(l.text) && (l.text[l.pos] == 'e' || l.text[l.pos] == 'E') {
		exponent := l.pos + 1
		if exponent < len(l.text) && (l.text[exponent] == '-' || l.text[exponent] == '+') {
			exponent++
		}
		if l.digitAt(exponent) {
			l.pos = exponent
			digits()
		}
	}
	l.emit(tokenNumber, l.text[start:l.pos], start)
}

// name reads the rest of a name; x_{window} is x_window.
func (l *lexer) name(start int) {
	for l.pos < len(l.text) {
		r, size := utf8.DecodeRuneInString(l.text[l.pos:])
		if !isNameRune(r) {
			break
		}
		l.pos += size
	}
	name := l.text[start:l.pos]
	if strings.HasSuffix(name, "_") && strings.HasPrefix(l.text[l.pos:], "{") {
		if i := strings.IndexByte(l.text[l.pos:], '}'); i > 0 && isWord(l.text[l.pos+1:l.pos+i]) {
			name += l.text[l.pos+1 : l.pos+i]
			l.pos += i + 1
		}
	}
	l.emit(tokenName, canonicalName(name), start)
}

func isWord(text string) bool {
	for _, r := range text {
		if !isNameRune(r) {
			return false
		}
	}
	return text != ""
}

func (l *lexer) superscript(start int) {
	var b strings.Builder
	for l.pos < len(l.text) {
		r, size := utf8.DecodeRuneInString(l.text[l.pos:])
		c := superscripts[r]
		if c == 0 || b.Len() > 0 && b.String()[b.Len()-1] == 'T' {
			break
		}
		b.WriteByte(c)
		l.pos += size
	}
	l.emit(tokenSuper, b.String(), start)
}

// latex reads a LaTeX command: \top, \circ, \hat{y}, \sigma.
func (l *lexer) latex(start int) *Error {
	l.pos++
	for l.pos < len(l.text) && unicode.IsLetter(rune(l.text[l.pos])) && l.text[l.pos] < 0x80 {
		l.pos++
	}
	if l.pos == start+1 && strings.HasPrefix(l.text[l.pos:], "|") {
		l.pos++
	}
	command := l.text[start+1 : l.pos]
	if op, ok := latexCommands[command]; ok {
		if op != "" {
			l.emit(tokenOperator, op, start)
		}
		return nil
	}
	if command == "hat" && strings.HasPrefix(l.text[l.pos:], "{") {
		if i := strings.IndexByte(l.text[l.pos:], '}'); i > 0 && isWord(l.text[l.pos+1:l.pos+i]) {
			letter := l.text[l.pos+1 : l.pos+i]
			if first, _ := utf8.DecodeRuneInString(letter); !unicode.IsLetter(first) {
				return failf(l.text, span{start, l.pos + i + 1}, "a hat needs a letter under it")
			}
			l.pos += i + 1
			l.emit(tokenName, canonicalName(letter+string(combiningHat)), start)
			return nil
		}
	}
	if _, ok := greek[command]; ok || isFunctionName(command) {
		l.name(start + 1)
		l.tokens[len(l.tokens)-1].at.start = start
		return nil
	}
	return failf(l.text, span{start, l.pos}, `\%s is not a LaTeX command that formulas may use`, command)
}

package nbformat

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds how deep JSON may nest, so that no file overflows the stack.
const maxDepth = 1000

// parseJSON parses a JSON text as Python's json.loads does: NaN and the
// infinities are numbers, the last of two equal keys counts, numbers of any
// size keep all their digits. Unlike encoding/json it takes no second pass over
// the text, and strings without escapes share its memory.
func parseJSON(text string) (any, error) {
	p := &parser{text: text}
	p.space()
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.pos < len(text) {
		return nil, p.errorf("want the end of the file, got %s", p.seen())
	}
	return v, nil
}

type parser struct {
	text string
	pos  int
}

// errorf returns an error at the current position.
func (p *parser) errorf(format string, args ...any) error {
	before := p.text[:p.pos]
	line := strings.Count(before, "\n") + 1
	column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	return fmt.Errorf("line %d, column %d: %s", line, column, fmt.Sprintf(format, args...))
}

// seen names what stands at the current position.
func (p *parser) seen() string {
	if p.pos >= len(p.text) {
		return "the end of the file"
	}
	r, _ := utf8.DecodeRuneInString(p.text[p.pos:])
	return strconv.QuoteRune(r)
}

func (p *parser) space() {
	for p.pos < len(p.text) {
		switch p.text[p.pos] {
		case ' ', '\n', '\r', '\t':
			p.pos++
		default:
			return
		}
	}
}

// take skips c after white space and reports whether it was there.
func (p *parser) take(c byte) bool {
	p.space()
	if p.pos < len(p.text) && p.text[p.pos] == c {
		p.pos++
		return true
	}
	return false
}

func (p *parser) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, p.errorf("values nest deeper than %d", maxDepth)
	}
	if p.pos >= len(p.text) {
		return nil, p.errorf("want a value, got %s", p.seen())
	}
	switch c := p.text[p.pos]; {
	case c == '"':
		return p.str()
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	case c == '-' || '0' <= c && c <= '9':
		return p.number()
	}
	for word, v := range words {
		if strings.HasPrefix(p.text[p.pos:], word) {
			p.pos += len(word)
			return v, nil
		}
	}
	return nil, p.errorf("want a value, got %s", p.seen())
}

var words = map[string]any{
	"null": nil, "true": true, "false": false,
	"NaN": json.Number("NaN"), "Infinity": json.Number("Infinity"),
}

func (p *parser) object(depth int) (any, error) {
	p.pos++ // the brace
	o := Object{}
	for first := true; !p.take('}'); first = false {
		if !first && !p.take(',') {
			return nil, p.errorf("want , or } in an object, got %s", p.seen())
		}
		if p.space(); p.pos >= len(p.text) || p.text[p.pos] != '"' {
			return nil, p.errorf("want a key in quotes, got %s", p.seen())
		}
		key, err := p.str()
		if err != nil {
			return nil, err
		}
		if !p.take(':') {
			return nil, p.errorf("want : after the key %q, got %s", key, p.seen())
		}
		p.space()
		if o[key], err = p.value(depth + 1); err != nil {
			return nil, err
		}
	}
	return o, nil
}

func (p *parser) array(depth int) (any, error) {
	p.pos++ // the bracket
	list := []any{}
	for first := true; !p.take(']'); first = false {
		if !first && !p.take(',') {
			return nil, p.errorf("want , or ] in a list, got %s", p.seen())
		}
		p.space()
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

// number parses a number and spells it as Python does.
func (p *parser) number() (any, error) {
	start := p.pos
	if strings.HasPrefix(p.text[start:], "-Infinity") {
		p.pos += len("-Infinity")
		return json.Number("-Infinity"), nil
	}
	if p.text[p.pos] == '-' {
		p.pos++
	}
	leading := p.pos
	if p.digits() == 0 || p.text[leading] == '0' && p.pos > leading+1 {
		p.pos = start
		return nil, p.errorf("bad number")
	}
	isFloat := false
	if p.pos < len(p.text) && p.text[p.pos] == '.' {
		p.pos++
		isFloat = true
		if p.digits() == 0 {
			return nil, p.errorf("want a digit after the decimal point, got %s", p.seen())
		}
	}
	if p.pos < len(p.text) && p.text[p.pos]|0x20 == 'e' {
		p.pos++
		isFloat = true
		if p.pos < len(p.text) && (p.text[p.pos] == '+' || p.text[p.pos] == '-') {
			p.pos++
		}
		if p.digits() == 0 {
			return nil, p.errorf("want a digit in the exponent, got %s", p.seen())
		}
	}
	literal := p.text[start:p.pos]
	switch {
	case isFloat:
		f, _ := strconv.ParseFloat(literal, 64) // out of range is ±Inf, as in Python
		return json.Number(pythonFloat(f)), nil
	case literal == "-0":
		return json.Number("0"), nil
	}
	return json.Number(literal), nil
}

// digits skips decimal digits and returns how many there were.
func (p *parser) digits() int {
	start := p.pos
	for p.pos < len(p.text) && '0' <= p.text[p.pos] && p.text[p.pos] <= '9' {
		p.pos++
	}
	return p.pos - start
}

func (p *parser) str() (string, error) {
	p.pos++ // the quote
	start := p.pos
	for p.pos < len(p.text) {
		switch c := p.text[p.pos]; {
		case c == '"':
			s := p.text[start:p.pos]
			p.pos++
			return s, nil
		case c == '\\':
			return p.escaped(start)
		case c < 0x20:
			return "", p.errorf("control character %#02x in a string; write it as \\u%04x", c, c)
		}
		p.pos++
	}
	return "", p.errorf("the file ends inside a string")
}

// escaped parses the rest of a string that began at start and has its first
// backslash at the current position.
func (p *parser) escaped(start int) (string, error) {
	buf := append(make([]byte, 0, 2*(p.pos-start)+64), p.text[start:p.pos]...)
	for p.pos < len(p.text) {
		switch c := p.text[p.pos]; {
		case c == '"':
			p.pos++
			return string(buf), nil
		case c == '\\':
			r, err := p.escape()
			if err != nil {
				return "", err
			}
			buf = utf8.AppendRune(buf, r)
		case c < 0x20:
			return "", p.errorf("control character %#02x in a string; write it as \\u%04x", c, c)
		default:
			plain := p.pos
			for p.pos < len(p.text) && p.text[p.pos] >= 0x20 && p.text[p.pos] != '"' && p.text[p.pos] != '\\' {
				p.pos++
			}
			buf = append(buf, p.text[plain:p.pos]...)
		}
	}
	return "", p.errorf("the file ends inside a string")
}

const (
	escapeNames  = `"\/bfnrt`
	escapeValues = "\"\\/\b\f\n\r\t"
)

// escape parses one escape sequence, or the two of a surrogate pair.
func (p *parser) escape() (rune, error) {
	if p.pos+1 < len(p.text) {
		if i := strings.IndexByte(escapeNames, p.text[p.pos+1]); i >= 0 {
			p.pos += 2
			return rune(escapeValues[i]), nil
		}
	}
	r, ok := p.unicode()
	if !ok {
		return 0, p.errorf("bad escape in a string")
	}
	if !utf16.IsSurrogate(r) {
		p.pos += 6
		return r, nil
	}
	p.pos += 6
	low, ok := p.unicode()
	if pair := utf16.DecodeRune(r, low); ok && pair != utf8.RuneError {
		p.pos += 6
		return pair, nil
	}
	p.pos -= 6
	return 0, p.errorf("half of a surrogate pair, %s, in a string", p.text[p.pos:p.pos+6])
}

// unicode decodes the \uXXXX at the current position without moving.
func (p *parser) unicode() (rune, bool) {
	if len(p.text) < p.pos+6 || p.text[p.pos] != '\\' || p.text[p.pos+1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range []byte(p.text[p.pos+2 : p.pos+6]) {
		d := strings.IndexByte("0123456789abcdef", c|0x20)
		if d < 0 || c < '0' {
			return 0, false
		}
		r = r<<4 | rune(d)
	}
	return r, true
}

package mathml

import (
	"html"
	"strings"
	"unicode/utf8"
)

// command parses what follows a command, given without its backslash.
func (p *parser) command(name string) (s string, movable bool, err error) {
	if text, ok := identifiers[name]; ok {
		if upright[name] == "1" && p.alphabet == "" {
			return `<mi mathvariant="normal">` + text + "</mi>", false, nil
		}
		return p.identifier(text), false, nil
	}
	if text, ok := operators[name]; ok {
		return operator(text), false, nil
	}
	if text, ok := large[name]; ok {
		return "<mo>" + text + "</mo>", true, nil
	}
	if text, ok := integrals[name]; ok {
		return "<mo>" + text + "</mo>", false, nil
	}
	if below, ok := functions[name]; ok {
		return "<mi>" + name + "</mi>", below == "1", nil
	}
	if em, ok := spaces[name]; ok {
		return space(em), false, nil
	}
	if sign, ok := accents[name]; ok {
		s, err = p.accent("mover", sign, strings.HasPrefix(name, "over") || strings.HasPrefix(name, "wide"))
		return s, name == "overbrace", err
	}
	if sign, ok := under[name]; ok {
		s, err = p.accent("munder", sign, true)
		return s, name == "underbrace", err
	}
	if side, ok := lines[name]; ok {
		s, err = p.argument()
		return `<mrow style="` + side + `:0.06em solid">` + s + "</mrow>", false, err
	}
	if alphabet, ok := alphabets[name]; ok {
		s, err = p.inAlphabet(alphabet)
		return s, false, err
	}
	if style, ok := texts[name]; ok {
		s, err = p.textCommand(style)
		return s, false, err
	}
	return p.structure(name)
}

// structure parses commands that take arguments apart from one alphabet or accent.
func (p *parser) structure(name string) (s string, movable bool, err error) {
	switch name {
	case "frac", "dfrac", "tfrac", "cfrac":
		s, err = p.arguments("mfrac", 2)
		if name == "dfrac" || name == "tfrac" {
			s = `<mstyle displaystyle="` + map[string]string{"dfrac": "true", "tfrac": "false"}[name] + `">` + s + "</mstyle>"
		}
	case "binom", "dbinom", "tbinom":
		s, err = p.arguments("mfrac", 2)
		s = fence("(", strings.Replace(s, "<mfrac>", `<mfrac linethickness="0">`, 1), ")")
	case "sqrt":
		s, err = p.root()
	case "overset", "stackrel":
		s, err = p.swapped("mover")
	case "underset":
		s, err = p.swapped("munder")
	case "operatorname":
		star := p.take("*")
		name, err = p.verbatim()
		return "<mi" + normal(name) + ">" + html.EscapeString(name) + "</mi>", star, err
	case "argmax", "argmin":
		return "<mi>" + name[:3] + " " + name[3:] + "</mi>", true, nil
	case "left":
		s, err = p.fenced()
	case "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl", "Biggr", "bigm", "Bigm":
		s, err = p.sized(name)
	case "begin":
		s, err = p.environment()
	case "not":
		s, _, err = p.atom()
		s = strings.Replace(s, "</mo>", "\u0338</mo>", 1)
	case "phantom", "hphantom", "vphantom":
		s, err = p.arguments("mphantom", 1)
	case "boxed":
		s, err = p.argument()
		s = `<mrow style="border:1px solid;padding:0.2em">` + s + "</mrow>"
	case "textcolor", "color":
		s, err = p.coloured()
	case "pmod":
		s, err = p.argument()
		s = space("0.5") + `<mo stretchy="false">(</mo><mi>mod</mi>` + space("0.25") + s + `<mo stretchy="false">)</mo>`
	case "bmod", "mod":
		s = "<mo>mod</mo>"
	case "tag":
		name, err = p.verbatim()
		s = space("2") + "<mtext>(" + html.EscapeString(name) + ")</mtext>"
	case "label":
		_, err = p.verbatim()
	case "displaystyle", "textstyle":
		p.display = name == "displaystyle"
	case "scriptstyle", "limits", "nolimits", "nonumber", "notag", "hline":
	case "xrightarrow", "xleftarrow":
		s, err = p.argument()
		s = "<mover><mo>" + map[string]string{"xrightarrow": "→", "xleftarrow": "←"}[name] + "</mo>" + s + "</mover>"
	case "substack":
		s, err = p.substack()
	default:
		err = p.errorf(`\%s is not known`, name)
	}
	return s, false, err
}

// normal keeps a name of one letter from being slanted.
func normal(name string) string {
	if utf8.RuneCountInString(name) == 1 {
		return ` mathvariant="normal"`
	}
	return ""
}

// arguments parses n arguments into an element.
func (p *parser) arguments(element string, n int) (string, error) {
	var b strings.Builder
	for range n {
		s, err := p.argument()
		if err != nil {
			return "", err
		}
		b.WriteString(s)
	}
	return "<" + element + ">" + b.String() + "</" + element + ">", nil
}

// swapped parses the script and then the base of \overset and \underset.
func (p *parser) swapped(element string) (string, error) {
	script, err := p.argument()
	if err != nil {
		return "", err
	}
	base, err := p.argument()
	return "<" + element + ">" + base + script + "</" + element + ">", err
}

func (p *parser) accent(element, sign string, stretchy bool) (string, error) {
	s, err := p.argument()
	stretch := ` stretchy="false"`
	if stretchy {
		stretch = ""
	}
	return "<" + element + ` accent="true" accentunder="true">` + s + "<mo" + stretch + ">" + html.EscapeString(sign) + "</mo></" + element + ">", err
}

func (p *parser) inAlphabet(alphabet string) (string, error) {
	old := p.alphabet
	p.alphabet = alphabet
	defer func() { p.alphabet = old }()
	if alphabet == "upright" && p.peek() == "{" { // \mathrm{ReLU} is one word
		start := p.pos
		if word, err := p.verbatim(); err == nil && isWord(word) {
			return "<mi" + normal(word) + ">" + word + "</mi>", nil
		}
		p.pos = start
	}
	return p.argument()
}

func isWord(s string) bool {
	for _, c := range []byte(s) {
		if !isLetter(c) {
			return false
		}
	}
	return s != ""
}

func (p *parser) root() (string, error) {
	if !p.take("[") {
		return p.arguments("msqrt", 1)
	}
	index, err := p.list("]")
	if err == nil && !p.take("]") {
		err = p.errorf("want ] behind the index of the root, got %s", p.seen())
	}
	if err != nil {
		return "", err
	}
	s, err := p.argument()
	return "<mroot>" + s + index + "</mroot>", err
}

// verbatim takes a group as it is written.
func (p *parser) verbatim() (string, error) {
	if !p.take("{") {
		return "", p.errorf("want {, got %s", p.seen())
	}
	start, depth := p.pos, 1
	for ; p.pos < len(p.text); p.pos++ {
		switch p.text[p.pos] {
		case '\\':
			p.pos++
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				p.pos++
				return p.text[start : p.pos-1], nil
			}
		}
	}
	p.pos = len(p.text)
	return "", p.errorf("a } is missing")
}

var textEscapes = strings.NewReplacer(`\$`, "$", `\%`, "%", `\&`, "&", `\#`, "#", `\_`, "_", `\{`, "{", `\}`, "}", "~", "\u00a0", `\ `, " ")

// textCommand parses text, in which dollars enclose mathematics.
func (p *parser) textCommand(style string) (string, error) {
	text, err := p.verbatim()
	if err != nil {
		return "", err
	}
	attribute := ""
	switch style {
	case "bold":
		attribute = ` style="font-weight:bold"`
	case "italic":
		attribute = ` style="font-style:italic"`
	case "monospace", "sans-serif":
		attribute = ` style="font-family:` + style + `"`
	}
	var b strings.Builder
	for i, part := range strings.Split(strings.ReplaceAll(text, `\$`, "\x00"), "$") {
		part = strings.ReplaceAll(part, "\x00", `\$`)
		if part == "" {
			continue
		}
		if i%2 == 1 {
			inner := parser{text: part, depth: p.depth + 1}
			math, err := inner.list("")
			if err != nil {
				return "", err
			}
			b.WriteString(math)
			continue
		}
		// Browsers drop spaces at the ends.
		plain := textEscapes.Replace(part)
		if strings.HasPrefix(plain, " ") {
			plain = "\u00a0" + plain[1:]
		}
		if strings.HasSuffix(plain, " ") {
			plain = plain[:len(plain)-1] + "\u00a0"
		}
		b.WriteString("<mtext" + attribute + ">" + html.EscapeString(plain) + "</mtext>")
	}
	return "<mrow>" + b.String() + "</mrow>", nil
}

func (p *parser) coloured() (string, error) {
	colour, err := p.verbatim()
	if err != nil {
		return "", err
	}
	s, err := p.argument()
	return `<mrow style="color:` + html.EscapeString(strings.Map(func(r rune) rune {
		if r == ';' || r == ':' {
			return -1
		}
		return r
	}, colour)) + `">` + s + "</mrow>", err
}

// delimiter takes a delimiter; "." is none.
func (p *parser) delimiter() (string, error) {
	t := p.next()
	if text, ok := operators[strings.TrimPrefix(t, `\`)]; ok && strings.HasPrefix(t, `\`) {
		t = text
	}
	switch t {
	case ".":
		return "", nil
	case "<":
		return "⟨", nil
	case ">":
		return "⟩", nil
	case "(", ")", "[", "]", "{", "}", "|", "‖", "⟨", "⟩", "⌊", "⌋", "⌈", "⌉", "/", "∖", "↑", "↓", "⇑", "⇓":
		return t, nil
	}
	return "", p.errorf("want a delimiter, got %s", t)
}

// fence puts delimiters, which grow with what they enclose, around an element.
func fence(left, s, right string) string {
	part := func(delimiter, form string) string {
		if delimiter == "" {
			return ""
		}
		return `<mo fence="true" stretchy="true" form="` + form + `">` + delimiter + "</mo>"
	}
	return "<mrow>" + part(left, "prefix") + s + part(right, "postfix") + "</mrow>"
}

// fenced parses what stands between \left and \right.
func (p *parser) fenced() (string, error) {
	left, err := p.delimiter()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for {
		s, err := p.list("")
		if err != nil {
			return "", err
		}
		b.WriteString(s)
		if !p.take(`\middle`) {
			break
		}
		middle, err := p.delimiter()
		if err != nil {
			return "", err
		}
		b.WriteString(`<mo fence="true" stretchy="true">` + middle + "</mo>")
	}
	if !p.take(`\right`) {
		return "", p.errorf(`want \right, got %s`, p.seen())
	}
	right, err := p.delimiter()
	return fence(left, b.String(), right), err
}

// sized parses the delimiter behind \big and its like.
func (p *parser) sized(name string) (string, error) {
	d, err := p.delimiter()
	size := map[byte]string{'b': "1.2em", 'B': "1.8em"}[name[0]]
	if strings.HasPrefix(name[1:], "igg") {
		size = map[byte]string{'b': "2.4em", 'B': "3em"}[name[0]]
	}
	return `<mo stretchy="true" minsize="` + size + `" maxsize="` + size + `">` + d + "</mo>", err
}

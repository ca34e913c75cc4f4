package export

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var ansiSequence = regexp.MustCompile("\x1b\\[([0-9;:?]*)([@-~])|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)")

// ansiText returns text with the colours of a terminal as HTML: each style is a
// span with classes such as "f1" (red), "b4" (on blue) and "bold". Other control
// sequences are dropped.
func ansiText(text string) string {
	var b strings.Builder
	var style ansiStyle
	at := 0
	for _, m := range ansiSequence.FindAllStringSubmatchIndex(text, -1) {
		style.write(&b, text[at:m[0]])
		at = m[1]
		if m[4] >= 0 && text[m[4]:m[5]] == "m" {
			style.apply(text[m[2]:m[3]])
		}
	}
	style.write(&b, text[at:])
	return b.String()
}

// plainText returns text without the control sequences of a terminal.
func plainText(text string) string { return ansiSequence.ReplaceAllString(text, "") }

type ansiStyle struct {
	classes []string          // such as "bold"
	colours map[string]string // "color", "background" -> CSS colour of the 256 and the 16 million
}

func (s *ansiStyle) write(b *strings.Builder, text string) {
	text = html.EscapeString(text)
	if text == "" || len(s.classes)+len(s.colours) == 0 {
		b.WriteString(text)
		return
	}
	b.WriteString("<span")
	if len(s.classes) > 0 {
		b.WriteString(` class="` + strings.Join(s.classes, " ") + `"`)
	}
	if len(s.colours) > 0 {
		b.WriteString(` style="`)
		for _, property := range []string{"color", "background"} {
			if colour, ok := s.colours[property]; ok {
				b.WriteString(property + ":" + colour + ";")
			}
		}
		b.WriteString(`"`)
	}
	b.WriteString(">" + text + "</span>")
}

// apply changes the style by the numbers of one sequence.
func (s *ansiStyle) apply(sequence string) {
	var codes []int
	for part := range strings.SplitSeq(strings.ReplaceAll(sequence, ":", ";"), ";") {
		n, _ := strconv.Atoi(part) // an empty number is 0
		codes = append(codes, n)
	}
	for i := 0; i < len(codes); i++ {
		switch n := codes[i]; {
		case n == 0:
			*s = ansiStyle{}
		case n == 1:
			s.set("bold", "bold")
		case n == 3:
			s.set("italic", "italic")
		case n == 4:
			s.set("underline", "underline")
		case n == 22:
			s.set("bold", "")
		case n == 23:
			s.set("italic", "")
		case n == 24:
			s.set("underline", "")
		case 30 <= n && n <= 37, 90 <= n && n <= 97:
			s.colour("f", "color", n%10+8*(n/90))
		case 40 <= n && n <= 47, 100 <= n && n <= 107:
			s.colour("b", "background", n%10+8*(n/100))
		case n == 39:
			s.colour("f", "color", -1)
		case n == 49:
			s.colour("b", "background", -1)
		case n == 38 || n == 48:
			i += s.extended(n, codes[i+1:])
		}
	}
}

// set puts a class in place of those that begin with prefix.
func (s *ansiStyle) set(prefix, class string) {
	s.classes = slices.DeleteFunc(slices.Clone(s.classes), func(c string) bool { return strings.HasPrefix(c, prefix) })
	if class != "" {
		s.classes = append(s.classes, class)
	}
}

// colour sets one of the 16 colours, or none for -1.
func (s *ansiStyle) colour(prefix, property string, n int) {
	delete(s.colours, property)
	s.classes = slices.DeleteFunc(slices.Clone(s.classes), func(c string) bool {
		return strings.HasPrefix(c, prefix) && strings.Trim(c[1:], "0123456789") == ""
	})
	if n >= 0 {
		s.classes = append(s.classes, fmt.Sprintf("%s%d", prefix, n))
	}
}

// extended sets one of 256 or 16 million colours from the codes behind 38 or 48,
// and returns how many of them it used.
func (s *ansiStyle) extended(which int, codes []int) int {
	prefix, property := "f", "color"
	if which == 48 {
		prefix, property = "b", "background"
	}
	var css string
	used := 0
	switch {
	case len(codes) >= 4 && codes[0] == 2:
		css, used = fmt.Sprintf("#%02x%02x%02x", codes[1]&255, codes[2]&255, codes[3]&255), 4
	case len(codes) >= 2 && codes[0] == 5 && codes[1] < 16:
		s.colour(prefix, property, codes[1])
		return 2
	case len(codes) >= 2 && codes[0] == 5 && codes[1] < 232:
		n := codes[1] - 16
		level := func(n int) int { return min(n, 1)*55 + 40*n }
		css, used = fmt.Sprintf("#%02x%02x%02x", level(n/36), level(n/6%6), level(n%6)), 2
	case len(codes) >= 2 && codes[0] == 5:
		grey := (8 + 10*(codes[1]-232)) & 255
		css, used = fmt.Sprintf("#%02x%02x%02x", grey, grey, grey), 2
	default:
		return len(codes)
	}
	s.colour(prefix, property, -1)
	if s.colours == nil {
		s.colours = map[string]string{}
	}
	s.colours[property] = css
	return used
}

package nbformat

import (
	"strings"
	"unicode/utf8"
)

// lines is a text that the file holds as a list of lines.
type lines []string

// splitLines splits a text after each line end, as Python's
// str.splitlines(keepends=True) does: \n, \r, \r\n, \v, \f, the separators
// U+001C to U+001E, U+0085, U+2028 and U+2029 end a line.
func splitLines(s string) lines {
	list := make(lines, 0, strings.Count(s, "\n")+1)
	start := 0
	for i := 0; i < len(s); {
		size := lineEnd(s, i)
		if size == 0 {
			i++
			continue
		}
		i += size
		list = append(list, s[start:i])
		start = i
	}
	if start < len(s) {
		list = append(list, s[start:])
	}
	return list
}

// lineEnd returns the length of the line end at s[i:], or 0.
func lineEnd(s string, i int) int {
	switch c := s[i]; {
	case c == '\r' && i+1 < len(s) && s[i+1] == '\n':
		return 2
	case '\n' <= c && c <= '\r', 0x1c <= c && c <= 0x1e:
		return 1
	case c == 0xc2 || c == 0xe2:
		if r, size := utf8.DecodeRuneInString(s[i:]); r == 0x85 || r == 0x2028 || r == 0x2029 {
			return size
		}
	}
	return 0
}

// isJSONType reports whether values of a MIME type are JSON, which is neither
// joined nor split.
func isJSONType(mime string) bool {
	return mime == "application/json" || strings.HasPrefix(mime, "application/") && strings.HasSuffix(mime, "+json")
}

// isLinesType reports whether text of a MIME type is written as a list of lines.
func isLinesType(mime string) bool {
	return strings.HasPrefix(mime, "text/") || mime == "application/javascript" || mime == "image/svg+xml"
}

// splitBundle returns the bundle as the file holds it.
func splitBundle(b MIMEBundle) Object {
	o := make(Object, len(b))
	for mime, v := range b {
		if s, ok := v.(string); ok && isLinesType(mime) {
			o[mime] = splitLines(s)
		} else {
			o[mime] = v
		}
	}
	return o
}

// joinText returns the text of a string or a list of strings.
func joinText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			s, ok := item.(string)
			if !ok {
				return "", false
			}
			parts[i] = s
		}
		return strings.Join(parts, ""), true
	}
	return "", false
}

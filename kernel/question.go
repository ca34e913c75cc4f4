package kernel

import (
	"go/token"
	"strings"
)

// Question reports whether a cell only asks what a name or selector is, as
// IPython's do: a question mark before or behind it asks for its documentation,
// two for its source too. detail is that of [Kernel.Inspect].
func Question(code string) (name string, detail int, ok bool) {
	text := strings.TrimSpace(code)
	name = strings.Trim(text, "?")
	marks := len(text) - len(name)
	if marks < 1 || marks > 2 {
		return "", 0, false
	}
	for part := range strings.SplitSeq(name, ".") {
		if !token.IsIdentifier(part) && !token.IsKeyword(part) {
			return "", 0, false
		}
	}
	return name, marks - 1, true
}

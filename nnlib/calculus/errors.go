package calculus

import (
	"fmt"
	"strings"
	"unicode"
)

// An Error says what is wrong with an expression, a shape or a value, and where.
// Its text has the line of the source with a caret under the place.
type Error struct {
	Op      string // what was asked for: "Parse", "Grad", "Eval"
	Message string
	Hint    string // what to do, may be empty

	// Source is the text that the place is in, and Start and End are byte
	// offsets in it. Source is empty when the error has no place.
	Source     string
	Start, End int
}

// Error returns the message in one line, then the source line and the caret.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("calculus: ")
	if e.Op != "" {
		b.WriteString(e.Op + ": ")
	}
	b.WriteString(e.Message)
	if e.Hint != "" {
		b.WriteString("; " + e.Hint)
	}
	if e.Source != "" {
		b.WriteString("\n" + e.excerpt())
	}
	return b.String()
}

// excerpt returns the line of the source that has the place, and below it
// carets under every column of the place.
func (e *Error) excerpt() string {
	start := min(max(e.Start, 0), len(e.Source))
	end := min(max(e.End, start), len(e.Source))
	from := strings.LastIndexByte(e.Source[:start], '\n') + 1
	to := len(e.Source)
	if i := strings.IndexByte(e.Source[start:], '\n'); i >= 0 {
		to = start + i
	}
	end = min(end, to)
	before := columns(e.Source[from:start])
	width := max(columns(e.Source[start:end]), 1)
	line := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(e.Source[from:to], "\uFFFD"))
	return "    " + line + "\n    " + strings.Repeat(" ", before) + strings.Repeat("^", width)
}

// columns counts the terminal columns of text: combining marks (the hat of a
// decomposed ŷ) take none.
func columns(text string) int {
	text = strings.ToValidUTF8(text, "\uFFFD")
	n := 0
	for _, r := range text {
		if !unicode.Is(unicode.Mn, r) {
			n++
		}
	}
	return n
}

// span is a place in a source text, in byte offsets.
type span struct{ start, end int }

func (s span) to(t span) span { return span{s.start, t.end} }

// failf returns an Error at a place of the source.
func failf(source string, at span, format string, args ...any) *Error {
	return &Error{Source: source, Start: at.start, End: at.end, Message: fmt.Sprintf(format, args...)}
}

// withHint sets what to do about the error.
func (e *Error) withHint(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

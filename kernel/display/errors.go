package display

import (
	"fmt"
	"html"
	"strings"
)

// errorForms shows an error's message, and of one that wraps others the types
// that errors.As finds.
func errorForms(err error, l limits) map[string]any {
	forms := map[string]any{"text/plain": text(err, l)}
	var list strings.Builder
	wrapped(&list, err, l.depth, l)
	if strings.Count(list.String(), "<li>") > 1 {
		forms["text/html"] = fmt.Sprintf(
			`<div style="color:#d1242f;white-space:pre-wrap">%s</div><ul style="margin:.3em 0;font-size:smaller">%s</ul>`,
			html.EscapeString(text(err, l)), list.String())
	}
	return forms
}

// wrapped lists an error and those that it wraps.
func wrapped(b *strings.Builder, err error, depth int, l limits) {
	if err == nil || depth == 0 {
		return
	}
	fmt.Fprintf(b, "<li><code>%T</code> %s", err, html.EscapeString(shorten(fmt.Sprint(err), l.cell)))
	switch w := err.(type) { //nolint:errorlint // the chain is walked, one error at a time
	case interface{ Unwrap() error }:
		inner(b, []error{w.Unwrap()}, depth, l)
	case interface{ Unwrap() []error }:
		inner(b, w.Unwrap(), depth, l)
	}
	b.WriteString("</li>")
}

func inner(b *strings.Builder, list []error, depth int, l limits) {
	var items strings.Builder
	for _, err := range list {
		wrapped(&items, err, depth-1, l)
	}
	if items.Len() > 0 {
		b.WriteString(`<ul style="margin:0">` + items.String() + "</ul>")
	}
}

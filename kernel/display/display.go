package display

import (
	"encoding/json"
	"fmt"
	"sync"
)

// HTML is a fragment of HTML.
type HTML string

// MIMEBundle shows h as text/html.
func (h HTML) MIMEBundle() map[string]any { return bundle("text/html", string(h), string(h)) }

// Markdown is text in Markdown.
type Markdown string

// MIMEBundle shows m as text/markdown.
func (m Markdown) MIMEBundle() map[string]any { return bundle("text/markdown", string(m), string(m)) }

// LaTeX is a formula in LaTeX, with its own delimiters: $x^2$ or $$x^2$$.
type LaTeX string

// MIMEBundle shows l as text/latex.
func (l LaTeX) MIMEBundle() map[string]any { return bundle("text/latex", string(l), string(l)) }

// SVG is a drawing in SVG.
type SVG string

// MIMEBundle shows s as image/svg+xml.
func (s SVG) MIMEBundle() map[string]any { return bundle("image/svg+xml", string(s), "SVG drawing") }

// PNG is a picture in PNG.
type PNG []byte

// MIMEBundle shows p as image/png.
func (p PNG) MIMEBundle() map[string]any {
	return bundle("image/png", []byte(p), fmt.Sprintf("PNG picture, %d bytes", len(p)))
}

// JSON is a value that is shown as a tree.
type JSON struct{ Value any }

// MIMEBundle shows j as application/json.
func (j JSON) MIMEBundle() map[string]any {
	plain, err := json.Marshal(j.Value)
	if len(plain) > 80 {
		plain, err = json.MarshalIndent(j.Value, "", "  ")
	}
	if err != nil {
		return map[string]any{"text/plain": fmt.Sprintf("%+v\n(%v)", j.Value, err)}
	}
	return bundle("application/json", j.Value, shorten(string(plain), defaultLimits.text))
}

// VegaLite is the specification of a chart in Vega-Lite version 5, as text in
// JSON or as a value that encoding/json can marshal.
type VegaLite struct{ Spec any }

// MIMEBundle shows v as application/vnd.vegalite.v5+json. A page that has no
// Vega shows the text.
func (v VegaLite) MIMEBundle() map[string]any {
	spec := v.Spec
	switch text := spec.(type) {
	case string:
		spec = json.RawMessage(text)
	case []byte:
		spec = json.RawMessage(text)
	}
	return bundle("application/vnd.vegalite.v5+json", spec, "Vega-Lite chart")
}

func bundle(mime string, form any, plain string) map[string]any {
	return map[string]any{mime: form, "text/plain": plain}
}

var (
	mu   sync.Mutex
	sink = func(v any) { fmt.Println(v) }
)

// Show shows values at once, each in its richest form. Outside of a kernel it
// prints them. It is safe for concurrent use.
func Show(values ...any) {
	mu.Lock()
	defer mu.Unlock()
	for _, v := range values {
		sink(v)
	}
}

// SetSink sets where everything is shown. The values it gets are those of
// [Show], and [Update] and [Clearing] from the functions of their kind. A
// kernel's worker calls it once.
func SetSink(show func(v any)) {
	mu.Lock()
	defer mu.Unlock()
	sink = show
}

package display

import (
	"encoding/base64"
	"fmt"
	"html"
	"strings"
)

// Values are the values of an expression that has several, such as a call.
type Values []any

// MIMEBundle shows the texts of the values in a line and, if one of them is more
// than text, all below one another as text/html.
func (v Values) MIMEBundle() map[string]any {
	texts, blocks, rich := make([]string, len(v)), make([]string, len(v)), false
	for i, value := range v {
		forms := Bundle(value)
		texts[i] = fmt.Sprint(forms["text/plain"])
		block := htmlOf(forms)
		rich = rich || block != ""
		if block == "" {
			block = `<pre style="margin:0">` + html.EscapeString(texts[i]) + "</pre>"
		}
		blocks[i] = `<div style="margin:.3em 0">` + block + "</div>"
	}
	forms := map[string]any{"text/plain": strings.Join(texts, ", ")}
	if rich {
		forms["text/html"] = strings.Join(blocks, "\n")
	}
	return forms
}

// htmlOf returns the richest of the forms that a page of HTML can hold, or "".
func htmlOf(forms map[string]any) string {
	for _, mime := range []string{"text/html", "image/svg+xml", "image/png", "image/jpeg", "text/latex"} {
		switch form := forms[mime].(type) {
		case string:
			if mime == "text/latex" { // which front ends typeset within HTML too
				form = html.EscapeString(form)
			}
			return form
		case []byte:
			return fmt.Sprintf(`<img src="data:%s;base64,%s">`, mime, base64.StdEncoding.EncodeToString(form))
		}
	}
	return ""
}

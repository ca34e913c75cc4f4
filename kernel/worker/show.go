package worker

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/lectern-go/lectern/kernel/worker/pipe"
)

// show sends the values of a cell's last expression as its result.
func (w *worker) show(values ...any) {
	if len(values) == 1 {
		if values[0] == nil {
			w.tell(&pipe.Message{Kind: pipe.Result, Bundle: pipe.Bundle{"text/plain": {Kind: pipe.Text, Data: []byte("nil")}}})
			return
		}
		w.tell(&pipe.Message{Kind: pipe.Result, Bundle: bundle(values[0])})
		return
	}
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = string(bundle(v)["text/plain"].Data)
	}
	w.tell(&pipe.Message{Kind: pipe.Result, Bundle: pipe.Bundle{
		"text/plain": {Kind: pipe.Text, Data: []byte(strings.Join(texts, ", "))},
	}})
}

// mimeBundler is what types that show themselves implement.
type mimeBundler interface{ MIMEBundle() map[string]any }

// bundle returns the forms of a value. There is always a text/plain.
func bundle(v any) pipe.Bundle {
	b := pipe.Bundle{}
	if m, ok := v.(mimeBundler); ok && !isNilPointer(v) {
		for mime, form := range m.MIMEBundle() {
			if f, err := encode(form); err == nil {
				b[mime] = f
			} else {
				fmt.Fprintf(os.Stderr, "show %T as %s: %v\n", v, mime, err)
			}
		}
	}
	if _, ok := b["text/plain"]; !ok {
		b["text/plain"] = pipe.Form{Kind: pipe.Text, Data: []byte(text(v))}
	}
	return b
}

func isNilPointer(v any) bool {
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}

// encode encodes one form: strings as text, bytes as they are, anything else
// as JSON.
func encode(form any) (pipe.Form, error) {
	switch form := form.(type) {
	case string:
		return pipe.Form{Kind: pipe.Text, Data: []byte(form)}, nil
	case []byte:
		return pipe.Form{Kind: pipe.Bytes, Data: form}, nil
	}
	b, err := json.Marshal(form)
	return pipe.Form{Kind: pipe.JSON, Data: b}, err
}

// text is the plain form of a value: what its own method says, else its
// fields by name. Strings are quoted, as values of expressions are.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case error, fmt.Stringer:
		return fmt.Sprint(v) // which survives methods that panic on nil
	case string:
		return fmt.Sprintf("%q", v)
	}
	return fmt.Sprintf("%+v", v)
}

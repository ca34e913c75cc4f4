package worker

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/lectern-go/lectern/kernel/display"
	"github.com/lectern-go/lectern/kernel/worker/pipe"
)

// show sends the values of a cell's last expression as its result.
func (w *worker) show(values ...any) {
	w.owners.check()
	var v any = display.Values(values)
	if len(values) == 1 {
		v = values[0]
	}
	w.tell(&pipe.Message{Kind: pipe.Result, Bundle: bundle(v)})
}

// display sends what package display shows.
func (w *worker) display(v any) {
	w.owners.check()
	cell := w.owners.earlier()
	switch v := v.(type) {
	case display.Update:
		w.tell(&pipe.Message{Kind: pipe.Display, Cell: cell, ID: string(v.ID), Update: !v.First, Bundle: bundle(v.Value)})
	case display.Clearing:
		w.tell(&pipe.Message{Kind: pipe.Clear, Cell: cell, Wait: v.Wait})
	default:
		w.tell(&pipe.Message{Kind: pipe.Display, Cell: cell, Bundle: bundle(v)})
	}
}

// bundle returns the forms of a value, encoded.
func bundle(v any) pipe.Bundle {
	b := pipe.Bundle{}
	for mime, form := range display.Bundle(v) {
		f, err := encode(form)
		if err != nil {
			fmt.Fprintf(os.Stderr, "show %T as %s: %v\n", v, mime, err)
			continue
		}
		b[mime] = f
	}
	return b
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

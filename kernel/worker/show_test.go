package worker

import (
	"bytes"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/kernel/display"
	"github.com/lectern-go/lectern/kernel/worker/pipe"
)

// TestDisplay sends what package display shows through a pipe.
func TestDisplay(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	stdout, stderr := os.Stdout, os.Stderr
	os.Stdout, os.Stderr = null, null // for the marks
	defer func() { os.Stdout, os.Stderr = stdout, stderr }()

	var buf bytes.Buffer
	w := &worker{out: pipe.NewWriter(&buf)}
	text := func(s string) pipe.Bundle {
		return pipe.Bundle{"text/plain": {Kind: pipe.Text, Data: []byte(s)}}
	}
	w.display(7)
	w.display(display.Update{ID: "a", Value: 1, First: true})
	w.display(display.Update{ID: "a", Value: "x"})
	w.display(display.Clearing{Wait: true})
	w.show(nil)
	w.show(1, "two", nil)
	w.show(display.PNG{1, 2})
	w.show(display.VegaLite{Spec: `{"mark": "bar"}`})
	w.show(display.JSON{Value: make(chan int)}) // which JSON cannot hold
	want := []*pipe.Message{
		{Kind: pipe.Display, Bundle: text("7")},
		{Kind: pipe.Display, ID: "a", Bundle: text("1")},
		{Kind: pipe.Display, ID: "a", Update: true, Bundle: text(`"x"`)},
		{Kind: pipe.Clear, Wait: true},
		{Kind: pipe.Result, Bundle: text("nil")},
		{Kind: pipe.Result, Bundle: text(`1, "two", nil`)},
		{Kind: pipe.Result, Bundle: pipe.Bundle{
			"image/png":  {Kind: pipe.Bytes, Data: []byte{1, 2}},
			"text/plain": {Kind: pipe.Text, Data: []byte("PNG picture, 2 bytes")},
		}},
		{Kind: pipe.Result, Bundle: pipe.Bundle{
			"application/vnd.vegalite.v5+json": {Kind: pipe.JSON, Data: []byte(`{"mark":"bar"}`)},
			"text/plain":                       {Kind: pipe.Text, Data: []byte("Vega-Lite chart")},
		}},
	}
	r := pipe.NewReader(&buf)
	for i, m := range want {
		got, err := r.Read()
		if err != nil {
			t.Fatal(err)
		}
		m.Mark = uint64(i + 1)
		if diff := cmp.Diff(m, got); diff != "" {
			t.Errorf("message %d (-want +got)\n%s", i, diff)
		}
	}
	last, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := last.Bundle["application/json"]; ok || len(last.Bundle["text/plain"].Data) == 0 {
		t.Errorf("a value that JSON cannot hold is shown as %v", last.Bundle)
	}
}

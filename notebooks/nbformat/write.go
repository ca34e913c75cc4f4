package nbformat

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Marshal writes a notebook as Python's nbformat.write does. Bytes in strings
// that are not UTF-8 become U+FFFD. The error is that of a value which is not
// JSON.
func Marshal(nb *Notebook) ([]byte, error) {
	w := &writer{}
	w.value(nb.object(), 0)
	if w.err != nil {
		return nil, fmt.Errorf("write notebook: %w", w.err)
	}
	return append(w.buf, '\n'), nil
}

// WriteFile writes a notebook to path, as [ReplaceFile] does.
func WriteFile(path string, nb *Notebook) error {
	data, err := Marshal(nb)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return ReplaceFile(path, data)
}

// ReplaceFile writes data to path: to a temporary file beside it, which is synced
// and then renamed, so that path holds what it held or all of data, never half.
func ReplaceFile(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
			err = fmt.Errorf("write file: %w", err)
		}
	}()
	defer f.Close()
	if _, err = f.Write(data); err != nil {
		return err
	}
	if err = f.Chmod(fileMode(path)); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// fileMode returns the permissions of the file that path replaces, or those of
// an ordinary file.
func fileMode(path string) os.FileMode {
	if info, err := os.Stat(path); err == nil {
		return info.Mode().Perm()
	}
	return 0o644
}

// object returns the notebook as the file holds it.
func (nb *Notebook) object() Object {
	o := with(nb.Extra)
	o["nbformat"] = Major
	o["nbformat_minor"] = max(nb.Minor, Minor)
	o["metadata"] = without(nb.Metadata, "orig_nbformat", "orig_nbformat_minor", "signature")
	cells := make([]any, len(nb.Cells))
	for i, c := range nb.Cells {
		cells[i] = c.object()
	}
	o["cells"] = cells
	return o
}

func (c *Cell) object() Object {
	o := with(c.Extra)
	o["cell_type"] = c.Type
	o["metadata"] = without(c.Metadata, "trusted")
	if c.ID != "" {
		o["id"] = c.ID
	}
	if c.Type == Code || c.Type == Markdown || c.Type == Raw || c.Source != "" {
		o["source"] = splitLines(c.Source)
	}
	if c.Attachments != nil {
		attachments := Object{}
		for name, bundle := range c.Attachments {
			attachments[name] = splitBundle(bundle)
		}
		o["attachments"] = attachments
	}
	if c.Type == Code {
		outputs := make([]any, len(c.Outputs))
		for i, out := range c.Outputs {
			outputs[i] = out.object()
		}
		o["outputs"] = outputs
		o["execution_count"] = c.ExecutionCount
	}
	return o
}

func (out *Output) object() Object {
	o := with(out.Extra)
	o["output_type"] = out.Type
	switch out.Type {
	case Stream:
		o["name"] = out.Name
		o["text"] = splitLines(out.Text)
	case DisplayData, ExecuteResult:
		o["data"] = splitBundle(out.Data)
		o["metadata"] = without(out.Metadata)
		if out.Type == ExecuteResult {
			o["execution_count"] = out.ExecutionCount
		}
	case Error:
		o["ename"] = out.Ename
		o["evalue"] = out.Evalue
		traceback := make([]any, len(out.Traceback))
		for i, line := range out.Traceback {
			traceback[i] = line
		}
		o["traceback"] = traceback
	}
	return o
}

// with returns a copy of extra to add keys to.
func with(extra Object) Object {
	o := make(Object, len(extra)+8)
	maps.Copy(o, extra)
	return o
}

// without returns o, or a copy that lacks the keys if it has any of them. The
// result is never nil.
func without(o Object, keys ...string) Object {
	if o == nil {
		return Object{}
	}
	if !slices.ContainsFunc(keys, func(k string) bool { _, ok := o[k]; return ok }) {
		return o
	}
	o = maps.Clone(o)
	for _, k := range keys {
		delete(o, k)
	}
	return o
}

// A writer appends JSON in the layout of Python's json.dumps with indent=1,
// sort_keys=True and ensure_ascii=False.
type writer struct {
	buf []byte
	err error
}

func (w *writer) value(v any, depth int) {
	switch v := v.(type) {
	case nil:
		w.buf = append(w.buf, "null"...)
	case bool:
		w.buf = strconv.AppendBool(w.buf, v)
	case string:
		w.str(v)
	case int:
		w.buf = strconv.AppendInt(w.buf, int64(v), 10)
	case *int:
		if v == nil {
			w.value(nil, depth)
		} else {
			w.value(*v, depth)
		}
	case float64:
		w.buf = append(w.buf, pythonFloat(v)...)
	case json.Number:
		w.buf = append(w.buf, v...)
	case Object:
		w.object(v, depth)
	case []any:
		w.list(len(v), depth, func(i int) { w.value(v[i], depth+1) })
	case lines:
		w.list(len(v), depth, func(i int) { w.str(v[i]) })
	default:
		w.other(v, depth)
	}
}

// other writes a value of a Go type that JSON does not have.
func (w *writer) other(v any, depth int) {
	data, err := json.Marshal(v)
	if err == nil {
		v, err = parseJSON(string(data))
	}
	if err != nil {
		w.err = err
		return
	}
	w.value(v, depth)
}

func (w *writer) object(o Object, depth int) {
	if len(o) == 0 {
		w.buf = append(w.buf, "{}"...)
		return
	}
	w.buf = append(w.buf, '{')
	for i, key := range slices.Sorted(maps.Keys(o)) {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.newline(depth + 1)
		w.str(key)
		w.buf = append(w.buf, ": "...)
		w.value(o[key], depth+1)
	}
	w.newline(depth)
	w.buf = append(w.buf, '}')
}

func (w *writer) list(n, depth int, item func(int)) {
	if n == 0 {
		w.buf = append(w.buf, "[]"...)
		return
	}
	w.buf = append(w.buf, '[')
	for i := range n {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.newline(depth + 1)
		item(i)
	}
	w.newline(depth)
	w.buf = append(w.buf, ']')
}

func (w *writer) newline(depth int) {
	w.buf = append(w.buf, '\n')
	for range depth {
		w.buf = append(w.buf, ' ')
	}
}

func (w *writer) str(s string) {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	w.buf = append(w.buf, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		w.buf = append(w.buf, s[start:i]...)
		start = i + 1
		if at := strings.IndexByte(escapeValues, c); at >= 0 {
			w.buf = append(w.buf, '\\', escapeNames[at])
		} else {
			w.buf = fmt.Appendf(w.buf, "\\u%04x", c)
		}
	}
	w.buf = append(w.buf, s[start:]...)
	w.buf = append(w.buf, '"')
}

// pythonFloat spells a float64 as Python's repr does, and as its json module
// spells what is not finite.
func pythonFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	if abs := math.Abs(f); abs != 0 && (abs < 1e-4 || abs >= 1e16) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

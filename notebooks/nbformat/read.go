package nbformat

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ReadFile reads the notebook at path, as [Read] does. Errors of its content
// begin with the path.
func ReadFile(path string) (*Notebook, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	nb, err := Read(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return nb, nil
}

// Read reads a notebook of format 4.x and upgrades it to 4.5: cells of 4.0 to
// 4.4 get an id that depends on nothing but their place and text. What the
// format does not name is kept.
//
// The error is a [*SyntaxError] if data is not JSON in UTF-8, a [*VersionError]
// if it is a notebook of another major version (see [Upgrade]), and a
// [*ValidationError] if it is not a notebook or has cells without an id, equal
// ids or fields of the wrong type.
func Read(data []byte) (*Notebook, error) {
	o, err := parseNotebook(data)
	if err != nil {
		return nil, err
	}
	return decodeNotebook(o, false)
}

// A SyntaxError says where a file stops being JSON.
type SyntaxError struct{ Message string }

// Error says that the file is no notebook, and why.
func (e *SyntaxError) Error() string { return "not a notebook: not JSON: " + e.Message }

// A VersionError says that a notebook is in a major version of the format that
// [Read] does not read.
type VersionError struct{ Major int }

// Error says which format the notebook is in and what to do.
func (e *VersionError) Error() string {
	switch {
	case e.Major > Major:
		return fmt.Sprintf("notebook is in format %d, which is newer than the format %d that Lectern reads; "+
			"save it in format %[2]d", e.Major, Major)
	case e.Major == 3:
		return "notebook is in format 3 (of 2014 or before); upgrade it first: lectern export --to ipynb FILE"
	}
	return fmt.Sprintf("notebook is in format %d (of 2012 or before); upgrade it first: "+
		"jupyter nbconvert --to notebook FILE", e.Major)
}

// parseNotebook parses a file and makes sure that it holds an object.
func parseNotebook(data []byte) (Object, error) {
	text := strings.TrimPrefix(string(data), "\uFEFF")
	if err := checkUTF8(text); err != nil {
		return nil, err
	}
	if strings.HasPrefix(strings.TrimSpace(text), "<") {
		return nil, &SyntaxError{"the file is HTML or XML; if it was saved from a web page, download the raw file"}
	}
	v, err := parseJSON(text)
	if err != nil {
		return nil, &SyntaxError{err.Error()}
	}
	o, ok := v.(Object)
	if !ok {
		return nil, &ValidationError{[]Problem{{Message: "not a notebook: want a JSON object, got " + kind(v)}}}
	}
	return o, nil
}

func checkUTF8(text string) error {
	if utf8.ValidString(text) {
		return nil
	}
	for i, r := range text {
		if r != utf8.RuneError {
			continue
		}
		if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
			p := parser{text: text, pos: i}
			return &SyntaxError{p.errorf("byte %#02x is not UTF-8; convert the file, for example with iconv", text[i]).Error()}
		}
	}
	return errors.New("unreachable: invalid UTF-8 without an invalid byte")
}

// decodeNotebook builds a notebook from the parsed file, which it takes apart.
// repair gives an id to cells that lack one of their own.
func decodeNotebook(o Object, repair bool) (*Notebook, error) {
	d := &decoder{repair: repair}
	top := d.fields(o)
	major, ok := top.integer("nbformat", "not a notebook: ")
	if !ok {
		return nil, &ValidationError{d.problems}
	}
	if major != Major {
		return nil, &VersionError{major}
	}
	minor, _ := top.integer("nbformat_minor", "")
	nb := &Notebook{Minor: max(minor, Minor), OrigMajor: major, OrigMinor: minor}
	nb.Metadata = top.object("metadata")
	for i, v := range top.list("cells") {
		d.at = Problem{Cell: i + 1}
		if cell := d.cell(v, minor); cell != nil {
			nb.Cells = append(nb.Cells, cell)
		}
	}
	nb.Extra = top.rest()
	if len(d.problems) > 0 {
		return nil, &ValidationError{d.problems}
	}
	if minor < Minor || repair {
		nb.addIDs()
	} else if p := nb.idProblems(); len(p) > 0 {
		return nil, &ValidationError{p}
	}
	return nb, nil
}

// A decoder collects the problems of a file. Its place is copied into each.
type decoder struct {
	repair   bool
	at       Problem
	problems []Problem
}

func (d *decoder) problem(field, format string, args ...any) {
	p := d.at
	p.Field, p.Message = field, fmt.Sprintf(format, args...)
	d.problems = append(d.problems, p)
}

func (d *decoder) cell(v any, minor int) *Cell {
	o, ok := v.(Object)
	if !ok {
		d.problem("", "want an object, got %s", kind(v))
		return nil
	}
	f := d.fields(o)
	c := &Cell{}
	if _, hasID := f.o["id"]; hasID && minor >= Minor || minor >= Minor && !d.repair {
		c.ID = f.str("id")
		d.at.ID = c.ID
	}
	c.Type = f.str("cell_type")
	c.Metadata = f.object("metadata")
	switch c.Type {
	case Code:
		c.Source = f.text("source")
		c.ExecutionCount = f.count("execution_count")
		for i, v := range f.list("outputs") {
			d.at.Output = i + 1
			if out := d.output(v); out != nil {
				c.Outputs = append(c.Outputs, out)
			}
		}
		d.at.Output = 0
	case Markdown, Raw:
		c.Source = f.text("source")
		c.Attachments = f.attachments()
	default:
		if c.Type != "" && minor <= Minor {
			d.problem("cell_type", "want code, markdown or raw, got %q", c.Type)
		}
	}
	c.Extra = f.rest()
	return c
}

func (d *decoder) output(v any) *Output {
	o, ok := v.(Object)
	if !ok {
		d.problem("", "want an object, got %s", kind(v))
		return nil
	}
	f := d.fields(o)
	out := &Output{Type: f.str("output_type")}
	switch out.Type {
	case Stream:
		out.Name = f.str("name")
		out.Text = f.text("text")
	case DisplayData, ExecuteResult:
		out.Data = f.bundle("data", f.object("data"))
		out.Metadata = f.object("metadata")
		if out.Type == ExecuteResult {
			out.ExecutionCount = f.count("execution_count")
		}
	case Error:
		out.Ename = f.str("ename")
		out.Evalue = f.str("evalue")
		for i, line := range f.list("traceback") {
			s, ok := line.(string)
			if !ok {
				d.problem("traceback", "want strings, got %s at %d", kind(line), i+1)
			}
			out.Traceback = append(out.Traceback, s)
		}
	}
	out.Extra = f.rest()
	return out
}

// fields takes the fields out of an object one by one; what is left is extra.
type fields struct {
	d *decoder
	o Object
}

func (d *decoder) fields(o Object) fields { return fields{d, o} }

// take removes the field; it is a problem if it is not there.
func (f fields) take(name string) (any, bool) {
	v, ok := f.o[name]
	if !ok {
		message := "missing"
		if name == "id" {
			message += ", though format 4.5 wants every cell to have one; lectern export --to ipynb FILE adds it"
		}
		f.d.problem(name, "%s", message)
	}
	delete(f.o, name)
	return v, ok
}

func (f fields) str(name string) string {
	v, ok := f.take(name)
	s, isString := v.(string)
	if ok && !isString {
		f.d.problem(name, "want a string, got %s", kind(v))
	}
	return s
}

func (f fields) text(name string) string {
	v, ok := f.take(name)
	s, isText := joinText(v)
	if ok && !isText {
		f.d.problem(name, "want a string or a list of strings, got %s", kind(v))
	}
	return s
}

func (f fields) object(name string) Object {
	v, ok := f.take(name)
	o, isObject := v.(Object)
	if ok && !isObject {
		f.d.problem(name, "want an object, got %s", kind(v))
	}
	return o
}

func (f fields) list(name string) []any {
	v, ok := f.take(name)
	list, isList := v.([]any)
	if ok && !isList {
		f.d.problem(name, "want a list, got %s", kind(v))
	}
	return list
}

// integer takes an integer; because begins the message if it is missing.
func (f fields) integer(name, because string) (int, bool) {
	v, ok := f.o[name]
	if !ok {
		f.d.problem("", "%sno %s key", because, name)
		return 0, false
	}
	delete(f.o, name)
	n, _ := v.(json.Number)
	i, err := strconv.Atoi(string(n))
	if err != nil {
		f.d.problem(name, "want an integer, got %s", kind(v))
		return 0, false
	}
	return i, true
}

// count takes an execution count: an integer of 0 or more, or null.
func (f fields) count(name string) *int {
	v, ok := f.take(name)
	if !ok || v == nil {
		return nil
	}
	n, _ := v.(json.Number)
	i, err := strconv.Atoi(string(n))
	if err != nil || i < 0 {
		f.d.problem(name, "want an integer of 0 or more, or null, got %s", kind(v))
		return nil
	}
	return &i
}

// bundle joins the lines of a MIME bundle in place.
func (f fields) bundle(field string, b Object) MIMEBundle {
	for mime, v := range b {
		if isJSONType(mime) {
			continue
		}
		s, ok := joinText(v)
		if !ok {
			f.d.problem(field, "%s: want a string or a list of strings, got %s", mime, kind(v))
		}
		b[mime] = s
	}
	return b
}

func (f fields) attachments() map[string]MIMEBundle {
	if _, ok := f.o["attachments"]; !ok {
		return nil
	}
	files := map[string]MIMEBundle{}
	for name, v := range f.object("attachments") {
		b, ok := v.(Object)
		if !ok {
			f.d.problem("attachments", "%s: want an object, got %s", name, kind(v))
		}
		files[name] = f.bundle("attachments", b)
	}
	return files
}

// rest returns the fields that were not taken, or nil.
func (f fields) rest() Object {
	if len(f.o) == 0 {
		return nil
	}
	return f.o
}

// kind names the type of a JSON value.
func kind(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case json.Number:
		return "the number " + string(v)
	case string:
		return "a string"
	case []any:
		return "a list"
	}
	return "an object"
}

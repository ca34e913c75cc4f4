package runner

import (
	"encoding/base64"
	"maps"
	"strings"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/notebooks/nbformat"
)

// displays holds the outputs of a notebook that have a display id, for updates
// from any later cell.
type displays map[string][]*nbformat.Output

// A recorder turns what a cell shows into the outputs of its notebook.
type recorder struct {
	cell  *nbformat.Cell
	shown displays

	// Consecutive texts of one stream are one output; it is open until something
	// else is shown.
	stream string
	text   strings.Builder
}

// show records one output.
func (r *recorder) show(out kernel.Output) {
	switch out := out.(type) {
	case kernel.Stream:
		if out.Name != r.stream {
			r.flush()
		}
		r.stream = out.Name
		r.text.WriteString(out.Text)
	case kernel.DisplayData:
		r.display(out)
	case kernel.ExecuteResult:
		r.flush()
		count := out.ExecutionCount
		r.add(&nbformat.Output{
			Type:           nbformat.ExecuteResult,
			ExecutionCount: &count,
			Data:           bundle(out.Data),
			Metadata:       metadata(out.Metadata),
		})
	case kernel.Error:
		r.flush()
		r.add(&nbformat.Output{
			Type: nbformat.Error, Ename: out.Ename, Evalue: out.Evalue, Traceback: out.Traceback,
		})
	}
}

// display records something shown, or changes what was shown under its id.
func (r *recorder) display(out kernel.DisplayData) {
	data, meta := bundle(out.Data), metadata(out.Metadata)
	if out.Update {
		for _, old := range r.shown[out.ID] {
			old.Data, old.Metadata = maps.Clone(data), maps.Clone(meta)
		}
		return
	}
	r.flush()
	shown := &nbformat.Output{Type: nbformat.DisplayData, Data: data, Metadata: meta}
	r.add(shown)
	if out.ID != "" {
		r.shown[out.ID] = append(r.shown[out.ID], shown)
	}
}

// showError makes sure that an error of the cell is among its outputs, in case
// the kernel only replied it.
func (r *recorder) showError(e *CellError) {
	for _, out := range r.cell.Outputs {
		if out.Type == nbformat.Error {
			return
		}
	}
	r.show(kernel.Error{Ename: e.Ename, Evalue: e.Evalue, Traceback: e.Traceback})
}

func (r *recorder) add(out *nbformat.Output) { r.cell.Outputs = append(r.cell.Outputs, out) }

// flush closes the open stream.
func (r *recorder) flush() {
	if r.text.Len() > 0 {
		r.add(&nbformat.Output{Type: nbformat.Stream, Name: r.stream, Text: overwrite(r.text.String())})
	}
	r.text.Reset()
	r.stream = ""
}

// overwrite keeps of each line what follows its last carriage return, as a
// terminal shows it: of a text progress bar, the last state.
func overwrite(text string) string {
	if !strings.Contains(text, "\r") {
		return text
	}
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		body := strings.TrimRight(line, "\r\n")
		at := strings.LastIndexByte(body, '\r') + 1
		lines[i] = line[at:]
	}
	return strings.Join(lines, "")
}

// bundle returns a MIME bundle as a notebook holds it: bytes as base64.
func bundle(b kernel.MIMEBundle) nbformat.MIMEBundle {
	out := make(nbformat.MIMEBundle, len(b))
	for mime, v := range b {
		data, isBytes := v.([]byte)
		switch {
		case !isBytes:
			out[mime] = v
		case strings.HasPrefix(mime, "text/") || mime == "image/svg+xml":
			out[mime] = string(data)
		default:
			out[mime] = base64.StdEncoding.EncodeToString(data)
		}
	}
	return out
}

func metadata(m map[string]any) nbformat.Object {
	if m == nil {
		return nbformat.Object{}
	}
	return m
}

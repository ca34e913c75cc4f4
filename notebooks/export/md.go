package export

import (
	"encoding/base64"
	"fmt"
	"path"
	"strings"

	"github.com/lectern-go/lectern/notebooks/nbformat"
)

// extensions are those of the files for pictures.
var extensions = map[string]string{
	"image/svg+xml": ".svg", "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp",
}

// Markdown returns a notebook as Markdown, as GitHub shows it: code in fenced
// blocks, text that cells show in blocks of their own, pictures as files in the
// folder dir. files holds their content by path, dir included.
func Markdown(nb *nbformat.Notebook, dir string) (text []byte, files map[string][]byte, err error) {
	w := &markdownWriter{dir: dir, files: map[string][]byte{}}
	for i, c := range nb.Cells {
		w.number = i + 1
		if err := w.cell(c); err != nil {
			return nil, nil, fmt.Errorf("cell %d: %w", w.number, err)
		}
	}
	return []byte(strings.TrimSpace(w.text.String()) + "\n"), w.files, nil
}

type markdownWriter struct {
	text   strings.Builder
	dir    string
	files  map[string][]byte
	number int // of the cell
}

// block writes a paragraph or a block of its own.
func (w *markdownWriter) block(s string) {
	if s = strings.Trim(s, "\n"); s != "" {
		w.text.WriteString(s + "\n\n")
	}
}

// fenced writes text in a fence that is longer than any inside of it.
func (w *markdownWriter) fenced(language, s string) {
	fence := "```"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	w.text.WriteString(fence + language + "\n" + strings.TrimRight(s, "\n") + "\n" + fence + "\n\n")
}

func (w *markdownWriter) cell(c *nbformat.Cell) error {
	switch c.Type {
	case nbformat.Markdown:
		source := c.Source
		for name, bundle := range c.Attachments {
			for mime, data := range bundle {
				file := w.file(fmt.Sprintf("cell%d-%s", w.number, path.Base(name)))
				if err := w.save(file, mime, data); err != nil {
					return err
				}
				source = strings.ReplaceAll(source, "attachment:"+name, file)
			}
		}
		w.block(source)
	case nbformat.Raw:
		w.fenced("", c.Source)
	case nbformat.Code:
		if strings.TrimSpace(c.Source) != "" {
			w.fenced("go", c.Source)
		}
		for i, out := range c.Outputs {
			if err := w.output(i+1, out); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *markdownWriter) file(name string) string { return path.Join(w.dir, name) }

// save keeps a picture for the caller to write.
func (w *markdownWriter) save(file, mime string, data any) error {
	text, ok := data.(string)
	if !ok {
		return fmt.Errorf("%s is not text", mime)
	}
	if mime == "image/svg+xml" {
		w.files[file] = []byte(text)
		return nil
	}
	content, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(text, "\n", ""))
	if err != nil {
		return fmt.Errorf("%s: %w", mime, err)
	}
	w.files[file] = content
	return nil
}

func (w *markdownWriter) output(number int, out *nbformat.Output) error {
	switch out.Type {
	case nbformat.Stream:
		w.fenced("text", plainText(out.Text))
		return nil
	case nbformat.Error:
		w.fenced("text", plainText(errorText(out)))
		return nil
	}
	mime, text := richest(out.Data)
	switch mime {
	case "":
	case "text/html", "text/markdown":
		w.block(text)
	case "text/latex":
		if !strings.Contains(text, "$") {
			text = "$$\n" + strings.TrimSpace(text) + "\n$$"
		}
		w.block(text)
	case "text/plain":
		w.fenced("text", plainText(text))
	case "application/json":
		w.fenced("json", text)
	default:
		file := w.file(fmt.Sprintf("cell%d-%d%s", w.number, number, extensions[mime]))
		if err := w.save(file, mime, text); err != nil {
			return err
		}
		w.block(fmt.Sprintf("![output of cell %d](%s)", w.number, strings.ReplaceAll(file, " ", "%20")))
	}
	return nil
}

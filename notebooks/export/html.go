package export

import (
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"strings"

	"github.com/lectern-go/lectern/notebooks/nbformat"
)

//go:embed style.css
var styleSheet string

// HTMLOptions say what HTML needs beyond the notebook. The zero value will do.
type HTMLOptions struct {
	Title string // if the notebook has no heading
	// File reads a picture that Markdown refers to by a path relative to the
	// notebook. If it is nil such pictures stay where they are.
	File func(path string) ([]byte, error)
	// Warn is told what the page lacks, cell by cell; it may be nil.
	Warn func(message string)
}

// HTML returns a notebook as a page that needs nothing else: its style, figures
// and formulas (as MathML) are part of it. HTML that cells show stands in the page
// as it is, so a page is to be trusted as its notebook is.
func HTML(nb *nbformat.Notebook, opts HTMLOptions) ([]byte, error) {
	w := &pageWriter{}
	w.markdown = newMarkdownRenderer(opts.File, func(message string) {
		if opts.Warn != nil {
			opts.Warn(fmt.Sprintf("cell %d: %s", w.number, message))
		}
	})
	for i, c := range nb.Cells {
		w.number = i + 1
		if err := w.cell(c); err != nil {
			return nil, fmt.Errorf("cell %d: %w", w.number, err)
		}
	}
	title := heading(nb)
	if title == "" {
		title = opts.Title
	}
	return []byte("<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n" +
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
		"<meta name=\"generator\" content=\"lectern export\">\n" +
		"<title>" + html.EscapeString(title) + "</title>\n<style>\n" + styleSheet + "</style>\n</head>\n<body>\n" +
		w.body.String() + "</body>\n</html>\n"), nil
}

var headingLine = regexp.MustCompile(`(?m)^#{1,6}[ \t]+(.+?)[ \t]*#*$`)

// heading returns the text of the notebook's first heading, or "".
func heading(nb *nbformat.Notebook) string {
	for _, c := range nb.Cells {
		if c.Type == nbformat.Markdown {
			if m := headingLine.FindStringSubmatch(c.Source); m != nil {
				return m[1]
			}
		}
	}
	return ""
}

type pageWriter struct {
	body     strings.Builder
	markdown *markdownRenderer
	number   int // of the cell
}

func (w *pageWriter) cell(c *nbformat.Cell) error {
	switch c.Type {
	case nbformat.Markdown:
		s, err := w.markdown.render(c.Source, c.Attachments)
		w.body.WriteString("<div class=\"markdown\">\n" + s + "</div>\n")
		return err
	case nbformat.Raw:
		w.body.WriteString("<pre>" + html.EscapeString(c.Source) + "</pre>\n")
		return nil
	case nbformat.Code:
		return w.code(c)
	}
	return nil
}

func (w *pageWriter) code(c *nbformat.Cell) error {
	w.body.WriteString("<div class=\"code\">\n")
	if strings.TrimSpace(c.Source) != "" {
		source := "<pre><code>" + highlight(strings.TrimRight(c.Source, "\n")) + "</code></pre>\n"
		w.body.WriteString(folded(c, "source_hidden", "code", source))
	}
	var outputs strings.Builder
	for _, out := range c.Outputs {
		s, err := w.output(out)
		if err != nil {
			return err
		}
		outputs.WriteString("<div class=\"output\">\n" + s + "</div>\n")
	}
	if outputs.Len() > 0 {
		w.body.WriteString(folded(c, "outputs_hidden", "outputs", outputs.String()))
	}
	w.body.WriteString("</div>\n")
	return nil
}

// folded returns a part of a cell, folded if metadata.jupyter says so.
func folded(c *nbformat.Cell, key, what, part string) string {
	jupyter, _ := c.Metadata["jupyter"].(nbformat.Object)
	if hidden, _ := jupyter[key].(bool); !hidden {
		return part
	}
	return "<details>\n<summary>" + what + "</summary>\n" + part + "</details>\n"
}

func (w *pageWriter) output(out *nbformat.Output) (string, error) {
	switch out.Type {
	case nbformat.Stream:
		class := "stream"
		if out.Name == "stderr" {
			class = "stderr"
		}
		return "<pre class=\"" + class + "\">" + ansiText(out.Text) + "</pre>\n", nil
	case nbformat.Error:
		return "<pre class=\"error\">" + ansiText(errorText(out)) + "</pre>\n", nil
	}
	mime, data := richest(out.Data)
	switch mime {
	case "":
		return "", nil
	case "text/html":
		return typesetHTML(data, w.markdown.warn) + "\n", nil
	case "text/markdown":
		return w.markdown.render(data, nil)
	case "text/latex":
		return w.latex(data)
	case "image/svg+xml":
		return image(mime, base64.StdEncoding.EncodeToString([]byte(data)), out), nil
	case "text/plain", "application/json":
		return "<pre>" + ansiText(data) + "</pre>\n", nil
	}
	return image(mime, strings.ReplaceAll(data, "\n", ""), out), nil
}

// errorText returns the traceback of an error, or its name and message.
func errorText(out *nbformat.Output) string {
	if len(out.Traceback) == 0 {
		return out.Ename + ": " + out.Evalue
	}
	return strings.Join(out.Traceback, "\n")
}

// latex returns the HTML of a formula that a cell shows. One without delimiters
// stands on a line of its own.
func (w *pageWriter) latex(text string) (string, error) {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "$") && !strings.HasPrefix(text, `\begin`) {
		text = "$$" + text + "$$"
	}
	return w.markdown.render(text, nil)
}

// image returns an image element. The plain text of the output describes it.
func image(mime, base64Data string, out *nbformat.Output) string {
	alt, _ := out.Data["text/plain"].(string)
	size := ""
	if info, ok := out.Metadata[mime].(nbformat.Object); ok {
		for _, key := range []string{"width", "height"} {
			if v, ok := info[key]; ok {
				size += fmt.Sprintf(" %s=\"%s\"", key, html.EscapeString(fmt.Sprint(v)))
			}
		}
	}
	return fmt.Sprintf("<img src=\"data:%s;base64,%s\" alt=\"%s\"%s>\n", mime, base64Data, html.EscapeString(alt), size)
}

// preference orders the forms of an output, as JupyterLab does; forms that need
// its scripts are not among them.
var preference = []string{
	"text/html", "text/markdown", "text/latex", "image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp",
	"application/json", "text/plain",
}

// richest returns the form of an output to show, and its text or base64.
func richest(data nbformat.MIMEBundle) (mime, text string) {
	for _, mime := range preference {
		v, ok := data[mime]
		if !ok {
			continue
		}
		if s, ok := v.(string); ok {
			return mime, s
		}
		if s, err := json.MarshalIndent(v, "", "  "); err == nil {
			return mime, string(s)
		}
	}
	return "", ""
}

package export

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"

	"github.com/lectern-go/lectern/notebooks/nbformat"
)

// A markdownRenderer turns Markdown into HTML. Raw HTML stays: notebooks use it,
// for hidden solutions above all.
type markdownRenderer struct {
	markdown goldmark.Markdown
	file     func(path string) ([]byte, error) // reads a picture beside the notebook; may be nil
	warn     func(string)
}

func newMarkdownRenderer(file func(string) ([]byte, error), warn func(string)) *markdownRenderer {
	return &markdownRenderer{
		markdown: goldmark.New(
			goldmark.WithExtensions(extension.GFM),
			goldmark.WithParserOptions(parser.WithAutoHeadingID()),
			goldmark.WithRendererOptions(html.WithUnsafe()),
		),
		file: file,
		warn: warn,
	}
}

// render returns the HTML of a text. Pictures that it refers to, as attachments
// of the cell or as files, become part of it.
func (m *markdownRenderer) render(source string, attachments map[string]nbformat.MIMEBundle) (string, error) {
	source, formulas := takeMath(source)
	src := []byte(source)
	doc := m.markdown.Parser().Parse(text.NewReader(src))
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if image, ok := n.(*ast.Image); ok && entering {
			image.Destination = []byte(m.embed(string(image.Destination), attachments))
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	if err := m.markdown.Renderer().Render(&out, src, doc); err != nil {
		return "", fmt.Errorf("render Markdown: %w", err)
	}
	return putMath(out.String(), formulas, m.warn), nil
}

// embed returns a picture as a data URI, or where it is if it cannot be part of
// the page.
func (m *markdownRenderer) embed(where string, attachments map[string]nbformat.MIMEBundle) string {
	if name, ok := strings.CutPrefix(where, "attachment:"); ok {
		if decoded, err := url.PathUnescape(name); err == nil {
			name = decoded
		}
		for mimeType, data := range attachments[name] {
			if s, ok := data.(string); ok {
				return "data:" + mimeType + ";base64," + strings.ReplaceAll(s, "\n", "")
			}
		}
		m.warn(fmt.Sprintf("the cell has no attachment %q", name))
		return where
	}
	u, err := url.Parse(where)
	switch {
	case err != nil || u.Scheme == "data":
		return where
	case u.Scheme != "" || u.Host != "":
		m.warn(fmt.Sprintf("picture %s needs the network", where))
		return where
	case m.file == nil:
		return where
	}
	data, err := m.file(u.Path)
	if err != nil {
		m.warn(fmt.Sprintf("picture %s: %v", where, err))
		return where
	}
	mimeType := mime.TypeByExtension(path.Ext(u.Path))
	if mimeType == "" {
		mimeType = http.DetectContentType(data)
	}
	return "data:" + mimeType + ";base64," + base64.StdEncoding.EncodeToString(data)
}

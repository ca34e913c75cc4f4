package export

import (
	_ "embed"
	"go/types"
	"strconv"
	"strings"

	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/notebooks/nbformat"
	"github.com/lectern-go/lectern/notebooks/verify"
)

//go:embed printed.go.txt
var printedSource string

// GoTest returns a notebook as the source of a Go test: the program of [Go], which
// wants to print what the notebook shows as it is saved, to the letter, save in cells
// whose outputs verify ignores. It suits notebooks that show no durations; lectern
// verify has a tolerance.
func GoTest(nb *nbformat.Notebook, name string, session *check.Session, importer types.Importer) ([]byte, error) {
	p := newProgram(session)
	p.test = true
	p.want = plainOutputs(nb)
	for _, path := range []string{"os", "path/filepath", "testing"} {
		pkg, err := importer.Import(path)
		if err != nil {
			return nil, err
		}
		p.importName(pkg)
	}
	return p.source(nb, name, importer)
}

// literal returns a text as a Go literal, on several lines if that can be.
func literal(text string) string {
	if strconv.CanBackquote(strings.ReplaceAll(text, "\n", "")) {
		return "`" + text + "`"
	}
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		lines[i] = strconv.Quote(line)
	}
	return strings.Join(lines, " +\n")
}

// plainOutputs returns what the cells show, in plain text.
func plainOutputs(nb *nbformat.Notebook) string {
	var b strings.Builder
	for _, c := range nb.Cells {
		if !verify.IsCompared(c) {
			continue
		}
		for _, out := range c.Outputs {
			text, _ := out.Data["text/plain"].(string)
			switch {
			case out.Type == nbformat.Stream && out.Name == "stdout":
				b.WriteString(out.Text)
			case out.Type == nbformat.Error:
				b.WriteString("panic: " + out.Evalue + "\n")
			case text != "":
				b.WriteString(text + "\n")
			}
		}
	}
	return b.String()
}

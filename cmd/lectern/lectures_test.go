package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lectern-go/lectern/notebooks/export"
	"github.com/lectern-go/lectern/notebooks/lectures"
	"github.com/lectern-go/lectern/notebooks/nbformat"
	"github.com/lectern-go/lectern/notebooks/verify"
)

// eachLecture calls f with every notebook of the lecture.
func eachLecture(t *testing.T, f func(t *testing.T, name string, nb *nbformat.Notebook)) {
	t.Helper()
	names, err := fs.Glob(lectures.Notebooks, "*.ipynb")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d notebooks, error %v", len(names), err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, ".out.ipynb") { // what lectern run has written beside it
			continue
		}
		t.Run(name, func(t *testing.T) {
			data, err := fs.ReadFile(lectures.Notebooks, name)
			if err != nil {
				t.Fatal(err)
			}
			nb, err := nbformat.Read(data)
			if err != nil {
				t.Fatal(err)
			}
			f(t, name, nb)
		})
	}
}

// TestLectures checks what can be said of the notebooks without running them:
// they are valid, are written as Jupyter writes them, every cell has run, nothing
// in them depends on the order of cells or on chance, and they can be exported.
func TestLectures(t *testing.T) {
	eachLecture(t, func(t *testing.T, name string, nb *nbformat.Notebook) {
		if err := nb.Validate(); err != nil {
			t.Error(err)
		}
		saved, err := fs.ReadFile(lectures.Notebooks, name)
		if err != nil {
			t.Fatal(err)
		}
		if written, err := nbformat.Marshal(nb); err != nil || string(written) != string(saved) {
			t.Errorf("the file is not as Jupyter would write it (error %v); run lectern verify --update", err)
		}
		for i, c := range nb.Cells {
			if c.Type == nbformat.Code && c.ExecutionCount == nil {
				t.Errorf("cell %d has not run; run lectern verify --update", i+1)
			}
		}
		static, _ := emptySession()
		for _, w := range verify.Lint(nb, static) {
			t.Error(w)
		}
		session, importer := emptySession()
		if _, err := export.Go(nb, name, session, importer); err != nil {
			t.Errorf("export to Go: %v", err)
		}
		warn := func(message string) { t.Errorf("export to HTML: %s", message) }
		if _, err := export.HTML(nb, export.HTMLOptions{Warn: warn}); err != nil {
			t.Errorf("export to HTML: %v", err)
		}
		if _, _, err := export.Markdown(nb, "files"); err != nil {
			t.Errorf("export to Markdown: %v", err)
		}
	})
}

// TestLectureAsProgram runs the Go program that notebook 06, or with
// LECTERN_TEST_LECTURES every notebook, exports to, with the ordinary toolchain, and
// wants the text that the notebook is saved with.
func TestLectureAsProgram(t *testing.T) {
	eachLecture(t, func(t *testing.T, name string, nb *nbformat.Notebook) {
		if os.Getenv("LECTERN_TEST_LECTURES") == "" && (name != filepath.Base(lecture) || testing.Short()) {
			t.Skip("LECTERN_TEST_LECTURES=1 runs it")
		}
		if name == "12-tracker.ipynb" {
			t.Skip("its cells read the runs that a kernel records; a program records none")
		}
		session, importer := emptySession()
		src, err := export.Go(nb, name, session, importer)
		if err != nil {
			t.Fatal(err)
		}
		program := filepath.Join(t.TempDir(), "main.go")
		if err := os.WriteFile(program, src, 0o666); err != nil {
			t.Fatal(err)
		}
		run := exec.Command("go", "run", program)
		run.Env = append(os.Environ(), "LECTERN_DATA=") // the saved outputs are those without public corpora
		var ignored strings.Builder
		for _, c := range nb.Cells {
			if c.HasTag(verify.TagIgnore) {
				ignored.WriteString(plainOutput(c))
			}
		}
		for _, d := range differences(plainOutputs(nb), output(t, run)) {
			if strings.Contains(ignored.String(), d.Saved) {
				continue
			}
			t.Errorf("line %d: %s\nin the notebook:\n%s\nprinted:\n%s", d.Line, d.Reason, d.Saved, d.Fresh)
		}
	})
}

// output runs a command and returns what it writes to its standard output.
func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, stderr.String())
	}
	return string(out)
}

// plainOutputs returns what the cells show, in plain text.
func plainOutputs(nb *nbformat.Notebook) string {
	var b strings.Builder
	for _, c := range nb.Cells {
		b.WriteString(plainOutput(c))
	}
	return b.String()
}

// plainOutput returns what a cell shows, in plain text.
func plainOutput(c *nbformat.Cell) string {
	var b strings.Builder
	for _, out := range c.Outputs {
		if out.Type == nbformat.Stream {
			b.WriteString(out.Text)
		} else if text, ok := out.Data["text/plain"].(string); ok {
			b.WriteString(text + "\n")
		}
	}
	return b.String()
}

// differences compares two texts as verify compares outputs.
func differences(saved, fresh string) []verify.Difference {
	notebook := func(text string) *nbformat.Notebook {
		nb := nbformat.New()
		nb.Cells = []*nbformat.Cell{{
			Type: nbformat.Code, ID: "all",
			Outputs: []*nbformat.Output{{Type: nbformat.Stream, Name: "stdout", Text: text}},
		}}
		return nb
	}
	diffs, _ := verify.Compare(notebook(saved), notebook(fresh), verify.Options{})
	return diffs
}

package kernel_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/kerneltest"
)

// A notebook is a sequence of cells and what they show.
type notebook struct {
	name  string
	cells []string
	out   string // each cell's output, ended by kerneltest.CellEnd
}

// readNotebooks reads a file of testdata/notebooks: the file "name" holds the
// cells of a notebook, separated by lines of three dashes, "name.out" what they
// show.
func readNotebooks(t *testing.T, path string) (*txtar.Archive, []notebook) {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var books []notebook
	for _, f := range archive.Files {
		if name, ok := strings.CutSuffix(f.Name, ".out"); ok && len(books) > 0 && books[len(books)-1].name == name {
			books[len(books)-1].out = string(f.Data)
			continue
		}
		cells := strings.Split(strings.TrimSuffix(string(f.Data), "\n"), "\n"+kerneltest.CellEnd)
		books = append(books, notebook{name: f.Name, cells: cells})
	}
	return archive, books
}

func writeNotebooks(t *testing.T, path string, comment []byte, books []notebook) {
	t.Helper()
	archive := txtar.Archive{Comment: comment}
	for _, b := range books {
		archive.Files = append(archive.Files,
			txtar.File{Name: b.name, Data: []byte(strings.Join(b.cells, "\n"+kerneltest.CellEnd) + "\n")},
			txtar.File{Name: b.name + ".out", Data: []byte(b.out)})
	}
	if err := os.WriteFile(path, txtar.Format(&archive), 0o666); err != nil {
		t.Fatal(err)
	}
}

func notebookFiles(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/notebooks/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no testdata", err)
	}
	return paths
}

// Of the notebooks, TestNotebooks runs one in plainShare, with -short one in
// shortShare, and one in compiledShare also with everything compiled, a build for
// each cell. LECTERN_TEST_NOTEBOOKS=all runs and compiles all of them.
const (
	plainShare    = 3
	shortShare    = 10
	compiledShare = 12
)

// TestNotebooks runs the notebooks of testdata with each engine: all must show
// the same; the interpreter alone may refuse a cell and then ends its notebook.
func TestNotebooks(t *testing.T) {
	all, share := os.Getenv("LECTERN_TEST_NOTEBOOKS") == "all", plainShare
	switch {
	case all, *update:
		share = 1
	case testing.Short():
		share = shortShare
	}
	for _, path := range notebookFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, books := readNotebooks(t, path)
			if *update {
				t.Cleanup(func() { writeNotebooks(t, path, archive.Comment, books) })
			}
			for i := range books {
				t.Run(books[i].name, func(t *testing.T) {
					if i%share != 0 {
						t.Skip("LECTERN_TEST_NOTEBOOKS=all runs it, too")
					}
					if raceDetector() && strings.Contains(strings.Join(books[i].cells, "\n"), "go func") {
						t.Skip("goroutines of the interpreter race for types that it keeps")
					}
					t.Parallel()
					books[i].test(t, all || i%compiledShare == 0)
				})
			}
		})
	}
}

// test runs the notebook with each engine. With -update it takes what engine auto
// shows as what is right.
func (b *notebook) test(t *testing.T, compiled bool) {
	t.Helper()
	got, _ := b.run(t, kernel.Auto)
	if *update {
		b.out = got
	}
	b.compare(t, "auto", got)
	got, refused := b.run(t, kernel.Interpret)
	if refused == "" {
		b.compare(t, "interpret", got)
	} else if t.Log("refused by the interpreter:", refused); !strings.HasPrefix(runtimeErrorWords(b.out), runtimeErrorWords(got)) {
		b.compare(t, "interpret, before it was refused", got)
	}
	if compiled {
		got, _ = b.run(t, kernel.Compile)
		b.compare(t, "compile", got)
	}
}

func (b *notebook) compare(t *testing.T, engine, got string) {
	t.Helper()
	if diff := cmp.Diff(runtimeErrorWords(b.out), runtimeErrorWords(got)); diff != "" {
		t.Errorf("%s, engine %s:\n%s\n(-want +got)\n%s", b.name, engine, strings.Join(b.cells, "\n"+kerneltest.CellEnd), diff)
	}
}

// run runs the notebook in a kernel of its own. Where a cell is refused, it says
// why; what that cell and those behind it would show is missing.
func (b *notebook) run(t *testing.T, engine kernel.Engine) (shown, refused string) {
	t.Helper()
	config := kerneltest.Config(t)
	config.Engine = engine
	k, err := kernel.Start(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	var out strings.Builder
	for _, code := range b.cells {
		outputs, reply := kerneltest.Run(t, k, code)
		text := kerneltest.Text(outputs)
		if reply.Error != nil && reply.Error.Ename == "refused" {
			return out.String(), text
		}
		out.WriteString(text)
		if text != "" && !strings.HasSuffix(text, "\n") {
			out.WriteByte('\n')
		}
		out.WriteString(kerneltest.CellEnd)
	}
	return out.String(), ""
}

var indexWords = regexp.MustCompile(`(index|bounds) out of range \[.*`)

// runtimeErrorWords leaves out of run-time errors the numbers that the interpreter
// does not know.
func runtimeErrorWords(out string) string { return indexWords.ReplaceAllString(out, "$1 out of range") }

// TestNotebooksAreGo compares what the notebooks show with what the same cells
// print as one compiled program, where they can be one: where nothing is declared
// twice with different types. Cells that fail to compile are left out.
func TestNotebooksAreGo(t *testing.T) {
	if os.Getenv("LECTERN_TEST_NOTEBOOKS") != "all" {
		t.Skip("LECTERN_TEST_NOTEBOOKS=all runs it: it builds all notebooks")
	}
	for _, path := range notebookFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			_, books := readNotebooks(t, path)
			var snippets []kerneltest.Snippet
			var wants []string
			for _, b := range books {
				// The program's init functions run before all cells, its
				// variables are assigned where the cells declare them, and
				// os.Exit ends it.
				s, want := b.program(t)
				if !strings.HasPrefix(b.name, "init-") && !strings.Contains(b.out, "exit: exit status") && s.Valid(nil) == nil {
					snippets, wants = append(snippets, s), append(wants, want)
				}
			}
			outputs, err := kerneltest.Compiled(t.Context(), t.TempDir(), snippets)
			if err != nil {
				t.Fatal(err)
			}
			for i, got := range outputs {
				got = unendedLine.ReplaceAllString(got, "$1\n---")
				if diff := cmp.Diff(got, wants[i]); diff != "" {
					t.Errorf("%s\n(-compiled Go +notebook)\n%s", strings.Join(snippets[i].Cells, "\n"+kerneltest.CellEnd), diff)
				}
			}
			t.Logf("%d of %d notebooks are programs", len(snippets), len(books))
		})
	}
}

var (
	unendedLine  = regexp.MustCompile(`(?m)(.)---$`)
	compileError = regexp.MustCompile(`^cell \d+:\d+:\d+: `)
	panicFrames  = regexp.MustCompile(`(?m)^(cell \d+:\d+\n((--> |    ).*\n)?|stderr: warning: .*\n)`)
	panicWords   = regexp.MustCompile(`panic: (runtime error|interface conversion|assignment to entry in nil map|close of|send on closed channel|value method .* called using nil).*`)
)

// program returns the notebook without the cells that do not compile, and what
// it shows in the words of [kerneltest.Compiled].
func (b *notebook) program(t *testing.T) (s kerneltest.Snippet, want string) {
	t.Helper()
	s.Name = kerneltest.PackageName(b.name)
	outs := strings.SplitAfter(b.out, kerneltest.CellEnd)
	for i, code := range b.cells {
		if !compileError.MatchString(outs[i]) {
			s.Cells = append(s.Cells, code)
			out := strings.ReplaceAll(panicFrames.ReplaceAllString(outs[i], ""), "stderr: ", "")
			want += panicWords.ReplaceAllString(out, "panic: runtime error")
		}
	}
	return s, want
}

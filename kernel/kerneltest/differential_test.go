package kerneltest_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lectern-go/lectern/kernel/kerneltest"
)

var update = flag.Bool("update", false, "rewrite the expected outputs with what compiled Go prints, and the refusals")

func TestMain(m *testing.M) { kerneltest.Main(m) }

// A differentialFile is a file of snippets. The file "name" holds the cells,
// separated by lines of three dashes, "name.out" what compiled Go prints, and
// "name.refused" why the interpreter does not run it.
type differentialFile struct {
	path     string
	comment  []byte
	snippets []kerneltest.Snippet
	names    []string
	out      map[string]string
	refused  map[string]string
}

func readDifferential(t *testing.T, path string) *differentialFile {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f := &differentialFile{path: path, comment: archive.Comment, out: map[string]string{}, refused: map[string]string{}}
	base := strings.TrimSuffix(filepath.Base(path), ".txtar")
	for _, file := range archive.Files {
		if name, ok := strings.CutSuffix(file.Name, ".out"); ok {
			f.out[name] = string(file.Data)
			continue
		}
		if name, ok := strings.CutSuffix(file.Name, ".refused"); ok {
			f.refused[name] = strings.TrimSuffix(string(file.Data), "\n")
			continue
		}
		f.names = append(f.names, file.Name)
		f.snippets = append(f.snippets, kerneltest.Snippet{
			Name:  kerneltest.PackageName(base + "_" + file.Name),
			Cells: strings.Split(strings.TrimSuffix(string(file.Data), "\n"), "\n---\n"),
		})
	}
	return f
}

func (f *differentialFile) write(t *testing.T) {
	t.Helper()
	out := txtar.Archive{Comment: f.comment}
	for i, name := range f.names {
		out.Files = append(out.Files,
			txtar.File{Name: name, Data: []byte(strings.Join(f.snippets[i].Cells, "\n---\n") + "\n")},
			txtar.File{Name: name + ".out", Data: []byte(f.out[name])})
		if why := f.refused[name]; why != "" {
			out.Files = append(out.Files, txtar.File{Name: name + ".refused", Data: []byte(why + "\n")})
		}
	}
	if err := os.WriteFile(f.path, txtar.Format(&out), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestDifferential runs every snippet of testdata/differential in a kernel. It
// must print what compiled Go printed, or be refused.
func TestDifferential(t *testing.T) {
	paths, err := filepath.Glob("../testdata/differential/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			f := readDifferential(t, path)
			if *update {
				f.compile(t)
			}
			f.interpret(t)
			if *update {
				f.write(t)
			}
		})
	}
}

func (f *differentialFile) compile(t *testing.T) {
	outputs, err := kerneltest.Compiled(context.Background(), t.TempDir(), f.snippets)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range f.names {
		f.out[name] = outputs[i]
	}
}

func (f *differentialFile) interpret(t *testing.T) {
	k := kerneltest.StartInterpreter(t)
	refusals := 0
	for i, name := range f.names {
		want, ok := f.out[name]
		if !ok {
			t.Errorf("%s: %s has no expected output; run go test -update", f.path, name)
			continue
		}
		got, refused := kerneltest.Interpreted(t, k, f.snippets[i])
		if refused != f.refused[name] && !*update {
			t.Errorf("%s: %s is refused with %q, want %q", f.path, name, refused, f.refused[name])
		}
		f.refused[name] = refused
		if refused == kerneltest.Rejected {
			t.Errorf("%s: %s is rejected by the interpreter, not refused", f.path, name)
		}
		if refused != "" {
			refusals++
			if !strings.HasPrefix(want, got) {
				t.Errorf("%s: %s printed before it was refused\n%s\nwant a beginning of\n%s", f.path, name, got, want)
			}
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s\n%s\n(-compiled +interpreted)\n%s", f.path, name, strings.Join(f.snippets[i].Cells, "\n---\n"), diff)
		}
	}
	t.Logf("%d snippets, %d refused", len(f.names), refusals)
}

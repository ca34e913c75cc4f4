package export

import (
	"flag"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/kernel/exportdata"
	"github.com/lectern-go/lectern/notebooks/nbformat"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func emptySession() (*check.Session, types.Importer) {
	importer := exportdata.NewImporter()
	return check.NewSession(importer.FileSet(), importer, importer.Paths()), importer
}

// readCells returns the notebook that a txtar file holds: a file for each cell,
// named "markdown" or "code", with tags behind it.
func readCells(t *testing.T, path string) (*nbformat.Notebook, *txtar.Archive) {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	nb := nbformat.New()
	for _, f := range archive.Files {
		kind, tags, _ := strings.Cut(f.Name, " ")
		if kind != nbformat.Code && kind != nbformat.Markdown {
			continue
		}
		c := &nbformat.Cell{Type: kind, Source: strings.TrimSuffix(string(f.Data), "\n"), Metadata: nbformat.Object{}}
		var list []any
		for _, tag := range strings.Fields(tags) {
			list = append(list, tag)
		}
		if list != nil {
			c.Metadata["tags"] = list
		}
		nb.Cells = append(nb.Cells, c)
	}
	return nb, archive
}

// TestGo exports the cells of testdata/go/*.txtar. The file "want.go" is the
// program or "want.err" the error, and "want.out" is what the program prints.
func TestGo(t *testing.T) {
	paths, err := filepath.Glob("testdata/go/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d files, error %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			nb, archive := readCells(t, path)
			session, importer := emptySession()
			src, err := Go(nb, "test.ipynb", session, importer)
			got := map[string]string{}
			if err != nil {
				got["want.err"] = err.Error() + "\n"
			} else {
				got["want.go"] = string(src)
				got["want.out"] = goRun(t, src)
			}
			want := map[string]string{}
			for _, f := range archive.Files {
				if strings.HasPrefix(f.Name, "want.") {
					want[f.Name] = string(f.Data)
				}
			}
			if *update {
				writeWant(t, path, archive, got)
				return
			}
			if _, ok := got["want.out"]; ok && testing.Short() {
				got["want.out"] = want["want.out"]
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestGoTest exports a notebook with outputs as a test, which passes with what is
// saved and fails with anything else.
func TestGoTest(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles")
	}
	for _, tt := range []struct {
		saved string
		pass  bool
	}{{"`2` lines\n  end \n", true}, {"something else\n", false}} {
		nb := nbformat.New()
		nb.Cells = []*nbformat.Cell{
			{
				Type: nbformat.Code, Source: "os := \"lines\"\nfmt.Println(\"`2`\", os)\nfmt.Println(\"  end \")",
				Outputs: []*nbformat.Output{{Type: nbformat.Stream, Name: "stdout", Text: tt.saved}},
			},
			{
				Type: nbformat.Code, Source: "fmt.Println(time.Now())",
				Metadata: nbformat.Object{"tags": []any{"ignore-output"}},
			},
			{
				Type: nbformat.Code, Source: "len(os)",
				Outputs: []*nbformat.Output{{Type: nbformat.ExecuteResult, Data: nbformat.MIMEBundle{"text/plain": "5"}}},
			},
		}
		session, importer := emptySession()
		src, err := GoTest(nb, "test.ipynb", session, importer)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "main_test.go")
		if err := os.WriteFile(file, src, 0o666); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("go", "test", file).CombinedOutput(); (err == nil) != tt.pass {
			t.Errorf("go test with %q saved: error %v, want it to pass: %v\n%s\n%s", tt.saved, err, tt.pass, out, src)
		}
	}
}

// goRun compiles and runs a program with the ordinary toolchain.
func goRun(t *testing.T, src []byte) string {
	t.Helper()
	if testing.Short() {
		return ""
	}
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, src, 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "run", file)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("go run: %v\n%s\n%s", err, stderr.String(), src)
	}
	return string(out)
}

func writeWant(t *testing.T, path string, archive *txtar.Archive, got map[string]string) {
	t.Helper()
	var files []txtar.File
	for _, f := range archive.Files {
		if !strings.HasPrefix(f.Name, "want.") {
			files = append(files, f)
		}
	}
	for _, name := range []string{"want.go", "want.out", "want.err"} {
		if text, ok := got[name]; ok {
			files = append(files, txtar.File{Name: name, Data: []byte(text)})
		}
	}
	archive.Files = files
	if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

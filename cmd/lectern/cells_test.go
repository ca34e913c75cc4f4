package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lectern-go/lectern/cmd/lectern/library"
	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/kerneltest"
)

// autoShare is the share of the sequences that always run with the engine auto too.
const autoShare = 4

// TestLectureCells runs sequences of cells that use the library with each engine:
// all must show the same; the interpreter alone may refuse a cell and then ends its
// sequence. LECTERN_TEST_NOTEBOOKS=all runs all with the compiler, a build for each
// cell, and with both together.
func TestLectureCells(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program and runs notebooks")
	}
	bin := filepath.Join(t.TempDir(), "lectern")
	build(t, bin)
	const path = "testdata/notebooks/lecture.txtar"
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out txtar.Archive
	out.Comment = archive.Comment
	for i, f := range archive.Files {
		if strings.HasSuffix(f.Name, ".out") {
			continue
		}
		want := ""
		if i+1 < len(archive.Files) && archive.Files[i+1].Name == f.Name+".out" {
			want = string(archive.Files[i+1].Data)
		}
		if *update {
			want, _ = lectureCells(t, bin, string(f.Data), kernel.Auto)
		}
		out.Files = append(out.Files, f, txtar.File{Name: f.Name + ".out", Data: []byte(want)})
		engines := []kernel.Engine{kernel.Interpret}
		if os.Getenv("LECTERN_TEST_NOTEBOOKS") == "all" {
			engines = append(engines, kernel.Auto, kernel.Compile)
		} else if len(out.Files)/2%autoShare == 1 {
			engines = append(engines, kernel.Auto)
		}
		for _, engine := range engines {
			got, refused := lectureCells(t, bin, string(f.Data), engine)
			if refused != "" {
				t.Logf("%s: refused by the interpreter: %s", f.Name, refused)
			}
			if diff := cmp.Diff(want, got); diff != "" && (refused == "" || !strings.HasPrefix(want, got)) {
				t.Errorf("%s, engine %s:\n%s(-want +got)\n%s", f.Name, engine, f.Data, diff)
			}
		}
	}
	if *update {
		if err := os.WriteFile(path, txtar.Format(&out), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// lectureCells runs cells, separated by lines of three dashes, in a kernel of their
// own. Where a cell is refused it returns what the cells before it showed, and why.
func lectureCells(t *testing.T, bin, cells string, engine kernel.Engine) (shown, refused string) {
	t.Helper()
	k, err := kernel.Start(t.Context(), kernel.Config{
		Worker: []string{bin, "worker"}, Packages: library.Types(), Source: sourceFolder(), Engine: engine, Dir: t.TempDir(),
		Env: []string{"LECTERN_DB=" + filepath.Join(t.TempDir(), "lectern.db")},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	var out strings.Builder
	for code := range strings.SplitSeq(strings.TrimSuffix(cells, "\n"), "\n"+kerneltest.CellEnd) {
		outputs, reply := kerneltest.Run(t, k, code)
		if reply.Error != nil && reply.Error.Ename == "refused" {
			return out.String(), reply.Error.Evalue
		}
		text := kerneltest.Text(outputs)
		if text != "" && !strings.HasSuffix(text, "\n") {
			text += "\n"
		}
		out.WriteString(text + kerneltest.CellEnd)
	}
	return out.String(), ""
}

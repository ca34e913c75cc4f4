package kernel_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lectern-go/lectern/kernel/kerneltest"
)

var update = flag.Bool("update", false, "rewrite the expected outputs")

func TestMain(m *testing.M) { kerneltest.Main(m) }

// TestCells runs the sequences of cells in testdata: each file "in" is a cell,
// the file "out" behind it what it shows.
func TestCells(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			testCells(t, file)
		})
	}
}

func testCells(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	k := kerneltest.Start(t)
	var out txtar.Archive
	out.Comment = archive.Comment
	for i, f := range archive.Files {
		if f.Name != "in" {
			continue
		}
		outputs, _ := kerneltest.Run(t, k, strings.TrimSuffix(string(f.Data), "\n"))
		got := kerneltest.Text(outputs)
		if got != "" && !strings.HasSuffix(got, "\n") {
			got += "\n"
		}
		out.Files = append(out.Files, f, txtar.File{Name: "out", Data: []byte(got)})
		want := ""
		if i+1 < len(archive.Files) && archive.Files[i+1].Name == "out" {
			want = string(archive.Files[i+1].Data)
		}
		if diff := cmp.Diff(want, got); diff != "" && !*update {
			t.Errorf("%s: cell\n%s\n(-want +got)\n%s", file, f.Data, diff)
		}
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(&out), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

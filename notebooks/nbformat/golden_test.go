package nbformat

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files of errors")

// TestGolden reads notebooks and wants what Python's nbformat writes for them.
func TestGolden(t *testing.T) {
	for _, in := range glob(t, "testdata/in/*.ipynb") {
		t.Run(filepath.Base(in), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(filepath.Join("testdata", "want", filepath.Base(in)))
			if err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(in)
			if err != nil {
				t.Fatal(err)
			}
			nb, err := Upgrade(data)
			if err != nil {
				t.Fatalf("Upgrade: %v", err)
			}
			got, err := Marshal(nb)
			if err != nil {
				t.Fatalf("Marshal: %v", err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("not what Python's nbformat writes (-want +got):\n%s", diff)
			}
			again, err := Read(got)
			if err != nil {
				t.Fatalf("Read of what Marshal wrote: %v", err)
			}
			second, err := Marshal(again)
			if err != nil {
				t.Fatalf("second Marshal: %v", err)
			}
			if diff := cmp.Diff(string(got), string(second)); diff != "" {
				t.Errorf("reading and writing again changes the notebook (-first +second):\n%s", diff)
			}
		})
	}
}

// TestBad wants one clear line for each bad file.
func TestBad(t *testing.T) {
	for _, in := range glob(t, "testdata/bad/*.ipynb") {
		t.Run(filepath.Base(in), func(t *testing.T) {
			_, err := ReadFile(in)
			if err == nil {
				t.Fatal("ReadFile gave no error")
			}
			got := err.Error() + "\n"
			if strings.Count(got, "\n") != 1 || !strings.HasPrefix(got, in+": ") {
				t.Errorf("want one line that begins with the path, got %q", got)
			}
			golden := strings.TrimSuffix(in, ".ipynb") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("error of %s (-want +got):\n%s", in, diff)
			}
		})
	}
}

func glob(t testing.TB, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %d files, error %v", pattern, len(paths), err)
	}
	return paths
}

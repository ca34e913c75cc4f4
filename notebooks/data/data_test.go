package data

import (
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/nnlib/ner"
)

// write puts a file below dir.
func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// isolate keeps the data of the machine out of a test and returns its cache folder.
func isolate(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	t.Setenv(PathVariable, "")
	t.Setenv("HOME", home)
	t.Setenv("XDG_CACHE_HOME", filepath.Join(home, "cache"))
	cache, err := CacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return cache
}

// setPath makes two folders, the second with a space and a bracket in its name,
// the list to look in.
func setPath(t *testing.T) (first, second string) {
	t.Helper()
	first, second = t.TempDir(), filepath.Join(t.TempDir(), "more [data]")
	isolate(t)
	t.Setenv(PathVariable, first+string(filepath.ListSeparator)+string(filepath.ListSeparator)+second)
	return first, second
}

func writeCorpus(t *testing.T, dir, name, token string) {
	t.Helper()
	for _, part := range []string{"train", "dev", "test"} {
		write(t, dir, name+"/"+part+".tsv", token+"\tB-PER\n")
	}
}

func TestLoad(t *testing.T) {
	first, second := setPath(t)
	writeCorpus(t, first, "news", "Ada")
	writeCorpus(t, second, "news", "Bo")
	writeCorpus(t, second, "tweets", "Cy")
	writeCorpus(t, second, "lectern-en", "Di")
	write(t, second, "notes/readme.txt", "no corpus")
	for name, want := range map[string]struct{ token, origin string }{
		"news":       {"Ada", filepath.Join(first, "news")},
		"tweets":     {"Cy", filepath.Join(second, "tweets")},
		"lectern-en": {"Di", filepath.Join(second, "lectern-en")}, // the path comes first
	} {
		c, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Train[0].Tokens[0]; got != want.token || c.Origin != want.origin || c.Name != name {
			t.Errorf("Load(%s) has %s of %s, named %s; want %s of %s", name, got, c.Origin, c.Name, want.token, want.origin)
		}
	}
	if diff := cmp.Diff([]string{"lectern-en", "lectern-ko", "news", "tweets"}, Corpora()); diff != "" {
		t.Errorf("Corpora() (-want +got):\n%s", diff)
	}
}

func TestLoadErrors(t *testing.T) {
	first, _ := setPath(t)
	write(t, first, "broken/train.tsv", "Ada\tB-PER\nran\n")
	write(t, first, "lame/train.tsv", "Ada\tB-PER\n")
	for name, want := range map[string]string{
		"broken":    "train.tsv:2: the line has 1 columns",
		"lame":      "a corpus is a folder with train.tsv, dev.tsv and test.tsv",
		"../broken": `no corpus named "../broken"`,
		"":          `no corpus named ""`,
	} {
		if _, err := Load(name); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("Load(%q): error %v, want one line with %q", name, err, want)
		}
	}
	_, err := Load("none")
	var missing *NotFoundError
	if !errors.As(err, &missing) {
		t.Fatalf("Load(none): %v, want a NotFoundError", err)
	}
	want := `no corpus named "none": there is broken, lame, lectern-en, lectern-ko (LECTERN_DATA is ` + strings.Join(missing.Folders, string(filepath.ListSeparator)) +
		`); put a folder none with train.tsv, dev.tsv and test.tsv into a folder on LECTERN_DATA`
	if err.Error() != want {
		t.Errorf("error:\n got %v\nwant %s", err, want)
	}
	t.Setenv(PathVariable, "")
	if _, err := Load("none"); err == nil || !strings.Contains(err.Error(), "there is lectern-en, lectern-ko (LECTERN_DATA is not set)") {
		t.Errorf("without LECTERN_DATA: %v", err)
	}
}

func TestVectors(t *testing.T) {
	first, second := setPath(t)
	write(t, second, "vectors/small.vec", "the 1 2\n")
	write(t, second, "vectors/glove.6B.50d.txt", "the 1 2 3\n")
	write(t, first, "vectors/cut.vec", "9 2\nthe 1 2\n")
	packed, err := os.Create(filepath.Join(second, "vectors", "packed.txt.gz"))
	if err != nil {
		t.Fatal(err)
	}
	w := gzip.NewWriter(packed)
	if _, err := w.Write([]byte("the 1 2 3 4\n")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Close(), packed.Close()); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"small": 2, "glove.6B.50d": 3, "packed": 4} {
		v, err := Vectors(name)
		if err != nil {
			t.Fatal(err)
		}
		if v.Dim != want {
			t.Errorf("Vectors(%s) have dimension %d, want %d", name, v.Dim, want)
		}
	}
	if diff := cmp.Diff([]string{"cut", "glove.6B.50d", "packed", "small"}, VectorFiles()); diff != "" {
		t.Errorf("VectorFiles() (-want +got):\n%s", diff)
	}
	var fileError *ner.FileError
	if _, err := Vectors("cut"); !errors.As(err, &fileError) {
		t.Errorf("Vectors(cut): %v, want a FileError", err)
	}
	_, err = Vectors("none")
	const want = "put a file vectors/none.vec or .txt, packed by gzip or not, into a folder on LECTERN_DATA"
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("Vectors(none): %v, want an error that ends in %q", err, want)
	}
	t.Setenv(PathVariable, "")
	if _, err := Vectors("small"); err == nil || !strings.Contains(err.Error(), "there is none") {
		t.Errorf("without LECTERN_DATA: %v, want an error with \"there is none\"", err)
	}
}

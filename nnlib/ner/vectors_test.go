package ner

import (
	"bytes"
	"compress/gzip"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func packed(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadVectors(t *testing.T) {
	tests := map[string]string{
		"GloVe":                     "the 1 -2.5\n, 0.5 3e-1\n",
		"word2vec":                  "2 2\nthe 1 -2.5\n, 0.5 3e-1\n",
		"word2vec, blanks at ends":  "2 2\nthe 1 -2.5 \n, 0.5 3e-1 \n",
		"CRLF":                      "the 1 -2.5\r\n, 0.5 3e-1\r\n",
		"a word twice, first holds": "the 1 -2.5\n, 0.5 3e-1\nthe 9 9\n",
		"gzip":                      string(packed(t, "the 1 -2.5\n, 0.5 3e-1\n")),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			v, err := ReadVectors(strings.NewReader(text), "v.txt")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"the", ","}, v.Words); diff != "" || v.Dim != 2 {
				t.Errorf("dimension %d, want 2; words (-want +got):\n%s", v.Dim, diff)
			}
			if diff := cmp.Diff([]float32{1, -2.5, 0.5, 0.3}, v.Data); diff != "" {
				t.Errorf("numbers (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadVectorsWordWithBlanks(t *testing.T) {
	v, err := ReadVectors(strings.NewReader("the 1 2\n. . . 3 4\n"), "v")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]float32{3, 4}, v.Vector(". . .")); diff != "" {
		t.Errorf("vector (-want +got):\n%s", diff)
	}
}

func TestReadVectorsErrors(t *testing.T) {
	whole := packed(t, strings.Repeat("word 0.125 0.25 0.5\n", 500))
	damaged := bytes.Clone(whole)
	damaged[len(damaged)-6] ^= 1
	tests := []struct{ name, text, want string }{
		{"empty", "", "v.txt: there is no vector; a line is a word and its numbers divided by blanks"},
		{"header alone", "3 2\n", "v.txt: the header promises 3 words, the file has 0; it is cut off or damaged, get it again"},
		{"fewer words than promised", "3 2\na 1 2\n", "v.txt: the header promises 3 words, the file has 1; it is cut off or damaged, get it again"},
		{"cut in the middle of a line", "the 1 2 3\nof 4 5", `v.txt:2: "of" has 2 numbers, want 3; the file is cut off or damaged, get it again`},
		{"cut in the middle of the last number", "the 1.25 2.5\nof 4 5.", "v.txt:2: the file ends in the middle of this line; it is cut off, get it again (or add the newline if you made it)"},
		{"header, cut in the last number", "1 2\nthe 1.25 2.", "v.txt:2: the file ends in the middle of this line"},
		{"too many numbers", "the 1 2\nof 4 5 6\n", `v.txt:2: "of" has 3 numbers, want 2; the file is damaged, get it again`},
		{"header with another length", "1 3\nthe 1 2\n", `v.txt:2: "the" has 2 numbers, want 3; the file is cut off or damaged, get it again`},
		{"no number", "the 1 x\n", `v.txt:1: number 2 of "the" is "x", not a finite number; the file is damaged`},
		{"not finite", "the 1 2\nof 1 NaN\n", `v.txt:2: number 2 of "of" is "NaN", not a finite number; the file is damaged`},
		{"no vector on the first line", "the\n", "v.txt:1: there is no vector; a line is a word and its numbers divided by blanks"},
		{"gzip cut off", string(whole[:len(whole)-12]), "the gzip stream is cut off here; get the file again"},
		{"gzip damaged", string(damaged), "the gzip stream is damaged"},
		{"a megabyte without a newline", strings.Repeat("x", 1<<20+1), "v.txt:1: the line is longer than 1 MB; this is not a text file of word vectors"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := ReadVectors(strings.NewReader(test.text), "v.txt")
			var fileError *FileError
			if !errors.As(err, &fileError) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error:\n got %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestVectorsTable(t *testing.T) {
	v, err := ReadVectors(strings.NewReader("the 1 2\nof 3 4\n"), "v")
	if err != nil {
		t.Fatal(err)
	}
	vocab := NewVocab(VocabSettings{}, Sentences{{Tokens: []string{"of", "paris"}}}, v)
	table := v.Table(vocab, 1)
	if len(table) != vocab.Len()*2 {
		t.Fatalf("table has %d numbers, want %d×2", len(table), vocab.Len())
	}
	row := func(word string) []float32 { return table[vocab.ID(word)*2:][:2] }
	if diff := cmp.Diff([]float32{1, 2, 3, 4}, append(row("the")[:2:2], row("of")...)); diff != "" {
		t.Errorf("rows of the and of (-want +got):\n%s", diff)
	}
	for _, x := range row("paris") {
		if x == 0 || math.Abs(float64(x)) > 0.25 {
			t.Errorf("row of a word without a vector holds %v, want ±0.25 and not 0", x)
		}
	}
	if diff := cmp.Diff(table, v.Table(vocab, 1)); diff != "" {
		t.Errorf("the same seed gives another table:\n%s", diff)
	}
	if cmp.Equal(table, v.Table(vocab, 2)) {
		t.Error("another seed gives the same table")
	}
}

func TestNearest(t *testing.T) {
	v, err := ReadVectors(strings.NewReader("a 1 0\nb 2 0.1\nc 0 1\nd -1 0\nzero 0 0\n"), "v")
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, n := range v.Nearest("a", 2) {
		words = append(words, n.Word)
	}
	if diff := cmp.Diff([]string{"b", "c"}, words); diff != "" {
		t.Errorf("nearest to a (-want +got):\n%s", diff)
	}
	if got := v.Nearest("none", 2); got != nil {
		t.Errorf("nearest to a word without a vector: %v, want nil", got)
	}
	if got := len(v.Nearest("a", 99)); got != 4 {
		t.Errorf("%d nearest of 5 words, want 4", got)
	}
}

// TestRealVectors reads the files of both kinds that the corpora are measured with.
func TestRealVectors(t *testing.T) {
	for file, want := range map[string][2]int{
		"enwiki_sg50.vec": {20877, 50}, "kowiki_char50.vec": {1465, 50}, "glove_twitter_25d.top11925.txt": {11925, 25},
	} {
		t.Run(file, func(t *testing.T) {
			path := filepath.Join("vectors", file)
			v, err := ReadVectorsFile(filepath.Join(realData(t, path), path))
			if err != nil {
				t.Fatal(err)
			}
			if got := [2]int{v.Len(), v.Dim}; got != want {
				t.Errorf("words and dimension %v, want %v", got, want)
			}
		})
	}
	if _, err := ReadVectorsFile(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v, want os.ErrNotExist", err)
	}
}

func FuzzReadVectors(f *testing.F) {
	f.Add([]byte("2 2\nthe 1 -2.5\n, 0.5 3e-1\n"))
	f.Add([]byte(". . . 1 2\n"))
	f.Add(packed(f, "the 1 2\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := ReadVectors(bytes.NewReader(data), "fuzz")
		if err != nil {
			return
		}
		if len(v.Words) == 0 || len(v.Data) != len(v.Words)*v.Dim {
			t.Fatalf("%q: %d words, dimension %d, %d numbers", data, len(v.Words), v.Dim, len(v.Data))
		}
		for _, word := range v.Words {
			if len(v.Vector(word)) != v.Dim {
				t.Fatalf("%q: word %q has no vector", data, word)
			}
		}
	})
}

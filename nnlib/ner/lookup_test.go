package ner

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLookup(t *testing.T) {
	train := Sentences{
		{strings.Fields("Paris met Paris in Paris"), strings.Fields("B-PER O B-LOC O B-LOC")},
		{strings.Fields("Jordan won"), strings.Fields("B-PER O")},
		{strings.Fields("in Jordan"), strings.Fields("O B-LOC")},
	}
	got := TrainLookup(train, IO).Tag(strings.Fields("PARIS in Jordan , Hilton"))
	want := strings.Fields("I-LOC O I-PER O O")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}

// TestLookupReference holds the baseline against the figures measured with
// conlleval on the public corpora.
func TestLookupReference(t *testing.T) {
	for name, want := range map[string]string{"wikigold": "29.61", "wnut17": "9.04"} {
		t.Run(name, func(t *testing.T) {
			corpus := realCorpus(t, name)
			score := Evaluate(corpus.Test, TrainLookup(corpus.Train, IO).Predict(corpus.Test))
			if got := fmt.Sprintf("%.2f", score.F1()); got != want {
				t.Errorf("test F1 = %s, want %s\n%s", got, want, score)
			}
		})
	}
}

// realCorpus reads a corpus from the LECTERN_DATA path, or skips the test.
func realCorpus(t *testing.T, name string) *Corpus {
	t.Helper()
	dir := realData(t, filepath.Join(name, "train.tsv"))
	corpus, err := ReadCorpus(os.DirFS(dir), name, name)
	if err != nil {
		t.Fatal(err)
	}
	return corpus
}

// realData returns the folder of the LECTERN_DATA path that holds the file, or
// skips the test.
func realData(t *testing.T, file string) string {
	t.Helper()
	for _, dir := range filepath.SplitList(os.Getenv("LECTERN_DATA")) {
		if _, err := os.Stat(filepath.Join(dir, file)); err == nil {
			return dir
		}
	}
	t.Skipf("LECTERN_DATA has no %s", file)
	return ""
}

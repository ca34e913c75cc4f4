package ner

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestShow(t *testing.T) {
	sentences := Sentences{{strings.Fields("Ada lives in <Bath> ."), strings.Fields("B-PER O O B-LOC O")}}
	corpus := &Corpus{Name: "tiny", Train: sentences, Dev: sentences, Test: sentences[:0]}
	vectors, err := ReadVectors(strings.NewReader("the 1 2\nof 3 4\n"), "v")
	if err != nil {
		t.Fatal(err)
	}
	vocab := NewVocab(VocabSettings{}, sentences, vectors)
	windows, err := NewWindows(sentences, vocab, NewLabels(sentences, IO), 1)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		value interface {
			fmt.Stringer
			MIMEBundle() map[string]any
		}
		want string
	}{
		{corpus, "tiny\n       sentences  tokens  entities  LOC  PER\ntrain          1       5         2    1    1\ndev            1       5         2    1    1\ntest           0       0         0    0    0\n"},
		{vectors, "2 word vectors of 2 numbers: the of"},
		{vocab, "vocabulary of 10 words: <unk> <s> </s> . <bath> ada in lives the of"},
		{windows, "5 windows of 3 words, with labels"},
		{NewLabels(sentences, IO), "3 classes (IO): O I-LOC I-PER"},
		{TrainLookup(sentences, IO), "look-up of 5 words"},
		{NewAffixes(sentences, 2, true, 1), "7 suffixes of 2 characters: <unk> <pad> . da es h> in"},
		{sentences[0], "[PER Ada] lives in [LOC <Bath>] ."},
		{CharactersOf(sentences)[0], "[PER Ada] lives in [LOC <Bath>] ."},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, test.value.String()); diff != "" {
			t.Errorf("%T (-want +got):\n%s", test.value, diff)
		}
		bundle := test.value.MIMEBundle()
		if bundle["text/plain"] != test.want {
			t.Errorf("%T: text/plain is %q, want what String says", test.value, bundle["text/plain"])
		}
	}
	page, _ := sentences.MIMEBundle()["text/html"].(string)
	if want := "<mark style=\"padding:.1em .3em;border-radius:.3em\">&lt;Bath&gt; <small><b>LOC</b></small></mark> ."; !strings.Contains(page, want) {
		t.Errorf("page %s has no %s", page, want)
	}
	many := make(Sentences, 25)
	if got, _ := many.MIMEBundle()["text/plain"].(string); !strings.HasSuffix(got, "… and 5 more sentences\n") {
		t.Errorf("25 sentences are shown as %q, want 20 and a note", got)
	}
}

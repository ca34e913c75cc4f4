package ner

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAffixes(t *testing.T) {
	train := Sentences{{Tokens: strings.Fields("Hamburg and Freiburg in 1984 and 2026 by Übersee")}}
	suffixes := NewAffixes(train, 3, true, 2)
	if diff := cmp.Diff(strings.Fields("<unk> <pad> 000 and urg"), suffixes.Names); diff != "" {
		t.Errorf("suffixes (-want +got):\n%s", diff)
	}
	prefixes := NewAffixes(train, 3, false, 1)
	for token, want := range map[string]string{"ÜBERALL": "übe", "by": "by", "1999": "000", "nothing": "<unk>"} {
		if got := prefixes.Names[prefixes.ID(token)]; got != want {
			t.Errorf("prefix of %s is %s, want %s", token, got, want)
		}
	}
	got := suffixes.Windows(Sentences{{Tokens: strings.Fields("Augsburg and x")}, {Tokens: []string{"and"}}}, 1)
	if diff := cmp.Diff([]int32{1, 4, 3, 4, 3, 0, 3, 0, 1, 1, 3, 1}, got); diff != "" {
		t.Errorf("windows (-want +got):\n%s", diff)
	}
}

func TestTopWords(t *testing.T) {
	words := strings.Fields("<unk> <s> </s> paris in ran")
	table := []float32{9, 9, 9, 9, 9, 9, 1, 0, 0, 1, 2, 2}       // V×2
	scores := NeuronScores(table, 2, []float32{1, 0, 0.5, 3}, 2) // d=2, H=2
	top := NewTopWords(words, []string{"neuron 0", "neuron 1"}, scores, 2)
	const want = `          words
neuron 0  ran 3, paris 1
neuron 1  ran 6, in 3
`
	if diff := cmp.Diff(want, top.String()); diff != "" {
		t.Errorf("top words (-want +got):\n%s", diff)
	}
	for name, call := range map[string]func(){
		"scores":      func() { NewTopWords(words, []string{"a"}, scores, 1) },
		"weights":     func() { NeuronScores(table, 2, []float32{1}, 2) },
		"half a word": func() { NeuronScores(table[:3], 2, []float32{1, 2}, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic on a wrong shape")
				}
			}()
			call()
		})
	}
}

func TestSingleWords(t *testing.T) {
	vocab := NewVocab(VocabSettings{}, Sentences{{Tokens: []string{"paris"}}}, nil)
	w := SingleWords(vocab, 1, CaseTitle)
	if w.N != 4 || w.Labels != nil {
		t.Errorf("%d windows with labels %v, want 4 without", w.N, w.Labels)
	}
	if diff := cmp.Diff([]int32{StartID, 3, EndID}, w.Words[9:]); diff != "" {
		t.Errorf("last window (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]uint8{CasePadding, CaseTitle, CasePadding}, w.Cases[9:]); diff != "" {
		t.Errorf("its cases (-want +got):\n%s", diff)
	}
}

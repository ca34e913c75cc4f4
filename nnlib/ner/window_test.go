package ner

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCaseOf(t *testing.T) {
	for token, want := range map[string]string{
		"museums": "aa", "U.S.": "AA", "A": "AA", "Paris": "Aa", "McGregor": "Aa", "iPhone": "aA",
		"1984": "aA", ",": "aA", "": "aA", "42nd": "aa", "3M": "AA", "Élan": "Aa", "서울": "aA",
	} {
		if got := CaseNames[CaseOf(token)]; got != want {
			t.Errorf("CaseOf(%q) = %s, want %s", token, got, want)
		}
	}
}

func TestNewWindows(t *testing.T) {
	sentences := Sentences{
		{strings.Fields("museums in Paris are amazing"), strings.Fields("O O B-LOC O O")},
		{strings.Fields("Zig !"), strings.Fields("B-PER O")},
	}
	vocab := NewVocab(VocabSettings{}, sentences[:1], nil)
	labels := NewLabels(sentences, IO)
	w, err := NewWindows(sentences, vocab, labels, 2)
	if err != nil {
		t.Fatal(err)
	}
	if w.N != 7 || w.Width() != 5 || len(w.Words) != 35 || len(w.Cases) != 35 {
		t.Fatalf("N=%d width=%d, %d words, %d cases; want 7, 5, 35, 35", w.N, w.Width(), len(w.Words), len(w.Cases))
	}
	var words, cases []string
	for i := range w.N {
		var rowWords, rowCases []string
		for j := range w.Width() {
			rowWords = append(rowWords, vocab.Words[w.Words[i*w.Width()+j]])
			rowCases = append(rowCases, CaseNames[w.Cases[i*w.Width()+j]])
		}
		words, cases = append(words, strings.Join(rowWords, " ")), append(cases, strings.Join(rowCases, " "))
	}
	wantWords := []string{
		"<s> <s> museums in paris", "<s> museums in paris are", "museums in paris are amazing", "in paris are amazing </s>", "paris are amazing </s> </s>",
		"<s> <s> <unk> <unk> </s>", "<s> <unk> <unk> </s> </s>",
	}
	if diff := cmp.Diff(wantWords, words); diff != "" {
		t.Errorf("words (-want +got):\n%s", diff)
	}
	if got, want := cases[2]+" | "+cases[5], "aa aa Aa aa aa | pad pad Aa aA pad"; got != want {
		t.Errorf("cases of rows 2 and 5 = %s, want %s", got, want)
	}
	if diff := cmp.Diff([]int32{0, 0, 1, 0, 0, 2, 0}, w.Labels); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
}

func TestNewWindowsOfRadiusZero(t *testing.T) {
	s := Sentences{{Tokens: []string{"Paris", "Paris"}}}
	w, err := NewWindows(s, NewVocab(VocabSettings{}, s, nil), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int32{3, 3}, w.Words); diff != "" || w.Labels != nil {
		t.Errorf("words (-want +got):\n%s\nlabels %v, want nil", diff, w.Labels)
	}
}

func TestNewWindowsErrors(t *testing.T) {
	known := Sentences{{strings.Fields("in Paris"), strings.Fields("O B-LOC")}}
	vocab, labels := NewVocab(VocabSettings{}, known, nil), NewLabels(known, IO)
	tests := map[string]struct {
		sentences Sentences
		want      string
	}{
		"no sentence":     {nil, "the 0 sentences hold no token"},
		"empty sentences": {Sentences{{}, {}}, "the 2 sentences hold no token"},
		"unknown type":    {Sentences{{[]string{"Ada"}, []string{"B-PER"}}}, `token "Ada" has tag I-PER, which is not one of the classes [O I-LOC]`},
		"no tags":         {Sentences{{Tokens: []string{"Ada"}}}, "1 tokens and 0 tags"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := NewWindows(test.sentences, vocab, labels, 2)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestLabels(t *testing.T) {
	sentences := Sentences{{strings.Fields("Ada Lovelace in Bath"), strings.Fields("B-PER I-PER O B-LOC")}}
	for scheme, want := range map[Scheme]string{
		IO:    "O I-LOC I-PER",
		BIO:   "O B-LOC I-LOC B-PER I-PER",
		IOBES: "O B-LOC I-LOC E-LOC S-LOC B-PER I-PER E-PER S-PER",
	} {
		labels := NewLabels(sentences, scheme)
		if got := strings.Join(labels.Names, " "); got != want {
			t.Errorf("%s: classes %s, want %s", scheme, got, want)
		}
		classes, err := labels.Encode(sentences)
		if err != nil {
			t.Fatal(err)
		}
		decoded := labels.Decode(sentences, classes)
		if score := Evaluate(sentences, decoded); score.F1() != 100 {
			t.Errorf("%s: encoded and decoded tags %v score %.2f, want 100", scheme, decoded, score.F1())
		}
	}
}

package ner

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var vocabText = Sentences{
	{Tokens: strings.Fields("The museums of Paris , the 2 Vans of 1984")},
	{Tokens: strings.Fields("the capital , 2026")},
}

func TestVocab(t *testing.T) {
	vectors, err := ReadVectors(strings.NewReader("the 1 2\nberlin 3 4\n"), "v")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name     string
		settings VocabSettings
		vectors  *Vectors
		want     string
	}{
		{"lower case", VocabSettings{}, nil, "the , of 1984 2 2026 capital museums paris vans"},
		{"case kept", VocabSettings{KeepCase: true}, nil, ", of the 1984 2 2026 Paris The Vans capital museums"},
		{"zero digits", VocabSettings{ZeroDigits: true}, nil, "the , 0000 of 0 capital museums paris vans"},
		{"frequent words", VocabSettings{MinCount: 2}, nil, "the , of"},
		{"two words", VocabSettings{MaxWords: 2}, nil, "the ,"},
		{"with vectors", VocabSettings{MinCount: 2}, vectors, "the , of berlin"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := NewVocab(test.settings, vocabText, test.vectors)
			if got := strings.Join(v.Words, " "); got != "<unk> <s> </s> "+test.want {
				t.Errorf("words %q, want <unk> <s> </s> and then %q", got, test.want)
			}
			restored, err := VocabOf(test.settings, v.Words)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(v.ids, restored.ids); diff != "" {
				t.Errorf("restored vocabulary (-want +got):\n%s", diff)
			}
		})
	}
}

func TestVocabLooksUp(t *testing.T) {
	v := NewVocab(VocabSettings{ZeroDigits: true, MinCount: 2}, vocabText, nil)
	if got := v.ID("2077"); got == UnknownID || v.Words[got] != "0000" {
		t.Errorf("ID(2077) = %d, want that of 0000", got)
	}
	if v.ID("Berlin") != UnknownID || v.Has("Berlin") {
		t.Errorf("Berlin has id %d, want none", v.ID("Berlin"))
	}
	// the×3, of×2, the comma×2 and the two years, of 14 tokens
	if got, want := v.Coverage(vocabText), 100*9.0/14; got != want {
		t.Errorf("Coverage = %v, want %v", got, want)
	}
}

func TestVocabOfErrors(t *testing.T) {
	for _, words := range []string{"", "a b c", "<unk> <s> </s> a a"} {
		if _, err := VocabOf(VocabSettings{}, strings.Fields(words)); err == nil {
			t.Errorf("VocabOf(%s): no error", words)
		}
	}
}

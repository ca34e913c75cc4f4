package ner

import (
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

func TestTokenize(t *testing.T) {
	tests := map[string]string{
		"He lives in Paris.":                                "He lives in Paris .",
		"“We’ll always have Paris,” he said.":               "“ We ’ll always have Paris , ” he said .",
		"I can't, won't and didn't; it's Ada's.":            "I ca n't , wo n't and did n't ; it 's Ada 's .",
		"Mr. Hale's office, in Leeds, said...":              "Mr. Hale 's office , in Leeds , said ...",
		"The U.S. paid $90 million (5%).":                   "The U.S. paid $90 million ( 5 % ) .",
		"J. K. Rowling beat 6-4 3-6; 80,000 saw it.":        "J. K. Rowling beat 6-4 3-6 ; 80,000 saw it .",
		"Is he in Bath? Yes! He is.":                        "Is he in Bath ? | Yes ! | He is .",
		"She works at Halden Inc. in Oslo.":                 "She works at Halden Inc. in Oslo .",
		`"Will you?" she asked. "No."`:                      `" Will you ? " she asked . | " No . "`,
		"Paris,France and rock'n'roll":                      "Paris , France and rock'n'roll",
		"Wait -- no—stop":                                   "Wait -- no — stop",
		"see https://example.org/a,b or mail ada@x.org.":    "see https://example.org/a,b or mail ada@x.org .",
		"one line\nstill one\n\nanother":                    "one line still one | another",
		"We won. i do n't care . he 's Ada 's":              "We won . i do n't care . he 's Ada 's",
		"Nobody is taller than I. He is.":                   "Nobody is taller than I . | He is .",
		"O'Brien, N'Dour and the Joneses' house":            "O'Brien , N'Dour and the Joneses ' house",
		"...":                                               "...",
		`"`:                                                 `"`,
		"(\"A\")":                                           `( " A " )`,
		"안녕. 서울!":                                           "안녕 . | 서울 !",
		"":                                                  "",
		" \n ":                                              "",
		"The lecture: 'museums in Paris are amazing' (CS).": "The lecture : ' museums in Paris are amazing ' ( CS ) .",
	}
	for text, want := range tests {
		var got []string
		for _, sentence := range Tokenize(text) {
			got = append(got, strings.Join(sentence.Tokens, " "))
		}
		if got := strings.Join(got, " | "); got != want {
			t.Errorf("Tokenize(%q):\n got %s\nwant %s", text, got, want)
		}
	}
}

// TestTokenizeCorpus checks that text which is in tokens already comes back the
// same, but for a known few.
func TestTokenizeCorpus(t *testing.T) {
	corpus := realCorpus(t, "wikigold")
	same, first := 0, ""
	for _, sentence := range corpus.Train {
		text := strings.Join(sentence.Tokens, " ")
		var got []string
		for _, s := range Tokenize(text) {
			got = append(got, s.Tokens...)
		}
		if strings.Join(got, " ") == text {
			same++
		} else if first == "" {
			first = text + "\n" + strings.Join(got, " ")
		}
	}
	if share := percent(same, len(corpus.Train)); share < 90 {
		t.Errorf("%.1f %% of the sentences keep their tokens, want 90; the first that does not:\n%s", share, first)
	}
}

// checkPlaces checks that tokens are where they say and that nothing but white
// space is left out.
func checkPlaces(t *testing.T, text string, sentences [][]Token, space string) {
	t.Helper()
	at := 0
	blank := func(s string) bool { return strings.TrimFunc(s, unicode.IsSpace) == "" }
	for _, sentence := range sentences {
		if len(sentence) == 0 {
			t.Fatalf("%q: empty sentence", text)
		}
		for _, token := range sentence {
			if token.Start < at || token.End <= token.Start || token.End > len(text) || !blank(text[at:token.Start]) {
				t.Fatalf("%q: token %+v after byte %d", text, token, at)
			}
			if s := text[token.Start:token.End]; s != token.Text && (token.Text != space || !blank(s)) {
				t.Fatalf("%q: token %+v, but the text has %q there", text, token, s)
			}
			at = token.End
		}
	}
	if !blank(text[at:]) {
		t.Fatalf("%q: %q is in no token", text, text[at:])
	}
}

func FuzzTokenize(f *testing.F) {
	f.Add(`"Will you?" she asked. I can’t -- 80,000 (U.S.) ...`)
	f.Add("서울 \n\n 부산\xff!")
	f.Fuzz(func(t *testing.T, text string) {
		checkPlaces(t, text, TokenizeWords(text), "")
		checkPlaces(t, text, CharacterTokens(text), Space)
	})
}

func TestCharacters(t *testing.T) {
	got := Characters(" 김씨  서울\n\n\t부산 \n")
	want := Sentences{
		{Tokens: []string{"김", "씨", "▁", "서", "울"}},
		{Tokens: []string{"부", "산"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Characters (-want +got):\n%s", diff)
	}
}

func TestCharactersOf(t *testing.T) {
	got := CharactersOf(Sentences{{strings.Fields("Al in La Paz"), strings.Fields("B-PER O B-LOC I-LOC")}, {Tokens: []string{"ab"}}})
	want := Sentences{
		{strings.Fields("A l ▁ i n ▁ L a ▁ P a z"), strings.Fields("B-PER I-PER O O O O B-LOC I-LOC I-LOC I-LOC I-LOC I-LOC")},
		{Tokens: []string{"a", "b"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("CharactersOf (-want +got):\n%s", diff)
	}
}

// TestKorean reads the corpus of characters and cuts its windows.
func TestKorean(t *testing.T) {
	corpus := realCorpus(t, "klue_ner_ko")
	if got, want := [3]int{len(corpus.Train), corpus.Train.Tokens(), corpus.Train.Entities()}, [3]int{4000, 230655, 11489}; got != want {
		t.Errorf("sentences, tokens, entities of train: %v, want %v", got, want)
	}
	if diff := cmp.Diff([]string{"DT", "LC", "OG", "PS", "QT", "TI"}, corpus.Types()); diff != "" {
		t.Errorf("types (-want +got):\n%s", diff)
	}
	labels := NewLabels(corpus.Train, BIO)
	w, err := NewWindows(corpus.Test, NewVocab(VocabSettings{ZeroDigits: true}, corpus.Train, nil), labels, 3)
	if err != nil {
		t.Fatal(err)
	}
	if score := Evaluate(corpus.Test, labels.Decode(corpus.Test, w.Labels)); w.N != 27330 || score.F1() != 100 || score.Gold != 1392 {
		t.Errorf("%d windows whose labels score %.2f on %d entities, want 27330, 100 and 1392", w.N, score.F1(), score.Gold)
	}
	got := Characters(strings.ReplaceAll(strings.Join(corpus.Test[0].Tokens, ""), Space, " "))
	if diff := cmp.Diff(corpus.Test[0].Tokens, got[0].Tokens); diff != "" {
		t.Errorf("characters of the first sentence (-want +got):\n%s", diff)
	}
}

func TestTagText(t *testing.T) {
	train := Sentences{{strings.Fields("Zig Ziglar met Ada in Fort Smith"), strings.Fields("B-PER I-PER O B-PER O B-LOC I-LOC")}}
	lookup := TrainLookup(train, IO)
	const text = "Did Zig\n Ziglar <see> Fort Smith? Ada's   fort did."
	tagged := TagText(text, TokenizeWords, lookup.Predict)
	if got, want := tagged.String(), "Did [PER Zig\n Ziglar] <see> [LOC Fort Smith]? [PER Ada]'s   [LOC fort] did."; got != want {
		t.Errorf("tagged text:\n got %q\nwant %q", got, want)
	}
	if diff := cmp.Diff(Entity{"Ada", "PER", 34, 37}, tagged.Entities[2]); diff != "" {
		t.Errorf("third entity (-want +got):\n%s", diff)
	}
	page, _ := tagged.MIMEBundle()["text/html"].(string)
	for _, want := range []string{"&lt;see&gt;", "Fort Smith <small><b>LOC</b></small></mark>?"} {
		if !strings.Contains(page, want) {
			t.Errorf("page %s has no %s", page, want)
		}
	}
	if got := TagText(" ", TokenizeWords, lookup.Predict); len(got.Entities) != 0 || got.String() != " " {
		t.Errorf("blank text: %v", got)
	}
	defer func() {
		if r := recover(); r != "ner: TagText: sentence 0 has 1 tags, want 2" {
			t.Errorf("panic %v", r)
		}
	}()
	TagText("Ada ran", TokenizeWords, func(Sentences) [][]string { return [][]string{{"O"}} })
}

package ner

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var confused = struct {
	train, gold Sentences
	predicted   [][]string
}{
	train: Sentences{{strings.Fields("Charles Schwab in paris"), strings.Fields("B-PER I-PER O B-LOC")}},
	gold: Sentences{
		{strings.Fields("First National Bank met Zig Ziglar in Paris"), strings.Fields("B-ORG I-ORG I-ORG O B-PER I-PER O B-LOC")},
		{strings.Fields("Charles Schwab left Fort Smith on Monday"), strings.Fields("B-PER I-PER O B-LOC I-LOC O O")},
	},
	predicted: [][]string{
		strings.Fields("O I-ORG I-ORG O O O O I-LOC"),
		strings.Fields("I-ORG I-ORG O I-PER O O I-MISC"),
	},
}

func TestConfusion(t *testing.T) {
	c := NewConfusion(confused.gold, confused.predicted)
	const want = `gold \ predicted  LOC  MISC  ORG  PER  O
LOC                 1     0    0    1  1
MISC                0     0    0    0  0
ORG                 0     0    2    0  1
PER                 0     0    2    0  2
O                   0     1    0    0  4
`
	if diff := cmp.Diff(want, c.String()); diff != "" {
		t.Errorf("confusion (-want +got):\n%s", diff)
	}
}

func TestFindErrors(t *testing.T) {
	e := FindErrors(confused.train, confused.gold, confused.predicted)
	const want = `entities                  count  of     %  examples
found                         1   5  20.0
found, names of training      1   2  50.0
found, new names              0   3   0.0
wrong type                    1   5  20.0  Charles Schwab (PER, not ORG)
wrong border                  1   5  20.0  First National Bank
wrong type, border            1   5  20.0  Fort Smith (LOC, not PER)
missed                        1   5  20.0  Zig Ziglar
spurious                      1   5  20.0  Monday (MISC)
`
	if diff := cmp.Diff(want, e.String()); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	missed := e.Of(Missed)
	if diff := cmp.Diff([]EntityError{{Missed, 0, &Span{4, 6, "PER"}, nil, "Zig Ziglar"}}, missed); diff != "" {
		t.Errorf("missed (-want +got):\n%s", diff)
	}
}

// TestErrorsAddUp checks on tags that break every scheme that each gold entity is
// found or has exactly one error, and that what is found is what Evaluate counts.
func TestErrorsAddUp(t *testing.T) {
	gold, predicted := readScored(t, "testdata/conlleval/random.txt")
	e, score := FindErrors(nil, gold, predicted), Evaluate(gold, predicted)
	if n := e.Correct + len(e.All) - len(e.Of(Spurious)); n != score.Gold || e.Correct != score.Correct {
		t.Errorf("%d found and wrong together, %d found; want %d and %d", n, e.Correct, score.Gold, score.Correct)
	}
	if e.Unseen.Gold != score.Gold || e.Seen.Gold != 0 {
		t.Errorf("without training %d are new and %d are not, want all %d new", e.Unseen.Gold, e.Seen.Gold, score.Gold)
	}
}

// TestErrorsOfCharacters wants names of characters as the words they spell.
func TestErrorsOfCharacters(t *testing.T) {
	gold := CharactersOf(Sentences{{Tokens: []string{"in", "Fort", "Smith"}, Tags: []string{"O", "B-LOC", "I-LOC"}}})
	outside := slices.Repeat([]string{Outside}, len(gold[0].Tokens))
	e := FindErrors(nil, gold, [][]string{outside})
	if missed := e.Of(Missed); len(missed) != 1 || missed[0].Text != "Fort Smith" {
		t.Errorf("missed %v, want Fort Smith", missed)
	}
}

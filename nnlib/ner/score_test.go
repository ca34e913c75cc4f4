package ner

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// readScored reads token, gold tag and predicted tag without touching the tags.
func readScored(t *testing.T, path string) (gold Sentences, predicted [][]string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	begin := true
	for lines := bufio.NewScanner(file); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) == 0 {
			begin = true
			continue
		}
		if begin {
			gold, predicted = append(gold, Sentence{}), append(predicted, nil)
			begin = false
		}
		last := len(gold) - 1
		gold[last].Tokens = append(gold[last].Tokens, f[0])
		gold[last].Tags = append(gold[last].Tags, f[1])
		predicted[last] = append(predicted[last], f[2])
	}
	return gold, predicted
}

// TestEvaluateConlleval holds Score.String against what conlleval prints.
func TestEvaluateConlleval(t *testing.T) {
	files, err := filepath.Glob("testdata/conlleval/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test files: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			want, err := os.ReadFile(strings.TrimSuffix(file, ".txt") + ".want")
			if err != nil {
				t.Fatal(err)
			}
			gold, predicted := readScored(t, file)
			got := Evaluate(gold, predicted).String()
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("differs from conlleval (-want +got):\n%s", diff)
			}
		})
	}
}

// TestHandout holds both levels against the fractions that the handout of CS224N
// 2017, assignment 3, works out.
func TestHandout(t *testing.T) {
	gold, predicted := readScored(t, "testdata/conlleval/handout.txt")
	tests := []struct {
		level         string
		score         *Score
		precision, f1 float64
		recall        float64
	}{
		{"token", EvaluateTokens(gold, predicted), 100 * 3.0 / 4, 100 * 6.0 / 10, 100 * 3.0 / 6},
		{"entity", Evaluate(gold, predicted), 100 * 1.0 / 3, 100 * 1.0 / 3, 100 * 1.0 / 3},
	}
	for _, test := range tests {
		got := fmt.Sprintf("%.9f %.9f %.9f", test.score.Precision(), test.score.Recall(), test.score.F1())
		want := fmt.Sprintf("%.9f %.9f %.9f", test.precision, test.recall, test.f1)
		if got != want {
			t.Errorf("%s level: precision, recall, F1 = %s, want %s", test.level, got, want)
		}
	}
}

func TestScoreRates(t *testing.T) {
	var none Counts
	if none.Precision() != 0 || none.Recall() != 0 || none.F1() != 0 {
		t.Errorf("rates of no counts = %v %v %v, want 0", none.Precision(), none.Recall(), none.F1())
	}
	score := &Score{ByType: map[string]Counts{
		"PER": {Gold: 1, Predicted: 1, Correct: 1},
		"LOC": {Gold: 1},
	}}
	if got := score.MacroF1(); got != 50 {
		t.Errorf("MacroF1 = %v, want 50", got)
	}
	if got := (&Score{}).MacroF1(); got != 0 {
		t.Errorf("MacroF1 without types = %v, want 0", got)
	}
}

func TestEvaluatePanics(t *testing.T) {
	gold := Sentences{{Tokens: []string{"a", "b"}, Tags: []string{"O", "O"}}}
	for name, predicted := range map[string][][]string{
		"no sentence":   nil,
		"too few tags":  {{"O"}},
		"too many tags": {{"O", "O", "O"}},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if r := recover(); r == nil || !strings.HasPrefix(fmt.Sprint(r), "ner: Evaluate: ") {
					t.Errorf("panic %v, want one from ner: Evaluate", r)
				}
			}()
			Evaluate(gold, predicted)
		})
	}
}

func TestScoreShowsItself(t *testing.T) {
	gold, predicted := readScored(t, "testdata/conlleval/handout.txt")
	got := Evaluate(gold, predicted).MIMEBundle()
	want := `type  precision  recall      F1  gold  found  correct
MISC       0.00    0.00    0.00     0      1        0
ORG        0.00    0.00    0.00     2      1        0
PER      100.00  100.00  100.00     1      1        1
all       33.33   33.33   33.33     3      3        1
`
	if diff := cmp.Diff(want, got["text/plain"]); diff != "" {
		t.Errorf("text/plain (-want +got):\n%s", diff)
	}
	page, _ := got["text/html"].(string)
	for _, want := range []string{"<table>", "<th style=\"text-align:left\">PER</th>", "<td style=\"text-align:right\">33.33</td>"} {
		if !strings.Contains(page, want) {
			t.Errorf("text/html has no %s:\n%s", want, page)
		}
	}
}

// TestEvaluateCoNLL2003 reads the four columns of the shared task, in IOB1 and
// with marks between documents, and scores IO predictions against them.
func TestEvaluateCoNLL2003(t *testing.T) {
	const file = `-DOCSTART- -X- -X- O

EU NNP I-NP I-ORG
rejects VBZ I-VP O
German JJ I-NP I-MISC
call NN I-NP O
. . O O

-DOCSTART- -X- -X- O

Peter NNP I-NP I-PER
Blackburn NNP I-NP I-PER
Ada NNP B-NP B-PER
`
	gold, err := Read(strings.NewReader(file), "eng.testb")
	if err != nil {
		t.Fatal(err)
	}
	predicted := [][]string{strings.Fields("I-ORG O I-MISC O O"), strings.Fields("I-PER I-PER I-PER")}
	got := Evaluate(gold, predicted).Counts
	if want := (Counts{Gold: 4, Predicted: 3, Correct: 2}); got != want {
		t.Errorf("counts %+v, want %+v: IO runs Blackburn and Ada together", got, want)
	}
	perfect := [][]string{gold[0].Tags, gold[1].Tags}
	if got := Evaluate(gold, perfect); got.F1() != 100 || got.Accuracy() != 100 {
		t.Errorf("F1 and accuracy of the gold tags: %.2f, %.2f; want 100", got.F1(), got.Accuracy())
	}
}

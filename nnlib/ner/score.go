package ner

import (
	"fmt"
	"maps"
	"slices"
)

// Counts are the numbers of entities, or tokens, that scores are made of.
type Counts struct {
	Gold      int // in the corpus
	Predicted int // found by the model
	Correct   int // found with the same borders and the same type
}

// Precision returns Correct/Predicted in percent, 0 if nothing was predicted.
func (c Counts) Precision() float64 { return percent(c.Correct, c.Predicted) }

// Recall returns Correct/Gold in percent, 0 if there is nothing to find.
func (c Counts) Recall() float64 { return percent(c.Correct, c.Gold) }

// F1 returns the harmonic mean of precision and recall in percent, 0 if both are.
func (c Counts) F1() float64 {
	p, r := c.Precision(), c.Recall()
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

func (c *Counts) add(d Counts) {
	c.Gold += d.Gold
	c.Predicted += d.Predicted
	c.Correct += d.Correct
}

func percent(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return 100 * float64(part) / float64(whole)
}

// Score is what conlleval prints: exact matches of whole entities, over all types
// and by type. The embedded Counts are those of all types together (micro
// average). All rates are in percent.
type Score struct {
	Counts
	ByType      map[string]Counts
	Tokens      int // tokens scored
	CorrectTags int // tokens whose predicted tag is the tag of the corpus
}

// Accuracy returns the share of tokens with the right tag, in percent.
func (s *Score) Accuracy() float64 { return percent(s.CorrectTags, s.Tokens) }

// MacroF1 returns the mean of the F1 of the types, in percent; 0 without types.
func (s *Score) MacroF1() float64 {
	if len(s.ByType) == 0 {
		return 0
	}
	sum := 0.0
	for _, typ := range s.types() {
		sum += s.ByType[typ].F1()
	}
	return sum / float64(len(s.ByType))
}

func (s *Score) types() []string { return slices.Sorted(maps.Keys(s.ByType)) }

// Evaluate compares predicted tags, one slice for each sentence, with the tags of
// the corpus. Both may be of any scheme and are read as [Spans] reads them, so
// that IO predictions are held against BIO entities strictly: two gold neighbours
// of one type that a prediction runs together are two misses and one false find.
// CorrectTags compares the tags as they are written.
//
// Evaluate panics if the number of sentences or of tags differs.
//
// Source: conlleval of the CoNLL-2000 and 2003 shared tasks; on IO, IOB1 and BIO
// tags the counts are the same.
func Evaluate(gold Sentences, predicted [][]string) *Score {
	return evaluate(gold, predicted, Spans)
}

// EvaluateTokens scores single tokens by type instead of whole entities: each
// token outside O is an item, prefixes do not count. This is the token-level
// score of CS224N 2017, assignment 3; it flatters long names.
func EvaluateTokens(gold Sentences, predicted [][]string) *Score {
	return evaluate(gold, predicted, tokenSpans)
}

// tokenSpans returns a span for each token that is not O.
func tokenSpans(tags []string) []Span {
	var spans []Span
	for i, tag := range tags {
		if _, typ := splitTag(tag); typ != "" {
			spans = append(spans, Span{Start: i, End: i + 1, Type: typ})
		}
	}
	return spans
}

func evaluate(gold Sentences, predicted [][]string, spans func([]string) []Span) *Score {
	checkPredictions("Evaluate", gold, predicted)
	score := &Score{ByType: map[string]Counts{}}
	for i, sentence := range gold {
		score.addSpans(spans(sentence.Tags), spans(predicted[i]))
		score.Tokens += len(sentence.Tags)
		for j, tag := range sentence.Tags {
			if tag == predicted[i][j] {
				score.CorrectTags++
			}
		}
	}
	for _, counts := range score.ByType {
		score.add(counts)
	}
	return score
}

func (s *Score) addSpans(gold, predicted []Span) {
	count := func(typ string, c Counts) {
		sum := s.ByType[typ]
		sum.add(c)
		s.ByType[typ] = sum
	}
	for _, span := range gold {
		count(span.Type, Counts{Gold: 1})
	}
	for _, span := range predicted {
		count(span.Type, Counts{Predicted: 1})
		if slices.Contains(gold, span) {
			count(span.Type, Counts{Correct: 1})
		}
	}
}

func checkPredictions(operation string, gold Sentences, predicted [][]string) {
	if len(gold) != len(predicted) {
		panic(fmt.Sprintf("ner: %s: predictions for %d sentences, want %d", operation, len(predicted), len(gold)))
	}
	for i, sentence := range gold {
		if len(sentence.Tags) != len(predicted[i]) {
			panic(fmt.Sprintf("ner: %s: sentence %d has %d predicted tags, want %d", operation, i, len(predicted[i]), len(sentence.Tags)))
		}
	}
}

// String returns the score as conlleval prints it.
func (s *Score) String() string {
	text := fmt.Sprintf("processed %d tokens with %d phrases; found: %d phrases; correct: %d.\n", s.Tokens, s.Gold, s.Predicted, s.Correct)
	text += fmt.Sprintf("accuracy: %6.2f%%; precision: %6.2f%%; recall: %6.2f%%; FB1: %6.2f\n", s.Accuracy(), s.Precision(), s.Recall(), s.F1())
	for _, typ := range s.types() {
		c := s.ByType[typ]
		text += fmt.Sprintf("%17s: precision: %6.2f%%; recall: %6.2f%%; FB1: %6.2f  %d\n", typ, c.Precision(), c.Recall(), c.F1(), c.Predicted)
	}
	return text
}

// MIMEBundle shows the score in a notebook: a row for each type and one for all.
func (s *Score) MIMEBundle() map[string]any {
	t := table{columns: []string{"type", "precision", "recall", "F1", "gold", "found", "correct"}}
	row := func(name string, c Counts) {
		t.rows = append(t.rows, []string{
			name, fmt.Sprintf("%.2f", c.Precision()), fmt.Sprintf("%.2f", c.Recall()), fmt.Sprintf("%.2f", c.F1()),
			fmt.Sprint(c.Gold), fmt.Sprint(c.Predicted), fmt.Sprint(c.Correct),
		})
	}
	for _, typ := range s.types() {
		row(typ, s.ByType[typ])
	}
	row("all", s.Counts)
	return t.mimeBundle()
}

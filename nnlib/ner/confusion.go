package ner

import (
	"fmt"
	"slices"
	"strings"
)

// Confusion counts what the tokens of each type were taken for.
type Confusion struct {
	Labels []string // the types in alphabetical order, then O
	Counts [][]int  // Counts[g][p]: tokens of type g predicted as type p
}

// NewConfusion compares tags token by token; prefixes do not count. It panics
// where [Evaluate] does.
func NewConfusion(gold Sentences, predicted [][]string) *Confusion {
	checkPredictions("NewConfusion", gold, predicted)
	types := gold.Types()
	for _, tags := range predicted {
		types = append(types, Sentence{Tags: tags}.types()...)
	}
	slices.Sort(types)
	c := &Confusion{Labels: append(slices.Compact(types), Outside)}
	c.Counts = make([][]int, len(c.Labels))
	for i := range c.Counts {
		c.Counts[i] = make([]int, len(c.Labels))
	}
	for i, sentence := range gold {
		for j, tag := range sentence.Tags {
			c.Counts[c.index(tag)][c.index(predicted[i][j])]++
		}
	}
	return c
}

func (s Sentence) types() []string { return Sentences{s}.Types() }

// index returns the row or column of a tag.
func (c *Confusion) index(tag string) int {
	_, typ := splitTag(tag)
	if typ == "" {
		return len(c.Labels) - 1
	}
	return slices.Index(c.Labels, typ)
}

// String returns the counts in columns.
func (c *Confusion) String() string { return c.table().text() }

// MIMEBundle shows the counts in a notebook.
func (c *Confusion) MIMEBundle() map[string]any { return c.table().mimeBundle() }

func (c *Confusion) table() table {
	t := table{columns: append([]string{`gold \ predicted`}, c.Labels...)}
	for i, label := range c.Labels {
		row := []string{label}
		for _, n := range c.Counts[i] {
			row = append(row, fmt.Sprint(n))
		}
		t.rows = append(t.rows, row)
	}
	return t
}

// ErrorKind says in which way a model missed an entity or made one up.
type ErrorKind string

// The kinds of error. A gold entity that was not found counts under the first
// that fits.
const (
	WrongType          ErrorKind = "wrong type"         // right borders, another type: Charles Schwab as ORG
	WrongBorder        ErrorKind = "wrong border"       // right type, overlapping: Bank Donates
	WrongTypeAndBorder ErrorKind = "wrong type, border" // overlapping, another type
	Missed             ErrorKind = "missed"             // no prediction overlaps
	Spurious           ErrorKind = "spurious"           // a prediction that overlaps no gold entity
)

// ErrorKinds are all kinds of error in the order of reports.
var ErrorKinds = []ErrorKind{WrongType, WrongBorder, WrongTypeAndBorder, Missed, Spurious}

// EntityError is one error with its sentence.
type EntityError struct {
	Kind      ErrorKind
	Sentence  int   // index
	Gold      *Span // nil for a spurious one
	Predicted *Span // nil for a missed one
	Text      string
}

// Errors sorts what a model got wrong.
type Errors struct {
	Gold, Correct int
	Seen, Unseen  Counts // gold entities that training had as an entity, and those it had not; only Gold and Correct are counted
	All           []EntityError
}

// FindErrors compares predictions with a corpus as [Evaluate] does and says what
// kind of error each is. A name of the corpus is seen if train has an entity with
// the same words, capitals aside; with a nil train all are unseen. FindErrors
// panics where [Evaluate] does.
func FindErrors(train, gold Sentences, predicted [][]string) *Errors {
	checkPredictions("FindErrors", gold, predicted)
	known := map[string]bool{}
	for _, sentence := range train {
		for _, span := range sentence.Spans() {
			known[nameOf(sentence, span)] = true
		}
	}
	e := &Errors{}
	for i, sentence := range gold {
		found := Spans(predicted[i])
		for _, span := range sentence.Spans() {
			e.addGold(i, sentence, span, found, known)
		}
		for _, span := range found {
			if _, overlaps := firstOverlap(span, sentence.Spans(), ""); !overlaps {
				e.All = append(e.All, EntityError{Spurious, i, nil, &span, sentence.join(sentence.Tokens[span.Start:span.End])})
			}
		}
	}
	return e
}

func (e *Errors) addGold(i int, sentence Sentence, gold Span, found []Span, known map[string]bool) {
	counts := &e.Unseen
	if known[nameOf(sentence, gold)] {
		counts = &e.Seen
	}
	e.Gold++
	counts.Gold++
	if slices.Contains(found, gold) {
		e.Correct++
		counts.Correct++
		return
	}
	err := EntityError{Missed, i, &gold, nil, sentence.join(sentence.Tokens[gold.Start:gold.End])}
	if at := slices.IndexFunc(found, func(p Span) bool { return p.Start == gold.Start && p.End == gold.End }); at >= 0 {
		err.Kind, err.Predicted = WrongType, &found[at]
	} else if p, ok := firstOverlap(gold, found, gold.Type); ok {
		err.Kind, err.Predicted = WrongBorder, &p
	} else if p, ok := firstOverlap(gold, found, ""); ok {
		err.Kind, err.Predicted = WrongTypeAndBorder, &p
	}
	e.All = append(e.All, err)
}

// firstOverlap returns the first of spans that shares a token with span and has
// the type, any type if that is empty.
func firstOverlap(span Span, spans []Span, typ string) (Span, bool) {
	for _, other := range spans {
		if other.Start < span.End && span.Start < other.End && (typ == "" || typ == other.Type) {
			return other, true
		}
	}
	return Span{}, false
}

// nameOf returns the words of an entity in the form in which names are compared.
func nameOf(s Sentence, span Span) string {
	return strings.ToLower(strings.Join(s.Tokens[span.Start:span.End], " "))
}

// Of returns the errors of one kind in the order of the corpus.
func (e *Errors) Of(kind ErrorKind) []EntityError {
	var some []EntityError
	for _, err := range e.All {
		if err.Kind == kind {
			some = append(some, err)
		}
	}
	return some
}

// String returns the counts in columns.
func (e *Errors) String() string { return e.table().text() }

// MIMEBundle shows the counts in a notebook, each kind with its first examples.
func (e *Errors) MIMEBundle() map[string]any { return e.table().mimeBundle() }

func (e *Errors) table() table {
	t := table{columns: []string{"entities", "count", "of", "%", "examples"}, lastWords: true}
	row := func(name string, n, of int, examples string) {
		t.rows = append(t.rows, []string{name, fmt.Sprint(n), fmt.Sprint(of), fmt.Sprintf("%.1f", percent(n, of)), examples})
	}
	row("found", e.Correct, e.Gold, "")
	row("found, names of training", e.Seen.Correct, e.Seen.Gold, "")
	row("found, new names", e.Unseen.Correct, e.Unseen.Gold, "")
	for _, kind := range ErrorKinds {
		some := e.Of(kind)
		row(string(kind), len(some), e.Gold, examples(some))
	}
	return t
}

// examples returns the first few different entities of the errors.
func examples(errors []EntityError) string {
	var some []string
	for _, err := range errors {
		text := err.Text
		switch {
		case err.Gold != nil && err.Predicted != nil && err.Gold.Type != err.Predicted.Type:
			text += " (" + err.Gold.Type + ", not " + err.Predicted.Type + ")"
		case err.Predicted != nil && err.Gold == nil:
			text += " (" + err.Predicted.Type + ")"
		}
		if !slices.Contains(some, text) {
			some = append(some, text)
		}
		if len(some) == 3 {
			break
		}
	}
	return strings.Join(some, "; ")
}

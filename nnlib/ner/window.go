package ner

import (
	"fmt"
	"slices"
	"unicode"
)

// Case classes of a token, the capitalisation that lower-casing takes away.
const (
	CaseLower   uint8 = iota // aa: all letters are small
	CaseUpper                // AA: all letters are capitals
	CaseTitle                // Aa: the first letter is a capital, others are not all
	CaseMixed                // aA: anything else: iPhone, 1984, punctuation
	CasePadding              // beyond the ends of the sentence
	CaseClasses = 5          // how many there are
)

// CaseNames are the names of the case classes.
var CaseNames = [CaseClasses]string{"aa", "AA", "Aa", "aA", "pad"}

// CaseOf returns the case class of a token.
//
// Source: casing of CS224N 2017, assignment 3 (Python's islower and isupper).
func CaseOf(token string) uint8 {
	upper, lower, first := false, false, false
	for i, r := range token {
		upper = upper || unicode.IsUpper(r)
		lower = lower || unicode.IsLower(r)
		first = first || i == 0 && unicode.IsUpper(r)
	}
	switch {
	case lower && !upper:
		return CaseLower
	case upper && !lower:
		return CaseUpper
	case first:
		return CaseTitle
	}
	return CaseMixed
}

// Windows are the context windows of every token of some sentences, in order, as
// plain slices: row i is the window whose centre is token i.
type Windows struct {
	Radius int     // C: words on each side of the centre
	N      int     // windows
	Words  []int32 // N×(2C+1) ids of a [Vocab], row by row
	Cases  []uint8 // N×(2C+1) case classes, row by row
	Labels []int32 // N classes of the centre words; nil without labels
}

// Width returns 2C+1, the number of words of a window.
func (w *Windows) Width() int { return 2*w.Radius + 1 }

// NewWindows cuts the windows of the sentences. Places before a sentence hold
// [StartID], places after it [EndID], both with [CasePadding]; a window never
// reaches into the next sentence. With nil labels the sentences need no tags.
//
// It returns an error where [Labels.Encode] does, and for sentences without a
// token; it panics if radius is negative.
func NewWindows(sentences Sentences, vocab *Vocab, labels *Labels, radius int) (*Windows, error) {
	if radius < 0 {
		panic(fmt.Sprintf("ner: NewWindows: radius is %d, want 0 or more", radius))
	}
	n := sentences.Tokens()
	if n == 0 {
		return nil, fmt.Errorf("ner: the %d sentences hold no token, so there is no window", len(sentences))
	}
	w := &Windows{Radius: radius, N: n}
	if labels != nil {
		var err error
		if w.Labels, err = labels.Encode(sentences); err != nil {
			return nil, err
		}
	}
	w.Words = make([]int32, 0, n*w.Width())
	w.Cases = make([]uint8, 0, n*w.Width())
	for _, sentence := range sentences {
		w.Words = appendWindows(w.Words, sentence.Tokens, radius, vocab.ID, StartID, EndID)
		w.Cases = appendWindows(w.Cases, sentence.Tokens, radius, CaseOf, CasePadding, CasePadding)
	}
	return w, nil
}

// appendWindows appends the windows of a sentence, each a part of the sentence
// with radius paddings at both ends.
func appendWindows[T int32 | uint8](windows []T, tokens []string, radius int, id func(string) T, before, after T) []T {
	padded := slices.Repeat([]T{before}, radius)
	for _, token := range tokens {
		padded = append(padded, id(token))
	}
	for range radius {
		padded = append(padded, after)
	}
	for i := range tokens {
		windows = append(windows, padded[i:i+2*radius+1]...)
	}
	return windows
}

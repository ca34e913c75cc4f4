package ner

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Ids that every [Affixes] begins with.
const (
	UnknownAffix int32 = 0 // an affix that training has not shown often enough
	PaddingAffix int32 = 1 // beyond the ends of the sentence
)

// Affixes numbers the beginnings or the ends of words: -burg, -son and -ing tell
// something of words that training never showed.
//
// Source: the suffix feature of Collobert et al., Natural Language Processing
// (Almost) from Scratch, JMLR 12 (2011), section 6.1.
type Affixes struct {
	Length int      // characters; a shorter word is its own affix
	Suffix bool     // ends of words instead of beginnings
	Names  []string // by id: <unk>, <pad>, then the affixes by frequency
	ids    map[string]int32
}

// NewAffixes returns the affixes of that length which at least minCount tokens of
// train have, lower-cased and with digits as 0. It panics if length is not
// positive.
func NewAffixes(train Sentences, length int, suffix bool, minCount int) *Affixes {
	if length <= 0 {
		panic(fmt.Sprintf("ner: NewAffixes: length is %d, want 1 or more", length))
	}
	a := &Affixes{Length: length, Suffix: suffix, ids: map[string]int32{}}
	count := map[string]int{}
	for _, sentence := range train {
		for _, token := range sentence.Tokens {
			count[a.of(token)]++
		}
	}
	a.Names = []string{"<unk>", "<pad>"}
	for _, affix := range byFrequency(count) {
		if count[affix] >= minCount {
			a.ids[affix] = int32(len(a.Names))
			a.Names = append(a.Names, affix)
		}
	}
	return a
}

// of returns the affix of a token.
func (a *Affixes) of(token string) string {
	token = strings.Map(zeroDigit, strings.ToLower(token))
	n := utf8.RuneCountInString(token)
	if n <= a.Length {
		return token
	}
	runes := []rune(token)
	if a.Suffix {
		return string(runes[n-a.Length:])
	}
	return string(runes[:a.Length])
}

// Len returns the number of ids.
func (a *Affixes) Len() int { return len(a.Names) }

// ID returns the number of the token's affix.
func (a *Affixes) ID(token string) int32 { return a.ids[a.of(token)] }

// Windows returns the affix ids of the windows that [NewWindows] cuts from the
// same sentences: N×(2C+1), row by row, for a radius of C.
func (a *Affixes) Windows(sentences Sentences, radius int) []int32 {
	ids := make([]int32, 0, sentences.Tokens()*(2*radius+1))
	for _, sentence := range sentences {
		ids = appendWindows(ids, sentence.Tokens, radius, a.ID, PaddingAffix, PaddingAffix)
	}
	return ids
}

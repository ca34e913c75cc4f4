package ner

import (
	"slices"
	"strings"
)

// Lookup tags each word with the tag it most often had in training, whatever its
// capitals, and words it never saw with O: the baseline that any model has to
// beat.
//
// Source: the baseline of CS224N 2013, programming assignment 4.
type Lookup struct {
	tags map[string]string
}

// TrainLookup counts the tags of each word, lower-cased, under a scheme.
// Of tags that are equally frequent the one seen first wins.
func TrainLookup(train Sentences, scheme Scheme) *Lookup {
	type tally struct {
		tags   []string // in the order of their first appearance
		counts []int
	}
	words := map[string]*tally{}
	for _, sentence := range train {
		for i, tag := range Convert(sentence.Tags, scheme) {
			word := strings.ToLower(sentence.Tokens[i])
			t := words[word]
			if t == nil {
				t = &tally{}
				words[word] = t
			}
			at := slices.Index(t.tags, tag)
			if at < 0 {
				at = len(t.tags)
				t.tags, t.counts = append(t.tags, tag), append(t.counts, 0)
			}
			t.counts[at]++
		}
	}
	l := &Lookup{tags: map[string]string{}}
	for word, t := range words {
		l.tags[word] = t.tags[slices.Index(t.counts, slices.Max(t.counts))]
	}
	return l
}

// Tag returns a tag for each token.
func (l *Lookup) Tag(tokens []string) []string {
	tags := make([]string, len(tokens))
	for i, token := range tokens {
		tags[i] = Outside
		if tag, ok := l.tags[strings.ToLower(token)]; ok {
			tags[i] = tag
		}
	}
	return tags
}

// Predict returns the tags of each sentence, as [Evaluate] wants them.
func (l *Lookup) Predict(sentences Sentences) [][]string {
	tags := make([][]string, len(sentences))
	for i, sentence := range sentences {
		tags[i] = l.Tag(sentence.Tokens)
	}
	return tags
}

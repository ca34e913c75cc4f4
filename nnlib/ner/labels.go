package ner

import (
	"fmt"
	"slices"
)

// Labels numbers the tags that a model chooses from: its classes. O is class 0.
type Labels struct {
	Scheme Scheme
	Names  []string // by class
}

// NewLabels returns the tags that the entity types of the sentences need under a
// scheme: O, then for each type in alphabetical order its tags, as in
// O, I-LOC, I-MISC, I-ORG, I-PER for [IO]. It panics for a scheme that does not
// exist.
func NewLabels(sentences Sentences, scheme Scheme) *Labels {
	prefixes, ok := map[Scheme][]string{
		IO: {"I-"}, IOB1: {"B-", "I-"}, BIO: {"B-", "I-"}, IOBES: {"B-", "I-", "E-", "S-"},
	}[scheme]
	if !ok {
		panic(unknownScheme(scheme))
	}
	l := &Labels{Scheme: scheme, Names: []string{Outside}}
	for _, typ := range sentences.Types() {
		for _, prefix := range prefixes {
			l.Names = append(l.Names, prefix+typ)
		}
	}
	return l
}

// Len returns the number of classes.
func (l *Labels) Len() int { return len(l.Names) }

// Encode returns the class of every token of the sentences, one after another,
// their tags converted to the scheme of l. It returns an error for a sentence
// without tags and for a tag that l does not have.
func (l *Labels) Encode(sentences Sentences) ([]int32, error) {
	classes := make([]int32, 0, sentences.Tokens())
	for i, sentence := range sentences {
		if len(sentence.Tags) != len(sentence.Tokens) {
			return nil, fmt.Errorf("ner: sentence %d has %d tokens and %d tags", i, len(sentence.Tokens), len(sentence.Tags))
		}
		for j, tag := range Convert(sentence.Tags, l.Scheme) {
			class := slices.Index(l.Names, tag)
			if class < 0 {
				return nil, fmt.Errorf("ner: sentence %d, token %q has tag %s, which is not one of the classes %v; make the labels from all sentences",
					i, sentence.Tokens[j], tag, l.Names)
			}
			classes = append(classes, int32(class))
		}
	}
	return classes, nil
}

// Decode turns classes, one for each token of the sentences one after another,
// back into tags, one slice for each sentence. It panics if their number is not
// that of the tokens or a class does not exist.
func (l *Labels) Decode(sentences Sentences, classes []int32) [][]string {
	if n := sentences.Tokens(); n != len(classes) {
		panic(fmt.Sprintf("ner: Labels.Decode: %d classes for %d tokens", len(classes), n))
	}
	tags := make([][]string, len(sentences))
	for i, sentence := range sentences {
		tags[i] = make([]string, len(sentence.Tokens))
		for j := range tags[i] {
			class := classes[0]
			classes = classes[1:]
			if class < 0 || int(class) >= len(l.Names) {
				panic(fmt.Sprintf("ner: Labels.Decode: class %d of %d classes", class, len(l.Names)))
			}
			tags[i][j] = l.Names[class]
		}
	}
	return tags
}

package ner

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Space stands for a blank where every character is a token.
const Space = "▁"

// Characters cuts a text into one sentence a line with a token for each
// character, as Korean corpora of characters do: white space becomes one [Space],
// none at the ends of a line. Entities then are runs of characters.
//
// Source: KLUE-NER, whose tags belong to characters because a Korean word carries
// its particles (Park et al., KLUE: Korean Language Understanding Evaluation, 2021).
func Characters(text string) Sentences { return sentencesOf(CharacterTokens(text)) }

// CharacterTokens is [Characters] with the places of the tokens in the text.
func CharacterTokens(text string) [][]Token {
	var sentences [][]Token
	start := 0
	for line := range strings.Lines(text) {
		if tokens := characterLine(line, start); len(tokens) > 0 {
			sentences = append(sentences, tokens)
		}
		start += len(line)
	}
	return sentences
}

// characterLine cuts a line that begins at offset of its text.
func characterLine(line string, offset int) []Token {
	var tokens []Token
	space := -1 // where the white space before the next character begins
	for at := 0; at < len(line); {
		r, n := utf8.DecodeRuneInString(line[at:])
		switch {
		case !unicode.IsSpace(r):
			if space >= 0 && len(tokens) > 0 {
				tokens = append(tokens, Token{Space, offset + space, offset + at})
			}
			space = -1
			tokens = append(tokens, Token{line[at : at+n], offset + at, offset + at + n})
		case space < 0:
			space = at
		}
		at += n
	}
	return tokens
}

// CharactersOf rewrites sentences of words as sentences of characters: every token
// is spelled out, with a [Space] between tokens, inside entities as well. Tags
// become BIO tags of characters.
func CharactersOf(sentences Sentences) Sentences {
	spelled := make(Sentences, len(sentences))
	for i, sentence := range sentences {
		spelled[i] = spell(sentence)
	}
	return spelled
}

func spell(sentence Sentence) Sentence {
	var s Sentence
	starts, ends := make([]int, len(sentence.Tokens)), make([]int, len(sentence.Tokens))
	for i, token := range sentence.Tokens {
		if i > 0 {
			s.Tokens = append(s.Tokens, Space)
		}
		starts[i] = len(s.Tokens)
		for _, r := range token {
			s.Tokens = append(s.Tokens, string(r))
		}
		ends[i] = len(s.Tokens)
	}
	if sentence.Tags == nil {
		return s
	}
	spans := sentence.Spans()
	for i, span := range spans {
		spans[i].Start, spans[i].End = starts[span.Start], ends[span.End-1]
	}
	s.Tags = Encode(spans, len(s.Tokens), BIO)
	return s
}

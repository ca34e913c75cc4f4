package ner

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// Ids of the words that every [Vocab] begins with.
const (
	UnknownID int32 = 0 // <unk>: any word the vocabulary does not have
	StartID   int32 = 1 // <s>: padding before a sentence
	EndID     int32 = 2 // </s>: padding after a sentence
)

// VocabSettings say which words enter a [Vocab] and how tokens are looked up.
type VocabSettings struct {
	KeepCase   bool // Paris and paris are two words; the default is one
	ZeroDigits bool // every digit counts as 0: 1984 and 2026 are both 0000
	MinCount   int  // rarer training words become <unk>; 0 and 1 keep all
	MaxWords   int  // most frequent training words to keep; 0 keeps all
}

// Vocab numbers words. It is safe for concurrent use once made.
type Vocab struct {
	Settings VocabSettings
	Words    []string // by id: <unk>, <s>, </s>, then the words
	ids      map[string]int32
}

// NewVocab returns the vocabulary of the words of train that the settings keep,
// most frequent first, and after them all words of vectors, which may be nil.
// With vectors a word that training never shows has an id and a meaning.
func NewVocab(settings VocabSettings, train Sentences, vectors *Vectors) *Vocab {
	v := &Vocab{Settings: settings, ids: map[string]int32{}}
	for _, word := range []string{"<unk>", "<s>", "</s>"} {
		v.add(word)
	}
	count := map[string]int{}
	for _, sentence := range train {
		for _, token := range sentence.Tokens {
			count[v.Normalize(token)]++
		}
	}
	words := byFrequency(count)
	if settings.MaxWords > 0 {
		words = words[:min(len(words), settings.MaxWords)]
	}
	for _, word := range words {
		if count[word] >= settings.MinCount {
			v.add(word)
		}
	}
	if vectors != nil {
		for _, word := range vectors.Words {
			v.add(word)
		}
	}
	return v
}

// byFrequency returns the words, the most frequent first and equally frequent ones
// in alphabetical order.
func byFrequency(count map[string]int) []string {
	return slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(count[b]-count[a], strings.Compare(a, b))
	})
}

// VocabOf returns a vocabulary that holds exactly these words, as
// [Vocab.Words] of another had them: it restores a saved one. It returns an error
// if the first three are not <unk>, <s> and </s>, or if a word comes twice.
func VocabOf(settings VocabSettings, words []string) (*Vocab, error) {
	if len(words) < 3 || words[UnknownID] != "<unk>" || words[StartID] != "<s>" || words[EndID] != "</s>" {
		return nil, fmt.Errorf("ner: a vocabulary begins with <unk>, <s> and </s>, not with %q", words[:min(len(words), 3)])
	}
	v := &Vocab{Settings: settings, ids: map[string]int32{}}
	for i, word := range words {
		if v.add(word) != int32(i) {
			return nil, fmt.Errorf("ner: word %q is twice in the vocabulary, the second time as number %d", word, i)
		}
	}
	return v, nil
}

func (v *Vocab) add(word string) int32 {
	if id, ok := v.ids[word]; ok {
		return id
	}
	id := int32(len(v.Words))
	v.Words = append(v.Words, word)
	v.ids[word] = id
	return id
}

// Len returns the number of words, the three special ones included.
func (v *Vocab) Len() int { return len(v.Words) }

// Normalize returns the form under which a token is looked up.
func (v *Vocab) Normalize(token string) string {
	if !v.Settings.KeepCase {
		token = strings.ToLower(token)
	}
	if v.Settings.ZeroDigits {
		token = strings.Map(zeroDigit, token)
	}
	return token
}

func zeroDigit(r rune) rune {
	if unicode.IsDigit(r) {
		return '0'
	}
	return r
}

// ID returns the number of the token's word, [UnknownID] if there is none.
func (v *Vocab) ID(token string) int32 { return v.ids[v.Normalize(token)] }

// Has reports whether the token's word is in the vocabulary.
func (v *Vocab) Has(token string) bool {
	_, ok := v.ids[v.Normalize(token)]
	return ok
}

// Coverage returns the share of the tokens of sentences, in percent, that have a
// word in the vocabulary.
func (v *Vocab) Coverage(sentences Sentences) float64 {
	known := 0
	for _, sentence := range sentences {
		for _, token := range sentence.Tokens {
			if v.Has(token) {
				known++
			}
		}
	}
	return percent(known, sentences.Tokens())
}

package ner

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"slices"
	"strings"
)

// Sentence is a row of tokens with their tags.
type Sentence struct {
	Tokens []string
	Tags   []string // BIO, one for each token; nil for text without tags
}

// Spans returns the entities of the sentence in order.
func (s Sentence) Spans() []Span { return Spans(s.Tags) }

// String returns the tokens with entities in brackets:
// "I live in [LOC Germany] .". Characters are put together to words again.
func (s Sentence) String() string {
	words := slices.Clone(s.Tokens)
	for _, span := range s.Spans() {
		words[span.Start] = "[" + span.Type + " " + words[span.Start]
		words[span.End-1] += "]"
	}
	return s.join(words)
}

// join writes some of the sentence's tokens as text: words with blanks between
// them, characters without.
func (s Sentence) join(tokens []string) string {
	if slices.Contains(s.Tokens, Space) {
		return strings.ReplaceAll(strings.Join(tokens, ""), Space, " ")
	}
	return strings.Join(tokens, " ")
}

// MIMEBundle shows the sentence in a notebook with its entities marked.
func (s Sentence) MIMEBundle() map[string]any {
	return map[string]any{"text/plain": s.String(), "text/html": "<p>" + s.html() + "</p>"}
}

// html returns the sentence with its entities marked.
func (s Sentence) html() string {
	var parts []string
	words := func(start, end int) string { return html.EscapeString(s.join(s.Tokens[start:end])) }
	at := 0
	for _, span := range s.Spans() {
		if at < span.Start {
			parts = append(parts, words(at, span.Start))
		}
		parts = append(parts, markup(words(span.Start, span.End), span.Type))
		at = span.End
	}
	if at < len(s.Tokens) {
		parts = append(parts, words(at, len(s.Tokens)))
	}
	return s.join(parts)
}

// Sentences are the sentences of one part of a corpus.
type Sentences []Sentence

// Tokens returns the number of tokens of all sentences.
func (s Sentences) Tokens() int {
	n := 0
	for _, sentence := range s {
		n += len(sentence.Tokens)
	}
	return n
}

// Entities returns the number of entities of all sentences.
func (s Sentences) Entities() int {
	n := 0
	for _, sentence := range s {
		n += len(sentence.Spans())
	}
	return n
}

// Types returns the entity types that occur, sorted.
func (s Sentences) Types() []string {
	var types []string
	for _, sentence := range s {
		for _, span := range sentence.Spans() {
			if at, found := slices.BinarySearch(types, span.Type); !found {
				types = slices.Insert(types, at, span.Type)
			}
		}
	}
	return types
}

// MIMEBundle shows the sentences in a notebook, entities marked, the first 20.
func (s Sentences) MIMEBundle() map[string]any {
	const most = 20
	var plain, page strings.Builder
	for _, sentence := range s[:min(len(s), most)] {
		fmt.Fprintln(&plain, sentence)
		fmt.Fprintf(&page, "<p>%s</p>\n", sentence.html())
	}
	if more := len(s) - most; more > 0 {
		fmt.Fprintf(&plain, "… and %d more sentences\n", more)
		fmt.Fprintf(&page, "<p>… and %d more sentences</p>\n", more)
	}
	return map[string]any{"text/plain": plain.String(), "text/html": page.String()}
}

// Corpus is a named-entity corpus in three parts: Train to learn from, Dev to
// choose by, Test to report.
type Corpus struct {
	Name             string
	Origin           string // the folder it was read from, or "embedded"
	Train, Dev, Test Sentences
}

// Types returns the entity types that occur in any part, sorted.
func (c *Corpus) Types() []string {
	all := slices.Concat(c.Train.Types(), c.Dev.Types(), c.Test.Types())
	slices.Sort(all)
	return slices.Compact(all)
}

// Hash returns the SHA-256 of tokens, tags and their division into sentences and
// parts, as 64 hex digits. Two runs with the same hash saw the same data, however
// the files were written.
func (c *Corpus) Hash() string {
	h := sha256.New()
	for _, part := range []Sentences{c.Train, c.Dev, c.Test} {
		for _, sentence := range part {
			for i, token := range sentence.Tokens {
				fmt.Fprintf(h, "%s\t%s\n", token, sentence.Tags[i])
			}
			fmt.Fprintln(h)
		}
		fmt.Fprint(h, "\f")
	}
	return hex.EncodeToString(h.Sum(nil))
}

// MIMEBundle shows the corpus in a notebook: the counts of each part.
func (c *Corpus) MIMEBundle() map[string]any { return c.table().mimeBundle() }

func (c *Corpus) table() table {
	t := table{
		title:   c.Name,
		columns: []string{"", "sentences", "tokens", "entities"},
	}
	types := c.Types()
	t.columns = append(t.columns, types...)
	for _, part := range []struct {
		name      string
		sentences Sentences
	}{{"train", c.Train}, {"dev", c.Dev}, {"test", c.Test}} {
		row := []string{part.name, fmt.Sprint(len(part.sentences)), fmt.Sprint(part.sentences.Tokens()), fmt.Sprint(part.sentences.Entities())}
		count := countTypes(part.sentences)
		for _, typ := range types {
			row = append(row, fmt.Sprint(count[typ]))
		}
		t.rows = append(t.rows, row)
	}
	return t
}

func countTypes(sentences Sentences) map[string]int {
	count := map[string]int{}
	for _, sentence := range sentences {
		for _, span := range sentence.Spans() {
			count[span.Type]++
		}
	}
	return count
}

package ner

import (
	"fmt"
	"html"
	"strings"
)

// Entity is a name found in a text: text[Start:End].
type Entity struct {
	Text, Type string
	Start, End int // bytes
}

// Tagged is a text with the entities found in it.
type Tagged struct {
	Text     string
	Entities []Entity
}

// TagText cuts a text into tokens, lets predict tag its sentences and finds the
// entities in the text as it was written. cut is [TokenizeWords] for words and
// [CharacterTokens] for characters; predict returns a tag for each token, as models
// and [Lookup.Predict] do. TagText panics if their number is wrong.
func TagText(text string, cut func(string) [][]Token, predict func(Sentences) [][]string) *Tagged {
	tokens := cut(text)
	tagged := &Tagged{Text: text}
	if len(tokens) == 0 {
		return tagged
	}
	tags := predict(sentencesOf(tokens))
	if len(tags) != len(tokens) {
		panic(fmt.Sprintf("ner: TagText: tags for %d sentences, want %d", len(tags), len(tokens)))
	}
	for i, sentence := range tokens {
		if len(tags[i]) != len(sentence) {
			panic(fmt.Sprintf("ner: TagText: sentence %d has %d tags, want %d", i, len(tags[i]), len(sentence)))
		}
		for _, span := range Spans(tags[i]) {
			start, end := sentence[span.Start].Start, sentence[span.End-1].End
			tagged.Entities = append(tagged.Entities, Entity{text[start:end], span.Type, start, end})
		}
	}
	return tagged
}

// String returns the text with its entities in brackets.
func (t *Tagged) String() string {
	return t.mark(func(s string) string { return s },
		func(e Entity) string { return "[" + e.Type + " " + e.Text + "]" })
}

// MIMEBundle shows the text in a notebook with its entities marked.
func (t *Tagged) MIMEBundle() map[string]any {
	page := t.mark(html.EscapeString, func(e Entity) string {
		return markup(html.EscapeString(e.Text), e.Type)
	})
	return map[string]any{"text/plain": t.String(), "text/html": `<p style="white-space:pre-wrap">` + page + "</p>"}
}

// mark rewrites the text outside and inside entities.
func (t *Tagged) mark(outside func(string) string, inside func(Entity) string) string {
	var b strings.Builder
	at := 0
	for _, e := range t.Entities {
		b.WriteString(outside(t.Text[at:e.Start]))
		b.WriteString(inside(e))
		at = e.End
	}
	b.WriteString(outside(t.Text[at:]))
	return b.String()
}

// markup returns an entity for a page; text is escaped already. The colours are
// those of the page's marker.
func markup(text, typ string) string {
	return `<mark style="padding:.1em .3em;border-radius:.3em">` + text + ` <small><b>` + html.EscapeString(typ) + `</b></small></mark>`
}

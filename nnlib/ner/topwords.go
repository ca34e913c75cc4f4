package ner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// ScoredWord is a word with what a class or a neuron gives it.
type ScoredWord struct {
	Word  string
	Score float64
}

// TopWords are the words that some classes or neurons answer to most strongly.
type TopWords struct {
	Names []string       // of the classes or neurons
	Words [][]ScoredWord // for each name, the best first
}

// NewTopWords ranks words by every column of scores, V×K row by row for V words
// and K names: the probabilities of classes given a word alone (see
// [SingleWords]), or the answers of neurons (see [NeuronScores]). The three special
// words of a [Vocab] are left out. It panics if scores is not V×K.
//
// Source: "probing neuron responses" of CS224D 2015, problem set 2.
func NewTopWords(words, names []string, scores []float32, n int) *TopWords {
	if len(scores) != len(words)*len(names) {
		panic(fmt.Sprintf("ner: NewTopWords: %d scores, want %d×%d", len(scores), len(words), len(names)))
	}
	t := &TopWords{Names: names}
	for k := range names {
		var column []ScoredWord
		for i, word := range words {
			if i > int(EndID) {
				column = append(column, ScoredWord{word, float64(scores[i*len(names)+k])})
			}
		}
		slices.SortStableFunc(column, func(a, b ScoredWord) int { return cmp.Compare(b.Score, a.Score) })
		t.Words = append(t.Words, slices.Clip(column[:min(n, len(column))]))
	}
	return t
}

// SingleWords returns a window for each word of the vocabulary, in order: the word
// alone in a sentence, written with the case class, without labels.
func SingleWords(vocab *Vocab, radius int, class uint8) *Windows {
	w := &Windows{Radius: radius, N: vocab.Len()}
	for id := range vocab.Words {
		for place := range w.Width() {
			word, c := int32(id), class
			switch {
			case place < radius:
				word, c = StartID, CasePadding
			case place > radius:
				word, c = EndID, CasePadding
			}
			w.Words = append(w.Words, word)
			w.Cases = append(w.Cases, c)
		}
	}
	return w
}

// NeuronScores returns what each word adds to the input of each neuron at one
// place of the window: table·W, V×H row by row, where table is V×d and W the d rows
// of the first layer's weights, of H columns, that belong to that place. It panics
// if the lengths do not fit.
func NeuronScores(table []float32, d int, W []float32, H int) []float32 {
	if d <= 0 || len(table)%d != 0 || len(W) != d*H {
		panic(fmt.Sprintf("ner: NeuronScores: table of %d numbers and W of %d, want V×%d and %d×%d", len(table), len(W), d, d, H))
	}
	scores := make([]float32, len(table)/d*H)
	for i := range len(table) / d {
		row := scores[i*H : (i+1)*H]
		for j, x := range table[i*d : (i+1)*d] {
			for k, w := range W[j*H : (j+1)*H] {
				row[k] += x * w
			}
		}
	}
	return scores
}

// String returns a line for each name.
func (t *TopWords) String() string { return t.table().text() }

// MIMEBundle shows the words in a notebook.
func (t *TopWords) MIMEBundle() map[string]any { return t.table().mimeBundle() }

func (t *TopWords) table() table {
	show := table{columns: []string{"", "words"}, lastWords: true}
	for i, name := range t.Names {
		var words []string
		for _, w := range t.Words[i] {
			words = append(words, fmt.Sprintf("%s %.3g", w.Word, w.Score))
		}
		show.rows = append(show.rows, []string{name, strings.Join(words, ", ")})
	}
	return show
}

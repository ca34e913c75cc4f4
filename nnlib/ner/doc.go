// Package ner reads and scores named-entity corpora: columns of tokens and tags,
// vocabularies, word vectors, windows of words, entity spans and their F1. Models
// live in nnlib.
package ner

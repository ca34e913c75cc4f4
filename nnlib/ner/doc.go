// Package ner reads and scores named-entity corpora: columns of tokens and tags,
// vocabularies, word vectors, windows of words, entity spans and their F1. Models
// live in nnlib; what passes between the two packages is plain slices.
//
// A [Corpus] has training, dev and test [Sentences]. In memory tags are always
// BIO (IOB2): B-PER begins a person, I-PER continues it, O is outside. [Read]
// converts what files hold (IO, IOB1, IOBES or bare types), and [Convert] writes
// the other schemes.
//
// To train a window classifier, number words and tags with a [Vocab] and
// [Labels], and cut [Windows]:
//
//	vocab := ner.NewVocab(ner.VocabSettings{ZeroDigits: true}, corpus.Train, vectors)
//	labels := ner.NewLabels(corpus.Train, ner.IO)
//	train, err := ner.NewWindows(corpus.Train, vocab, labels, 2)
//
// and to score what a model predicts, turn its classes back into tags and count
// entities as the conlleval script of the CoNLL shared tasks does:
//
//	score := ner.Evaluate(corpus.Test, labels.Decode(corpus.Test, predicted))
//
// Beyond the score, [FindErrors] says what kind of errors they are and how many
// names of the test were new, and [NewConfusion] which types are taken for which.
// [TagText] tags raw text; [Tokenize] and [Characters] cut it into words or, for
// Korean, characters. [Affixes] are features for words that training never showed,
// and [TopWords] what classes and neurons answer to.
//
// # Errors
//
// Files with faults give an error that names file, line and remedy. Arguments
// whose lengths disagree are faults of the caller and panic.
package ner

// Package nnlib holds the classifiers of the lecture: layers, losses,
// optimizers and the training loop, one file a concept.
//
// Rows are examples: Y = X·W + b with X B×D and W D×H. The lecture writes the
// same for a single example as a column, z = Wx + b, with its W the transpose of
// ours. A gradient has the shape of its parameter. Losses are means in nats.
//
// The same seed gives the same bits on every supported CPU and with any number
// of threads: each output of a product is accumulated over its inner index in
// order with fused multiply-add; only outputs are vectorised or divided among
// threads.
//
// Corpora, vocabularies and scores live in nnlib/ner, figures in nnlib/plot,
// derivatives in nnlib/calculus.
package nnlib

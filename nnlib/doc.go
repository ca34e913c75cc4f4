// Package nnlib holds the classifiers of the lecture: layers, losses,
// optimizers and the training loop, one file a concept.
//
// # Models
//
//	WindowClassifier    the centre word of a window: averaged or concatenated word vectors, hidden layers, softmax
//	Scorer              s = Uᵀf(Wx + b), trained by max-margin against corrupt windows
//	Classifier          a vector: softmax, with hidden layers or without
//	LogisticClassifier  a vector, yes or no: one neuron
//	Network             any stack of layers, of this package or of one's own, under any loss
//
// A config struct makes a model, Fit trains it, Predict uses it, Save and Load
// keep it. All models share one training loop, [Train], which also trains any
// [Model] of one's own; its settings are a [Training], what it measures a
// [History]. Every run goes to [StartRun] without being asked.
//
// # Conventions
//
// Rows are examples: Y = X·W + b with X B×D and W D×H. The lecture writes the
// same for a single example as a column, z = Wx + b, with its W the transpose of
// ours. A gradient has the shape of its parameter. Losses are means in nats.
//
// Numbers are float32. Gradients are checked in float64, through the same
// generic code: see the CheckGradients methods.
//
// The same seed gives the same bits on every supported CPU and with any number
// of threads: each output of a product is accumulated over its inner index in
// order with fused multiply-add; only outputs are vectorised or divided among
// threads, which take turns where the inner index is the examples of a batch.
//
// A caller's bug, such as a matrix of the wrong shape, panics with a [ShapeError];
// bad data, a file of another model and divergence are errors: [DataError],
// [ModelError], [DivergenceError].
//
// # Files of models
//
// Saved models and checkpoints are safetensors files: eight bytes, little endian,
// the length of the header; the header in JSON, which gives for each parameter
// its name, the type F32, its shape and its bytes' place; the values. The header's
// __metadata__ holds, for a saved model, lectern.model (its kind), lectern.config
// (its config in JSON, with the vocabulary) and lectern.notes (the caller's); for
// a checkpoint, lectern.checkpoint (the state of training in JSON).
//
// Corpora, vocabularies and scores live in nnlib/ner, figures in nnlib/plot,
// derivatives in nnlib/calculus, the vector arithmetic in nnlib/internal/gemm.
package nnlib

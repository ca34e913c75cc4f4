// Package data finds corpora and word vectors by name.
//
// [Load] looks for a folder of the name with train.tsv, dev.tsv and test.tsv,
// [Vectors] for a file of the name in a folder called vectors. Both look in each
// folder of the LECTERN_DATA path list in turn, and then at what is embedded here:
// the small corpus lectern-en, written for this project (see lectern-en/README.md).
//
// What the files hold is read by nnlib/ner; nothing here trains or scores.
package data

// Package data finds corpora and word vectors by name.
//
// [Load] looks for a folder of the name with train.tsv, dev.tsv and test.tsv (or
// the other names of ner.CorpusFiles, those of CoNLL-2003 among them), [Vectors]
// for a file of the name in a folder called vectors. Both look in each folder of
// the LECTERN_DATA path list in turn, then in the user's cache folder, and last at
// what is embedded here: the small corpora lectern-en and lectern-ko, English and
// Korean, written for this project (see README.md in their folders). [Spiral] is a toy set of points of the plane.
//
// [Sources] are public corpora and vectors with their homes and licences, and a
// [Fetcher] brings one into the cache. Nothing is fetched unless it is asked for by
// name (lectern data get NAME): a licence is a decision of the reader.
//
// What the files hold is read by nnlib/ner; nothing here trains or scores.
package data

// Package data holds the small corpora written for this project and finds corpora
// and word vectors by name.
package data

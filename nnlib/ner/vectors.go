package ner

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Vectors are word vectors as read from a file. They are safe for concurrent use.
type Vectors struct {
	Words []string
	Dim   int       // d: length of a vector
	Data  []float32 // len(Words)×d, row by row in the order of Words
	rows  map[string]int
}

// ReadVectorsFile opens the file and reads it; see [ReadVectors].
func ReadVectorsFile(path string) (*Vectors, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read vectors: %w", err)
	}
	defer file.Close()
	return ReadVectors(file, path)
}

// ReadVectors reads word vectors in text form, packed by gzip or not: a line for
// each word, the word and its numbers divided by blanks. GloVe begins at once;
// word2vec begins with a line that holds the number of words and their length,
// which the file must then keep. The name stands for the file in errors. Of a word
// that comes twice the first vector counts.
//
// It returns a [*FileError] for a line with another count of numbers, a number
// that is none or not finite, a file without vectors, and a file that ends in the
// middle of a line or before its header or its gzip stream does.
func ReadVectors(r io.Reader, name string) (*Vectors, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	if magic, err := in.Peek(2); err == nil && bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return nil, &FileError{File: name, Reason: fmt.Sprintf("unpack gzip: %v; get the file again", err)}
		}
		in = bufio.NewReaderSize(unpacked, 1<<16)
	}
	p := vectorParser{file: name, v: &Vectors{rows: map[string]int{}}}
	tail := &tailReader{Reader: in}
	lines := bufio.NewScanner(tail)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		p.line++
		if err := p.add(strings.TrimRight(lines.Text(), " \r")); err != nil {
			return nil, err
		}
	}
	if err := lines.Err(); err != nil {
		return nil, p.readError(err)
	}
	if p.line > 0 && tail.last != '\n' {
		// A number cut in two still reads as one: only the missing newline tells.
		return nil, p.fault("the file ends in the middle of this line; it is cut off, get it again (or add the newline if you made it)")
	}
	return p.end()
}

// tailReader remembers the last byte read.
type tailReader struct {
	io.Reader
	last byte
}

func (t *tailReader) Read(p []byte) (int, error) {
	n, err := t.Reader.Read(p)
	if n > 0 {
		t.last = p[n-1]
	}
	return n, err
}

// vectorParser collects the vectors of one file.
type vectorParser struct {
	file  string
	line  int
	words int // that the header promises; -1 without a header
	read  int // lines with a vector
	v     *Vectors
}

func (p *vectorParser) fault(format string, args ...any) error {
	return &FileError{File: p.file, Line: p.line, Reason: fmt.Sprintf(format, args...)}
}

func (p *vectorParser) readError(err error) error {
	p.line++
	switch {
	case errors.Is(err, bufio.ErrTooLong):
		return p.fault("the line is longer than 1 MB; this is not a text file of word vectors")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return p.fault("the gzip stream is cut off here; get the file again")
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
		return p.fault("the gzip stream is damaged: %v; get the file again", err)
	}
	return fmt.Errorf("read %s: %w", p.file, err)
}

func (p *vectorParser) add(line string) error {
	if p.line == 1 {
		line = strings.TrimPrefix(line, "\ufeff")
		p.words = -1
		if words, dim, ok := header(line); ok {
			p.words, p.v.Dim = words, dim
			return nil
		}
	}
	if line == "" {
		return nil
	}
	if p.v.Dim == 0 {
		p.v.Dim = strings.Count(line, " ")
		if p.v.Dim == 0 {
			return p.fault("there is no vector; a line is a word and its numbers divided by blanks")
		}
	}
	word, numbers, err := p.split(line)
	if err != nil {
		return err
	}
	p.read++
	if _, twice := p.v.rows[word]; twice {
		return nil
	}
	for i, number := range numbers {
		x, err := strconv.ParseFloat(number, 32)
		if err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
			return p.fault("number %d of %q is %q, not a finite number; the file is damaged", i+1, word, number)
		}
		p.v.Data = append(p.v.Data, float32(x))
	}
	p.v.rows[word] = len(p.v.Words)
	p.v.Words = append(p.v.Words, word)
	return nil
}

// header reports whether a first line is that of word2vec: two whole numbers.
func header(line string) (words, dim int, ok bool) {
	fields := strings.Fields(line)
	if len(fields) != 2 {
		return 0, 0, false
	}
	words, err1 := strconv.Atoi(fields[0])
	dim, err2 := strconv.Atoi(fields[1])
	return words, dim, err1 == nil && err2 == nil && words >= 0 && dim > 0
}

// split cuts the numbers off the end of a line: a word may hold blanks, as a few
// of GloVe's 840B do.
func (p *vectorParser) split(line string) (word string, numbers []string, err error) {
	fields := strings.Split(line, " ")
	if len(fields) <= p.v.Dim {
		return "", nil, p.fault("%q has %d numbers, want %d; the file is cut off or damaged, get it again", fields[0], len(fields)-1, p.v.Dim)
	}
	at := len(fields) - p.v.Dim
	word = strings.Join(fields[:at], " ")
	if at > 1 {
		if _, err := strconv.ParseFloat(fields[at-1], 32); err == nil && p.line > 1 {
			return "", nil, p.fault("%q has %d numbers, want %d; the file is damaged, get it again", fields[0], len(fields)-1, p.v.Dim)
		}
	}
	if word == "" {
		return "", nil, p.fault("the line has no word before its numbers; the file is damaged")
	}
	return word, fields[at:], nil
}

func (p *vectorParser) end() (*Vectors, error) {
	p.line = 0
	if p.words >= 0 && p.read != p.words && p.v.Dim > 0 {
		return nil, p.fault("the header promises %d words, the file has %d; it is cut off or damaged, get it again", p.words, p.read)
	}
	if len(p.v.Words) == 0 {
		return nil, p.fault("there is no vector; a line is a word and its numbers divided by blanks")
	}
	return p.v, nil
}

// Len returns the number of words.
func (v *Vectors) Len() int { return len(v.Words) }

// Vector returns the d numbers of a word, a part of v.Data, or nil if the word
// has none. The word is looked up as it is: lower-case it where the file does.
func (v *Vectors) Vector(word string) []float32 {
	row, ok := v.rows[word]
	if !ok {
		return nil
	}
	return v.Data[row*v.Dim : (row+1)*v.Dim : (row+1)*v.Dim]
}

// Table returns a vector for every word of the vocabulary: V×d, row by row. Words
// without a vector get small random numbers, uniform in ±0.5/d as word2vec starts,
// from the seed.
func (v *Vectors) Table(vocab *Vocab, seed uint64) []float32 {
	random := rand.New(rand.NewPCG(seed, 0x766563))
	table := make([]float32, 0, vocab.Len()*v.Dim)
	for _, word := range vocab.Words {
		if vector := v.Vector(word); vector != nil {
			table = append(table, vector...)
			continue
		}
		for range v.Dim {
			table = append(table, (random.Float32()-0.5)/float32(v.Dim))
		}
	}
	return table
}

// Neighbour is a word with its cosine to another.
type Neighbour struct {
	Word   string
	Cosine float64
}

// Nearest returns the n words whose vectors have the largest cosine to that of
// word, the word itself left out; nil if it has no vector.
func (v *Vectors) Nearest(word string, n int) []Neighbour {
	x := v.Vector(word)
	if x == nil {
		return nil
	}
	var all []Neighbour
	for i, other := range v.Words {
		if other != word {
			all = append(all, Neighbour{other, cosine(x, v.Data[i*v.Dim:(i+1)*v.Dim])})
		}
	}
	slices.SortStableFunc(all, func(a, b Neighbour) int {
		switch {
		case a.Cosine > b.Cosine:
			return -1
		case a.Cosine < b.Cosine:
			return 1
		}
		return 0
	})
	return slices.Clip(all[:min(n, len(all))])
}

// cosine returns x·y / |x||y|, 0 if one of them is zero.
func cosine(x, y []float32) float64 {
	var dot, xx, yy float64
	for i := range x {
		a, b := float64(x[i]), float64(y[i])
		dot += a * b
		xx += a * a
		yy += b * b
	}
	if xx == 0 || yy == 0 {
		return 0
	}
	return dot / math.Sqrt(xx*yy)
}

package nnlib

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
)

// Windows are the examples of a window classifier: for each token the words
// around it, as plain data that any reader of corpora can fill. The fields are
// those of ner.Windows, so that one converts into the other:
//
//	train := nnlib.Windows(*windows)
type Windows struct {
	Radius int     // C: words on each side of the centre
	N      int     // windows
	Words  []int32 // N×(2C+1): word ids, padding included
	Cases  []uint8 // N×(2C+1): the case class of each word; nil for none
	Labels []int32 // N: gold classes of the centre words; nil where they are not known
}

// Len returns N, the number of windows.
func (w Windows) Len() int { return w.N }

// Width returns 2C+1, the number of words of a window.
func (w Windows) Width() int { return 2*w.Radius + 1 }

// Hash returns the SHA-256 of the data in hex: of the radius, the ids, the cases
// and the labels.
func (w Windows) Hash() string {
	h := sha256.New()
	buf := make([]byte, 0, 4*(len(w.Words)+len(w.Labels))+len(w.Cases)+32)
	for _, n := range []int{w.Radius, len(w.Words), len(w.Cases), len(w.Labels)} {
		buf = binary.LittleEndian.AppendUint64(buf, uint64(n))
	}
	for _, id := range w.Words {
		buf = binary.LittleEndian.AppendUint32(buf, uint32(id))
	}
	buf = append(buf, w.Cases...)
	for _, label := range w.Labels {
		buf = binary.LittleEndian.AppendUint32(buf, uint32(label))
	}
	h.Write(buf)
	return hex.EncodeToString(h.Sum(nil))
}

// DataError says what is wrong with the examples given to a model.
type DataError struct {
	What  string // such as "label 7 is out of range 0..4"
	Index int    // of the example, -1 if it is not one example's fault
}

// Error says what is wrong and with which example.
func (e *DataError) Error() string {
	if e.Index < 0 {
		return "nnlib: data: " + e.What
	}
	return fmt.Sprintf("nnlib: data: example %d: %s", e.Index, e.What)
}

// check compares the windows with what a model of windows of width words, vocab
// words, cases case classes (0: none) and classes classes takes.
func (w Windows) check(width, vocab, cases, classes int, labelled bool) error {
	switch {
	case w.N < 1:
		return &DataError{"no examples", -1}
	case w.Width() != width:
		return &DataError{fmt.Sprintf("windows of %d words, the model takes %d", w.Width(), width), -1}
	case len(w.Words) != w.N*width:
		return &DataError{fmt.Sprintf("%d word ids for %d windows of %d words", len(w.Words), w.N, width), -1}
	case cases > 0 && len(w.Cases) != len(w.Words):
		return &DataError{fmt.Sprintf("%d case classes for %d words", len(w.Cases), len(w.Words)), -1}
	case labelled && len(w.Labels) != w.N:
		return &DataError{fmt.Sprintf("%d labels for %d windows", len(w.Labels), w.N), -1}
	}
	for i, id := range w.Words {
		if id < 0 || int(id) >= vocab {
			return &DataError{fmt.Sprintf("word id %d is out of range 0..%d", id, vocab-1), i / width}
		}
		if cases > 0 && int(w.Cases[i]) >= cases {
			return &DataError{fmt.Sprintf("case class %d is out of range 0..%d", w.Cases[i], cases-1), i / width}
		}
	}
	if labelled {
		return checkLabels(w.Labels, classes)
	}
	return nil
}

func checkLabels(labels []int32, classes int) error {
	for i, label := range labels {
		if label < 0 || int(label) >= classes {
			return &DataError{fmt.Sprintf("label %d is out of range 0..%d", label, classes-1), i}
		}
	}
	return nil
}

// hashFloats returns the SHA-256 in hex of examples and their targets.
func hashFloats[T float32 | int32](X []float32, Y []T) string {
	h := sha256.New()
	buf := make([]byte, 0, 4*(len(X)+len(Y))+16)
	buf = binary.LittleEndian.AppendUint64(buf, uint64(len(X)))
	for _, x := range X {
		buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(x))
	}
	for _, y := range Y {
		if f, ok := any(y).(float32); ok {
			buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(f))
			continue
		}
		buf = binary.LittleEndian.AppendUint32(buf, uint32(int32(y)))
	}
	h.Write(buf)
	return hex.EncodeToString(h.Sum(nil))
}

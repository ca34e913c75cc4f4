package ner

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// benchmarkVectors returns a GloVe file of n words of 50 numbers.
func benchmarkVectors(n int) []byte {
	random := rand.New(rand.NewPCG(1, 0))
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "word%d", i)
		for range 50 {
			fmt.Fprintf(&b, " %.4g", random.NormFloat64())
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func BenchmarkReadVectors(b *testing.B) {
	file := benchmarkVectors(2000)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadVectors(bytes.NewReader(file), "bench"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	file := strings.Repeat("museums\tO\nin\tO\nParis\tB-LOC\nare\tO\namazing\tO\n\n", 2000)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(strings.NewReader(file), "bench"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEvaluate(b *testing.B) {
	gold := make(Sentences, 1000)
	predicted := make([][]string, len(gold))
	for i := range gold {
		gold[i] = Sentence{Tokens: make([]string, 8), Tags: strings.Fields("O B-PER I-PER O B-LOC O O O")}
		predicted[i] = strings.Fields("O I-PER I-PER O O I-ORG O O")
	}
	b.ReportAllocs()
	for b.Loop() {
		Evaluate(gold, predicted)
	}
}

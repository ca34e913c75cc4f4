package ner_test

import (
	"fmt"
	"log"
	"strings"

	"github.com/lectern-go/lectern/nnlib/ner"
)

// A file in columns becomes windows of word ids, ready for a classifier.
func Example() {
	const file = "museums\tO\nin\tO\nParis\tB-LOC\nare\tO\namazing\tO\n"
	sentences, err := ner.Read(strings.NewReader(file), "lecture.tsv")
	if err != nil {
		log.Fatal(err)
	}
	vocab := ner.NewVocab(ner.VocabSettings{ZeroDigits: true}, sentences, nil)
	labels := ner.NewLabels(sentences, ner.IO)
	windows, err := ner.NewWindows(sentences, vocab, labels, 2)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(sentences[0])
	center := windows.Words[2*windows.Width() : 3*windows.Width()]
	for _, id := range center {
		fmt.Print(vocab.Words[id], " ")
	}
	fmt.Println("→", labels.Names[windows.Labels[2]])
	// Output:
	// museums in [LOC Paris] are amazing
	// museums in paris are amazing → I-LOC
}

// An entity counts only if both its borders and its type are right.
func ExampleEvaluate() {
	gold := ner.Sentences{{
		Tokens: strings.Fields("Charles Schwab left Fort Smith"),
		Tags:   strings.Fields("B-PER I-PER O B-LOC I-LOC"),
	}}
	predicted := [][]string{strings.Fields("I-PER I-PER O O I-LOC")}
	fmt.Print(ner.Evaluate(gold, predicted))
	// Output:
	// processed 5 tokens with 2 phrases; found: 2 phrases; correct: 1.
	// accuracy:  60.00%; precision:  50.00%; recall:  50.00%; FB1:  50.00
	//               LOC: precision:   0.00%; recall:   0.00%; FB1:   0.00  1
	//               PER: precision: 100.00%; recall: 100.00%; FB1: 100.00  1
}

func ExampleConvert() {
	fmt.Println(ner.Convert([]string{"B-PER", "I-PER", "O", "B-LOC"}, ner.IOBES))
	// Output: [B-PER E-PER O S-LOC]
}

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

// Raw text is cut into tokens, tagged, and shown with the entities where they
// stand. Any model that returns a tag for each token will do.
func ExampleTagText() {
	train := ner.Sentences{{
		Tokens: strings.Fields("Zig Ziglar lives in Fort Smith"),
		Tags:   strings.Fields("B-PER I-PER O O B-LOC I-LOC"),
	}}
	model := ner.TrainLookup(train, ner.IO)
	fmt.Println(ner.TagText("Is it true that Ziglar didn't like Fort Smith?", ner.TokenizeWords, model.Predict))
	// Output: Is it true that [PER Ziglar] didn't like [LOC Fort Smith]?
}

// A wrong border, a wrong type and a new name are different faults.
func ExampleFindErrors() {
	gold := ner.Sentences{{
		Tokens: strings.Fields("Charles Schwab left First National Bank"),
		Tags:   strings.Fields("B-PER I-PER O B-ORG I-ORG I-ORG"),
	}}
	predicted := [][]string{strings.Fields("I-ORG I-ORG O O I-ORG I-ORG")}
	for _, e := range ner.FindErrors(nil, gold, predicted).All {
		fmt.Printf("%s: %s\n", e.Kind, e.Text)
	}
	// Output:
	// wrong type: Charles Schwab
	// wrong border: First National Bank
}

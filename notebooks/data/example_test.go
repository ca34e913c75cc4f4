package data_test

import (
	"fmt"
	"log"

	"github.com/lectern-go/lectern/notebooks/data"
)

// The corpus that is built in needs no download.
func ExampleLoad() {
	corpus, err := data.Load("lectern-en")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(corpus.Types(), corpus.Train[0])
	// Output: [LOC MISC ORG PER] museums in [LOC Paris] are amazing
}

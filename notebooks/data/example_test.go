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

func ExampleSpiral() {
	points, classes := data.Spiral()
	fmt.Println(len(points), "coordinates of", len(classes), "points; the last of class", classes[299], "is", points[598:])
	// Output: 600 coordinates of 300 points; the last of class 2 is [-0.47270638 0.88122]
}

package verify_test

import (
	"fmt"

	"github.com/lectern-go/lectern/notebooks/nbformat"
	"github.com/lectern-go/lectern/notebooks/verify"
)

func ExampleCompare() {
	notebook := func(text string) *nbformat.Notebook {
		nb := nbformat.New()
		nb.Cells = []*nbformat.Cell{{
			Type: nbformat.Code, ID: "train", Source: "train()",
			Outputs: []*nbformat.Output{{Type: nbformat.Stream, Name: "stdout", Text: text}},
		}}
		return nb
	}
	saved := notebook("loss 0.312500001 in 1.2s\nF1 65.2\n")
	fresh := notebook("loss 0.3125 in 3.4s\nF1 64.9\n")
	diffs, _ := verify.Compare(saved, fresh, verify.Options{})
	for _, d := range diffs {
		fmt.Printf("cell %d, %s, line %d: %s\n", d.Cell, d.Output, d.Line, d.Reason)
	}
	// Output:
	// cell 1, stdout, line 2: 65.2 was saved, now 64.9, more than 1e-06 apart
}

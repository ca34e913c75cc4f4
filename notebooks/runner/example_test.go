package runner_test

import (
	"fmt"

	"github.com/lectern-go/lectern/notebooks/nbformat"
	"github.com/lectern-go/lectern/notebooks/runner"
)

func ExampleSetParameters() {
	nb := nbformat.New()
	nb.Cells = []*nbformat.Cell{{
		Type:     nbformat.Code,
		ID:       "params",
		Source:   "corpus, epochs := \"small\", 10",
		Metadata: nbformat.Object{"tags": []any{runner.TagParameters}},
	}}
	err := runner.SetParameters(nb, []runner.Value{{Name: "corpus", Text: "wikigold"}, {Name: "epochs", Text: "3"}})
	fmt.Println(err)
	fmt.Println(nb.Cells[1].Source)

	fmt.Println(runner.SetParameters(nb, []runner.Value{{Name: "epochs", Text: "many"}}))
	// Output:
	// <nil>
	// // Parameters
	// corpus = "wikigold"
	// epochs = 3
	// parameter epochs is int and cannot be "many"; write it as in 10
}

package export_test

import (
	"fmt"

	"github.com/lectern-go/lectern/notebooks/export"
	"github.com/lectern-go/lectern/notebooks/nbformat"
)

func ExampleMarkdown() {
	nb := nbformat.New()
	nb.Cells = []*nbformat.Cell{
		{Type: nbformat.Markdown, Source: "# Sums"},
		{
			Type: nbformat.Code, Source: "1 + 1",
			Outputs: []*nbformat.Output{{Type: nbformat.ExecuteResult, Data: nbformat.MIMEBundle{"text/plain": "2"}}},
		},
	}
	text, files, err := export.Markdown(nb, "sums_files")
	fmt.Println(len(files), err)
	fmt.Print(string(text))
	// Output:
	// 0 <nil>
	// # Sums
	//
	// ```go
	// 1 + 1
	// ```
	//
	// ```text
	// 2
	// ```
}

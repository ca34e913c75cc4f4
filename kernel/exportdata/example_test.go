package exportdata_test

import (
	"fmt"

	"github.com/lectern-go/lectern/kernel/exportdata"
)

func Example() {
	pkg, err := exportdata.NewImporter().Import("strings")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(pkg.Scope().Lookup("Cut"))
	// Output: func strings.Cut(s string, sep string) (before string, after string, found bool)
}

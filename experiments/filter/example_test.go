package filter_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/filter"
)

func ExampleParse() {
	condition, err := filter.Parse(`params.lr = 0.1 and status != "FAILED"`, time.Now())
	if err != nil {
		panic(err)
	}
	run := &experiments.Run{Status: experiments.Finished, Params: []experiments.Param{{Key: "lr", Value: "1e-1"}}}
	fmt.Println(filter.Selects(condition, &filter.Subject{Run: run, Now: time.Now()}))

	_, err = filter.Parse(`metrics.loss << 1`, time.Now())
	var syntax *filter.SyntaxError
	if errors.As(err, &syntax) {
		fmt.Println(syntax.Caret())
		fmt.Println(syntax)
	}
	// Output:
	// true
	// metrics.loss << 1
	//               ^
	// column 15: expected a name, a number or text, not <
}

package kernel_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lectern-go/lectern/kernel/kerneltest"
)

// TestSwap declares a function that is interpreted at once and asks it where it
// is, until it is compiled: then it is in its cell, not in the interpreter.
func TestSwap(t *testing.T) {
	config := kerneltest.Config(t)
	config.Interactive = true
	k := kerneltest.StartConfig(t, config)
	run(t, k, `base := 1
func where() string {
	_, file, _, _ := runtime.Caller(0)
	base++
	return file
}`)
	for range 300 {
		got := run(t, k, `strings.Contains(where(), "cell 1")`)
		if got == "= true\n" {
			if got := run(t, k, "base > 1"); got != "= true\n" {
				t.Errorf("the compiled function has other variables: base > 1 is %s", got)
			}
			return
		}
		if !strings.HasPrefix(got, "= false") {
			t.Fatalf("where() showed %s", got)
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Error("the function was not compiled in 30 s")
}

package kernel_test

import (
	"testing"

	"github.com/lectern-go/lectern/kernel/kerneltest"
)

// TestSwap declares a function that is interpreted at once, and compiled in the
// background with the same variables.
func TestSwap(t *testing.T) {
	config := kerneltest.Config(t)
	config.Interactive = true
	k := kerneltest.StartConfig(t, config)
	run(t, k, swapSetup)
	if got, want := run(t, k, "base := 1\nfunc f(n int) int { base++; return n + base }\nf(10), swapped()"), "= 12, false\n"; got != want {
		t.Errorf("the declared function showed %q, want %q", got, want)
	}
	awaitSwap(t, k)
	if got, want := run(t, k, "f(10)"), "= 13\n"; got != want {
		t.Errorf("the compiled function showed %q, want %q", got, want)
	}
}

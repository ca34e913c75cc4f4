package kernel_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lectern-go/lectern/kernel/kerneltest"
)

// TestSwap declares a function that is interpreted at once, and compiled in the
// background with the same variables.
func TestSwap(t *testing.T) {
	config := kerneltest.Config(t)
	config.Interactive = true
	k := kerneltest.StartConfig(t, config)
	run(t, k, swapSetup)
	if got, want := run(t, k, "var base = 1\nfunc f(n int) int { base++; return n + base }\nf(10), swapped()"), "= 12, false\n"; got != want {
		t.Errorf("the declared function showed %q, want %q", got, want)
	}
	awaitSwap(t, k)
	if got, want := run(t, k, "f(10)"), "= 13\n"; got != want {
		t.Errorf("the compiled function showed %q, want %q", got, want)
	}
}

// TestSwapBuildsWhatIsCurrent declares functions faster than they can be built: those
// that have been declared again meanwhile are not.
func TestSwapBuildsWhatIsCurrent(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	config := kerneltest.Config(t)
	config.Interactive = true
	k := kerneltest.StartConfig(t, config)
	run(t, k, swapSetup)
	const times = 40
	for i := range times {
		run(t, k, fmt.Sprintf("func f(n int) int { return n + %d }", i))
	}
	awaitSwap(t, k)
	if got, want := run(t, k, "f(1), swapped()"), fmt.Sprintf("= %d, true\n", times); got != want {
		t.Errorf("the compiled function showed %q, want %q", got, want)
	}
	built, err := filepath.Glob(filepath.Join(os.TempDir(), "lectern-session-*", "c*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(built) == 0 || len(built) > times/2 {
		t.Errorf("%d packages were built, want the first, the last and a few more", len(built))
	}
}

// TestCloseWhileBuilding closes a kernel that has functions to build.
func TestCloseWhileBuilding(t *testing.T) {
	config := kerneltest.Config(t)
	config.Interactive = true
	k := kerneltest.StartConfig(t, config)
	run(t, k, swapSetup)
	for i := range 20 {
		run(t, k, fmt.Sprintf("func f%d() {}", i))
	}
	closed := make(chan error)
	go func() { closed <- k.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("Close waits for builds that wait for it")
	}
}

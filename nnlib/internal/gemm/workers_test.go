package gemm

import (
	"runtime"
	"sync"
	"testing"
)

// tally counts how often each output is computed.
type tally struct{ done []int }

func (c *tally) Do(part, parts int) {
	lo, hi := Share(len(c.done), part, parts)
	for i := lo; i < hi; i++ {
		c.done[i]++
	}
}

func TestRunDoesEachPartOnce(t *testing.T) {
	defer SetThreads(runtime.GOMAXPROCS(0))
	for _, threads := range []int{1, 2, 3, 8} {
		SetThreads(threads)
		var wait sync.WaitGroup
		for range 3 { // several at once: all but one work alone
			wait.Go(func() {
				c := &tally{make([]int, 100)}
				const turns = 2000
				for range turns {
					Run(c, len(c.done))
				}
				for i, n := range c.done {
					if n != turns {
						t.Errorf("%d threads: output %d was computed %d times, want %d", threads, i, n, turns)
						return
					}
				}
			})
		}
		wait.Wait()
	}
}

func TestRunDoesNotAllocate(t *testing.T) {
	defer SetThreads(runtime.GOMAXPROCS(0))
	SetThreads(2)
	c := &tally{make([]int, 100)}
	Run(c, 100)
	if n := testing.AllocsPerRun(100, func() { Run(c, 100) }); n > 0 {
		t.Errorf("Run allocates %v times, want 0", n)
	}
}

func TestSpareIsGivenBack(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	defer SetThreads(before)
	runtime.GOMAXPROCS(2)
	for _, c := range []struct{ threads, want int }{{1, 2}, {2, 3}, {3, 4}} {
		SetThreads(c.threads)
		first, second := Spare(), Spare()
		first()
		if got := runtime.GOMAXPROCS(0); got != c.want {
			t.Errorf("GOMAXPROCS is %d with %d threads, want %d", got, c.threads, c.want)
		}
		second()
		if got := runtime.GOMAXPROCS(0); got != 2 {
			t.Errorf("GOMAXPROCS is %d after %d threads, want 2 again", got, c.threads)
		}
	}
}

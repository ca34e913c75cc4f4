package gemm

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Task is work whose outputs can be divided: part p of n, for p from 0 to n-1,
// computes outputs that no other part touches, and the same bits whatever n is.
type Task interface{ Do(part, parts int) }

// team runs the parts of one task on several threads. One task at a time: a
// second goroutine that brings a task meanwhile does all of it alone, which
// gives the same bits.
type team struct {
	mu      sync.Mutex
	threads int
	members []*member
	task    Task
	parts   int
	left    atomic.Int32 // members that have not done their part
}

type member struct {
	part   int
	turn   atomic.Uint32 // counts the tasks given to this member
	asleep atomic.Bool
	wake   chan struct{}
	quit   bool // set before a turn: the member ends
}

var crew = team{threads: runtime.GOMAXPROCS(0)}

// SetThreads sets how many threads a task may use, at least 1. Results do not
// depend on it.
func SetThreads(n int) {
	crew.mu.Lock()
	defer crew.mu.Unlock()
	crew.threads = max(n, 1)
	for _, m := range crew.members {
		m.quit = true
		m.start()
	}
	crew.members = nil
}

// Threads returns how many threads a task may use.
func Threads() int {
	crew.mu.Lock()
	defer crew.mu.Unlock()
	return crew.threads
}

// Run does all parts of a task, as many as there are threads but at most the
// given number. The task must not panic in parts other than the first.
func Run(t Task, most int) {
	if most <= 1 || !crew.mu.TryLock() {
		t.Do(0, 1)
		return
	}
	defer crew.mu.Unlock()
	parts := min(crew.threads, most)
	if parts <= 1 {
		t.Do(0, 1)
		return
	}
	crew.run(t, parts)
}

func (t *team) run(task Task, parts int) {
	for len(t.members) < parts-1 {
		m := &member{part: len(t.members) + 1, wake: make(chan struct{}, 1)}
		t.members = append(t.members, m)
		go m.loop(t)
	}
	t.task, t.parts = task, parts
	t.left.Store(int32(parts - 1))
	for _, m := range t.members[:parts-1] {
		m.start()
	}
	defer t.wait()
	task.Do(0, parts)
}

// wait returns when the members have done their parts.
func (t *team) wait() {
	for spin := 0; t.left.Load() > 0; spin++ {
		if spin > spins {
			runtime.Gosched()
		}
	}
	t.task = nil
}

// spins is how often a waiting thread looks before it gives way: some tens of
// microseconds, longer than the gap between two tasks of a training step.
const spins = 1 << 14

func (m *member) start() {
	m.turn.Add(1)
	if m.asleep.CompareAndSwap(true, false) {
		m.wake <- struct{}{}
	}
}

func (m *member) loop(t *team) {
	for seen := uint32(0); ; seen++ {
		m.await(seen)
		if m.quit {
			return
		}
		t.task.Do(m.part, t.parts)
		t.left.Add(-1)
	}
}

// await returns when turn has moved past seen: it looks for a while, then sleeps.
func (m *member) await(seen uint32) {
	for range spins {
		if m.turn.Load() != seen {
			return
		}
	}
	for m.turn.Load() == seen {
		m.asleep.Store(true)
		if m.turn.Load() != seen && m.asleep.CompareAndSwap(true, false) {
			return
		}
		<-m.wake
	}
}

// Share returns which of n outputs are part's: lo ≤ i < hi.
func Share(n, part, parts int) (lo, hi int) { return part * n / parts, (part + 1) * n / parts }

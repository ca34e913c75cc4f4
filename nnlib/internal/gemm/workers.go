package gemm

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Task is work whose outputs can be divided: part p of n, for p from 0 to n-1,
// computes outputs that no other part touches, and the same bits whatever n is.
type Task interface{ Do(part, parts int) }

// team runs the parts of one task on several threads. The caller takes part: it
// goes on until no part is left to take, so that a member which the system does
// not let run costs nothing. One task at a time: a second goroutine that brings a
// task meanwhile does all of it alone, which gives the same bits.
type team struct {
	mu      sync.Mutex
	threads atomic.Int32
	members []*member
	task    Task
	state   atomic.Uint64 // turn, parts of the task, parts taken: see pack
	left    atomic.Int32  // parts not done
}

// pack makes a state: the number of tasks so far, the parts of the current task,
// and how many of them somebody has taken.
func pack(turn, parts, taken uint64) uint64 { return turn<<32 | parts<<16 | taken }

func unpack(state uint64) (turn, parts, taken uint64) {
	return state >> 32, state >> 16 & 0xffff, state & 0xffff
}

type member struct {
	asleep atomic.Bool
	wake   chan struct{}
	quit   atomic.Bool
}

var crew team

func init() { crew.threads.Store(int32(runtime.GOMAXPROCS(0))) }

// SetThreads sets how many threads a task may use, at least 1. Results do not
// depend on it.
func SetThreads(n int) {
	crew.mu.Lock()
	defer crew.mu.Unlock()
	crew.threads.Store(int32(min(max(n, 1), 1<<10)))
	for _, m := range crew.members {
		m.quit.Store(true)
		m.rouse()
	}
	crew.members = nil
}

// Threads returns how many threads a task may use.
func Threads() int { return int(crew.threads.Load()) }

// Run does all parts of a task, as many as there are threads but at most the
// given number. The task must not panic.
func Run(t Task, most int) {
	if most <= 1 || !crew.mu.TryLock() {
		t.Do(0, 1)
		return
	}
	defer crew.mu.Unlock()
	parts := min(Threads(), most)
	if parts <= 1 {
		t.Do(0, 1)
		return
	}
	crew.run(t, parts)
}

func (t *team) run(task Task, parts int) {
	turn, _, _ := unpack(t.state.Load())
	for len(t.members) < parts-1 {
		m := &member{wake: make(chan struct{}, 1)}
		t.members = append(t.members, m)
		go m.loop(t, turn)
	}
	t.task = task
	t.left.Store(int32(parts))
	t.state.Store(pack(turn+1, uint64(parts), 0))
	for _, m := range t.members[:parts-1] {
		m.rouse()
	}
	t.work(turn + 1)
	for spin := 0; t.left.Load() > 0; spin++ {
		if spin > spins {
			runtime.Gosched()
		}
	}
	t.task = nil
}

// work takes parts of the task of a turn until there is none. Whoever has taken
// a part may use the task: run waits for him.
func (t *team) work(turn uint64) {
	for {
		state := t.state.Load()
		now, parts, taken := unpack(state)
		if now != turn || taken == parts {
			return
		}
		if t.state.CompareAndSwap(state, state+1) {
			t.task.Do(int(taken), int(parts))
			t.left.Add(-1)
		}
	}
}

// spins is how often a waiting thread looks before it gives way: some 60
// microseconds, longer than the gap between two tasks of a training step.
const spins = 1 << 16

func (m *member) rouse() {
	if m.asleep.CompareAndSwap(true, false) {
		m.wake <- struct{}{}
	}
}

func (m *member) loop(t *team, seen uint64) {
	for {
		seen = m.await(t, seen)
		if m.quit.Load() {
			return
		}
		t.work(seen)
	}
}

// await returns the turn once it has moved past seen, or once the member shall
// quit: it looks for a while, then sleeps.
func (m *member) await(t *team, seen uint64) uint64 {
	moved := func() (uint64, bool) {
		turn, _, _ := unpack(t.state.Load())
		return turn, turn != seen || m.quit.Load()
	}
	for range spins {
		if turn, ok := moved(); ok {
			return turn
		}
	}
	for {
		m.asleep.Store(true)
		turn, ok := moved()
		if ok && m.asleep.CompareAndSwap(true, false) {
			return turn
		}
		<-m.wake
		if turn, ok := moved(); ok {
			return turn
		}
	}
}

// Share returns which of n outputs are part's: lo ≤ i < hi.
func Share(n, part, parts int) (lo, hi int) { return part * n / parts, (part + 1) * n / parts }

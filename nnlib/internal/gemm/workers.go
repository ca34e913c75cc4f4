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
	state   atomic.Uint64 // turn and parts of the task: see pack
	left    atomic.Int32  // parts not done
	taken   [mostThreads]taken
}

// taken is the last turn in which somebody took a part.
type taken struct {
	turn atomic.Uint64
	_    [56]byte // so that no two are in the same line of a cache
}

const mostThreads = 256

// pack makes a state: the number of tasks so far and the parts of the current one.
func pack(turn, parts uint64) uint64 { return turn<<16 | parts }

func unpack(state uint64) (turn, parts uint64) { return state >> 16, state & 0xffff }

type member struct {
	part   uint64 // the one it takes first: its processor's cache has what it left there
	asleep atomic.Bool
	wake   chan struct{}
	quit   atomic.Bool
}

var crew team

func init() { crew.threads.Store(int32(runtime.GOMAXPROCS(0))) }

// SetThreads sets how many threads a task may use, at least 1 and at most 256.
// Results do not depend on it.
func SetThreads(n int) {
	crew.mu.Lock()
	defer crew.mu.Unlock()
	crew.threads.Store(int32(min(max(n, 1), mostThreads)))
	for _, m := range crew.members {
		m.quit.Store(true)
		m.rouse()
	}
	crew.members = nil
}

// Threads returns how many threads a task may use.
func Threads() int { return int(crew.threads.Load()) }

// spare counts who wants a processor of Go's scheduler to spare.
var spare struct {
	mu    sync.Mutex
	users int
	procs int // GOMAXPROCS without it
}

// Spare gives Go's scheduler one processor more than tasks have threads until done
// is called. Where it has none to spare, it takes the processors of calls to C that
// last longer than 20 microseconds, has their threads wait for another, and looks
// for more such calls every 20 microseconds: with large batches two threads were
// then only 1.3 times as fast as one.
func Spare() (done func()) {
	if Threads() == 1 {
		return func() {}
	}
	spare.mu.Lock()
	defer spare.mu.Unlock()
	if spare.users++; spare.users == 1 {
		spare.procs = runtime.GOMAXPROCS(0)
		if spare.procs <= Threads() {
			runtime.GOMAXPROCS(Threads() + 1)
		}
	}
	return func() {
		spare.mu.Lock()
		defer spare.mu.Unlock()
		if spare.users--; spare.users == 0 && runtime.GOMAXPROCS(0) != spare.procs {
			runtime.GOMAXPROCS(spare.procs)
		}
	}
}

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
	turn, _ := unpack(t.state.Load())
	for len(t.members) < parts-1 {
		m := &member{part: uint64(len(t.members) + 1), wake: make(chan struct{}, 1)}
		t.members = append(t.members, m)
		go m.loop(t, turn)
	}
	turn++
	t.task = task
	t.left.Store(int32(parts))
	t.taken[0].turn.Store(turn) // before another can
	t.state.Store(pack(turn, uint64(parts)))
	for _, m := range t.members[:parts-1] {
		m.rouse()
	}
	t.do(0, uint64(parts))
	t.work(1, turn)
	for spin := 0; t.left.Load() > 0; spin++ {
		if spin > spins {
			runtime.Gosched()
		}
	}
	t.task = nil
}

// work does the parts of a turn that nobody has taken, the given one first. Whoever
// has taken a part may use the task: run waits for him. Of a turn that is over there
// is no part to be had.
func (t *team) work(first, turn uint64) {
	now, parts := unpack(t.state.Load())
	if now != turn {
		return
	}
	for i := range parts {
		part := (first + i) % parts
		taken := &t.taken[part].turn
		if before := taken.Load(); before < turn && taken.CompareAndSwap(before, turn) {
			t.do(part, parts)
		}
	}
}

func (t *team) do(part, parts uint64) {
	t.task.Do(int(part), int(parts))
	t.left.Add(-1)
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
		t.work(m.part, seen)
	}
}

// await returns the turn once it has moved past seen, or once the member shall
// quit: it looks for a while, then sleeps.
func (m *member) await(t *team, seen uint64) uint64 {
	moved := func() (uint64, bool) {
		turn, _ := unpack(t.state.Load())
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

package gemm

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// parallelFrom is the number of multiply-adds from which a product is worth
// dividing among threads.
const parallelFrom = 1 << 19

// team runs the parts of one product on several threads. One product at a time:
// a second goroutine that multiplies meanwhile does its whole product alone,
// which gives the same bits.
type team struct {
	mu      sync.Mutex
	threads int
	members []*member
	job     job
	left    atomic.Int32 // members that have not done their part
	work    []float32    // the packed panel of the calling goroutine
}

// job is a product; member p of n computes a contiguous block of its rows.
type job struct {
	m, n, k int
	a, b    Operand[float32]
	c       []float32
	ldc     int
	bias    []float32
	add     bool
	parts   int
}

type member struct {
	part   int
	turn   atomic.Uint32 // counts the jobs given to this member
	asleep atomic.Bool
	wake   chan struct{}
	work   []float32
	quit   bool // set before a turn: the member ends
}

var crew = team{threads: runtime.GOMAXPROCS(0)}

// SetThreads sets how many threads a product may use, at least 1. Results do
// not depend on it.
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

// Threads returns how many threads a product may use.
func Threads() int {
	crew.mu.Lock()
	defer crew.mu.Unlock()
	return crew.threads
}

var panels = sync.Pool{New: func() any { return new([]float32) }}

func parallelProduct[F Float](m, n, k int, a, b Operand[F], c []F, ldc int, bias []F, add bool) {
	if !crew.mu.TryLock() {
		work := panels.Get().(*[]float32)
		*work = grow(*work, k)
		simdProduct(m, n, k, a, b, c, ldc, bias, add, *work)
		panels.Put(work)
		return
	}
	defer crew.mu.Unlock()
	parts := min(crew.threads, m)
	if parts == 1 || m*n*k < parallelFrom {
		crew.work = grow(crew.work, k)
		simdProduct(m, n, k, a, b, c, ldc, bias, add, crew.work)
		return
	}
	crew.job = job{
		m: m, n: n, k: k, a: single(a), b: single(b), c: asSingle(c), ldc: ldc, bias: asSingle(bias), add: add, parts: parts,
	}
	crew.run()
}

// grow returns a panel that k packed rows fit in.
func grow(work []float32, k int) []float32 {
	if len(work) < k*panelWidth {
		return make([]float32, k*panelWidth)
	}
	return work
}

func (t *team) run() {
	for len(t.members) < t.job.parts-1 {
		m := &member{part: len(t.members) + 1, wake: make(chan struct{}, 1)}
		t.members = append(t.members, m)
		go m.loop(t)
	}
	t.left.Store(int32(t.job.parts - 1))
	for _, m := range t.members[:t.job.parts-1] {
		m.start()
	}
	t.work = grow(t.work, t.job.k)
	t.job.do(0, t.work)
	for spin := 0; t.left.Load() > 0; spin++ {
		if spin > spins {
			runtime.Gosched()
		}
	}
	t.job = job{parts: t.job.parts} // do not keep the operands alive
}

// spins is how often a waiting thread looks before it gives way: some tens of
// microseconds, longer than the gap between two products of a training step.
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
		m.work = grow(m.work, t.job.k)
		t.job.do(m.part, m.work)
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

func (j *job) do(part int, work []float32) {
	lo, hi := part*j.m/j.parts, (part+1)*j.m/j.parts
	if lo == hi {
		return
	}
	a := j.a
	a.Data = a.Data[lo*a.RowStride:]
	simdProduct(hi-lo, j.n, j.k, a, j.b, j.c[lo*j.ldc:], j.ldc, j.bias, j.add, work)
}

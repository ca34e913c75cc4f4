package worker

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/lectern-go/lectern/kernel/worker/pipe"
)

// owners tells to which cell a goroutine belongs. A goroutine has the profiling
// labels of the one that started it, and each run of a cell has labels of its own.
type owners struct {
	runs    sync.Map                       // address of the labels -> *run
	current atomic.Pointer[unsafe.Pointer] // the labels of the running cell, or of the last one
	stopped *uint32                        // 1 once a run has been interrupted; accessed atomically; nil outside of a worker
}

// run is the run of a cell or of a comm's handler.
type run struct {
	cell        string          // "" for a handler
	labels      context.Context // kept, so that nothing else gets their address
	goroutine   string          // in which the cell itself runs; see goroutineID
	interrupted atomic.Bool
	ending      sync.Map // its goroutines that run their deferred calls, by goroutineID
}

// goroutineLabels returns the address of the goroutine's labels. The runtime keeps
// this name for the programs that use it as we do.
//
//go:linkname goroutineLabels runtime/pprof.runtime_getProfLabel
func goroutineLabels() unsafe.Pointer

// begin makes the goroutine and those that it will start the run's.
func (o *owners) begin(r *run) {
	r.labels = pprof.WithLabels(context.Background(), pprof.Labels("cell", r.cell))
	pprof.SetGoroutineLabels(r.labels)
	p := goroutineLabels()
	o.runs.Store(p, r)
	if r.cell != "" {
		o.current.Store(&p)
	}
}

// enter notes that the cell itself runs in this goroutine, which it returns.
func (o *owners) enter() (goroutine string) {
	goroutine = goroutineID()
	if r := o.of(); r != nil {
		r.goroutine = goroutine
	}
	return goroutine
}

// of returns the run that the goroutine belongs to, or nil.
func (o *owners) of() *run {
	if r, ok := o.runs.Load(goroutineLabels()); ok {
		return r.(*run)
	}
	return nil
}

// flag returns what is set when the goroutine's run is interrupted.
func (o *owners) flag() *atomic.Bool {
	if r := o.of(); r != nil {
		return &r.interrupted
	}
	return &never
}

// never is the flag of goroutines that are nobody's.
var never atomic.Bool

// interrupt has the goroutines of a run end at their next check.
func (o *owners) interrupt(r *run) {
	r.interrupted.Store(true)
	atomic.StoreUint32(o.stopped, 1)
}

// check ends the goroutine if its run has been interrupted; its deferred calls run.
// What may have waited for something calls it before it goes on.
func (o *owners) check() {
	if o.stopped == nil || atomic.LoadUint32(o.stopped) == 0 {
		return
	}
	if r := o.of(); r != nil && r.interrupted.Load() {
		if _, ends := r.ending.LoadOrStore(goroutineID(), true); !ends {
			runtime.Goexit()
		}
	}
}

// earlier returns the cell whose goroutine this is, if it is not the current
// one's.
func (o *owners) earlier() string {
	p := goroutineLabels()
	if current := o.current.Load(); current == nil || *current == p {
		return ""
	}
	if r := o.of(); r != nil {
		return r.cell
	}
	return ""
}

// printer is a stream of the process that knows its writers: what a goroutine of
// an earlier cell writes goes to the front as a message with the cell's name.
type printer struct {
	worker *worker
	name   string
	file   **os.File
}

func (p printer) Write(b []byte) (int, error) {
	p.worker.owners.check()
	cell := p.worker.owners.earlier()
	if cell == "" {
		return (*p.file).Write(b)
	}
	p.worker.tell(&pipe.Message{Kind: pipe.Stream, Cell: cell, Name: p.name, Text: string(b)})
	return len(b), nil
}

func (w *worker) stdout() io.Writer { return printer{w, "stdout", &os.Stdout} }
func (w *worker) stderr() io.Writer { return printer{w, "stderr", &os.Stderr} }

func (w *worker) print(v ...any) (int, error)   { return fmt.Fprint(w.stdout(), v...) }
func (w *worker) println(v ...any) (int, error) { return fmt.Fprintln(w.stdout(), v...) }
func (w *worker) printf(format string, v ...any) (int, error) {
	return fmt.Fprintf(w.stdout(), format, v...)
}

package worker

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/lectern-go/lectern/kernel/worker/pipe"
)

// owners tells to which cell a goroutine belongs. A goroutine has the profiling
// labels of the one that started it, and each run of a cell has labels of its own.
type owners struct {
	runs    sync.Map                       // address of the labels -> run
	current atomic.Pointer[unsafe.Pointer] // the labels of the running cell, or of the last one
}

// run is the run of a cell.
type run struct {
	cell   string
	labels context.Context // kept, so that nothing else gets their address
}

// goroutineLabels returns the address of the goroutine's labels. The runtime keeps
// this name for the programs that use it as we do.
//
//go:linkname goroutineLabels runtime/pprof.runtime_getProfLabel
func goroutineLabels() unsafe.Pointer

// begin makes the goroutine and those that it will start the cell's.
func (o *owners) begin(cell string) {
	labels := pprof.WithLabels(context.Background(), pprof.Labels("cell", cell))
	pprof.SetGoroutineLabels(labels)
	p := goroutineLabels()
	o.runs.Store(p, run{cell, labels})
	o.current.Store(&p)
}

// earlier returns the cell whose goroutine this is, if it is not the current
// one's.
func (o *owners) earlier() string {
	p := goroutineLabels()
	if current := o.current.Load(); current == nil || *current == p {
		return ""
	}
	if r, ok := o.runs.Load(p); ok {
		return r.(run).cell
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

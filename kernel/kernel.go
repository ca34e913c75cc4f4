package kernel

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/kernel/exportdata"
)

// Config says how to start a kernel.
type Config struct {
	// Worker is the command, with arguments, whose process calls
	// worker.Main.
	Worker []string
	// Packages holds the types of what cells may import beyond the standard
	// library, or is nil. The worker has their symbols.
	Packages *exportdata.Archive
	// Docs holds the documentation of those packages, or is nil.
	Docs   *exportdata.Archive
	Engine Engine
	// Interactive kernels have somebody waiting between cells: they warm the
	// build cache when they start, and compile interpreted functions in the
	// background.
	Interactive bool
	// Source is the folder of the source from which this program was built;
	// compiled cells import its packages from there. "" leaves them to the
	// interpreter.
	Source string
	Dir    string   // the worker's working directory; "" is this process's
	Env    []string // added to the worker's environment, as "NAME=value"
}

// A Kernel is one session of cells. It is safe for concurrent use; cells run
// one at a time, in the order of the calls.
type Kernel struct {
	config    Config
	running   sync.Mutex              // held while a cell runs
	showLate  func(Output)            // of the last cell, or nil; guarded by running, as the next four
	lates     map[string]func(Output) // of all cells that have one, by their names
	late      []Output                // what came between cells, for the next one to show
	listener  *listener               // between cells, or nil
	tail      tail                    // of what it heard
	mu        sync.Mutex              // guards what follows
	process   *process
	session   *check.Session
	docs      *exportdata.Docs
	texts     map[string]string    // cell name -> text, for tracebacks
	importer  *exportdata.Importer // of the session
	builder   *builder
	ran       []ranCell         // in this session
	lost      []ranCell         // in the session that was lost with its worker
	comms     map[string]string // target by id of the open comms
	execution *execution        // the running cell, or nil
	inputs    []HistoryEntry    // the session's counted cells
	history   History           // of all sessions, or nil
	count     int
	closed    bool
}

// ErrClosed is returned after [Kernel.Close].
var ErrClosed = errors.New("the kernel is closed")

// Start starts a kernel and its worker process.
func Start(ctx context.Context, config Config) (*Kernel, error) {
	k := &Kernel{config: config, texts: map[string]string{}, lates: map[string]func(Output){}, comms: map[string]string{}, builder: newBuilder(config), docs: exportdata.StdDocs()}
	if config.Docs != nil {
		k.docs.Add(config.Docs)
	}
	k.session = k.newSession()
	var err error
	if k.process, err = startProcess(ctx, config); err != nil {
		return nil, errors.Join(err, k.builder.close())
	}
	return k, nil
}

// newSession returns a session without objects.
func (k *Kernel) newSession() *check.Session {
	k.importer = exportdata.NewImporter()
	if k.config.Packages != nil {
		k.importer.Add(k.config.Packages)
	}
	return NewSession(k.importer)
}

// Execute runs a cell and calls show with what it shows, in order and from one
// goroutine, until the reply. What is wrong with the cell is in the reply and
// the outputs; an error means that the kernel itself does not work. The end of
// ctx interrupts the cell as two calls of [Kernel.Interrupt] do.
func (k *Kernel) Execute(ctx context.Context, req ExecuteRequest, show func(Output)) (Reply, error) {
	k.begin()
	defer k.end()
	k.mu.Lock()
	if k.closed {
		k.mu.Unlock()
		return Reply{}, ErrClosed
	}
	if !req.Silent && !req.Uncounted {
		k.count++
	}
	reply := Reply{ExecutionCount: k.count}
	if req.Cell == "" {
		req.Cell = fmt.Sprintf("cell %d", k.count)
	}
	k.texts[req.Cell] = req.Code
	if !req.Silent && !req.Uncounted {
		k.inputs = append(k.inputs, HistoryEntry{Line: k.count, Input: req.Code})
	}
	run := &execution{kernel: k, req: req, count: reply.ExecutionCount, show: show, interrupts: make(chan struct{}, 8)}
	run.ctx, run.cancel = context.WithCancel(ctx)
	defer run.cancel()
	k.execution = run
	k.mu.Unlock()

	for _, o := range k.late {
		show(o)
	}
	k.late, k.showLate = nil, req.Late
	if req.Late != nil {
		k.lates[req.Cell] = req.Late
	}
	failed, err := run.run()
	k.mu.Lock()
	k.execution = nil
	k.mu.Unlock()
	reply.NextInput = run.nextInput
	if failed != nil {
		reply.Error = failed
		show(*failed)
	}
	return reply, err
}

// Interrupt interrupts the running cell, if there is one. Interpreted code stops
// at its next step, and so do training loops and sleeps; the session's variables
// stay. Compiled code that is busy does not stop: a second interrupt gives it a
// second and then restarts the worker, with which the variables are lost.
func (k *Kernel) Interrupt() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.execution == nil {
		return
	}
	k.execution.cancel()
	select {
	case k.execution.interrupts <- struct{}{}:
	default: // it has been interrupted often enough
	}
}

// restart starts a new worker with an empty session.
func (k *Kernel) restart(ctx context.Context) error {
	p, err := startProcess(ctx, k.config)
	if err != nil {
		return err
	}
	k.process = p
	return nil
}

// Close ends the worker in good order.
func (k *Kernel) Close() error {
	if !k.close() {
		return nil
	}
	return k.builder.close() // waits for builds, which look at what the kernel has
}

// close ends the worker and reports whether the kernel was open.
func (k *Kernel) close() bool {
	k.begin()
	defer k.running.Unlock()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return false
	}
	k.closed = true
	if k.process != nil {
		k.process.end()
	}
	return true
}

// Stale returns the cells that used something which a later cell has declared
// again, in the order in which they ran.
func (k *Kernel) Stale() []check.Stale {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.session.Stale()
}

package kernel

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/lectern-go/lectern/kernel/cell"
	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/kernel/exportdata"
	"github.com/lectern-go/lectern/kernel/lower"
	"github.com/lectern-go/lectern/kernel/plan"
	"github.com/lectern-go/lectern/kernel/worker/pipe"
)

// Config says how to start a kernel.
type Config struct {
	// Worker is the command, with arguments, whose process calls
	// worker.Main.
	Worker []string
	// Packages holds the types of what cells may import beyond the standard
	// library, or is nil. The worker has their symbols.
	Packages *exportdata.Archive
	Engine   Engine
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
	config  Config
	running sync.Mutex // held while a cell runs
	mu      sync.Mutex // guards what follows
	process *process
	session *check.Session
	texts   map[string]string // cell name -> text, for tracebacks
	builder *builder
	count   int
	closed  bool
}

// ErrClosed is returned after [Kernel.Close].
var ErrClosed = errors.New("the kernel is closed")

// Start starts a kernel and its worker process.
func Start(ctx context.Context, config Config) (*Kernel, error) {
	k := &Kernel{config: config, texts: map[string]string{}, builder: newBuilder(config)}
	k.session = k.newSession()
	var err error
	if k.process, err = startProcess(ctx, config); err != nil {
		k.builder.close()
		return nil, err
	}
	return k, nil
}

// newSession returns a session without objects.
func (k *Kernel) newSession() *check.Session {
	importer := exportdata.NewImporter()
	if k.config.Packages != nil {
		importer.Add(k.config.Packages)
	}
	return check.NewSession(importer.FileSet(), importer, byPreference(importer.Paths()))
}

// Execute runs a cell and calls show with what it shows, in order and from one
// goroutine, until the reply. What is wrong with the cell is in the reply and
// the outputs; an error means that the kernel itself does not work. When ctx is
// cancelled the cell is interrupted; the session's variables stay.
func (k *Kernel) Execute(ctx context.Context, req ExecuteRequest, show func(Output)) (Reply, error) {
	k.running.Lock()
	defer k.running.Unlock()
	k.mu.Lock()
	if k.closed {
		k.mu.Unlock()
		return Reply{}, ErrClosed
	}
	if !req.Silent {
		k.count++
	}
	reply := Reply{ExecutionCount: k.count}
	if req.Cell == "" {
		req.Cell = fmt.Sprintf("cell %d", k.count)
	}
	k.texts[req.Cell] = req.Code
	k.mu.Unlock()

	program, failed := k.prepare(ctx, req)
	if failed == nil && program != nil {
		var err error
		if failed, err = k.runProgram(ctx, req, program, reply.ExecutionCount, show); err != nil {
			return reply, err
		}
	}
	if failed != nil {
		reply.Error = failed
		show(*failed)
	}
	return reply, nil
}

// prepare takes a cell from its text to what the worker runs. Either the whole
// cell passes, and the session knows its objects, or nothing has changed.
func (k *Kernel) prepare(ctx context.Context, req ExecuteRequest) (*lower.Program, *Error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	parsed, err := cell.Parse(k.session.Fset(), req.Cell, req.Code)
	if err != nil {
		return nil, k.syntaxError(err)
	}
	checked, ds := k.session.Check(parsed)
	if len(ds) > 0 {
		return nil, k.compileError(ds)
	}
	var program *lower.Program
	var failed *Error
	refusals := plan.Interpretable(k.session.Fset(), checked)
	if len(refusals) == 0 && k.config.Engine != Compile {
		program, err = lower.Interpret(k.session.Fset(), checked)
		if err != nil {
			failed = internalError(err)
		}
	} else {
		program, failed = k.compile(ctx, checked, refusals)
	}
	if failed != nil {
		return nil, failed
	}
	k.session.Commit(checked)
	return program, nil
}

func internalError(err error) *Error {
	return &Error{Ename: "internal error", Evalue: err.Error(), Traceback: []string{"internal error: " + err.Error()}}
}

// runProgram has the worker run a program.
func (k *Kernel) runProgram(ctx context.Context, req ExecuteRequest, program *lower.Program, count int, show func(Output)) (*Error, error) {
	if k.process == nil {
		if err := k.restart(ctx); err != nil {
			return nil, err
		}
	}
	p := k.process
	run := &pipe.Message{Kind: pipe.Run, Cell: req.Cell, Source: req.Code, Program: program}
	if err := p.requests.Write(run); err != nil {
		return k.crashed(nil), nil //nolint:nilerr // the worker died between cells; the cell says so
	}
	interrupt := ctx.Done()
	var tail tail
	for {
		select {
		case e, ok := <-p.events:
			switch {
			case !ok:
				return k.crashed(&tail), nil
			case e.message == nil:
				tail.add(e)
				show(Stream{Name: e.stream, Text: string(e.text)})
			case e.message.Kind == pipe.Done:
				return k.failure(e.message.Failure), nil
			case !(req.Silent && e.message.Kind == pipe.Result):
				show(output(e.message, count))
			}
		case <-interrupt:
			interrupt = nil
			p.requests.Write(&pipe.Message{Kind: pipe.Interrupt}) //nolint:errcheck // a dead worker shows in events
		}
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
	k.running.Lock()
	defer k.running.Unlock()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return nil
	}
	k.closed = true
	if k.process != nil {
		k.process.end()
	}
	return k.builder.close()
}

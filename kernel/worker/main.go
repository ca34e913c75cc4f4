package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"reflect"
	"sync"
	"syscall"

	"github.com/lectern-go/lectern/kernel/comm"
	"github.com/lectern-go/lectern/kernel/display"
	"github.com/lectern-go/lectern/kernel/exportdata"
	"github.com/lectern-go/lectern/kernel/worker/pipe"
)

// File descriptors of the worker's side of the pipes.
const (
	requestFD = 3
	messageFD = 4
)

// MarkVariable is the environment variable with the secret of the marks.
const MarkVariable = "LECTERN_WORKER_MARK"

// Config is what the program that holds the worker gives it.
type Config struct {
	// Exports returns the symbols of a package beyond the standard library
	// that cells may import, in the form of symbols.Exports. It may be nil.
	Exports func(path string) (map[string]map[string]reflect.Value, bool)
	// Packages returns the types of those packages. It may be nil.
	Packages func() *exportdata.Archive
	// Running, if not nil, is called before each cell with a context that is
	// cancelled when the cell is interrupted, and the cell's text.
	Running func(ctx context.Context, cell, source string)
	// Exit, if not nil, is called before the process ends in good order.
	Exit func()
}

// Main runs the worker until the front process closes its pipe or asks for the
// end. It returns an error if it was not started by a front process.
func Main(config Config) error {
	requests := os.NewFile(requestFD, "requests")
	messages := os.NewFile(messageFD, "messages")
	if _, err := messages.Stat(); err != nil {
		return errors.New("the worker is started by a kernel, not by hand")
	}
	syscall.CloseOnExec(requestFD)
	syscall.CloseOnExec(messageFD)
	if name := os.Getenv(ProgramVariable); name != "" {
		return runProgram(config, name, requests, messages)
	}
	// Interrupts come as requests; a Ctrl-C in the terminal is for the front.
	signal.Ignore(os.Interrupt)

	if err := limitMemory(); err != nil {
		return err
	}
	w := &worker{config: config, out: pipe.NewWriter(messages), secret: os.Getenv(MarkVariable)}
	w.owners.stopped = unwatched()
	os.Unsetenv(MarkVariable) //nolint:errcheck // it cannot fail for this name
	// Without it, cells read nothing: a Go whose os.File is another one.
	w.stdin, _ = newStdin(w.ask)
	w.session = newSession(w)
	display.SetSink(w.display)
	log.SetOutput(w.stderr())
	display.SetInput(w.ask)
	comm.Connect(w.sendComm)
	if err := w.send(&pipe.Message{Kind: pipe.Ready}); err != nil {
		return err
	}
	err := w.serve(pipe.NewReader(requests))
	if config.Exit != nil {
		config.Exit()
	}
	return err
}

type worker struct {
	config    Config
	out       *pipe.Writer
	secret    string
	sending   sync.Mutex // guards mark; keeps the marks in the order of the messages
	mark      uint64
	session   *session
	owners    owners
	stdin     *stdin // nil if cells have none
	questions questions
	mu        sync.Mutex
	run       *run                    // of the running cell, or nil
	running   context.Context         // of the running cell, or nil
	stop      context.CancelCauseFunc // interrupts the running cell, or nil
}

// serve answers requests until the pipe ends.
func (w *worker) serve(requests *pipe.Reader) error {
	for {
		m, err := requests.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read request: %w", err)
		}
		switch m.Kind {
		case pipe.Run:
			w.start(m.Cell, func(ctx context.Context) *pipe.Failure {
				if w.config.Running != nil {
					w.config.Running(ctx, m.Cell, m.Source)
				}
				return w.session.run(ctx, m.Program)
			})
		case pipe.CommOpen, pipe.CommMsg, pipe.CommClose:
			w.start("", func(ctx context.Context) *pipe.Failure { return w.receiveComm(ctx, m) })
		case pipe.Reply:
			w.questions.answer(m.Answer)
		case pipe.Interrupt:
			w.mu.Lock()
			if w.stop != nil {
				w.stop(errInterrupted)
			}
			w.mu.Unlock()
		case pipe.Exit:
			return nil
		}
	}
}

var errInterrupted = errors.New("interrupted")

// start runs one cell, or the handler of a comm, and reports its end.
func (w *worker) start(cell string, f func(context.Context) *pipe.Failure) {
	r := &run{cell: cell}
	ctx, cancel := context.WithCancelCause(context.Background())
	stop := func(why error) {
		w.owners.interrupt(r) // first: what the context sets free must not go on
		cancel(why)
	}
	w.mu.Lock()
	w.run, w.running, w.stop = r, ctx, stop
	w.mu.Unlock()
	go func() {
		var serving sync.WaitGroup
		if w.stdin != nil {
			w.stdin.begin()
			serving.Go(func() { w.stdin.serve(ctx, stop) })
		}
		w.owners.begin(r)
		failure := f(ctx)
		w.mu.Lock()
		cancel(nil)
		w.run, w.running, w.stop = nil, nil, nil
		w.mu.Unlock()
		serving.Wait()
		w.tell(&pipe.Message{Kind: pipe.Done, Failure: failure})
	}()
}

// tell sends a message; without a front process there is nobody left to work
// for.
func (w *worker) tell(m *pipe.Message) {
	if err := w.send(m); err != nil {
		os.Exit(1)
	}
}

// send marks both streams and sends the message.
func (w *worker) send(m *pipe.Message) error {
	w.sending.Lock()
	defer w.sending.Unlock()
	w.mark++
	m.Mark = w.mark
	mark := pipe.Mark(w.secret, m.Mark)
	// A cell may have closed its streams; then there is nothing to order.
	os.Stdout.Write(mark) //nolint:errcheck // see above
	os.Stderr.Write(mark) //nolint:errcheck // see above
	return w.out.Write(m)
}

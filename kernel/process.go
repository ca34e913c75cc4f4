package kernel

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/lectern-go/lectern/kernel/worker"
	"github.com/lectern-go/lectern/kernel/worker/pipe"
)

// process is a running worker and the pipes to it.
type process struct {
	cmd      *exec.Cmd
	requests *pipe.Writer
	reqFile  *os.File
	events   chan event
	done     chan struct{} // closed when the process has ended and its pipes are read
	err      error         // how the process ended; valid after done
}

// event is a piece of output or a message of the worker, in order.
type event struct {
	stream  string // "stdout" or "stderr" for text
	text    []byte
	message *pipe.Message
}

// startTimeout is how long a worker may take to say that it is ready.
const startTimeout = 30 * time.Second

// startProcess starts a worker and waits until it is ready.
func startProcess(ctx context.Context, config Config) (*process, error) {
	if len(config.Worker) == 0 {
		return nil, errors.New("start kernel: Config.Worker is empty: it names the command of the worker process")
	}
	p := &process{events: make(chan event, 64), done: make(chan struct{})}
	secret := rand.Text()
	reqR, reqW, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start kernel: %w", err)
	}
	msgR, msgW, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start kernel: %w", err)
	}
	p.cmd = exec.Command(config.Worker[0], config.Worker[1:]...)
	p.cmd.Dir = config.Dir
	p.cmd.Env = append(append(os.Environ(), config.Env...), worker.MarkVariable+"="+secret)
	p.cmd.ExtraFiles = []*os.File{reqR, msgW}
	setProcessGroup(p.cmd)
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start kernel: %w", err)
	}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		return nil, fmt.Errorf("start kernel: %w", err)
	}
	err = p.cmd.Start()
	reqR.Close()
	msgW.Close()
	if err != nil {
		reqW.Close()
		msgR.Close()
		return nil, fmt.Errorf("start kernel: worker %s: %w", config.Worker[0], err)
	}
	p.reqFile, p.requests = reqW, pipe.NewWriter(reqW)
	go p.read(stdout, stderr, msgR, secret)
	return p, p.awaitReady(ctx)
}

// awaitReady waits for the worker's first message.
func (p *process) awaitReady(ctx context.Context) error {
	timeout := time.After(startTimeout)
	var said strings.Builder
	for {
		select {
		case e, ok := <-p.events:
			switch {
			case !ok:
				return fmt.Errorf("start kernel: the worker ended at once: %w: %s", p.err, strings.TrimSpace(said.String()))
			case e.message == nil:
				said.Write(e.text)
			case e.message.Kind == pipe.Ready:
				return nil
			}
		case <-timeout:
			p.kill()
			return fmt.Errorf("start kernel: the worker was not ready after %v", startTimeout)
		case <-ctx.Done():
			p.kill()
			return ctx.Err()
		}
	}
}

// read brings text and messages into order until the worker ends, then closes
// events and done.
func (p *process) read(stdout, stderr, messages io.ReadCloser, secret string) {
	o := &ordering{process: p}
	o.changed.L = &o.mu
	var streams, all sync.WaitGroup
	streams.Go(func() { o.stream("stdout", stdout, secret, &o.stdout) })
	streams.Go(func() { o.stream("stderr", stderr, secret, &o.stderr) })
	all.Go(func() { o.messages(messages) })
	streams.Wait()
	all.Wait()
	p.err = p.cmd.Wait()
	messages.Close()
	close(p.events)
	close(p.done)
}

// ordering holds messages back until the streams have reached their marks, and
// the streams at their marks until the messages have passed.
type ordering struct {
	process        *process
	mu             sync.Mutex
	changed        sync.Cond
	stdout, stderr streamState
	sent           uint64 // the mark of the last message that was passed on
	over           bool   // there are no more messages
}

type streamState struct {
	mark uint64
	eof  bool
}

func (o *ordering) stream(name string, r io.Reader, secret string, state *streamState) {
	scanner := pipe.NewScanner(secret)
	text := func(b []byte) {
		o.process.events <- event{stream: name, text: append([]byte(nil), b...)}
	}
	mark := func(n uint64) {
		o.mu.Lock()
		state.mark = n
		o.changed.Broadcast()
		for o.sent < n && !o.over { // what follows the mark belongs behind the message
			o.changed.Wait()
		}
		o.mu.Unlock()
	}
	buf := make([]byte, 64<<10)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			scanner.Scan(buf[:n], text, mark)
		}
		if err != nil {
			break
		}
	}
	if rest := scanner.Rest(); len(rest) > 0 {
		text(rest)
	}
	o.mu.Lock()
	state.eof = true
	o.changed.Broadcast()
	o.mu.Unlock()
}

func (o *ordering) messages(r io.Reader) {
	defer func() {
		o.mu.Lock()
		o.over = true
		o.changed.Broadcast()
		o.mu.Unlock()
	}()
	reader := pipe.NewReader(r)
	for {
		m, err := reader.Read()
		if err != nil {
			if errors.Is(err, pipe.ErrFrame) { // the worker is not to be trusted any more
				o.process.kill()
			}
			return
		}
		o.mu.Lock()
		for !o.stdout.reached(m.Mark) || !o.stderr.reached(m.Mark) {
			o.changed.Wait()
		}
		o.mu.Unlock()
		o.process.events <- event{message: m}
		o.mu.Lock()
		o.sent = m.Mark
		o.changed.Broadcast()
		o.mu.Unlock()
	}
}

func (s *streamState) reached(mark uint64) bool { return s.eof || s.mark >= mark }

func (p *process) kill() {
	p.cmd.Process.Kill() //nolint:errcheck // it may have ended already
}

// exitTimeout is how long a worker may take to end in good order.
const exitTimeout = 5 * time.Second

// end asks the worker to end, and ends it if it does not.
func (p *process) end() {
	p.requests.Write(&pipe.Message{Kind: pipe.Exit}) //nolint:errcheck // it may have ended already
	p.reqFile.Close()
	go func() { // nobody waits for what it still says
		for range p.events { //nolint:revive // drained
		}
	}()
	select {
	case <-p.done:
	case <-time.After(exitTimeout):
		p.kill()
		<-p.done
	}
}

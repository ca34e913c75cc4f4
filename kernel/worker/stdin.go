package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lectern-go/lectern/kernel/display"
	"github.com/lectern-go/lectern/kernel/worker/pipe"
)

// errNoCell is what a goroutine gets that asks after its cell has ended.
var errNoCell = fmt.Errorf("%w: no cell is running", display.ErrNoInput)

// questions puts questions to the front end and takes the answers.
type questions struct {
	asking  sync.Mutex // one question at a time
	mu      sync.Mutex // guards what follows
	number  int        // of the last question
	answers chan *pipe.Answer
}

// ask asks the front end for a line on behalf of the running cell.
func (w *worker) ask(prompt string, password bool) (string, error) {
	w.questions.asking.Lock()
	defer w.questions.asking.Unlock()
	w.mu.Lock()
	ctx := w.running
	w.mu.Unlock()
	if ctx == nil {
		return "", errNoCell
	}
	q := &w.questions
	q.mu.Lock()
	q.number++
	answers := make(chan *pipe.Answer, 1)
	q.answers = answers
	question := &pipe.Question{Number: q.number, Prompt: prompt, Password: password}
	q.mu.Unlock()
	w.tell(&pipe.Message{Kind: pipe.Ask, Question: question})
	select {
	case a := <-answers:
		switch {
		case a.EOF:
			return "", io.EOF
		case a.Refused != "":
			return "", fmt.Errorf("%w: %s", display.ErrNoInput, a.Refused)
		}
		return a.Line, nil
	case <-ctx.Done():
		w.owners.check()
		return "", context.Cause(ctx)
	}
}

// answer passes an answer on, unless its question is not waited for any more.
func (q *questions) answer(a *pipe.Answer) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if a.Number == q.number && q.answers != nil {
		q.answers <- a
		q.answers = nil
	}
}

// stdin is the standard input of cells: a pipe that is filled with the front
// end's answers, a line whenever somebody waits for one.
type stdin struct {
	ask     func(prompt string, password bool) (string, error)
	r, w    *os.File
	lock    *uint64     // of r; a bit of it says that somebody reads
	writing atomic.Bool // an answer is on its way into the pipe
	eof     bool        // the front end has ended the input; guarded by the cells running one at a time
	left    []*os.File
}

// readLocked is the bit of an os.File's lock that is set while a Read runs.
// Source: internal/poll/fd_mutex.go, mutexRLock.
const readLocked = 1 << 1

// pollEvery is how often a running cell is looked at: does it wait for input?
const pollEvery = 5 * time.Millisecond

func newStdin(ask func(string, bool) (string, error)) (*stdin, error) {
	s := &stdin{ask: ask}
	if err := s.renew(); err != nil {
		return nil, err
	}
	return s, nil
}

// renew makes a new pipe. Whoever waits for the old one waits for ever, so its
// ends stay open.
func (s *stdin) renew() error {
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("standard input: %w", err)
	}
	lock, err := fileLock(r)
	if err != nil {
		r.Close()
		w.Close()
		return err
	}
	if s.r == nil || os.Stdin == s.r { // else a cell has put something in its place
		os.Stdin = r
	}
	if s.r != nil && !s.eof {
		s.left = append(s.left, s.r, s.w)
	}
	s.r, s.w, s.lock, s.eof = r, w, lock, false
	s.writing.Store(false)
	return nil
}

// fileLock finds the state of a file's lock. That is the one place which tells
// that code, of whatever library, is inside a Read of the file.
func fileLock(f *os.File) (lock *uint64, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("standard input: os.File of this Go is another one: %v", p)
		}
	}()
	descriptor := field(field(reflect.ValueOf(f), "file"), "pfd")
	mutex := field(descriptor.Addr(), "fdmu")
	return field(mutex.Addr(), "state").Addr().Interface().(*uint64), nil
}

// waiting reports whether somebody reads and there is nothing to be read.
func (s *stdin) waiting() bool {
	return !s.writing.Load() && atomic.LoadUint64(s.lock)&readLocked != 0 && s.available() == 0
}

// available returns how many bytes can be read, or -1 if the pipe is closed.
func (s *stdin) available() int {
	n := -1
	if conn, err := s.r.SyscallConn(); err == nil {
		conn.Control(func(fd uintptr) { //nolint:errcheck // n then says that it is closed
			n, err = unix.IoctlGetInt(int(fd), inputQueue)
			if err != nil {
				n = -1
			}
		})
	}
	return n
}

// begin prepares the input for a cell: what an earlier one left unread is not
// for this one, and nor is a question that an earlier one waits for.
func (s *stdin) begin() {
	if !s.writing.Load() {
		n := s.available()
		if n == 0 && !s.eof && !s.waiting() || n > 0 && s.drain() {
			return
		}
	}
	if err := s.renew(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// drain reads what there is without waiting.
func (s *stdin) drain() bool {
	conn, err := s.r.SyscallConn()
	if err != nil {
		return false
	}
	buf := make([]byte, 4096)
	return conn.Read(func(fd uintptr) bool {
		for {
			if n, err := syscall.Read(int(fd), buf); n <= 0 || err != nil {
				return true
			}
		}
	}) == nil
}

// write fills the pipe in the background: the text may be too long for it.
func (s *stdin) write(text string) {
	w := s.w
	s.writing.Store(true)
	go func() {
		w.WriteString(text) //nolint:errcheck // the cell may have closed its input
		s.writing.Store(false)
	}()
}

// serve asks for a line whenever the cell waits for one, until ctx ends. refuse
// is called if nobody answers.
func (s *stdin) serve(ctx context.Context, refuse func(error)) {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	seen := 0 // how often in succession the cell was seen waiting
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if !s.waiting() {
			seen = 0
			continue
		}
		if seen++; seen < 2 { // it may be about to return with the last there was
			continue
		}
		seen = 0
		line, err := s.ask("", false)
		switch {
		case err == nil:
			s.write(line + "\n")
		case errors.Is(err, io.EOF):
			s.eof = true
			s.w.Close()
			return
		default:
			refuse(err)
			return
		}
	}
}

package track

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lectern-go/lectern/experiments"
)

// Run records one run. Its methods are safe for concurrent use. Logging does
// not wait for the store unless the buffer is full.
type Run struct {
	tracker *Tracker
	session Session
	store   experiments.Store
	id      string

	mu      sync.Mutex
	room    *sync.Cond // signalled when the buffer has been taken
	metrics []experiments.Metric
	params  []experiments.Param
	tags    []experiments.Tag
	ended   bool

	disabled atomic.Bool   // nothing can be stored any more
	kick     chan struct{} // something has been logged
	full     chan struct{} // half of the buffer is full
	flushes  chan flush
	stopped  chan struct{} // closed when the worker has returned

	worker worker
	end    sync.Once
	endErr error
}

// flush asks the worker to commit everything logged so far; last ends it.
type flush struct {
	done chan error
	last bool
}

func (r *Run) init() {
	r.room = sync.NewCond(&r.mu)
	r.kick = make(chan struct{}, 1)
	r.full = make(chan struct{}, 1)
	r.flushes = make(chan flush)
	r.stopped = make(chan struct{})
	r.worker.run = r
}

// disable makes a run that records nothing, for the reason given.
func (r *Run) disable(reason error) {
	r.disabled.Store(true)
	r.ended = true
	r.endErr = fmt.Errorf("run not recorded: %w", reason)
	r.end.Do(func() {})
	r.tracker.warn(r.endErr)
}

// ID returns the run's id.
func (r *Run) ID() string { return r.id }

// LogParams adds hyper-parameters. A param that exists with another value is
// an error, which End returns.
func (r *Run) LogParams(params []Param) {
	r.mu.Lock()
	if !r.ended {
		for _, p := range params {
			r.params = append(r.params, experiments.Param(p))
		}
	}
	r.mu.Unlock()
	wake(r.kick)
}

// SetTag sets a tag.
func (r *Run) SetTag(key, value string) {
	r.mu.Lock()
	if !r.ended {
		r.tags = append(r.tags, experiments.Tag{Key: key, Value: value})
	}
	r.mu.Unlock()
	wake(r.kick)
}

// LogMetrics adds the values measured at a step. It does not keep metrics.
func (r *Run) LogMetrics(step int64, metrics []Metric) {
	now := time.Now().UnixMilli()
	r.mu.Lock()
	first := len(r.metrics) == 0
	for i := range metrics {
		if len(r.metrics) >= r.tracker.buffer() && !r.waitForRoom() {
			break
		}
		r.metrics = append(r.metrics, experiments.Metric{Key: metrics[i].Key, Value: metrics[i].Value, Timestamp: now, Step: step})
	}
	n := len(r.metrics)
	r.mu.Unlock()
	r.notify(first, n)
}

// Log adds one value measured at a step.
func (r *Run) Log(step int64, key string, value float64) {
	now := time.Now().UnixMilli()
	r.mu.Lock()
	first := len(r.metrics) == 0
	if len(r.metrics) < r.tracker.buffer() || r.waitForRoom() {
		r.metrics = append(r.metrics, experiments.Metric{Key: key, Value: value, Timestamp: now, Step: step})
	}
	n := len(r.metrics)
	r.mu.Unlock()
	r.notify(first, n)
}

func (r *Run) notify(first bool, n int) {
	if first {
		wake(r.kick)
	}
	if n >= r.tracker.buffer()/2 {
		wake(r.full)
	}
}

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// waitForRoom waits, with r.mu held, until the buffer has room, and reports
// false if nothing more can be stored.
func (r *Run) waitForRoom() bool {
	for len(r.metrics) >= r.tracker.buffer() && !r.ended {
		wake(r.full)
		r.room.Wait()
		wake(r.kick) // for what is appended now to the new buffer
	}
	return !r.ended
}

// PutArtifact stores a file with the run and returns when it is stored.
func (r *Run) PutArtifact(path string, data []byte) error {
	if r.disabled.Load() {
		return r.endErr
	}
	_, err := r.store.PutArtifact(context.Background(), r.id, path, data)
	return err
}

// Flush returns when everything logged before is stored, or with the reason
// why it is not.
func (r *Run) Flush() error {
	if r.disabled.Load() {
		return r.endErr
	}
	return r.flush(false)
}

func (r *Run) flush(last bool) error {
	f := flush{done: make(chan error, 1), last: last}
	select {
	case r.flushes <- f:
		return <-f.done
	case <-r.stopped:
		return r.endErr
	}
}

// End closes the run: FINISHED if err is nil, KILLED if it is a cancelled
// context, else FAILED, with the error as the tag lectern.error. It returns
// what could not be stored. Calls after the first return the same.
func (r *Run) End(err error) error {
	r.end.Do(func() { r.endErr = r.finish(err) })
	return r.endErr
}

// EndWith ends the run with *err as it is then, or as failed if the function
// that defers it panics; it adds to *err what could not be stored.
//
//	func train() (err error) {
//		run, err := track.Start(...)
//		...
//		defer run.EndWith(&err)
func (r *Run) EndWith(err *error) {
	if p := recover(); p != nil {
		if e := r.End(fmt.Errorf("panic: %v", p)); e != nil {
			r.tracker.warn(e)
		}
		panic(p)
	}
	*err = errors.Join(*err, r.End(*err))
}

func (r *Run) finish(reason error) error {
	defer r.tracker.remove(r)
	if reason != nil && !errors.Is(reason, context.Canceled) {
		r.SetTag(experiments.TagError, cutText(reason.Error(), experiments.MaxTagValue))
	}
	err := r.flush(true)
	r.mu.Lock()
	r.ended = true
	r.mu.Unlock()
	r.room.Broadcast()
	<-r.stopped
	update := experiments.RunUpdate{Status: experiments.Finished, EndTime: time.Now().UnixMilli()}
	switch {
	case errors.Is(reason, context.Canceled):
		update.Status = experiments.Killed
	case reason != nil:
		update.Status = experiments.Failed
	}
	update.Heartbeat = update.EndTime
	return errors.Join(err, r.store.UpdateRun(context.Background(), r.id, update))
}

func (t *Tracker) buffer() int {
	if t.Buffer > 0 {
		return t.Buffer
	}
	return DefaultBuffer
}

func (t *Tracker) interval() time.Duration {
	if t.Interval > 0 {
		return t.Interval
	}
	return DefaultInterval
}

func cutText(s string, n int) string { return s[:min(n, len(s))] }

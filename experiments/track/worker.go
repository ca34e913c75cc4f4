package track

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lectern-go/lectern/experiments"
)

// retryFor is how long a run that ends keeps trying a store that is full or
// locked, and retryEvery how long it waits in between.
const (
	retryFor   = 3 * time.Second
	retryEvery = 250 * time.Millisecond
)

// worker commits what a run logs. All of it belongs to the goroutine of work.
type worker struct {
	run     *Run
	spare   []experiments.Metric // the buffer to swap in
	unsaved []experiments.Metric // what the store could not take yet
	lost    int64                // points given up
	err     error                // the first failure that lost something
	warned  map[experiments.Code]bool
	texts   map[string]string // of the session, as stored last
}

// work commits until the run ends.
func (r *Run) work() {
	defer close(r.stopped)
	w := &r.worker
	found := collectFacts() // nil once they are stored
	heartbeat := time.NewTicker(experiments.HeartbeatInterval)
	defer heartbeat.Stop()
	system := time.NewTimer(systemAfter)
	defer system.Stop()
	var measured *sampler
	for {
		select {
		case <-r.kick:
			w.gather()
		case <-r.full:
			w.commit()
		case f := <-found:
			found = nil
			w.storeFacts(f)
			w.storeSession()
		case <-heartbeat.C:
			w.heartbeat()
		case now := <-system.C:
			if measured == nil {
				measured = newSampler()
			} else {
				w.commitMetrics(measured.sample(now))
			}
			system.Reset(systemEvery)
		case f := <-r.flushes:
			w.commit()
			if f.last {
				if found != nil {
					w.storeFacts(<-found)
				}
				w.storeSession()
				w.finish()
			}
			f.done <- w.report()
			if f.last {
				return
			}
		}
	}
}

// gather waits until the oldest point has waited long enough, or many points
// have come, and commits.
func (w *worker) gather() {
	timer := time.NewTimer(w.run.tracker.interval())
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-w.run.full:
	}
	w.commit()
}

// commit stores everything logged so far.
func (w *worker) commit() {
	r := w.run
	r.mu.Lock()
	metrics, params, tags := r.metrics, r.params, r.tags
	r.metrics, r.params, r.tags = w.spare[:0], nil, nil
	r.mu.Unlock()
	r.room.Broadcast()
	w.spare = metrics
	for _, p := range params { // one by one: one that conflicts must not spoil the others
		w.check(r.store.LogBatch(context.Background(), r.id, experiments.Batch{Params: []experiments.Param{p}}), 0)
	}
	if len(tags) > 0 {
		w.check(r.store.LogBatch(context.Background(), r.id, experiments.Batch{Tags: tags}), 0)
	}
	w.commitMetrics(metrics)
}

func (w *worker) commitMetrics(metrics []experiments.Metric) {
	if len(w.unsaved) > 0 {
		w.unsaved = append(w.unsaved, metrics...)
		metrics = w.unsaved
	}
	if len(metrics) == 0 {
		return
	}
	err := w.log(metrics)
	if experiments.ErrorCode(err) == experiments.CodeInvalid {
		w.check(err, 0)
		valid := validMetrics(metrics)
		w.lost += int64(len(metrics) - len(valid))
		metrics = valid
		err = w.log(metrics)
	}
	switch experiments.ErrorCode(err) {
	case "":
		w.unsaved = nil
	case experiments.CodeFull, experiments.CodeUnavailable:
		w.keep(metrics, err)
	default:
		w.unsaved = nil
		w.check(err, int64(len(metrics)))
	}
}

func (w *worker) log(metrics []experiments.Metric) error {
	return w.run.store.LogBatch(context.Background(), w.run.id, experiments.Batch{Metrics: metrics})
}

// keep holds points that a full or locked store may take later, as many as fit
// in memory that is bounded too.
func (w *worker) keep(metrics []experiments.Metric, err error) {
	limit := 8 * w.run.tracker.buffer()
	if len(w.unsaved) == 0 {
		metrics = append([]experiments.Metric{}, metrics...)
	}
	w.unsaved = metrics
	if over := len(metrics) - limit; over > 0 {
		w.unsaved = metrics[:limit]
		w.check(err, int64(over))
		return
	}
	w.warn(err)
}

// validMetrics returns those that a store takes.
func validMetrics(metrics []experiments.Metric) []experiments.Metric {
	valid := make([]experiments.Metric, 0, len(metrics))
	ok := map[string]bool{}
	for _, m := range metrics {
		good, known := ok[m.Key]
		if !known {
			good = experiments.CheckKey("log", "metric", m.Key) == nil
			ok[m.Key] = good
		}
		if good {
			valid = append(valid, m)
		}
	}
	return valid
}

// check notes a failure that lost something: n points, if any.
func (w *worker) check(err error, n int64) {
	if err == nil {
		return
	}
	w.lost += n
	if w.err == nil {
		w.err = err
	}
	w.warn(err)
}

// warn reports a failure, once for each kind.
func (w *worker) warn(err error) {
	code := experiments.ErrorCode(err)
	if w.warned[code] {
		return
	}
	if w.warned == nil {
		w.warned = map[experiments.Code]bool{}
	}
	w.warned[code] = true
	w.run.tracker.warn(fmt.Errorf("run %s: %w; training goes on", w.run.id, err))
}

// finish tries again what the store has not taken, for a while.
func (w *worker) finish() {
	deadline := time.Now().Add(retryFor)
	for len(w.unsaved) > 0 && time.Now().Before(deadline) {
		time.Sleep(retryEvery)
		w.commitMetrics(nil)
	}
	if n := len(w.unsaved); n > 0 {
		w.unsaved = nil
		w.check(experiments.Errorf(experiments.CodeUnavailable, "log", "the store did not take the last points"), int64(n))
	}
	if w.lost > 0 { // if the store works again, the run should say so
		tag := experiments.Tag{Key: experiments.TagLost, Value: fmt.Sprintf("%d points not stored: %v", w.lost, w.err)}
		_ = w.run.store.LogBatch(context.Background(), w.run.id, experiments.Batch{Tags: []experiments.Tag{tag}})
	}
}

// report returns what has been lost so far, or is not stored yet.
func (w *worker) report() error {
	switch {
	case w.lost > 0:
		return fmt.Errorf("run %s: %d points not stored: %w", w.run.id, w.lost, w.err)
	case w.err != nil:
		return fmt.Errorf("run %s: %w", w.run.id, w.err)
	case len(w.unsaved) > 0:
		return fmt.Errorf("run %s: %w", w.run.id, errors.New("the store is full or locked; points wait in memory"))
	}
	return nil
}

// heartbeat gives a sign of life, and another chance to points that wait.
func (w *worker) heartbeat() {
	w.commitMetrics(nil)
	update := experiments.RunUpdate{Heartbeat: time.Now().UnixMilli()}
	if err := w.run.store.UpdateRun(context.Background(), w.run.id, update); err != nil {
		w.warn(err)
	}
}

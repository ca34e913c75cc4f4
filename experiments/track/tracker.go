package track

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/open"
)

// Defaults of a [Tracker].
const (
	DefaultInterval = 50 * time.Millisecond
	DefaultBuffer   = 1 << 17
)

// Session says what surrounds the runs of a process. Empty fields come from
// the environment.
type Session struct {
	DB         string   // path or URI of the store
	Experiment string   // name
	Parent     string   // id of the run to nest runs in
	Notebook   string   // path of what runs, for a notebook
	Command    []string // what repeats it

	// Source returns the source of the cells run so far, and Output what they
	// have printed. They are called when a run starts and when it ends, from
	// any goroutine. Both may be nil.
	Source, Output func() string
}

// Tracker records runs. The zero value writes where the environment says. Its
// methods are safe for concurrent use; its fields must not change after the
// first run has started.
type Tracker struct {
	// Store is used instead of the session's if it is not nil. Close does not
	// close it.
	Store experiments.Store
	// Interval is the longest time that a logged point waits for its commit;
	// 0 means DefaultInterval.
	Interval time.Duration
	// Buffer is the number of points that a run holds in memory before
	// logging waits for the store; 0 means DefaultBuffer.
	Buffer int
	// Warn is told of failures as they happen; nil prints a line to standard
	// error.
	Warn func(error)
	// KeepSignals leaves Ctrl-C and SIGTERM alone. Otherwise, while a run is
	// active whose context cannot be cancelled, they commit and end all runs
	// before they end the process.
	KeepSignals bool

	mu      sync.Mutex
	session Session
	stores  map[string]experiments.Store // by URI
	active  map[*Run]bool
	signals signals
}

var defaultTracker Tracker

// SetSession says what surrounds the runs that start from now on in the
// default tracker. A process that runs cells calls it once at its start.
func SetSession(s Session) { defaultTracker.SetSession(s) }

// Close ends the runs that are active in the default tracker as killed and
// closes its stores. A process calls it before it exits.
func Close() error { return defaultTracker.Close() }

// SetSession says what surrounds the runs that start from now on.
func (t *Tracker) SetSession(s Session) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.session = s
}

// Start starts a run; see the function [Start].
func (t *Tracker) Start(ctx context.Context, info RunInfo) (*Run, error) {
	session := t.currentSession()
	run, err := newRun(session, info)
	if err != nil {
		return nil, err
	}
	r := &Run{tracker: t, session: session, id: run.ID}
	r.init()
	store, err := t.store(session.DB)
	if err == nil {
		r.store = store
		run, err = createRun(ctx, store, session.Experiment, run)
	}
	if err != nil {
		if experiments.ErrorCode(err) == experiments.CodeInvalid || ctx.Err() != nil {
			return nil, err
		}
		r.disable(err)
		return r, nil
	}
	t.add(r, ctx)
	go r.work()
	return r, nil
}

// currentSession returns the session with what the environment adds.
func (t *Tracker) currentSession() Session {
	t.mu.Lock()
	s := t.session
	t.mu.Unlock()
	s.DB = open.Locate(s.DB, ".")
	fill := func(field *string, variable, otherwise string) {
		if *field == "" {
			*field = os.Getenv(variable)
		}
		if *field == "" {
			*field = otherwise
		}
	}
	fill(&s.Experiment, "LECTERN_EXPERIMENT", experiments.DefaultExperiment)
	fill(&s.Parent, "LECTERN_PARENT_RUN", "")
	fill(&s.Notebook, "LECTERN_NOTEBOOK", "")
	if s.Command == nil {
		// A command that does not parse is not worth stopping training for.
		_ = json.Unmarshal([]byte(os.Getenv("LECTERN_COMMAND")), &s.Command)
	}
	return s
}

// newRun returns the run to create.
func newRun(s Session, info RunInfo) (experiments.Run, error) {
	run := experiments.Run{
		ID:        experiments.NewRunID(),
		Name:      info.Name,
		User:      userName(),
		StartTime: time.Now().UnixMilli(),
	}
	run.Heartbeat = run.StartTime
	seeded := false
	for _, p := range info.Params {
		run.Params = append(run.Params, experiments.Param(p))
		seeded = seeded || p.Key == "seed"
	}
	if !seeded {
		run.Params = append(run.Params, experiments.Param{Key: "seed", Value: strconv.FormatUint(info.Seed, 10)})
	}
	run.Tags = append(run.Tags, sourceTags(s)...)
	for _, tag := range info.Tags {
		run.Tags = append(run.Tags, experiments.Tag(tag))
	}
	return run, experiments.CheckBatch("start run", experiments.Batch{Params: run.Params, Tags: run.Tags})
}

// createRun stores a new run and, if need be, its experiment.
func createRun(ctx context.Context, store experiments.Store, experiment string, run experiments.Run) (experiments.Run, error) {
	e, err := store.ExperimentByName(ctx, experiment)
	if experiments.ErrorCode(err) == experiments.CodeNotFound {
		e, err = store.CreateExperiment(ctx, experiment)
		if experiments.ErrorCode(err) == experiments.CodeExists { // another process was faster
			e, err = store.ExperimentByName(ctx, experiment)
		}
	}
	if err != nil {
		return run, err
	}
	run.ExperimentID = e.ID
	return store.CreateRun(ctx, run)
}

// store returns the open store of a URI. A database whose file was deleted is
// opened anew.
func (t *Tracker) store(uri string) (experiments.Store, error) {
	if t.Store != nil {
		return t.Store, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := t.stores[uri]; s != nil {
		if path, err := open.Path(uri); err != nil || exists(path) {
			return s, nil
		}
		t.warn(fmt.Errorf("track: %s was deleted; its runs are gone", uri))
		delete(t.stores, uri) // runs that still write to it keep it
	}
	s, err := open.Store(uri)
	if err != nil {
		return nil, err
	}
	if t.stores == nil {
		t.stores = map[string]experiments.Store{}
	}
	t.stores[uri] = s
	return s, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (t *Tracker) add(r *Run, ctx context.Context) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.active == nil {
		t.active = map[*Run]bool{}
	}
	t.active[r] = true
	if !t.KeepSignals && ctx.Done() == nil {
		t.signals.catch(t)
	}
}

func (t *Tracker) remove(r *Run) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.active, r)
	if len(t.active) == 0 {
		t.signals.release()
	}
}

// endAll ends the active runs with the reason given.
func (t *Tracker) endAll(reason error) error {
	t.mu.Lock()
	runs := make([]*Run, 0, len(t.active))
	for r := range t.active {
		runs = append(runs, r)
	}
	t.mu.Unlock()
	var errs []error
	for _, r := range runs {
		errs = append(errs, r.End(reason))
	}
	return errors.Join(errs...)
}

// Close ends the active runs as killed and closes the stores that the tracker
// opened.
func (t *Tracker) Close() error {
	err := t.endAll(context.Canceled)
	t.mu.Lock()
	defer t.mu.Unlock()
	for uri, s := range t.stores {
		err = errors.Join(err, s.Close())
		delete(t.stores, uri)
	}
	return err
}

func (t *Tracker) warn(err error) {
	if t.Warn != nil {
		t.Warn(err)
		return
	}
	fmt.Fprintf(os.Stderr, "track: %v\n", err)
}

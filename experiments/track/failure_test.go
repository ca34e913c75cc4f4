package track

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/sqlite"
)

// failingStore fails as a full disk, a read-only file, … do.
type failingStore struct {
	experiments.Store
	mu   sync.Mutex
	fail error // what LogBatch returns for metrics
}

func (s *failingStore) set(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = err
}

func (s *failingStore) LogBatch(ctx context.Context, id string, b experiments.Batch) error {
	s.mu.Lock()
	fail := s.fail
	s.mu.Unlock()
	if fail != nil && len(b.Metrics) > 0 {
		return fail
	}
	return s.Store.LogBatch(ctx, id, b)
}

func failing(t *testing.T, buffer int) (*Tracker, *failingStore, *[]error) {
	t.Helper()
	_, store := testTracker(t)
	f := &failingStore{Store: store}
	var mu sync.Mutex
	warned := new([]error)
	tracker := &Tracker{Store: f, Buffer: buffer, Interval: time.Millisecond, KeepSignals: true, Warn: func(err error) {
		mu.Lock()
		defer mu.Unlock()
		*warned = append(*warned, err)
	}}
	return tracker, f, warned
}

// TestFullDiskPasses fills the store, goes on logging, makes room, and finds
// every point.
func TestFullDiskPasses(t *testing.T) {
	tracker, store, warned := failing(t, 1000)
	run, err := tracker.Start(context.Background(), RunInfo{Name: "n"})
	if err != nil {
		t.Fatal(err)
	}
	store.set(experiments.Errorf(experiments.CodeFull, "log", "the disk is full"))
	for step := range int64(4000) {
		run.Log(step, "loss", float64(step))
	}
	if err := run.Flush(); err == nil {
		t.Error("Flush says that all is stored, and the disk is full")
	}
	store.set(nil)
	if err := run.End(nil); err != nil {
		t.Fatalf("End: %v", err)
	}
	got, err := store.Run(context.Background(), run.ID())
	if err != nil {
		t.Fatal(err)
	}
	if m, _ := got.Metric("loss"); m.Count != 4000 {
		t.Errorf("got %d points, want 4000", m.Count)
	}
	if len(*warned) != 1 || !strings.Contains((*warned)[0].Error(), "disk is full") {
		t.Errorf("warned %v, want once of the full disk", *warned)
	}
}

// TestFailuresDoNotStopTraining logs into a store that takes nothing.
func TestFailuresDoNotStopTraining(t *testing.T) {
	for _, code := range []experiments.Code{experiments.CodeFull, experiments.CodePermission, experiments.CodeDamaged} {
		t.Run(string(code), func(t *testing.T) {
			t.Parallel()
			tracker, store, warned := failing(t, 100)
			run, err := tracker.Start(context.Background(), RunInfo{Name: "n"})
			if err != nil {
				t.Fatal(err)
			}
			store.set(experiments.Errorf(code, "log", "it does not work"))
			for step := range int64(5000) {
				run.Log(step, "loss", 1)
			}
			err = run.End(nil)
			if experiments.ErrorCode(err) != code && experiments.ErrorCode(err) != experiments.CodeUnavailable ||
				!strings.Contains(err.Error(), "5000 points not stored") {
				t.Errorf("End: got %v, want 5000 points not stored", err)
			}
			if len(*warned) == 0 {
				t.Error("nothing was said while training went on")
			}
			got, err := store.Run(context.Background(), run.ID())
			if err != nil || got.Status != experiments.Finished || !strings.HasPrefix(got.Tag(experiments.TagLost), "5000 points") {
				t.Errorf("the run: got %s, lost %q, %v, want FINISHED, with the loss", got.Status, got.Tag(experiments.TagLost), err)
			}
		})
	}
}

func TestStoreThatDoesNotOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "text.db")
	if err := os.WriteFile(path, []byte("this is a text, and it is long enough to be read as a database header …………"), 0o666); err != nil {
		t.Fatal(err)
	}
	said := 0
	tracker := &Tracker{Warn: func(error) { said++ }}
	tracker.SetSession(Session{DB: path})
	run, err := tracker.Start(context.Background(), RunInfo{Name: "n"})
	if err != nil {
		t.Fatalf("training would stop: %v", err)
	}
	run.LogMetrics(1, []Metric{{"loss", 1}})
	run.LogParams([]Param{{"a", "b"}})
	run.SetTag("a", "b")
	if err := errors.Join(run.Flush(), run.PutArtifact("a", nil)); err == nil {
		t.Error("Flush and PutArtifact say that something is stored")
	}
	if err := run.End(nil); experiments.ErrorCode(err) != experiments.CodeDamaged || said != 1 {
		t.Errorf("End: got %v after %d warnings, want %s after 1", err, said, experiments.CodeDamaged)
	}
}

func TestEndings(t *testing.T) {
	tracker, store := testTracker(t)
	for name, c := range map[string]struct {
		reason error
		want   experiments.Status
	}{
		"nil": {nil, experiments.Finished}, "cancelled": {fmt.Errorf("epoch 3: %w", context.Canceled), experiments.Killed},
		"failed": {errors.New("loss is NaN"), experiments.Failed},
	} {
		run, err := tracker.Start(context.Background(), RunInfo{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(run.End(c.reason), run.End(nil)); err != nil {
			t.Fatal(err)
		}
		run.Log(1, "late", 1) // after the end: ignored
		got, err := store.Run(context.Background(), run.ID())
		if err != nil || got.Status != c.want || got.EndTime == 0 || len(got.Metrics) > 0 {
			t.Errorf("%s: got %s, end %d, %d metrics, %v, want %s", name, got.Status, got.EndTime, len(got.Metrics), err, c.want)
		}
		if c.want == experiments.Failed && got.Tag(experiments.TagError) != "loss is NaN" {
			t.Errorf("got the error %q", got.Tag(experiments.TagError))
		}
	}
}

func TestPanic(t *testing.T) {
	tracker, store := testTracker(t)
	var id string
	func() {
		defer func() {
			if p := recover(); p != "boom" {
				t.Errorf("recovered %v, want boom", p)
			}
		}()
		train := func() (err error) {
			run, err := tracker.Start(context.Background(), RunInfo{Name: "n"})
			if err != nil {
				return err
			}
			id = run.ID()
			defer run.EndWith(&err)
			run.Log(1, "loss", 0.5)
			panic("boom")
		}
		t.Error("train returned", train())
	}()
	got, err := store.Run(context.Background(), id)
	if err != nil || got.Status != experiments.Failed || got.Tag(experiments.TagError) != "panic: boom" || len(got.Metrics) != 1 {
		t.Errorf("got %+v, %v, want FAILED by the panic, with the metric", got, err)
	}
}

func TestBadInput(t *testing.T) {
	tracker, store := testTracker(t)
	if _, err := tracker.Start(context.Background(), RunInfo{Params: []Param{{"a", "1"}, {"a", "2"}}}); err == nil {
		t.Error("a param given twice: got no error")
	}
	run, err := tracker.Start(context.Background(), RunInfo{Name: "n", Params: []Param{{"lr", "1"}}})
	if err != nil {
		t.Fatal(err)
	}
	run.LogMetrics(1, []Metric{{"good", 1}, {"bad|key", 2}, {"also good", 3}})
	run.LogParams([]Param{{"lr", "2"}, {"new", "x"}})
	err = run.End(nil)
	if err == nil || !strings.Contains(err.Error(), "1 points not stored") {
		t.Errorf("End: got %v, want 1 point not stored", err)
	}
	got, err := store.Run(context.Background(), run.ID())
	if err != nil || len(got.Metrics) != 2 {
		t.Errorf("got %d metrics, %v, want the 2 good ones", len(got.Metrics), err)
	}
	if _, ok := got.Param("new"); !ok {
		t.Error("a param that conflicts spoiled another")
	}
}

// TestConcurrentLogging logs from several goroutines through a small buffer:
// back-pressure drops nothing.
func TestConcurrentLogging(t *testing.T) {
	_, store := testTracker(t)
	tracker := &Tracker{Store: store, Buffer: 64, KeepSignals: true}
	run, err := tracker.Start(context.Background(), RunInfo{Name: "n"})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for step := range int64(3000) {
				run.LogMetrics(step, []Metric{{fmt.Sprint("m", g), float64(step)}, {"shared", 1}})
			}
		})
	}
	wg.Wait()
	if err := run.End(nil); err != nil {
		t.Fatal(err)
	}
	got, err := store.Run(context.Background(), run.ID())
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]int64{"m0": 3000, "m3": 3000, "shared": 12000} {
		if m, _ := got.Metric(key); m.Count != want {
			t.Errorf("%s: got %d points, want %d", key, m.Count, want)
		}
	}
}

func TestSampler(t *testing.T) {
	metrics := newSampler().sample(time.Now())
	if len(metrics) == 0 {
		t.Skip("this machine tells nothing about itself")
	}
	for _, m := range metrics {
		if m.Value < 0 || m.Step != 0 || experiments.CheckKey("", "metric", m.Key) != nil {
			t.Errorf("got %+v", m)
		}
	}
}

// signalled, set in the environment, makes this test program one that logs
// until it is told to stop.
const signalled = "LECTERN_TEST_SIGNALLED"

func TestMain(m *testing.M) {
	if path := os.Getenv(signalled); path != "" {
		SetSession(Session{DB: path})
		run, err := Start(context.Background(), RunInfo{Name: "signalled"})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		for step := int64(0); ; step++ {
			run.Log(step, "loss", 1)
			if step == 1000 {
				fmt.Println(run.ID()) // the parent sends the signal now
			}
			time.Sleep(10 * time.Microsecond)
		}
	}
	os.Exit(m.Run())
}

// TestSignal interrupts a program that knows nothing of signals: its run is
// ended, and it dies of the signal.
func TestSignal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lectern.db")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), signalled+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var id string
	if _, err := fmt.Fscan(out, &id); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "interrupt") {
		t.Errorf("the program ended with %v, want signal: interrupt", err)
	}
	store, err := sqlite.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	got, err := store.Run(context.Background(), id)
	if err = errors.Join(err, store.Close()); err != nil {
		t.Fatal(err)
	}
	if m, _ := got.Metric("loss"); got.Status != experiments.Killed || m.Count < 1001 || m.Count != m.Last.Step+1 {
		t.Errorf("got %s with %d points up to step %d, want KILLED with all of 1001 or more", got.Status, m.Count, m.Last.Step)
	}
}

func TestMissingHeartbeat(t *testing.T) {
	now := time.Now()
	for _, c := range []struct {
		run  experiments.Run
		want experiments.Status
	}{
		{experiments.Run{Status: experiments.Running, Heartbeat: now.UnixMilli() - 1000}, experiments.Running},
		{experiments.Run{Status: experiments.Running, Heartbeat: now.UnixMilli() - 31_000}, experiments.Killed},
		{experiments.Run{Status: experiments.Running}, experiments.Running},
		{experiments.Run{Status: experiments.Finished, Heartbeat: 1}, experiments.Finished},
	} {
		if got := c.run.State(now); got != c.want {
			t.Errorf("%+v: got %s, want %s", c.run, got, c.want)
		}
	}
}

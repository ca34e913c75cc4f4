package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lectern-go/lectern/experiments"
)

// crashWriter, set in the environment, makes this test program a process that
// writes to the database of that path until it is killed. It prints each batch
// after it was acknowledged.
const crashWriter = "LECTERN_TEST_CRASH_WRITER"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashWriter); path != "" {
		if err := writeForever(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// writeForever logs batches of changing size and prints "run points" after
// each: how many points of each of the run's two metrics are stored.
func writeForever(path string) error {
	s, err := Open(path)
	if err != nil {
		return err
	}
	ctx := context.Background()
	for {
		run, err := s.CreateRun(ctx, experiments.Run{Heartbeat: time.Now().UnixMilli()})
		if err != nil {
			return err
		}
		n := int64(0)
		for n < 8000 {
			var b experiments.Batch
			for range 1 + rand.IntN(600) {
				b.Metrics = append(b.Metrics, experiments.Metric{Key: "x", Step: n, Value: crashValue(n)},
					experiments.Metric{Key: "y", Step: n, Value: -crashValue(n)})
				n++
			}
			if err := s.LogBatch(ctx, run.ID, b); err != nil {
				return err
			}
			fmt.Printf("%s %d\n", run.ID, n)
		}
		if err := s.UpdateRun(ctx, run.ID, experiments.RunUpdate{Status: experiments.Finished}); err != nil {
			return err
		}
	}
}

func crashValue(step int64) float64 { return float64(step*step%1009) / 7 }

// TestKill kills processes that write, at random moments, and checks that the
// database opens at once and holds every acknowledged batch, whole.
//
// LECTERN_TEST_KILLS sets how many kills there are (default 6).
func TestKill(t *testing.T) {
	kills := 6
	if s := os.Getenv("LECTERN_TEST_KILLS"); s != "" {
		var err error
		if kills, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	const processes = 8
	path := filepath.Join(t.TempDir(), "lectern.db")
	var acknowledged sync.Map // run id -> points
	writers := make([]*exec.Cmd, processes)
	done := make([]chan struct{}, processes)
	for i := range writers {
		writers[i], done[i] = startWriter(t, path, &acknowledged)
	}
	for kill := range kills {
		time.Sleep(time.Duration(20+rand.IntN(100)) * time.Millisecond)
		i := rand.IntN(processes)
		if err := writers[i].Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-done[i]
		if kill%25 == 0 {
			verifyAcknowledged(t, path, &acknowledged)
		}
		writers[i], done[i] = startWriter(t, path, &acknowledged)
	}
	for i := range writers {
		if err := writers[i].Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-done[i]
	}
	runs, points := verifyAcknowledged(t, path, &acknowledged)
	t.Logf("%d kills of %d processes: %d runs with %d acknowledged points are whole", kills+processes, processes, runs, points)
}

// startWriter starts a process and notes what it acknowledges until it ends.
func startWriter(t *testing.T, path string, acknowledged *sync.Map) (*exec.Cmd, chan struct{}) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashWriter+"="+path)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for in := bufio.NewReader(out); ; {
			line, err := in.ReadString('\n')
			if errors.Is(err, io.EOF) { // half a line was not acknowledged
				break
			}
			id, n, _ := strings.Cut(strings.TrimSpace(line), " ")
			points, err := strconv.ParseInt(n, 10, 64)
			if err != nil {
				t.Errorf("writer printed %q", line)
			}
			acknowledged.Store(id, points)
		}
		_ = cmd.Wait() // killed
		if stderr.Len() > 0 {
			t.Errorf("writer: %s", stderr.String())
		}
	}()
	return cmd, done
}

// verifyAcknowledged opens the database and reads every run.
func verifyAcknowledged(t *testing.T, path string, acknowledged *sync.Map) (runs int, total int64) {
	t.Helper()
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	acknowledged.Range(func(id, n any) bool {
		for key, sign := range map[string]float64{"x": 1, "y": -1} {
			got := collect(t, s, id.(string), key, 0)
			if int64(len(got)) < n.(int64) {
				t.Fatalf("run %v, %s: %d points, but %d were acknowledged", id, key, len(got), n)
			}
			for i, p := range got {
				if p.Step != int64(i) || p.Value != sign*crashValue(int64(i)) {
					t.Fatalf("run %v, %s: point %d is %+v", id, key, i, p)
				}
			}
			if sum, _ := mustRun(t, s, id.(string)).Metric(key); sum.Count < int64(len(got)) {
				t.Fatalf("run %v, %s: the summary counts %d points, and there are %d", id, key, sum.Count, len(got))
			}
		}
		runs++
		total += 2 * n.(int64)
		return true
	})
	return runs, total
}

func mustRun(t *testing.T, s experiments.Store, id string) *experiments.Run {
	t.Helper()
	run, err := s.Run(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return &run
}

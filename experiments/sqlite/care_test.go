package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/series"
)

func openPath(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestCheckFindsDamage(t *testing.T) {
	for name, c := range map[string]struct{ query, want string }{
		"nothing":          {"SELECT 1", ""},
		"a value":          {"UPDATE chunks SET data = substr(data, 1, 100) || x'00' || substr(data, 102) WHERE seq = 3 AND run = 1", "damaged"},
		"a value with crc": {"", "hash chain breaks at chunk 3"},
		"a missing chunk":  {"DELETE FROM chunks WHERE seq = 3 AND run = 1", "chunk 3 is missing"},
		"a count":          {"UPDATE chunks SET count = 511 WHERE seq = 3 AND run = 1", "says 511"},
		"a summary":        {"UPDATE metrics SET summary = (SELECT summary FROM chunks WHERE seq = 2 LIMIT 1) WHERE run = 1", "is not that of the points"},
		"the tail":         {"UPDATE tail SET crc = crc + 1 WHERE run = 2", "tail"},
		"an artifact":      {"UPDATE blobs SET data = x'00', compressed = 0 WHERE id = 2", "does not have its hash"},
		"a reference":      {"PRAGMA foreign_keys = off; DELETE FROM runs WHERE id = 3", "not there"},
	} {
		t.Run(name, func(t *testing.T) {
			path, _ := filled(t)
			if c.query != "" {
				execSQL(t, path, c.query)
			} else {
				forge(t, path)
			}
			report, err := openPath(t, path).Check(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprint(report.Problems)
			if c.want == "" && len(report.Problems) > 0 || !strings.Contains(got, c.want) {
				t.Errorf("got problems %v, want %q", got, c.want)
			}
			if name == "nothing" && (report.Runs != 3 || report.Points != 3*9001 || report.Series != 6 || report.Artifacts != 3) {
				t.Errorf("got %+v, want 3 runs, 6 series, 27003 points, 3 artifacts", report)
			}
		})
	}
}

// forge changes a value and makes the checksum fit.
func forge(t *testing.T, path string) {
	t.Helper()
	db := sql.OpenDB(connector(path, writeOptions()))
	defer db.Close()
	var id int64
	var data []byte
	if err := db.QueryRow("SELECT id, data FROM chunks WHERE seq = 3 AND run = 1").Scan(&id, &data); err != nil {
		t.Fatal(err)
	}
	points, _, err := series.Decode(nil, data)
	if err != nil {
		t.Fatal(err)
	}
	points[7].Value += 1e-9
	data = series.Append(nil, points)
	if _, err := db.Exec("UPDATE chunks SET data = ?, crc = ? WHERE id = ?", data, checksum(data), id); err != nil {
		t.Fatal(err)
	}
}

func TestCollect(t *testing.T) {
	path, ids := filled(t)
	s := openPath(t, path)
	ctx := context.Background()
	e, err := s.CreateExperiment(ctx, "gone")
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{s.DeleteRun(ctx, ids[0]), s.DeleteRun(ctx, ids[1]), s.DeleteExperiment(ctx, e.ID), s.RestoreRun(ctx, ids[1])} {
		if err != nil {
			t.Fatal(err)
		}
	}
	none, err := s.Collect(ctx, time.Now().Add(-time.Hour))
	if err != nil || none.Runs+none.Experiments != 0 {
		t.Errorf("younger than asked for: collected %+v, %v, want nothing", none, err)
	}
	got, err := s.Collect(ctx, time.Now().Add(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if got.Runs != 1 || got.Experiments != 1 || got.Artifacts != 1 || got.Bytes <= 0 {
		t.Errorf("collected %+v, want one run, experiment and artifact, and a smaller file", got)
	}
	if _, err := s.Run(ctx, ids[0]); experiments.ErrorCode(err) != experiments.CodeNotFound {
		t.Errorf("the collected run: got %v, want not found", err)
	}
	if got := collect(t, s, ids[1], "x", 0); len(got) != 9000 {
		t.Errorf("another run has %d points, want 9000", len(got))
	}
	if report, err := s.Check(ctx); err != nil || len(report.Problems) > 0 {
		t.Errorf("after it: %v, %v", report.Problems, err)
	}
	var free int
	if err := s.reader.QueryRow("PRAGMA freelist_count").Scan(&free); err != nil || free != 0 {
		t.Errorf("%d pages are still free, %v", free, err)
	}
}

// TestBackupWhileWriting backs up in the middle of writes and checks the copy.
func TestBackupWhileWriting(t *testing.T) {
	path, ids := filled(t)
	s := openPath(t, path)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for step := int64(9000); ; step++ {
			select {
			case <-stop:
				return
			default:
			}
			b := experiments.Batch{Metrics: []experiments.Metric{{Key: "x", Step: step, Value: rand.Float64()}}}
			if err := s.LogBatch(context.Background(), ids[1], b); err != nil {
				t.Error(err)
				return
			}
		}
	})
	target := filepath.Join(filepath.Dir(path), "copy.db")
	err := s.Backup(context.Background(), target)
	close(stop)
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(context.Background(), target); experiments.ErrorCode(err) != experiments.CodeExists {
		t.Errorf("over an existing file: got %v, want %s", err, experiments.CodeExists)
	}
	c := openPath(t, target)
	if report, err := c.Check(context.Background()); err != nil || len(report.Problems) > 0 || report.Runs != 3 {
		t.Errorf("the copy: %+v, %v", report, err)
	}
	if _, err := c.CreateRun(context.Background(), experiments.Run{}); err != nil {
		t.Errorf("writing to the copy: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".lectern-backup-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestMerge(t *testing.T) {
	pathA, idsA := filled(t)
	pathB, idsB := filled(t)
	a, b := openPath(t, pathA), openPath(t, pathB)
	ctx := context.Background()
	// Other numbers for the same names, and an experiment that a lacks.
	e, err := b.CreateExperiment(ctx, "laptop", experiments.Tag{Key: "k", Value: "v"})
	if err != nil {
		t.Fatal(err)
	}
	extra, err := b.CreateRun(ctx, experiments.Run{ExperimentID: e.ID, Tags: []experiments.Tag{{Key: "new", Value: "1"}}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		batch := experiments.Batch{Metrics: []experiments.Metric{{Key: "other", Step: int64(i)}, {Key: "x", Step: int64(i), Value: 2}}}
		if err := b.LogBatch(ctx, extra.ID, batch); err != nil {
			t.Fatal(err)
		}
	}
	merge := func(want Merged) {
		t.Helper()
		got, err := a.Merge(ctx, b)
		if err != nil || got != want {
			t.Fatalf("merged %+v, %v, want %+v", got, err, want)
		}
	}
	merge(Merged{Added: 4})
	merge(Merged{Kept: 4})
	if err := b.LogBatch(ctx, extra.ID, experiments.Batch{Metrics: []experiments.Metric{{Key: "x", Step: 20}}}); err != nil {
		t.Fatal(err)
	}
	merge(Merged{Replaced: 1, Kept: 3})
	for _, id := range append(idsB, extra.ID) {
		for _, key := range []string{"x", "rare", "other"} {
			if diff := cmp.Diff(collect(t, b, id, key, 0), collect(t, a, id, key, 0)); diff != "" {
				t.Errorf("run %s, %s (-there +here)\n%.500s", id, key, diff)
			}
		}
	}
	there, here := mustRun(t, b, extra.ID), mustRun(t, a, extra.ID)
	here.ExperimentID, there.ExperimentID = "", ""
	if diff := cmp.Diff(there, here); diff != "" {
		t.Errorf("run (-there +here)\n%s", diff)
	}
	if data, err := a.Artifact(ctx, idsB[2], "a.txt"); err != nil || string(data) != "artifact 2" {
		t.Errorf("artifact: got %q, %v", data, err)
	}
	if len(collect(t, a, idsA[0], "x", 0)) != 9000 {
		t.Error("a run that was here has changed")
	}
	if report, err := a.Check(ctx); err != nil || len(report.Problems) > 0 {
		t.Errorf("after merging: %v, %v", report.Problems, err)
	}
	if _, err := os.Stat(pathB); err != nil {
		t.Error(err)
	}
}

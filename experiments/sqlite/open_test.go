package sqlite

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/experiments"
)

var update = flag.Bool("update", false, "write the golden files")

func execSQL(t *testing.T, path, query string) {
	t.Helper()
	db := sql.OpenDB(connector(path, writeOptions()))
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		t.Fatal(err)
	}
}

func closeStore(t testing.TB, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestOpenErrors opens what is no database of ours; none of it may change.
func TestOpenErrors(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(t *testing.T, path string)
		want    experiments.Code
	}{
		"text": {func(t *testing.T, path string) {
			writeFile(t, path, []byte("this is no database, but a text that is long enough to be read as one"))
		}, experiments.CodeDamaged},
		"another program's": {func(t *testing.T, path string) {
			execSQL(t, path, "CREATE TABLE moz_places (id INTEGER)")
		}, experiments.CodeState},
		"another program's, marked": {func(t *testing.T, path string) {
			execSQL(t, path, "PRAGMA application_id = 7; CREATE TABLE x (id INTEGER)")
		}, experiments.CodeState},
		"newer": {func(t *testing.T, path string) {
			execSQL(t, path, fmt.Sprintf("CREATE TABLE x (id); PRAGMA application_id = %d; PRAGMA user_version = 999", applicationID))
		}, experiments.CodeState},
		"folder":    {func(t *testing.T, path string) { _ = os.Mkdir(path, 0o777) }, experiments.CodeInvalid},
		"no folder": {func(t *testing.T, path string) { _ = os.Remove(filepath.Dir(path)) }, experiments.CodeNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "sub", "x.db")
			if err := os.Mkdir(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
			c.prepare(t, path)
			before, _ := os.ReadFile(path)
			s, err := Open(path)
			if err == nil {
				closeStore(t, s)
			}
			if got := experiments.ErrorCode(err); got != c.want {
				t.Errorf("got error %v (code %q), want code %q", err, got, c.want)
			}
			after, _ := os.ReadFile(path)
			if diff := cmp.Diff(before, after); diff != "" {
				t.Error("the file was changed")
			}
		})
	}
}

func writeFile(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestOpenAtOnce creates one database from many goroutines, as several
// processes that start together do.
func TestOpenAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lectern.db")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			s, err := Open(path)
			if err != nil {
				t.Error(err)
				return
			}
			defer closeStore(t, s)
			if _, err := s.CreateRun(context.Background(), experiments.Run{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, s)
	page, err := s.SearchRuns(context.Background(), experiments.Query{})
	if err != nil || len(page.Runs) != 8 {
		t.Errorf("got %d runs, %v, want 8", len(page.Runs), err)
	}
}

// TestSchema compares the schema that the migrations make with a saved one, so
// that a changed old migration does not go unnoticed.
func TestSchema(t *testing.T) {
	s := openTemp(t)
	rows, err := s.reader.Query("SELECT sql || ';' FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
	if err != nil {
		t.Fatal(err)
	}
	var got string
	err = eachRow(rows, func(r *sql.Rows) error {
		var text string
		err := r.Scan(&text)
		got += text + "\n"
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/schema.sql"
	if *update {
		if err := os.MkdirAll("testdata", 0o777); err != nil {
			t.Fatal(err)
		}
		writeFile(t, golden, []byte(got))
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("schema (-want +got); if it is meant, go test -update\n%s", diff)
	}
}

// filled returns a closed database with runs that have points everywhere.
func filled(t *testing.T) (path string, ids []string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "lectern.db")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, s)
	for i := range 3 {
		run, err := s.CreateRun(context.Background(), experiments.Run{Params: []experiments.Param{{Key: "i", Value: fmt.Sprint(i)}}})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, run.ID)
		var b experiments.Batch
		for step := range int64(9000) {
			b.Metrics = append(b.Metrics, experiments.Metric{Key: "x", Step: step, Value: rand.Float64()})
		}
		b.Metrics = append(b.Metrics, experiments.Metric{Key: "rare", Step: 1, Value: 1})
		if err := s.LogBatch(context.Background(), run.ID, b); err != nil {
			t.Fatal(err)
		}
		if _, err := s.PutArtifact(context.Background(), run.ID, "a.txt", []byte(fmt.Sprint("artifact ", i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.UpdateRun(context.Background(), ids[0], experiments.RunUpdate{Status: experiments.Finished, EndTime: 1}); err != nil {
		t.Fatal(err)
	}
	return path, ids
}

// TestDamage flips bytes all over a database. Whatever is read must be right or
// an error; nothing may panic.
func TestDamage(t *testing.T) {
	path, ids := filled(t)
	pristine, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]experiments.Point{}
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		want[id] = collect(t, s, id, "x", 0)
	}
	closeStore(t, s)
	rng := rand.New(rand.NewPCG(5, 6))
	for range 60 {
		damaged := append([]byte{}, pristine...)
		for range 20 {
			damaged[rng.IntN(len(damaged))] ^= byte(1 + rng.IntN(255))
		}
		writeFile(t, path, damaged)
		os.Remove(path + "-wal")
		os.Remove(path + "-shm")
		readDamaged(t, path, ids, want)
	}
}

func readDamaged(t *testing.T, path string, ids []string, want map[string][]experiments.Point) {
	t.Helper()
	s, err := Open(path)
	if err != nil {
		return
	}
	defer func() { _ = s.Close() }() // it may see the damage too
	for _, id := range ids {
		var got []experiments.Point
		var failed error
		for p, err := range s.Points(context.Background(), id, "x", 0) {
			if failed = err; err != nil {
				break
			}
			got = append(got, p)
		}
		if failed == nil && len(got) == len(want[id]) {
			if diff := cmp.Diff(want[id], got); diff != "" {
				t.Errorf("wrong points without an error: (-want +got)\n%.500s", diff)
			}
		}
	}
}

// TestReadOnlyFolder reads a database that can be neither written nor given a
// WAL. It needs a mount, since root may write everywhere.
func TestReadOnlyFolder(t *testing.T) {
	path, ids := filled(t)
	readOnly(t, filepath.Dir(path))
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, s)
	if got := collect(t, s, ids[1], "x", 0); len(got) != 9000 {
		t.Errorf("got %d points, want 9000", len(got))
	}
	err = s.LogBatch(context.Background(), ids[1], experiments.Batch{Metrics: []experiments.Metric{{Key: "x"}}})
	if got := experiments.ErrorCode(err); got != experiments.CodePermission {
		t.Errorf("writing: got error %v (code %q), want code %q", err, got, experiments.CodePermission)
	}
}

// readOnly makes dir read-only until the test ends.
func readOnly(t *testing.T, dir string) {
	t.Helper()
	if os.Getuid() != 0 {
		if err := os.Chmod(dir, 0o555); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(dir, 0o777) })
		return
	}
	mount := func(args ...string) error { return exec.Command("mount", args...).Run() }
	if err := mount("--bind", dir, dir); err != nil {
		t.Skip("root writes to read-only files, and mount does not work here:", err)
	}
	t.Cleanup(func() { _ = exec.Command("umount", dir).Run() })
	if err := mount("-o", "remount,bind,ro", dir); err != nil {
		t.Skip("remounting read-only does not work here:", err)
	}
}

// TestFullDisk writes until a small file system is full, sees a clear error,
// makes room and goes on.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("needs a small file system, and mount does not work here: %s", out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", dir).Run() })
	ballast := filepath.Join(dir, "ballast")
	writeFile(t, ballast, make([]byte, 800<<10))
	s, err := Open(filepath.Join(dir, "lectern.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, s)
	ctx := context.Background()
	run, err := s.CreateRun(ctx, experiments.Run{})
	if err != nil {
		t.Fatal(err)
	}
	stored := 0
	for err == nil && stored < 1_000_000 {
		var b experiments.Batch
		for range 1000 {
			b.Metrics = append(b.Metrics, experiments.Metric{Key: "x", Step: int64(stored + len(b.Metrics)), Value: rand.Float64()})
		}
		if err = s.LogBatch(ctx, run.ID, b); err == nil {
			stored += 1000
		}
	}
	if got := experiments.ErrorCode(err); got != experiments.CodeFull {
		t.Fatalf("after %d points: got error %v (code %q), want code %q", stored, err, got, experiments.CodeFull)
	}
	if got := collect(t, s, run.ID, "x", 0); len(got) != stored {
		t.Errorf("full: %d points can be read, %d were stored", len(got), stored)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	err = s.LogBatch(ctx, run.ID, experiments.Batch{Metrics: []experiments.Metric{{Key: "x", Step: int64(stored), Value: 1}}})
	if err != nil {
		t.Fatalf("after room was made: %v", err)
	}
	if got := collect(t, s, run.ID, "x", 0); len(got) != stored+1 {
		t.Errorf("after room was made: %d points, want %d", len(got), stored+1)
	}
}

package history_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/cmd/lectern/history"
	"github.com/lectern-go/lectern/kernel"
)

// open opens a history that must have nothing to complain of.
func open(t *testing.T, path string) *history.History {
	t.Helper()
	h, said := openAnyway(t, path)
	t.Cleanup(func() {
		if said() != "" {
			t.Error(said())
		}
	})
	return h
}

// openAnyway returns what the history complains of too, once it is closed.
func openAnyway(t *testing.T, path string) (h *history.History, said func() string) {
	t.Helper()
	var log bytes.Buffer
	h = history.Open(path, slog.New(slog.NewTextHandler(&log, nil)))
	closed := func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(closed)
	return h, func() string {
		closed()
		return log.String()
	}
}

// remember adds cells to a history: each input with the output behind it.
func remember(t *testing.T, h *history.History, cells ...string) {
	t.Helper()
	for i := 0; i < len(cells); i += 2 {
		line := i/2 + 1
		if err := h.Input(line, cells[i]); err != nil {
			t.Fatal(err)
		}
		if cells[i+1] == "" {
			continue
		}
		if err := h.Output(line, cells[i+1]); err != nil {
			t.Fatal(err)
		}
	}
}

// lines writes entries as "session:line input=output".
func lines(entries []kernel.HistoryEntry, err error) []string {
	if err != nil {
		return []string{err.Error()}
	}
	var out []string
	for _, e := range entries {
		out = append(out, fmt.Sprintf("%d:%d %s=%s", e.Session, e.Line, e.Input, e.Output))
	}
	return out
}

func TestHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "not there yet", "history.sqlite")
	first := open(t, path)
	remember(t, first, "a := 1", "", "a", "1", "a + 1", "2")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	h := open(t, path)
	if got := lines(h.Range(-1, 1, 3)); !cmp.Equal(got, []string{"1:1 a := 1=", "1:2 a=1"}) {
		t.Errorf("Range(-1, 1, 3) before the first cell = %q", got)
	}
	remember(t, h, "b\nb", "3", "a", "4")
	if got := lines(h.Tail(1)); !cmp.Equal(got, []string{"2:2 a=4"}) {
		t.Errorf("Tail(1) = %q", got)
	}
	other := open(t, path) // a second kernel at the same time
	remember(t, other, "c", "5")
	if got := lines(other.Range(0, 0, -1)); !cmp.Equal(got, []string{"3:1 c=5"}) {
		t.Errorf("Range(0) of the second kernel = %q", got)
	}
	for _, tt := range []struct {
		name string
		got  []string
		want []string
	}{
		{"Tail(2)", lines(h.Tail(2)), []string{"2:2 a=4", "3:1 c=5"}},
		{"Tail(0)", lines(h.Tail(0)), nil},
		{"Tail(5)", lines(h.Tail(5)), []string{"1:2 a=1", "1:3 a + 1=2", "2:1 b\nb=3", "2:2 a=4", "3:1 c=5"}},
		{"Range(0)", lines(h.Range(0, 0, -1)), []string{"2:1 b\nb=3", "2:2 a=4"}},
		{"Range of another session", lines(h.Range(1, 2, 3)), []string{"1:2 a=1"}},
		{"Range of no session", lines(h.Range(9, 0, -1)), nil},
		{"Search(a*)", lines(h.Search("a*", 0, false)), []string{"1:1 a := 1=", "1:2 a=1", "1:3 a + 1=2", "2:2 a=4"}},
		{"Search(a*), 2", lines(h.Search("a*", 2, false)), []string{"1:3 a + 1=2", "2:2 a=4"}},
		{"Search(a), unique", lines(h.Search("a", 9, true)), []string{"2:2 a=4"}},
		{"Search(a*), unique, 2", lines(h.Search("a*", 2, true)), []string{"1:3 a + 1=2", "2:2 a=4"}},
		{"Search(?)", lines(h.Search("?", 0, true)), []string{"2:2 a=4", "3:1 c=5"}},
		{"Search([bc]*)", lines(h.Search("[bc]*", 0, false)), []string{"2:1 b\nb=3", "3:1 c=5"}},
		{"Search over lines", lines(h.Search("b?b", 0, false)), []string{"2:1 b\nb=3"}},
		{"Search is no regular expression", lines(h.Search("a + 1", 0, false)), []string{"1:3 a + 1=2"}},
		{"Search(.)", lines(h.Search(".", 0, false)), nil},
	} {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.name, diff)
		}
	}
}

// TestKernelsAtOnce has kernels write at the same time: each has a session of its
// own, and no cell is lost.
func TestKernelsAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.sqlite")
	const kernels, cells = 6, 200
	var all []*history.History
	for range kernels {
		all = append(all, open(t, path))
	}
	for line := 1; line <= cells; line++ {
		for i, h := range all {
			if err := h.Input(line, fmt.Sprintf("kernel %d", i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, h := range all {
		got, err := h.Range(0, 0, -1)
		if err != nil || len(got) != cells || got[cells-1].Input != fmt.Sprintf("kernel %d", i) {
			t.Errorf("kernel %d remembers %d cells, %v; want its %d", i, len(got), err, cells)
		}
	}
	if got, err := all[0].Tail(1 << 20); err != nil || len(got) != kernels*cells {
		t.Errorf("%d cells, %v; want %d", len(got), err, kernels*cells)
	}
}

// TestTrouble shows that no state of the file keeps a session from remembering
// its own cells.
func TestTrouble(t *testing.T) {
	for _, tt := range []struct {
		name string
		make func(t *testing.T, path string)
		want string // in the log
	}{
		{"no database", func(t *testing.T, path string) { write(t, path, strings.Repeat("no database", 1000)) }, "moved aside"},
		{"cut short", func(t *testing.T, path string) {
			h := open(t, path)
			remember(t, h, strings.Repeat("x", 100000), "")
			if err := h.Close(); err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(path, 4096); err != nil {
				t.Fatal(err)
			}
		}, "moved aside"},
		{"a folder", func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, "for this session only"},
		{"another program's database", func(t *testing.T, path string) {
			db, err := sql.Open("sqlite3", path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.Exec("CREATE TABLE history (wine TEXT)"); err != nil {
				t.Fatal(err)
			}
		}, "for this session only"},
		{"a folder that cannot be made", func(t *testing.T, path string) { write(t, filepath.Dir(path), "") }, "for this session only"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state", "history.sqlite")
			if tt.name != "a folder that cannot be made" {
				if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			tt.make(t, path)
			h, said := openAnyway(t, path)
			remember(t, h, "a", "1", "b", "")
			if diff := cmp.Diff([]string{"1:1 a=1", "1:2 b="}, lines(h.Tail(9))); diff != "" {
				t.Errorf("Tail (-want +got)\n%s", diff)
			}
			if got := said(); !strings.Contains(got, tt.want) {
				t.Errorf("the log says %q, want %q", got, tt.want)
			}
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestPath(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct{ history, state, want string }{
		{"mine.sqlite", dir, "mine.sqlite"},
		{"", dir, filepath.Join(dir, "lectern", "history.sqlite")},
		{"", "", filepath.Join(dir, ".local", "state", "lectern", "history.sqlite")},
	} {
		t.Setenv("LECTERN_HISTORY", tt.history)
		t.Setenv("XDG_STATE_HOME", tt.state)
		t.Setenv("HOME", dir)
		if got, err := history.Path(); got != tt.want || err != nil {
			t.Errorf("LECTERN_HISTORY=%s XDG_STATE_HOME=%s: %s, %v; want %s", tt.history, tt.state, got, err, tt.want)
		}
	}
}

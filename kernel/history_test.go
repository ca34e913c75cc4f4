package kernel_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/kernel"
)

// remember adds cells to a history: each input with the output behind it.
func remember(t *testing.T, h *kernel.History, cells ...string) {
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
	dir := filepath.Join(t.TempDir(), "not there yet")
	first := kernel.NewHistory(dir)
	remember(t, first, "a := 1", "", "a", "1", "a + 1", "2")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	h := kernel.NewHistory(dir)
	if got := lines(h.Range(-1, 1, 3)); !cmp.Equal(got, []string{"1:1 a := 1=", "1:2 a=1"}) {
		t.Errorf("Range(-1, 1, 3) before the first cell = %q", got)
	}
	other := kernel.NewHistory(dir) // a second kernel at the same time
	remember(t, h, "b\nb", "3", "a", "4")
	remember(t, other, "c", "5")
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
		{"Search(?)", lines(h.Search("?", 0, true)), []string{"2:2 a=4", "3:1 c=5"}},
		{"Search over lines", lines(h.Search("b?b", 0, false)), []string{"2:1 b\nb=3"}},
		{"Search is no regular expression", lines(h.Search("a + 1", 0, false)), []string{"1:3 a + 1=2"}},
		{"Search(.)", lines(h.Search(".", 0, false)), nil},
	} {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.name, diff)
		}
	}
}

// TestHistoryCutShort shows that a line which a crash cut short costs that line
// alone.
func TestHistoryCutShort(t *testing.T) {
	dir := t.TempDir()
	h := kernel.NewHistory(dir)
	remember(t, h, "a", "1", "b", "2")
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "00000001.jsonl")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data[:len(data)-5], 0o600); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1:1 a=1", "1:2 b="}, lines(kernel.NewHistory(dir).Tail(9))); diff != "" {
		t.Errorf("Tail (-want +got)\n%s", diff)
	}
}

package kerneltest_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lectern-go/lectern/kernel/kerneltest"
)

// TestDifferentialFuzz compares the interpreter with compiled Go on random
// cells, for as long as LECTERN_FUZZ says, such as 10m. LECTERN_FUZZ_SEED, a
// number, is the first seed; the default depends on the time. Cells that the
// interpreter rejects, so that nothing of them runs, only count, unless
// LECTERN_FUZZ_REJECTED is set.
func TestDifferentialFuzz(t *testing.T) {
	length := os.Getenv("LECTERN_FUZZ")
	if length == "" {
		t.Skip("LECTERN_FUZZ=10m runs it: it builds programs")
	}
	d, err := time.ParseDuration(length)
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().Unix()) << 16
	if s := os.Getenv("LECTERN_FUZZ_SEED"); s != "" {
		seed = parseSeed(t, s)
	}
	t.Logf("first seed: %d", seed)
	const batch = 40
	ran, refusals := 0, map[string]int{}
	for start := time.Now(); time.Since(start) < d && !t.Failed(); seed += batch {
		var snippets []kerneltest.Snippet
		for i := range uint64(batch) {
			s := kerneltest.Generate(seed + i)
			if err := s.Valid(); err != nil { // a constant that overflows, mostly
				refusals["invalid"]++
				if os.Getenv("LECTERN_FUZZ_INVALID") != "" {
					t.Log(err)
				}
				continue
			}
			snippets = append(snippets, s)
		}
		for why, n := range compare(t, snippets) {
			refusals[why] += n
		}
		ran += batch
	}
	t.Logf("%d snippets; refused: %v", ran, refusals)
}

func parseSeed(t *testing.T, s string) uint64 {
	t.Helper()
	var n uint64
	for _, c := range s {
		if c < '0' || c > '9' {
			t.Fatalf("LECTERN_FUZZ_SEED=%s is not a number", s)
		}
		n = 10*n + uint64(c-'0')
	}
	return n
}

// compare runs snippets both ways, counts the refusals and reduces the first
// snippet that differs.
func compare(t *testing.T, snippets []kerneltest.Snippet) map[string]int {
	t.Helper()
	refusals := map[string]int{}
	reduced := false
	for _, r := range runBoth(t, snippets) {
		if r.refused != "" {
			refusals[r.refused]++
		}
		if !r.differs() {
			continue
		}
		if !reduced {
			reduced = true
			r = reduce(t, r)
		}
		t.Errorf("%s (refused: %q):\n%s\n(-compiled +interpreted)\n%s",
			r.snippet.Name, r.refused, strings.Join(r.snippet.Cells, "\n---\n"), cmp.Diff(r.want, r.got))
	}
	return refusals
}

// both is what a snippet printed when compiled and when interpreted.
type both struct {
	snippet            kerneltest.Snippet
	want, got, refused string
}

func (b both) differs() bool {
	if b.refused == kerneltest.Rejected {
		return os.Getenv("LECTERN_FUZZ_REJECTED") != ""
	}
	if b.refused != "" {
		return !strings.HasPrefix(b.want, b.got)
	}
	return b.want != b.got
}

func runBoth(t *testing.T, snippets []kerneltest.Snippet) []both {
	t.Helper()
	want, err := kerneltest.Compiled(context.Background(), t.TempDir(), snippets)
	if err != nil {
		t.Fatal(err)
	}
	k := kerneltest.StartInterpreter(t)
	var results []both
	for i, s := range snippets {
		if strings.Contains(want[i], kerneltest.Crash) {
			continue
		}
		r := both{snippet: s, want: want[i]}
		r.got, r.refused = kerneltest.Interpreted(t, k, s)
		results = append(results, r)
	}
	return results
}

// reduceTime is how long a snippet is made smaller.
const reduceTime = time.Minute

// reduce removes lines and cells as long as the outputs differ.
func reduce(t *testing.T, r both) both {
	t.Helper()
	for start := time.Now(); time.Since(start) < reduceTime; {
		var smaller []kerneltest.Snippet
		for _, s := range without(r.snippet) {
			if s.Valid() == nil {
				s.Name = fmt.Sprintf("%s_%d", strings.Split(r.snippet.Name, "_")[0], len(smaller))
				smaller = append(smaller, s)
			}
		}
		found := false
		for len(smaller) > 0 && !found {
			n := min(len(smaller), 25)
			for _, c := range runBoth(t, building(t, smaller[:n])) {
				if c.differs() && c.refused == r.refused {
					r, found = c, true
					break
				}
			}
			smaller = smaller[n:]
		}
		if !found {
			break
		}
	}
	return r
}

var packageErrors = regexp.MustCompile(`(?m)^# yardstick/(\w+)$`)

// building returns the snippets that the compiler accepts.
func building(t *testing.T, snippets []kerneltest.Snippet) []kerneltest.Snippet {
	t.Helper()
	err := kerneltest.Build(context.Background(), t.TempDir(), snippets)
	if err == nil {
		return snippets
	}
	bad := packageErrors.FindAllStringSubmatch(err.Error(), -1)
	if len(bad) == 0 {
		t.Fatal(err)
	}
	return slices.DeleteFunc(snippets, func(s kerneltest.Snippet) bool {
		return slices.ContainsFunc(bad, func(m []string) bool { return m[1] == s.Name })
	})
}

// without returns the snippet without each of its cells, blocks and lines, the
// largest first.
func without(s kerneltest.Snippet) []kerneltest.Snippet {
	var out []kerneltest.Snippet
	for i := range s.Cells {
		if len(s.Cells) > 1 {
			out = append(out, kerneltest.Snippet{Cells: slices.Delete(slices.Clone(s.Cells), i, i+1)})
		}
	}
	type span struct{ cell, from, to int }
	var spans []span
	for i, text := range s.Cells {
		lines := strings.Split(text, "\n")
		for from, line := range lines {
			to := from + 1
			if strings.HasSuffix(line, "{") {
				indent := line[:len(line)-len(strings.TrimLeft(line, "\t"))]
				for to < len(lines) && (strings.HasPrefix(lines[to], indent+"\t") || strings.HasPrefix(lines[to], indent+"}")) {
					to++
				}
			} else if to < len(lines) && strings.HasPrefix(strings.TrimLeft(lines[to], "\t"), "_ = ") {
				to++
			}
			spans = append(spans, span{i, from, to})
		}
	}
	slices.SortStableFunc(spans, func(a, b span) int { return (b.to - b.from) - (a.to - a.from) })
	for _, sp := range spans {
		lines := strings.Split(s.Cells[sp.cell], "\n")
		cells := slices.Clone(s.Cells)
		cells[sp.cell] = strings.Join(slices.Delete(lines, sp.from, sp.to), "\n")
		out = append(out, kerneltest.Snippet{Cells: cells})
	}
	return out
}

// TestGenerated keeps random snippets among those of TestDifferential: with
// -update it writes the file anew.
func TestGenerated(t *testing.T) {
	const path = "../testdata/differential/generated.txtar"
	if !*update {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
		return
	}
	archive := txtar.Archive{Comment: []byte("Random cells, written by go test -run TestGenerated -update.\n")}
	k := kerneltest.StartInterpreter(t)
	for seed := range uint64(12) {
		s := kerneltest.Generate(seed)
		if s.Valid() != nil {
			continue
		}
		if _, refused := kerneltest.Interpreted(t, k, s); refused == "" {
			archive.Files = append(archive.Files, txtar.File{Name: s.Name, Data: []byte(strings.Join(s.Cells, "\n---\n") + "\n")})
		}
	}
	if err := os.WriteFile(path, txtar.Format(&archive), 0o666); err != nil {
		t.Fatal(err)
	}
}

package kerneltest_test

import (
	"context"
	"fmt"
	"go/token"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/kernel/kerneltest"
	"github.com/lectern-go/lectern/kernel/plan"
)

// TestDifferentialFuzz compares the interpreters with compiled Go on random
// cells, for as long as LECTERN_FUZZ says, such as 10m. LECTERN_FUZZ_SEED, a
// number, is the first seed; the default depends on the time. Cells that an
// interpreter refuses, so that nothing of them runs, only count, unless
// LECTERN_FUZZ_REJECTED is set and yaegi rejects what package plan lets pass.
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
	counts := fuzzCounts{}
	start := time.Now()
	for size := uint64(50); time.Since(start) < d && !t.Failed(); size = 200 { // the first soon shows that all is well
		var snippets []kerneltest.Snippet
		for range size {
			s := kerneltest.Generate(seed)
			seed++
			if err := s.Valid(counts.plan); err != nil { // a constant that overflows, mostly
				counts["snippets that are no valid Go"]++
				if os.Getenv("LECTERN_FUZZ_INVALID") != "" {
					t.Log(err)
				}
				continue
			}
			snippets = append(snippets, s)
		}
		counts.compare(t, snippets)
	}
	t.Logf("%.0f snippets a minute:\n%s", float64(counts["snippets"])/time.Since(start).Minutes(), counts)
}

// fuzzCounts counts what became of snippets and cells.
type fuzzCounts map[string]int

func (c fuzzCounts) String() string {
	var b strings.Builder
	for _, what := range slices.Sorted(maps.Keys(c)) {
		fmt.Fprintf(&b, "%7d %s\n", c[what], what)
	}
	return b.String()
}

// plan counts what package plan says of a cell.
func (c fuzzCounts) plan(fset *token.FileSet, checked *check.Checked) {
	c["cells"]++
	why := "cells for yaegi"
	if ds := plan.Interpretable(fset, checked); len(ds) > 0 {
		why = "cells that package plan refuses: " + strings.TrimPrefix(ds[0].Msg, "the interpreter does not run ")
	}
	c[why]++
}

// compare runs snippets with compiled Go and each engine, counts the outcomes and
// reduces the first snippet that differs.
func (c fuzzCounts) compare(t *testing.T, snippets []kerneltest.Snippet) {
	t.Helper()
	want, err := kerneltest.Compiled(context.Background(), t.TempDir(), snippets)
	if err != nil {
		t.Fatal(err)
	}
	c["snippets"] += len(snippets)
	for _, w := range want {
		if strings.Contains(w, kerneltest.Crash) {
			c["snippets that end in a crash when compiled, and so are not compared"]++
		}
	}
	for _, engine := range engines {
		reduced := false
		for _, r := range engine.run(t, snippets, want) {
			c[engine.name+": "+r.outcome()]++
			if !r.differs() {
				continue
			}
			if !reduced && r.refused == "" {
				reduced = true
				r = reduce(t, engine, r)
			}
			t.Errorf("%s, %s (refused: %q):\n%s\n(-compiled +interpreted)\n%s",
				engine.name, r.snippet.Name, r.refused, strings.Join(r.snippet.Cells, "\n"+kerneltest.CellEnd), cmp.Diff(r.want, r.got))
		}
	}
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

// An engine is a way to interpret snippets.
type engine struct {
	name    string
	config  func(testing.TB) kernel.Config
	refuses bool // some cells, which are then no difference
}

var engines = []engine{
	{"yaegi, where package plan lets it", kerneltest.InterpreterConfig, true},
	{"ssainterp", kerneltest.SSAInterpreterConfig, false},
}

// both is what a snippet printed when compiled and when interpreted.
type both struct {
	snippet            kerneltest.Snippet
	want, got, refused string
	mayRefuse          bool
}

func (b both) differs() bool {
	if b.refused == kerneltest.Rejected && b.mayRefuse {
		return os.Getenv("LECTERN_FUZZ_REJECTED") != ""
	}
	if b.refused != "" && b.mayRefuse {
		return !strings.HasPrefix(b.want, b.got)
	}
	return b.want != b.got
}

func (b both) outcome() string {
	switch {
	case b.differs():
		return "different"
	case b.refused == kerneltest.Rejected:
		return b.refused
	case b.refused != "":
		return "refused: " + b.refused
	}
	return "the same"
}

// run interprets snippets, apart from those that crash when compiled.
func (e engine) run(t *testing.T, snippets []kerneltest.Snippet, want []string) []both {
	t.Helper()
	k, err := kernel.Start(context.Background(), e.config(t))
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	var results []both
	for i, s := range snippets {
		if strings.Contains(want[i], kerneltest.Crash) {
			continue
		}
		r := both{snippet: s, want: want[i], mayRefuse: e.refuses}
		r.got, r.refused = kerneltest.Interpreted(t, k, s)
		results = append(results, r)
	}
	return results
}

// reduceTime is how long a snippet is made smaller.
const reduceTime = time.Minute

// reduce removes lines and cells as long as the outputs differ. What is smaller is
// compared with another engine where that one agrees with compiled Go, because
// that is much faster than building it.
func reduce(t *testing.T, e engine, r both) both {
	t.Helper()
	want := func(s kerneltest.Snippet) string {
		want, err := kerneltest.Compiled(context.Background(), t.TempDir(), []kerneltest.Snippet{s})
		if err != nil { // what the checks let pass: an unused variable
			return kerneltest.Crash
		}
		return want[0]
	}
	for _, other := range engines {
		shown := func(s kerneltest.Snippet) string {
			b := other.run(t, []kerneltest.Snippet{s}, []string{""})[0]
			if b.refused != "" || strings.Contains(b.got, "interrupt: ") {
				return kerneltest.Crash
			}
			return b.got
		}
		if shown(r.snippet) == r.want {
			want = shown
		}
	}
	start := time.Now()
	for i, list := 0, without(r.snippet); i < len(list) && time.Since(start) < reduceTime; i++ {
		s := list[i]
		s.Name = r.snippet.Name
		if s.Valid(nil) != nil {
			continue
		}
		for _, c := range e.run(t, []kerneltest.Snippet{s}, []string{want(s)}) {
			if c.refused == "" && c.differs() {
				r, list = c, without(s)
				i-- // what stands before has been tried
			}
		}
	}
	return r
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
		if s.Valid(nil) != nil {
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

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/lectern-go/lectern/notebooks/nbformat"
)

// mutations are faults put into nnlib one at a time, each with a cell of the
// lecture whose verification must fail for it.
var mutations = []struct {
	name     string
	file     string // below nnlib
	old, new string // old occurs once in the file
	notebook string
	cell     string // id
}{
	{
		"gradient's sign", "crossentropy.go",
		"1/F(h.Z.Rows), h.dZ", "-1/F(h.Z.Rows), h.dZ",
		"01-classification", "gradient",
	},
	{
		"softmax's normaliser", "internal/gemm/elementwise.h",
		"p[i * cols + j] /= sum;", "p[i * cols + j] /= sum + 0.01f;",
		"01-classification", "softmax-checks",
	},
	{
		"L2's gradient", "loop.go",
		"float32(2*l.L2)", "float32(l.L2)",
		"02-cross-entropy", "l2-step",
	},
	{
		"slope of leaky ReLU", "activation.go",
		"const leak = 0.01", "const leak = 0.02",
		"03-neurons", "derivatives",
	},
	{
		"window's padding", "ner/window.go",
		"slices.Repeat([]T{before}, radius)", "slices.Repeat([]T{after}, radius)",
		"06-window-ner", "windows",
	},
	{
		"F1 of entities whose end is wrong", "ner/score.go",
		"slices.Contains(gold, span)", "slices.ContainsFunc(gold, func(g Span) bool { return g.Start == span.Start })",
		"06-window-ner", "results",
	},
	{
		"max-margin's margin", "maxmargin.go",
		"1 - z[0] + z[j]", "0.5 - z[0] + z[j]",
		"07-max-margin", "hinge",
	},
	{
		"inverse decay", "schedule.go",
		"a0 * s.Tau / max(float64(t), s.Tau)", "a0 * s.Tau / max(float64(t+1), s.Tau)",
		"10-optimizers", "schedules",
	},
	{
		"Xavier's bound", "initialize.go",
		"math.Sqrt(6 / float64(in+out))", "math.Sqrt(3 / float64(in+out))",
		"10-optimizers", "xavier",
	},
	{
		"Adam's bias correction", "adam.go",
		"1 - power(beta2, memory.t)", "1 - power(beta2, memory.t+1)",
		"10-optimizers", "rules",
	},
}

// TestMutations builds Lectern with each of the mutations, verifies a notebook of
// the lecture with it, and wants the report to name the cell.
func TestMutations(t *testing.T) {
	if os.Getenv("LECTERN_TEST_MUTATIONS") == "" {
		t.Skip("builds Lectern once for each mutation; LECTERN_TEST_MUTATIONS=1 runs it")
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutations {
		t.Run(m.name, func(t *testing.T) {
			notebook := filepath.Join(root, "notebooks", "lectures", m.notebook+".ipynb")
			number := cellNumber(t, notebook, m.cell)
			dir := t.TempDir()
			program := filepath.Join(dir, "lectern")
			// The worker compiles cells against the mutated packages, too.
			flags := append(os.Environ(), "GOFLAGS=-overlay="+writeOverlay(t, dir, filepath.Join(root, "nnlib", m.file), m.old, m.new))
			build := exec.Command("go", "build", "-o", program, ".")
			build.Env = flags
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("build: %v\n%s", err, out)
			}
			run := exec.Command(program, "verify", notebook)
			run.Env = flags
			report, err := run.CombinedOutput()
			named := regexp.MustCompile(`(?m)^  cell ` + strconv.Itoa(number) + `[ ,]`)
			if err == nil || !named.Match(report) {
				t.Errorf("verify (error %v) does not name cell %d, %q:\n%s", err, number, m.cell, report)
			}
		})
	}
}

// writeOverlay writes a mutated copy of a file and the overlay that puts it in
// the file's place, and returns the overlay's path.
func writeOverlay(t *testing.T, dir, file, old, new string) string {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(src, []byte(old)); n != 1 {
		t.Fatalf("%s holds %q %d times, want once", file, old, n)
	}
	mutated := filepath.Join(dir, filepath.Base(file))
	if err := os.WriteFile(mutated, bytes.Replace(src, []byte(old), []byte(new), 1), 0o666); err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {file: mutated}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(path, overlay, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// cellNumber returns the number of a cell, from 1.
func cellNumber(t *testing.T, notebook, id string) int {
	t.Helper()
	nb, err := nbformat.ReadFile(notebook)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(nb.Cells, func(c *nbformat.Cell) bool { return c.ID == id })
	if i < 0 {
		t.Fatalf("%s has no cell %q", notebook, id)
	}
	return i + 1
}

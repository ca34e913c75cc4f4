package kernel_test

import (
	"bytes"
	"context"
	"flag"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/kerneltest"
)

var allPrograms = flag.Bool("programs", false, "run all of Go's own test programs, not only a sample")

// The least shares of Go's programs that the engines pass, with -programs.
const (
	minInterpreted = 0.85
	minAuto        = 0.98
)

// programTimeout is how long a program may run; the slowest, compiled, takes
// seconds.
const programTimeout = 3 * time.Minute

// TestGoPrograms runs Go's own test programs under two engines. Of those marked
// "// run" that compiled Go passes here, it counts
//
//	pass     it ended well and printed what the .out file beside it has, or nothing
//	refused  a diagnostic said, before any of it ran, what is not supported
//	wrong    everything else: there may be none
//
// The folder is in Go's source distribution; toolchains that the go command
// downloads are without it.
func TestGoPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out Go's own programs")
	}
	programs := goPrograms(t)
	if !*allPrograms {
		var sample []string
		for i, p := range programs {
			if i%9 == 0 {
				sample = append(sample, p)
			}
		}
		programs = sample
		t.Logf("a sample of %d programs; -programs runs all", len(programs))
	}
	var passing []string
	for i, ok := range each(programs, func(_ *kernel.Kernel, p string) bool { return passesCompiled(t, p) }, nil) {
		if ok {
			passing = append(passing, programs[i])
		}
	}
	t.Logf("%d programs, of which compiled Go passes %d", len(programs), len(passing))
	for _, test := range []struct {
		engine kernel.Engine
		name   string
		least  float64
	}{{kernel.Interpret, "interpret", minInterpreted}, {kernel.Auto, "auto", minAuto}} {
		t.Run(test.name, func(t *testing.T) {
			config := kerneltest.Config(t)
			config.Engine = test.engine
			verdicts := each(passing, func(k *kernel.Kernel, p string) verdict { return judge(t, k, p) }, func() *kernel.Kernel {
				return kerneltest.StartConfig(t, config)
			})
			pass := report(t, passing, verdicts)
			if share := float64(pass) / float64(len(passing)); *allPrograms && share < test.least {
				t.Errorf("%.1f %% pass, at least %.0f %% did", 100*share, 100*test.least)
			}
		})
	}
}

// verdict is how a program fared under an engine.
type verdict struct {
	kind   string // pass, refused or wrong
	detail string // the diagnostics, or what was wrong
}

// goPrograms returns the files marked "// run" of the four folders.
func goPrograms(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skip("no go command: the programs are compiled for comparison")
	}
	root := filepath.Join(strings.TrimSpace(string(out)), "test")
	var programs []string
	for _, dir := range []string{".", "ken", "chan", "interface"} {
		names, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if line, _, _ := strings.Cut(string(text), "\n"); strings.TrimSpace(line) == "// run" {
				programs = append(programs, name)
			}
		}
	}
	if len(programs) == 0 {
		t.Skipf("no programs in %s: install Go from its distribution, with its test folder", root)
	}
	return programs
}

// each calls f for each item, with as many kernels at work as there are
// processors; start may be nil.
func each[T any](items []string, f func(*kernel.Kernel, string) T, start func() *kernel.Kernel) []T {
	results := make([]T, len(items))
	next := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		var k *kernel.Kernel
		if start != nil {
			k = start()
		}
		wg.Go(func() {
			for i := range next {
				results[i] = f(k, items[i])
			}
		})
	}
	for i := range items {
		next <- i
	}
	close(next)
	wg.Wait()
	return results
}

// wanted returns what a program has to print.
func wanted(program string) string {
	b, err := os.ReadFile(strings.TrimSuffix(program, ".go") + ".out")
	if err != nil {
		return ""
	}
	return string(b)
}

// passesCompiled reports whether compiled Go passes a program here.
func passesCompiled(t *testing.T, program string) bool {
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Error(err)
		return false
	}
	defer os.RemoveAll(dir)
	exe := filepath.Join(dir, "program")
	build := exec.Command("go", "build", "-o", exe, program)
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Logf("%s does not build here: %.200s", program, out)
		return false
	}
	ctx, cancel := context.WithTimeout(t.Context(), programTimeout)
	defer cancel()
	run := exec.CommandContext(ctx, exe)
	run.Dir = dir
	out, err := run.CombinedOutput()
	return err == nil && string(out) == wanted(program)
}

// judge runs a program in a kernel.
func judge(t *testing.T, k *kernel.Kernel, program string) verdict {
	text, err := os.ReadFile(program)
	if err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), programTimeout)
	defer cancel()
	var out bytes.Buffer
	reply, err := k.Execute(ctx, kernel.ExecuteRequest{Code: string(text), Cell: filepath.Base(program)}, func(o kernel.Output) {
		if s, ok := o.(kernel.Stream); ok {
			out.WriteString(s.Text)
		}
	})
	switch {
	case err != nil:
		return verdict{"wrong", err.Error()}
	case reply.Error == nil && out.String() == wanted(program):
		return verdict{kind: "pass"}
	case reply.Error == nil:
		return verdict{"wrong", "printed " + out.String()}
	case out.Len() == 0 && (reply.Error.Ename == "refused" || reply.Error.Ename == "compile error"):
		return verdict{"refused", strings.Join(reply.Error.Traceback, "\n")}
	}
	return verdict{"wrong", strings.Join(reply.Error.Traceback, "\n") + "\n" + out.String()}
}

var refusedFor = regexp.MustCompile(`(?m): \x1b\[31m(.*)\x1b\[0m$`)

// report prints the counts and the reasons of refusals, and fails for each
// program that went wrong. It returns how many passed.
func report(t *testing.T, programs []string, verdicts []verdict) int {
	counts, reasons := map[string]int{}, map[string][]string{}
	for i, v := range verdicts {
		name := filepath.Base(programs[i])
		counts[v.kind]++
		switch v.kind {
		case "wrong":
			t.Errorf("%s: %.2000s", programs[i], v.detail)
		case "refused":
			for _, m := range refusedFor.FindAllStringSubmatch(v.detail, -1) {
				if !slices.Contains(reasons[m[1]], name) {
					reasons[m[1]] = append(reasons[m[1]], name)
				}
			}
		}
	}
	t.Logf("pass %d (%.1f %%), refused %d, wrong %d", counts["pass"],
		100*float64(counts["pass"])/float64(len(programs)), counts["refused"], counts["wrong"])
	for _, reason := range slices.SortedFunc(maps.Keys(reasons), func(a, b string) int {
		return len(reasons[b]) - len(reasons[a])
	}) {
		t.Logf("%4d refused: %s (%s)", len(reasons[reason]), reason, strings.Join(reasons[reason], " "))
	}
	return counts["pass"]
}

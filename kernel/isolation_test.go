package kernel_test

import (
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/kerneltest"
)

// run executes a cell and returns what it showed as text.
func run(t *testing.T, k *kernel.Kernel, code string) string {
	t.Helper()
	outputs, _ := kerneltest.Run(t, k, code)
	return kerneltest.Text(outputs)
}

// raceDetector reports whether the race detector watches this process.
func raceDetector() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// crashes are cells that end the worker. want is in what they show.
var crashes = []struct{ name, code, want string }{
	{"panic in a goroutine", "go func() {\n\tvar s []int\n\ts[40] = 1\n}()\ntime.Sleep(10*time.Second)", "crash: panic: runtime error: index out of range"},
	{"own panic in a goroutine", "go func() {\n\tpanic(\"too late\")\n}()\ntime.Sleep(10*time.Second)", "crash: panic: too late"},
	{"recursion", "var f func(n int) int\nf = func(n int) int {\n\treturn f(n+1) + 1\n}\nf(0)", "crash: runtime: goroutine stack exceeds"},
	{"all memory", "var hog [][]byte\nfor {\n\thog = append(hog, make([]byte, 1<<24))\n\thog[len(hog)-1][0] = 1\n}", "; LECTERN_MEMORY sets how much there is"},
	{"concurrent map writes", "m := map[int]int{}\nfor i := range 4 {\n\tgo func() { for { m[i]++ } }()\n}\ntime.Sleep(20*time.Second)", "crash: fatal error: concurrent map"},
	{"killed", "syscall.Kill(syscall.Getpid(), syscall.SIGKILL)\ntime.Sleep(10*time.Second)", "crash: the worker process ended (signal: killed)"},
	{"segmentation fault", "syscall.Kill(syscall.Getpid(), syscall.SIGSEGV)\ntime.Sleep(10*time.Second)", "crash: SIGSEGV: segmentation violation"},
	{"exit behind the kernel's back", "syscall.Exit(3)", "crash: the worker process ended (exit status 3)"},
}

// notUnderRace says why the race detector spoils crashes.
var notUnderRace = map[string]string{
	"recursion":             "has no memory left then, and ends the process before Go's runtime does",
	"all memory":            "has no memory left then, and ends the process before Go's runtime does",
	"concurrent map writes": "reports them too",
}

// crashEngines say how each of the three engines is made to run a cell.
var crashEngines = map[string]struct {
	engine kernel.Engine
	prefix string
}{
	"statements":  {kernel.Auto, ""},
	"interpreted": {kernel.Interpret, "select { default: }\n"},
	"compiled":    {kernel.Auto, "%%compile\n"},
}

// crashKernel returns a kernel whose worker has little memory.
func crashKernel(t testing.TB, engine kernel.Engine) *kernel.Kernel {
	config := kerneltest.Config(t)
	config.Engine = engine
	config.Env = append(config.Env, "LECTERN_MEMORY=600MB")
	return kerneltest.StartConfig(t, config)
}

// TestCrash runs cells that end the worker, under every engine: each is an error of
// its cell, without the run time's own words about itself; the next cell is
// answered, and %replay restores the session.
func TestCrash(t *testing.T) {
	for name, e := range crashEngines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := crashKernel(t, e.engine)
			run(t, k, "n := 40\ntype pair struct{ a, b int }\nfunc (p pair) sum() int { return p.a + p.b }\np := pair{1, 2}\nfunc twice(i int) int { return 2 * i }")
			for _, tt := range crashes {
				if why := notUnderRace[tt.name]; why != "" && raceDetector() {
					t.Logf("%s: skipped: the race detector %s", tt.name, why)
					continue
				}
				got := run(t, k, e.prefix+tt.code)
				if !strings.Contains(got, tt.want) || !strings.HasSuffix(got, "%replay runs its cells again.\n") || len(got) > 2000 || strings.Contains(got, "stderr: ") {
					t.Errorf("%s: showed %s, want a crash with %q", tt.name, got, tt.want)
				}
				if strings.Contains(tt.name, "goroutine") && !strings.Contains(got, "\n--> s[40] = 1\n") && !strings.Contains(got, "\n--> panic(\"too late\")\n") {
					t.Errorf("%s: showed %s, want the line of the panic", tt.name, got)
				}
				if got, want := run(t, k, "1 + 1"), "= 2\n"; got != want {
					t.Errorf("%s: the next cell showed %q, want %q", tt.name, got, want)
				}
				run(t, k, "%replay")
				if got, want := run(t, k, "n, p.sum(), twice(4)"), "= 40, 3, 8\n"; got != want {
					t.Errorf("%s: after %%replay: %q, want %q", tt.name, got, want)
				}
			}
		})
	}
}

// TestExit ends cells from wherever they run; the session goes on.
func TestExit(t *testing.T) {
	for name, e := range crashEngines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := crashKernel(t, e.engine)
			run(t, k, "n := 40")
			for _, tt := range []struct{ code, want string }{
				{"os.Exit(3)", "exit: exit status 3\n"},
				{"log.Fatal(\"bad\")", "exit: exit status 1\n"},
				{"func() { defer func() { n++ }(); os.Exit(4) }()\nn = 0", "exit: exit status 4\n"},
				{"go os.Exit(5)\ntime.Sleep(10*time.Second)\nn = 0", "exit: exit status 5\n"},
				{"go func() { log.Fatal(\"bad\") }()\ntime.Sleep(10*time.Second)\nn = 0", "exit: exit status 1\n"},
			} {
				if got := run(t, k, e.prefix+tt.code); !strings.Contains(got, tt.want) {
					t.Errorf("%s: showed %s, want %q", tt.code, got, tt.want)
				}
			}
			if got, want := run(t, k, "n"), "= 41\n"; got != want {
				t.Errorf("afterwards n is %q, want %q", got, want)
			}
		})
	}
}

// TestLastWords prints what looks like the end of a process, which goes on.
func TestLastWords(t *testing.T) {
	k := kerneltest.Start(t)
	if got, want := run(t, k, "fmt.Fprint(os.Stderr, \"fine\\npanic: at the disco\\n\")\n1"), "stderr: fine\nstderr: panic: at the disco\n= 1\n"; got != want {
		t.Errorf("showed %q, want %q", got, want)
	}
}

func TestProgram(t *testing.T) {
	k := kerneltest.Start(t)
	for _, tt := range []struct{ code, want string }{
		{"package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"a program\") }", "a program\n"},
		{"package main\n\nimport \"os\"\n\nfunc main() { os.Exit(3) }", "the program ended with exit status 3\n"},
		{"package main\n\nfunc main() { x := 1 }", "declared and not used: x"},
	} {
		if got := run(t, k, tt.code); !strings.Contains(got, tt.want) {
			t.Errorf("%s\nshowed %q, want %q", tt.code, got, tt.want)
		}
	}
}

// TestCrashWhileNothingRuns has a goroutine panic while the next cell is built, and
// while it runs a command of the shell.
func TestCrashWhileNothingRuns(t *testing.T) {
	for _, next := range []string{"%%compile\ntype t struct{ x int }\nt{1}", "!sleep 0.3\n1"} {
		k := kerneltest.Start(t)
		run(t, k, "go func() {\n\ttime.Sleep(20*time.Millisecond)\n\tpanic(\"boo\")\n}()")
		got := run(t, k, next)
		if !strings.Contains(got, "crash: panic: boo\n") || !strings.Contains(got, "\n--> panic(\"boo\")\n") {
			t.Errorf("%s: showed %s, want the panic and its line", next, got)
		}
	}
}

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

// TestCrash runs cells that end the worker: each is an error of its cell, the
// next cell is answered, and %replay restores the session.
func TestCrash(t *testing.T) {
	for name, tt := range map[string]struct{ code, want string }{
		"panic in an interpreted goroutine": {"go func() { var s []int; s[n] = 1 }()\ntime.Sleep(time.Second)", "panic: "},
		"panic in a compiled goroutine":     {"%%compile\ngo func() { panic(\"in a goroutine\") }()\ntime.Sleep(time.Second)", "panic: in a goroutine"},
		"recursion":                         {"func f(n int) int { return f(n+1) + 1 }\nf(0)", "stack"},
		"compiled recursion":                {"%%compile\nfunc f(n int) int { return f(n+1) + 1 }\nf(0)", "stack"},
		"all memory":                        {"var hog [][]byte\nfor {\n\thog = append(hog, make([]byte, 1<<24))\n\thog[len(hog)-1][0] = 1\n}", "out of memory"},
		"concurrent map writes":             {"m := map[int]int{}\nfor i := range 4 {\n\tgo func() { for { m[i]++ } }()\n}\ntime.Sleep(20*time.Second)", "concurrent map"},
		"killed from outside":               {"import \"syscall\"\nsyscall.Kill(syscall.Getpid(), syscall.SIGKILL)\ntime.Sleep(time.Second)", "killed"},
	} {
		t.Run(name, func(t *testing.T) {
			if raceDetector() && (tt.want == "stack" || tt.want == "out of memory") {
				t.Skip("the race detector has no memory left then, and ends the process before Go's runtime does")
			}
			t.Parallel()
			config := kerneltest.Config(t)
			config.Env = append(config.Env, "LECTERN_MEMORY=600MB")
			k := kerneltest.StartConfig(t, config)
			run(t, k, "n := 40\ntype pair struct{ a, b int }\np := pair{1, 2}")
			got := run(t, k, tt.code)
			if !strings.Contains(got, "crash: ") || !strings.Contains(got, tt.want) {
				t.Errorf("%s\nshowed %s\nwant a crash with %q", tt.code, got, tt.want)
			}
			if got, want := run(t, k, "1 + 1"), "= 2\n"; got != want {
				t.Errorf("the next cell showed %q, want %q", got, want)
			}
			run(t, k, "%replay")
			if got, want := run(t, k, "n, p.b"), "= 40, 2\n"; got != want {
				t.Errorf("after %%replay: %q, want %q", got, want)
			}
		})
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

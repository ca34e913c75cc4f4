package kernel_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/kerneltest"
)

// run executes a cell and returns what it showed as text.
func run(t *testing.T, k *kernel.Kernel, code string) string {
	t.Helper()
	outputs, _ := kerneltest.Run(t, k, code)
	return kerneltest.Text(outputs)
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

// TestInterrupt interrupts cells in every state. The variables stay.
func TestInterrupt(t *testing.T) {
	for name, code := range map[string]string{
		"loop":                   "for {\n}",
		"counting loop":          "for i := 0; ; i++ {\n\tn = i\n}",
		"function":               "func spin() { for { n++ } }\nspin()",
		"sleep":                  "time.Sleep(time.Hour)",
		"channel":                "ch := make(chan int)\n<-ch",
		"compiled sleep":         "%%compile\ntime.Sleep(time.Hour)",
		"compiled channel":       "%%compile\nc := make(chan int)\n<-c",
		"blocked wait group":     "var wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()",
		"compiled blocked mutex": "%%compile\nvar mu sync.Mutex\nmu.Lock()\nmu.Lock()",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := kerneltest.Start(t)
			run(t, k, "n := 40\nadd := func(i int) int { return n + i }")
			got := interrupt(t, k, code, 1)
			if !strings.Contains(got, "interrupt: ") {
				t.Errorf("%s\nshowed %s\nwant an interrupt", code, got)
			}
			if got, want := run(t, k, "n = 5\nadd(1)"), "= 6\n"; got != want {
				t.Errorf("after the interrupt: %q, want %q", got, want)
			}
		})
	}
	t.Run("busy compiled code", func(t *testing.T) {
		t.Parallel()
		k := kerneltest.Start(t)
		got := interrupt(t, k, "%%compile\nfor {\n}", 2)
		if !strings.Contains(got, "did not stop when interrupted") {
			t.Errorf("showed %s, want a restart that says why", got)
		}
		if got, want := run(t, k, "1 + 1"), "= 2\n"; got != want {
			t.Errorf("the next cell showed %q, want %q", got, want)
		}
	})
}

// interrupt runs a cell and interrupts it a number of times.
func interrupt(t *testing.T, k *kernel.Kernel, code string, times int) string {
	t.Helper()
	started := make(chan struct{})
	go func() {
		<-started
		for range times {
			time.Sleep(300 * time.Millisecond)
			k.Interrupt()
		}
	}()
	var outputs []kernel.Output
	_, err := k.Execute(context.Background(), kernel.ExecuteRequest{Code: "fmt.Print()\n"}, func(kernel.Output) {})
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(code, "%%compile") { // the build is not what is to be interrupted
		code = "%%compile\nfmt.Println(\"started\")\n" + strings.TrimPrefix(code, "%%compile\n")
	} else {
		code = "fmt.Println(\"started\")\n" + code
	}
	_, err = k.Execute(context.Background(), kernel.ExecuteRequest{Code: code}, func(o kernel.Output) {
		if s, ok := o.(kernel.Stream); ok && strings.HasPrefix(s.Text, "started") {
			close(started)
		}
		outputs = append(outputs, o)
	})
	if err != nil {
		t.Fatal(err)
	}
	return kerneltest.Text(outputs)
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

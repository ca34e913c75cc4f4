package kernel_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/kerneltest"
)

// interruptions are cells that do not end by themselves. release is what a later
// cell does to let the code go on that an interrupt has left blocked.
var interruptions = []struct{ name, code, release string }{
	{"counting loop", "for i := 0; ; i++ {\n\tspins = i\n}", ""},
	{"calling loop", "for {\n\tspin(1)\n}", ""},
	{"calling function", "func() {\n\tfor {\n\t\tspin(1)\n\t}\n}()", ""},
	{"loop of the library", "func() {\n\tfor i := 0; ; i++ {\n\t\tfmt.Sprint(i)\n\t}\n}()", ""},
	{"loop of loops", "for {\n\tfor i := range 10 {\n\t\tspins = i\n\t}\n}", ""},
	{"sleep", "time.Sleep(time.Hour)", ""},
	{"receive", "x = <-ch", "select { case ch <- 1: case <-time.After(50*time.Millisecond): }"},
	{"receive two", "var ok bool\nx, ok = <-ch\nspin(fmt.Sprint(ok))", "select { case ch <- 1: case <-time.After(50*time.Millisecond): }"},
	{"send", "ch <- 7", "select { case <-ch: case <-time.After(50*time.Millisecond): }"},
	{"range over a channel", "for x = range ch {\n}", "close(ch)"},
	{"range over a channel with values", "for v := range ch {\n\tx = v\n}", "select { case ch <- 1: case <-time.After(50*time.Millisecond): }"},
	{"select", "select {\ncase v := <-ch:\n\tx = v\ncase ch <- 7:\n\tx = 7\n}", "select { case ch <- 1: case <-time.After(50*time.Millisecond): }"},
	{"empty select", "select {}", ""},
	{"mutex", "mu.Lock()\nmu.Lock()", "mu.Unlock()"},
	{"wait group", "wg.Add(1)\nwg.Wait()", "wg.Done()"},
	{"condition", "mu.TryLock()\ncond.Wait()", "cond.Broadcast()"},
	{"once", "var once sync.Once\nonce.Do(func() { x = <-ch })", "select { case ch <- 1: case <-time.After(50*time.Millisecond): }"},
	{"read", "x, err = near.Read(make([]byte, 1))", "far.SetDeadline(time.Now().Add(50*time.Millisecond)); far.Write([]byte{1})"},
	{"read in an expression", "spin(first(near.Read(make([]byte, 1))))", "far.SetDeadline(time.Now().Add(50*time.Millisecond)); far.Write([]byte{1})"},
	{"read through an interface", "_, err = io.ReadFull(near, make([]byte, 1))", "far.SetDeadline(time.Now().Add(50*time.Millisecond)); far.Write([]byte{1})"},
	{"request", "_, err = http.Get(server.URL)", "served <- true"},
	{"process", "err = exec.Command(\"sleep\", \"1\").Run()", "time.Sleep(time.Second)"},
	{"iterator", "for range forever {\n\tx = 0\n}", ""},
	{"callback", "slices.SortFunc(make([]int, 9), func(a, b int) int { <-ch; x = 1; return 0 })", "select { case ch <- 1: case <-time.After(50*time.Millisecond): }"},
	{"function of the session", "waits()", "wg.Done()"},
	{"deep", "func() {\n\tdefer func() { recover() }()\n\tfunc() { wg.Add(1); wg.Wait(); x = 1 }()\n}()", "wg.Done()"},
}

// interruptionSetup is what these cells use.
const interruptionSetup = `n, x, spins, after := 40, 0, 0, false
add := func(i int) int { return n + i }
func spin(v any) { spins++ }
func first(n int, _ error) int { return n }
func forever(yield func(int) bool) { for yield(1) {} }
ch := make(chan int)
served := make(chan bool)
var mu sync.Mutex
cond := sync.NewCond(&mu)
var wg sync.WaitGroup
func waits() { wg.Add(1); wg.Wait(); x = 1 }
near, far := net.Pipe()
server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-served }))
var err error`

// interruptionEngines say how each of the three engines is made to run a cell; only
// one takes a select statement.
var interruptionEngines = map[string]struct {
	engine        kernel.Engine
	setup, prefix string
}{
	"statements":  {kernel.Auto, interruptionSetup, ""},
	"interpreted": {kernel.Interpret, "select { default: }\n" + interruptionSetup, "select { default: }\n"},
	"compiled":    {kernel.Auto, "%%compile\n" + interruptionSetup, "%%compile\n"},
}

// interrupt runs a cell, interrupts it once it has started, and returns what it
// showed and how long after the interrupt it ended. The second interrupt comes
// where the first has not helped.
func interrupt(t testing.TB, k *kernel.Kernel, code string) (string, time.Duration) {
	t.Helper()
	var at time.Time
	var outputs []kernel.Output
	ended := make(chan bool)
	_, err := k.Execute(context.Background(), kernel.ExecuteRequest{Code: code}, func(o kernel.Output) {
		if s, ok := o.(kernel.Stream); ok && strings.HasPrefix(s.Text, "started") {
			go func() {
				time.Sleep(50 * time.Millisecond)
				at = time.Now()
				k.Interrupt()
				select {
				case <-ended:
				case <-time.After(time.Second):
					k.Interrupt()
				}
			}()
		}
		outputs = append(outputs, o)
	})
	took := time.Since(at)
	close(ended)
	if err != nil {
		t.Fatal(err)
	}
	return kerneltest.Text(outputs), took
}

// TestInterrupt interrupts cells in every state, under every engine. The variables
// stay, and nothing of the cell runs any more, even if what it waited for comes.
func TestInterrupt(t *testing.T) {
	for name, e := range interruptionEngines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := kerneltest.Config(t)
			config.Engine = e.engine
			k := kerneltest.StartConfig(t, config)
			if got := run(t, k, e.setup); got != "" {
				t.Fatalf("the setup showed %s", got)
			}
			for _, tt := range interruptions {
				got, _ := interrupt(t, k, e.prefix+"fmt.Println(\"started\")\n"+tt.code+"\nafter = true\nfmt.Println(\"after\")")
				if !strings.Contains(got, "interrupt: ") || strings.Contains(got, "restarted") {
					t.Errorf("%s: showed %s, want an interrupt", tt.name, got)
				}
				got = run(t, k, tt.release+"\ntime.Sleep(20 * time.Millisecond)\nn, x, after, add(1)")
				if want := "= 40, 0, false, 41\n"; got != want {
					t.Errorf("%s: afterwards the variables are %s, want %s", tt.name, got, want)
				}
				run(t, k, "x, after, ch = 0, false, make(chan int)\nmu.TryLock(); mu.Unlock()")
			}
		})
	}
}

// TestInterruptBusy interrupts compiled code that never yields.
func TestInterruptBusy(t *testing.T) {
	k := kerneltest.Start(t)
	got, _ := interrupt(t, k, "%%compile\nfmt.Println(\"started\")\nfunc() { for {} }()")
	if !strings.Contains(got, "did not stop when interrupted") {
		t.Errorf("showed %s, want a restart that says why", got)
	}
	if got, want := run(t, k, "1 + 1"), "= 2\n"; got != want {
		t.Errorf("the next cell showed %q, want %q", got, want)
	}
}

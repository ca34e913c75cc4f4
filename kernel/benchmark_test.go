package kernel_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/kerneltest"
)

// benchmarkCell runs one cell after another; %d in it is its number.
func benchmarkCell(b *testing.B, engine kernel.Engine, setup, code string) {
	config := kerneltest.Config(b)
	config.Engine = engine
	k := kerneltest.StartConfig(b, config)
	kerneltest.Run(b, k, setup)
	kerneltest.Run(b, k, fmt.Sprintf(code, 0)) // what is done once is done here
	n := 0
	var times []time.Duration
	for b.Loop() {
		n++
		start := time.Now()
		if _, reply := kerneltest.Run(b, k, fmt.Sprintf(code, n)); reply.Error != nil {
			b.Fatal(reply.Error.Evalue)
		}
		times = append(times, time.Since(start))
	}
	reportMilliseconds(b, times)
}

// reportMilliseconds reports the median of times and the longest.
func reportMilliseconds(b *testing.B, times []time.Duration) {
	slices.Sort(times)
	milliseconds := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }
	b.ReportMetric(milliseconds(times[len(times)/2]), "ms/median")
	b.ReportMetric(milliseconds(times[len(times)-1]), "ms/max")
	b.ReportMetric(0, "ns/op") // the mean, of which the first ones are no part
}

func BenchmarkExpression(b *testing.B) { benchmarkCell(b, kernel.Auto, "x := 1", "x + %d") }

func BenchmarkPrint(b *testing.B) { benchmarkCell(b, kernel.Auto, "x := 1", "fmt.Println(x, %d)") }

func BenchmarkCompiledCall(b *testing.B) {
	benchmarkCell(b, kernel.Auto, "%%compile\nfunc f(n int) int { return 2 * n }", "y := f(%d)")
}

func BenchmarkFunction(b *testing.B) {
	benchmarkCell(b, kernel.Auto, "", "func f%[1]d(n int) int { return 2 * n }\nf%[1]d(3)")
}

// warmKernel returns a kernel of an interactive session that has warmed up.
func warmKernel(b *testing.B) *kernel.Kernel {
	config := kerneltest.Config(b)
	config.Interactive = true
	k := kerneltest.StartConfig(b, config)
	kerneltest.Run(b, k, "%%compile\n1") // waits for what the start builds in the background
	return k
}

// swapSetup declares a function f, and one that tells whether f is compiled: what the
// interpreter makes begins with a function of package reflect.
const swapSetup = `%%compile
func f(n int) int { return n }
func swapped() bool { return runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name() != "reflect.makeFuncStub" }`

// awaitSwap waits until f is compiled.
func awaitSwap(t testing.TB, k *kernel.Kernel) {
	t.Helper()
	for start := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		if outputs, _ := kerneltest.Run(t, k, "swapped()"); kerneltest.Text(outputs) == "= true\n" {
			return
		}
		if time.Since(start) > 30*time.Second {
			t.Fatal("the function was not compiled in 30 s")
		}
	}
}

// BenchmarkFunctionSwap declares a function in a warm session: it is usable at once,
// and compiled in the background.
func BenchmarkFunctionSwap(b *testing.B) {
	k := warmKernel(b)
	kerneltest.Run(b, k, swapSetup)
	var usable, compiled []time.Duration
	for b.Loop() {
		start := time.Now()
		outputs, _ := kerneltest.Run(b, k, fmt.Sprintf("func f(n int) int { return n + %d }\nf(1), swapped()", len(usable)))
		if got, want := kerneltest.Text(outputs), fmt.Sprintf("= %d, false\n", len(usable)+1); got != want {
			b.Fatalf("the function showed %q, want %q", got, want)
		}
		usable = append(usable, time.Since(start))
		awaitSwap(b, k)
		compiled = append(compiled, time.Since(start))
	}
	reportMilliseconds(b, compiled)
	slices.Sort(usable)
	b.ReportMetric(float64(usable[len(usable)/2].Nanoseconds())/1e6, "ms/usable")
}

// BenchmarkTypeWithMethods declares a type with a method and uses it.
func BenchmarkTypeWithMethods(b *testing.B) {
	benchmarkCell(b, kernel.Auto, "", "type t%[1]d struct{ x int }\nfunc (t t%[1]d) double() int { return 2 * t.x }\nt%[1]d{2}.double()")
}

// BenchmarkFirstType uses the first type of a session that has warmed up.
func BenchmarkFirstType(b *testing.B) {
	var times []time.Duration
	for b.Loop() {
		b.StopTimer()
		k := warmKernel(b)
		b.StartTimer()
		start := time.Now()
		if outputs, _ := kerneltest.Run(b, k, "type t struct{ x int }\nfunc (t t) double() int { return 2 * t.x }\nt{2}.double()"); kerneltest.Text(outputs) != "= 4\n" {
			b.Fatal(kerneltest.Text(outputs))
		}
		times = append(times, time.Since(start))
	}
	reportMilliseconds(b, times)
}

// numeric is Go that a cell and a program share.
const numeric = `
func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func loop() int {
	s := 0
	for i := range 1000 {
		for j := range 10_000 {
			s += i ^ j
		}
	}
	return s
}

func measure() (fibTime, loopTime int) {
	start := time.Now()
	n := fib(27)
	middle := time.Now()
	n += loop()
	return int(middle.Sub(start)), int(time.Since(middle)) + n&1
}
`

// BenchmarkCompiledGo compares declared functions, once they are swapped in, with the
// same functions in a program that go build has built. Both are measured in turn.
func BenchmarkCompiledGo(b *testing.B) {
	dir := b.TempDir()
	program := filepath.Join(dir, "program")
	source := "package main\n\nimport (\n\t\"fmt\"\n\t\"time\"\n)\n" + numeric + "\nfunc main() { fmt.Println(measure()) }\n"
	if err := os.WriteFile(program+".go", []byte(source), 0o600); err != nil {
		b.Fatal(err)
	}
	if out, err := exec.Command("go", "build", "-o", program, program+".go").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	k := warmKernel(b)
	kerneltest.Run(b, k, swapSetup)
	if outputs, reply := kerneltest.Run(b, k, "func f(n int) int { return n + 1 }\n"+numeric); reply.Error != nil {
		b.Fatal(kerneltest.Text(outputs))
	}
	awaitSwap(b, k)
	var times [2][2][]float64 // of cells and programs, fib and loop
	for b.Loop() {
		outputs, _ := kerneltest.Run(b, k, "fmt.Println(measure())")
		out, err := exec.Command(program).Output()
		if err != nil {
			b.Fatal(err)
		}
		for i, text := range []string{kerneltest.Text(outputs), string(out)} {
			var fib, loop float64
			if _, err := fmt.Sscan(text, &fib, &loop); err != nil {
				b.Fatalf("%q: %v", text, err)
			}
			times[i][0], times[i][1] = append(times[i][0], fib), append(times[i][1], loop)
		}
	}
	for i, name := range []string{"fib", "loop"} {
		cells, programs := times[0][i], times[1][i]
		b.ReportMetric(slices.Min(cells)/slices.Min(programs), name+"-min-ratio")
		slices.Sort(cells)
		slices.Sort(programs)
		b.ReportMetric(cells[len(cells)/2]/programs[len(programs)/2], name+"-median-ratio")
		b.ReportMetric(slices.Min(cells)/1e6, name+"-ms")
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkLongSession runs 10,000 cells, then measures trivial ones, and how much
// the memory of the two processes has grown.
func BenchmarkLongSession(b *testing.B) {
	const cells = 10_000
	mix := []string{
		"x + %d", "y := %d", "y := float64(%d)", "fmt.Println(x, %d)", "func f%[1]d(n int) int { return n + x }\nf%[1]d(3)", "func g() int { return %d }",
		"s := []int{x, %d}\nfor _, v := range s {\n\tx = v %% 7\n}", "m := map[string]int{\"a\": %d}\nm[\"b\"]++", "strings.Repeat(\"ab\", %d %% 9)", "z := func(n int) int { return n + %d }\nz(x)",
	}
	for name, kinds := range map[string]struct {
		codes    []string
		compiled int // every so many cells are compiled
	}{
		"expressions": {mix[:1], 0},
		"variables":   {mix[1:3], 0},
		"prints":      {mix[3:4], 0},
		"functions":   {mix[4:6], 0},
		"mix":         {mix, 0},
		"compiled":    {mix, 100},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				k := kerneltest.Start(b)
				kerneltest.Run(b, k, "%%compile\nx := 1")
				for i := range 100 {
					kerneltest.Run(b, k, fmt.Sprintf(mix[i%len(mix)], i))
				}
				kernelBefore, workerBefore := resident(b)
				for i := range cells {
					code := fmt.Sprintf(kinds.codes[i%len(kinds.codes)], 100+i)
					if kinds.compiled > 0 && i%kinds.compiled == 0 {
						code = "%%compile\n" + code
					}
					if outputs, reply := kerneltest.Run(b, k, code); reply.Error != nil {
						b.Fatalf("%s: %s", code, kerneltest.Text(outputs))
					}
				}
				kernelAfter, workerAfter := resident(b)
				var times []time.Duration
				for range 100 {
					start := time.Now()
					kerneltest.Run(b, k, "x + 1")
					times = append(times, time.Since(start))
				}
				reportMilliseconds(b, times)
				b.ReportMetric(float64(kernelAfter.all-kernelBefore.all)/1e3, "MB/kernel")
				b.ReportMetric(float64(workerAfter.all-workerBefore.all)/1e3, "MB/worker")
				b.ReportMetric(float64(workerAfter.anonymous-workerBefore.anonymous)/1e3, "MB/worker-anonymous")
			}
		})
	}
}

// memory is how much of a process is resident, in kB: all of it, and without what
// is read from files, which the system may drop.
type memory struct{ all, anonymous int64 }

// resident returns the memory of this process and of the worker that it has started
// last.
func resident(b *testing.B) (own, worker memory) {
	children, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil || len(children) == 0 {
		b.Skip("this system does not tell how much memory a process has: no /proc")
	}
	last := 0
	for _, name := range children {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // the thread has ended
		}
		for pid := range strings.FieldsSeq(string(text)) {
			n, err := strconv.Atoi(pid)
			if err != nil {
				b.Fatal(err)
			}
			last = max(last, n)
		}
	}
	return residentOf(b, "self"), residentOf(b, strconv.Itoa(last))
}

func residentOf(b *testing.B, pid string) (m memory) {
	text, err := os.ReadFile(filepath.Join("/proc", pid, "status"))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		for name, n := range map[string]*int64{"VmRSS:": &m.all, "RssAnon:": &m.anonymous} {
			if rest, ok := strings.CutPrefix(line, name); ok {
				if _, err := fmt.Sscan(rest, n); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	return m
}

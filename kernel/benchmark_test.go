package kernel_test

import (
	"fmt"
	"slices"
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

func BenchmarkTypeWithMethods(b *testing.B) {
	benchmarkCell(b, kernel.Auto, "", "type t%[1]d struct{ x int }\nfunc (t t%[1]d) double() int { return 2 * t.x }\nt%[1]d{2}.double()")
}

func BenchmarkFib27(b *testing.B) {
	benchmarkCell(b, kernel.Auto, "%%compile\nfunc fib(n int) int {\n\tif n < 2 {\n\t\treturn n\n\t}\n\treturn fib(n-1) + fib(n-2)\n}", "fib(27 + 0*%d)")
}

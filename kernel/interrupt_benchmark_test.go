package kernel_test

import (
	"context"
	"testing"
	"time"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/kerneltest"
)

// BenchmarkInterrupt measures the time from an interrupt to the reply, in all the
// states that TestInterrupt goes through.
func BenchmarkInterrupt(b *testing.B) {
	for name, e := range interruptionEngines {
		b.Run(name, func(b *testing.B) {
			config := kerneltest.Config(b)
			config.Engine = e.engine
			k := kerneltest.StartConfig(b, config)
			kerneltest.Run(b, k, e.setup)
			for _, tt := range interruptions {
				b.Run(tt.name, func(b *testing.B) {
					var times []time.Duration
					for b.Loop() {
						_, took := interrupt(b, k, e.prefix+"fmt.Println(\"started\")\n"+tt.code)
						times = append(times, took)
						kerneltest.Run(b, k, tt.release+"\nx, ch = 0, make(chan int)\nmu.TryLock(); mu.Unlock()")
					}
					reportMilliseconds(b, times)
				})
			}
		})
	}
}

// BenchmarkInterruptBuild interrupts a cell that compiles.
func BenchmarkInterruptBuild(b *testing.B) {
	k := kerneltest.Start(b)
	kerneltest.Run(b, k, "%%compile\n1")
	var times []time.Duration
	for b.Loop() {
		times = append(times, interruptAfter(b, k, "%%compile\n1", 40*time.Millisecond))
	}
	reportMilliseconds(b, times)
}

// BenchmarkInterruptShell interrupts a cell that waits for a process.
func BenchmarkInterruptShell(b *testing.B) {
	k := kerneltest.Start(b)
	var times []time.Duration
	for b.Loop() {
		times = append(times, interruptAfter(b, k, "!sleep 100", 100*time.Millisecond))
	}
	reportMilliseconds(b, times)
}

// BenchmarkInterruptInput interrupts a cell that waits for input.
func BenchmarkInterruptInput(b *testing.B) {
	k := kerneltest.Start(b)
	var times []time.Duration
	for b.Loop() {
		times = append(times, interruptAfter(b, k, "var s string\nfmt.Scan(&s)", 100*time.Millisecond))
	}
	reportMilliseconds(b, times)
}

// interruptAfter interrupts a cell some time after it was sent, and returns how
// long after the interrupt it ended.
func interruptAfter(b *testing.B, k *kernel.Kernel, code string, wait time.Duration) time.Duration {
	var at time.Time
	time.AfterFunc(wait, func() {
		at = time.Now()
		k.Interrupt()
	})
	reply, err := k.Execute(context.Background(), kernel.ExecuteRequest{
		Code: code, Input: func(ctx context.Context, _ string, _ bool) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		},
	}, func(kernel.Output) {})
	if err != nil || reply.Error == nil {
		b.Fatalf("%s ended with %v, %v before it was interrupted", code, err, reply.Error)
	}
	return time.Since(at)
}

// BenchmarkCrash measures the time from the end of a cell that ended the worker to the
// reply to the next one.
func BenchmarkCrash(b *testing.B) {
	for name, e := range crashEngines {
		for _, tt := range crashes {
			b.Run(name+"/"+tt.name, func(b *testing.B) {
				k := crashKernel(b, e.engine)
				var times []time.Duration
				for b.Loop() {
					if _, reply := kerneltest.Run(b, k, e.prefix+tt.code); reply.Error == nil || reply.Error.Ename != "crash" {
						b.Fatalf("the cell ended with %v, want a crash", reply.Error)
					}
					start := time.Now()
					if outputs, _ := kerneltest.Run(b, k, "1 + 1"); kerneltest.Text(outputs) != "= 2\n" {
						b.Fatalf("the next cell showed %s", kerneltest.Text(outputs))
					}
					times = append(times, time.Since(start))
				}
				reportMilliseconds(b, times)
			})
		}
	}
}

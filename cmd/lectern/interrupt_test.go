package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/kerneltest"
)

// interruptSetup declares a network and its data, and what tells that a cell went on.
const interruptSetup = `
after := false
X, Y := nnlib.NewMatrix(1000, 50), nnlib.NewMatrix(1000, 1)
net := nnlib.FeedForward([]int{50, 100, 1}, nnlib.Tanh, 0, nnlib.Init{}, 1)`

const trainingCell = `
fmt.Println("started")
_, err := net.Fit(context.Background(), X, Y, nnlib.SquaredError{}, nnlib.Training{
	Epochs: 100_000, BatchSize: 32, Optimizer: &nnlib.SGD{Rate: 0.001},
})
after = true`

const askingCell = `
line, err := display.Input("? ")
after = true
fmt.Println("after")`

// interruptAt runs a cell and interrupts it some time after it has printed or asked
// something. It returns how long after that it ended.
func interruptAt(t testing.TB, k *kernel.Kernel, code string, wait time.Duration) time.Duration {
	t.Helper()
	var at time.Time
	interrupt := func() {
		at = time.Now()
		k.Interrupt()
	}
	reply, err := k.Execute(context.Background(), kernel.ExecuteRequest{
		Code: code,
		Input: func(ctx context.Context, _ string, _ bool) (string, error) {
			interrupt()
			<-ctx.Done()
			return "", ctx.Err()
		},
	}, func(o kernel.Output) {
		switch o := o.(type) {
		case kernel.Stream:
			switch o.Text {
			case "started\n":
				time.AfterFunc(wait, interrupt)
			case "after\n":
				t.Errorf("%s went on after the interrupt", code)
			}
		case kernel.Error:
			if o.Ename != "interrupt" {
				t.Errorf("%s ended with %s: %s", code, o.Ename, o.Evalue)
			}
		}
	})
	if err != nil || reply.Error == nil {
		t.Fatalf("%s ended with %v, %v, want an interrupt", code, err, reply.Error)
	}
	return time.Since(at)
}

// TestInterruptLibrary interrupts training loops and questions: nothing of the cell
// runs any more, and the variables stay.
func TestInterruptLibrary(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	for _, engine := range []kernel.Engine{kernel.Auto, kernel.Compile} {
		t.Run(string(engine), func(t *testing.T) {
			k := startEngine(t, engine)
			if _, reply := kerneltest.Run(t, k, interruptSetup); reply.Error != nil {
				t.Fatal(reply.Error)
			}
			interruptAt(t, k, trainingCell, 300*time.Millisecond)
			asks := 20 // what wakes the cell is in a race with what stops it
			if engine == kernel.Compile {
				asks = 3
			}
			for range asks {
				interruptAt(t, k, askingCell, 0)
			}
			outputs, _ := kerneltest.Run(t, k, "after, len(X.Data), len(net.Parameters())")
			if got, want := kerneltest.Text(outputs), "= false, 50000, 4\n"; got != want {
				t.Errorf("afterwards the variables are %s, want %s", got, want)
			}
		})
	}
}

// BenchmarkInterruptTraining measures the time from an interrupt of a training loop
// to the reply.
func BenchmarkInterruptTraining(b *testing.B) {
	k := startEngine(b, kernel.Auto)
	kerneltest.Run(b, k, interruptSetup)
	var times []time.Duration
	for b.Loop() {
		times = append(times, interruptAt(b, k, trainingCell, 300*time.Millisecond))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1e3, "ms/median")
	b.ReportMetric(float64(times[len(times)-1].Microseconds())/1e3, "ms/max")
	b.ReportMetric(0, "ns/op")
}

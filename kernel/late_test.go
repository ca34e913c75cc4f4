package kernel_test

import (
	"context"
	"testing"
	"time"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/kerneltest"
)

// TestLate has a goroutine print after its cell ended: its cell gets it, from
// Evaluate and Inspect too, and not the next one.
func TestLate(t *testing.T) {
	t.Parallel()
	k := kerneltest.Start(t)
	late := make(chan kernel.Output, 10)
	wait := func(want string) {
		t.Helper()
		select {
		case o := <-late:
			if s, ok := o.(kernel.Stream); !ok || s.Text != want {
				t.Errorf("late output %v, want %q", o, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("no late output, want %q", want)
		}
	}
	_, err := k.Execute(context.Background(), kernel.ExecuteRequest{
		Code: "more := make(chan string)\ngo func() { for s := range more { fmt.Println(s) } }()",
		Late: func(o kernel.Output) { late <- o },
	}, func(kernel.Output) {})
	if err != nil {
		t.Fatal(err)
	}
	send := func(text string) {
		t.Helper()
		_, failed, err := k.Evaluate(context.Background(), "func() int { more <- `"+text+"`; return 1 }()")
		if failed != nil || err != nil {
			t.Fatal(failed, err)
		}
	}
	send("first")
	wait("first\n")
	k.Inspect("more", 4, 0)
	send("second")
	wait("second\n")
	outputs, _ := kerneltest.Run(t, k, "more <- `third`; time.Sleep(100 * time.Millisecond)")
	wait("third\n")
	if len(outputs) > 0 {
		t.Errorf("the next cell shows %v, want nothing", outputs)
	}
}

// TestLateBeside has a goroutine of one cell print while others run, interpreted
// and compiled.
func TestLateBeside(t *testing.T) {
	t.Parallel()
	for _, engine := range []kernel.Engine{kernel.Interpret, kernel.Compile} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			config := kerneltest.Config(t)
			config.Engine = engine
			k := kerneltest.StartConfig(t, config)
			var late []kernel.Output
			reply, err := k.Execute(context.Background(), kernel.ExecuteRequest{
				Code: `more := make(chan string)
go func() {
	for {
		s := <-more
		fmt.Println(s)
		fmt.Printf("%s.", s)
		log.SetFlags(0)
		log.Print(s)
		more <- ""
	}
}()`,
				Late: func(o kernel.Output) { late = append(late, o) },
			}, func(kernel.Output) {})
			if err != nil || reply.Error != nil {
				t.Fatal(err, reply.Error)
			}
			for _, text := range []string{"a", "b"} {
				late = nil
				outputs, _ := kerneltest.Run(t, k, "fmt.Print(1); more <- `"+text+"`; <-more; fmt.Print(2)")
				if got := kerneltest.Text(outputs); got != "12" {
					t.Errorf("the running cell shows %q, want 12", got)
				}
				if got, want := kerneltest.Text(late), text+"\n"+text+".stderr: "+text+"\n"; got != want {
					t.Errorf("the earlier cell shows %q, want %q", got, want)
				}
			}
		})
	}
}

// TestSleepOutlivesCell has a goroutine sleep on after its cell ended.
func TestSleepOutlivesCell(t *testing.T) {
	t.Parallel()
	k := kerneltest.Start(t)
	kerneltest.Run(t, k, "slept := make(chan time.Duration)\ngo func() { start := time.Now(); time.Sleep(300 * time.Millisecond); slept <- time.Since(start) }()")
	outputs, _ := kerneltest.Run(t, k, "<-slept >= 300 * time.Millisecond")
	if got := kerneltest.Text(outputs); got != "= true\n" {
		t.Errorf("the goroutine slept for 300 ms: %s", got)
	}
}

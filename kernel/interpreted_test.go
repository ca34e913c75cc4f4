package kernel_test

import (
	"context"
	"testing"
	"time"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/kerneltest"
)

// TestDependencyImported uses a package that was a dependency in an earlier cell,
// so that a part of it was known.
func TestDependencyImported(t *testing.T) {
	config := kerneltest.Config(t)
	config.Engine = kernel.Interpret
	k := kerneltest.StartConfig(t, config)
	run(t, k, "type T struct{ *http.Server }")
	if got, want := run(t, k, "var t time.Time\nselect {\ncase t = <-time.After(1):\n}\nt.IsZero()"), "= false\n"; got != want {
		t.Errorf("the cell shows %q, want %q", got, want)
	}
}

// TestInterruptInterpreted interrupts busy and blocked code that nothing compiles;
// the session's variables stay.
func TestInterruptInterpreted(t *testing.T) {
	config := kerneltest.Config(t)
	config.Engine = kernel.Interpret
	k := kerneltest.StartConfig(t, config)
	kerneltest.Run(t, k, "type T struct{ n int }\nfunc (t *T) spin() { for { t.n++ } }\nvar x = &T{}")
	for _, code := range []string{
		"x.spin()",
		"func() { defer recover(); x.spin() }()",
		"var c chan T\n<-c",
		"sort.Slice(make([]T, 10), func(i, j int) bool { x.spin(); return true })",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		start := time.Now()
		_, reply := kerneltest.RunContext(ctx, t, k, code)
		cancel()
		if reply.Error == nil || reply.Error.Ename != "interrupt" {
			t.Errorf("%s: ended with %v, want an interrupt", code, reply.Error)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: stopped after %v", code, took)
		}
	}
	outputs, _ := kerneltest.Run(t, k, "x.n > 0")
	if got := kerneltest.Text(outputs); got != "= true\n" {
		t.Errorf("after the interrupts the cell shows %q", got)
	}
}

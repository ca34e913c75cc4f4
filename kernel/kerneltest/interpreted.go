package kerneltest

import (
	"context"
	"strings"
	"testing"

	"github.com/lectern-go/lectern/kernel"
)

// Rejected is the reason of cells that the interpreter itself did not accept,
// which the planner should have refused.
const Rejected = "rejected by the interpreter"

// refusal is what diagnostics of the planner begin with.
const refusal = "the interpreter does not run "

// Interpreted runs the snippet in a kernel with the interpreter and returns what
// its cells showed: streams and results as [Text] writes them, panics in one
// line, each cell's end as [CellEnd]. If the kernel refuses a cell, refused says
// why and the rest of the snippet does not run.
func Interpreted(t testing.TB, k *kernel.Kernel, s Snippet) (shown, refused string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), snippetTimeout)
	defer cancel()
	var b strings.Builder
	for _, code := range s.Cells {
		outputs, reply := RunContext(ctx, t, k, code)
		for _, o := range outputs {
			switch o := o.(type) {
			case kernel.Stream:
				if o.Name != "stderr" || !strings.HasPrefix(o.Text, "warning: ") {
					b.WriteString(o.Text)
				}
			case kernel.Error:
				b.WriteString(panicLine(o))
			default:
				b.WriteString(Text([]kernel.Output{o}))
			}
		}
		if reply.Error != nil {
			if strings.HasPrefix(reply.Error.Evalue, "the interpreter does not accept") { // nothing of the cell has run
				return strings.TrimSuffix(b.String(), panicLine(*reply.Error)), Rejected
			}
			if why, ok := strings.CutPrefix(reply.Error.Evalue, refusal); ok {
				why, _, _ = strings.Cut(why, ", and it cannot be compiled")
				return strings.TrimSuffix(b.String(), panicLine(*reply.Error)), why
			}
		}
		b.WriteString(CellEnd)
	}
	return b.String(), ""
}

// runtimeErrors are how the messages of run-time errors begin.
var runtimeErrors = []string{
	"runtime error", "interface conversion", "assignment to entry in nil map", "close of ", "send on closed channel",
}

// panicLine says why a cell ended. The interpreter and Go's runtime word run-time
// errors differently; their words are not compared.
func panicLine(e kernel.Error) string {
	for _, start := range runtimeErrors {
		if e.Ename == "panic" && strings.HasPrefix(e.Evalue, start) {
			return "panic: runtime error\n"
		}
	}
	return e.Ename + ": " + e.Evalue + "\n"
}

// StartInterpreter is [Start] for a kernel that refuses what its interpreter is
// not known to run right.
func StartInterpreter(t testing.TB) *kernel.Kernel {
	t.Helper()
	config := Config(t)
	config.Engine = kernel.Interpret
	k, err := kernel.Start(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	})
	return k
}

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

// Interpreted runs the snippet in a kernel with the interpreter and returns what
// its cells showed: streams and results as [Text] writes them, panics in one
// line, each cell's end as [CellEnd]. If the kernel refuses a cell, refused says
// why and the rest of the snippet does not run.
func Interpreted(t testing.TB, k *kernel.Kernel, s Snippet) (shown, refused string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*snippetTimeout) // the interpreters are slower
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
			if reply.Error.Ename == "refused" { // nothing of the cell has run
				return strings.TrimSuffix(b.String(), panicLine(*reply.Error)), reason(reply.Error.Evalue)
			}
		}
		b.WriteString(CellEnd)
	}
	return b.String(), ""
}

// reason says in few words why a cell was refused.
func reason(message string) string {
	if strings.HasPrefix(message, "the interpreter does not accept") {
		return Rejected
	}
	why, _, _ := strings.Cut(message, ", and it cannot be compiled")
	return strings.TrimPrefix(why, "the interpreter does not run ")
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

// StartInterpreter is [Start] for a kernel that refuses what its interpreters are
// not known to run right.
func StartInterpreter(t testing.TB) *kernel.Kernel {
	t.Helper()
	return StartConfig(t, InterpreterConfig(t))
}

// InterpreterConfig returns the settings of a kernel that runs the subset of package
// plan in yaegi and the rest in package ssainterp.
func InterpreterConfig(t testing.TB) kernel.Config {
	t.Helper()
	config := Config(t)
	config.Engine = kernel.Interpret
	return config
}

// SSAInterpreterConfig returns the settings of a kernel that runs all cells in package
// ssainterp, as engine interpret does with what yaegi does not run.
func SSAInterpreterConfig(t testing.TB) kernel.Config {
	t.Helper()
	config := Config(t)
	config.Engine = "as an interpreted package"
	return config
}

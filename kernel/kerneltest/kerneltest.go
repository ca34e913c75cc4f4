package kerneltest

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/worker"
)

// workerVariable is set in the environment of the worker process.
const workerVariable = "LECTERN_TEST_WORKER"

// Main is the TestMain of a package that starts kernels: it runs the tests, or
// the worker where the test program was started as one.
func Main(m *testing.M) {
	if os.Getenv(workerVariable) == "" {
		os.Exit(m.Run())
	}
	if err := worker.Main(worker.Config{}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// Config returns the settings of a kernel whose worker is the test program.
func Config(t testing.TB) kernel.Config {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return kernel.Config{Worker: []string{exe}, Env: []string{workerVariable + "=1"}, Dir: t.TempDir()}
}

// Start starts a kernel that is closed at the end of the test.
func Start(t testing.TB) *kernel.Kernel {
	t.Helper()
	return StartConfig(t, Config(t))
}

// StartConfig starts a kernel with the settings.
func StartConfig(t testing.TB, config kernel.Config) *kernel.Kernel {
	t.Helper()
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

// Run executes a cell and returns what it showed.
func Run(t testing.TB, k *kernel.Kernel, code string) ([]kernel.Output, kernel.Reply) {
	t.Helper()
	return RunContext(context.Background(), t, k, code)
}

// RunContext is Run with a context whose end interrupts the cell.
func RunContext(ctx context.Context, t testing.TB, k *kernel.Kernel, code string) ([]kernel.Output, kernel.Reply) {
	t.Helper()
	var outputs []kernel.Output
	reply, err := k.Execute(ctx, kernel.ExecuteRequest{Code: code}, func(o kernel.Output) { outputs = append(outputs, o) })
	if err != nil {
		t.Fatalf("Execute(%q): %v", code, err)
	}
	return outputs, reply
}

var colour = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Text writes outputs as the txtar files of the tests do: streams as they are
// (standard error behind "stderr: "), results behind "= ", displays as their MIME
// types, errors as their tracebacks without colours.
func Text(outputs []kernel.Output) string {
	var b strings.Builder
	for i, o := range outputs {
		switch o := o.(type) {
		case kernel.Stream:
			if o.Name == "stderr" && !continues(outputs[:i]) {
				b.WriteString("stderr: ")
			}
			b.WriteString(o.Text)
		case kernel.ExecuteResult:
			fmt.Fprintf(&b, "= %v\n", o.Data["text/plain"])
		case kernel.DisplayData:
			mimes := make([]string, 0, len(o.Data))
			for mime := range o.Data {
				mimes = append(mimes, mime)
			}
			sort.Strings(mimes)
			fmt.Fprintf(&b, "[%s]\n", strings.Join(mimes, " "))
		case kernel.Error:
			b.WriteString(colour.ReplaceAllString(strings.Join(o.Traceback, "\n")+"\n", ""))
		}
	}
	return b.String()
}

// continues reports whether the last output is a part of a line of standard error:
// println writes each of its arguments apart.
func continues(outputs []kernel.Output) bool {
	if len(outputs) == 0 {
		return false
	}
	last, ok := outputs[len(outputs)-1].(kernel.Stream)
	return ok && last.Name == "stderr" && !strings.HasSuffix(last.Text, "\n")
}

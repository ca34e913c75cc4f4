package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lectern-go/lectern/kernel/kernelspec"
	"github.com/lectern-go/lectern/notebooks/nbformat"
	"github.com/lectern-go/lectern/notebooks/verify"
)

// jupyter is Python's Jupyter with this program installed as the kernel
// "lectern".
type jupyter struct {
	python string
	env    []string
	dir    string // to run in
}

// pythonModules are what the tests need, with the packages that have them.
const (
	pythonModules  = "import jupyter_client, jupyter_kernel_test, nbconvert, jupyter_console, pexpect, ipykernel"
	pythonPackages = "python3-jupyter-kernel-test jupyter-nbconvert jupyter-console python3-pexpect python3-ipykernel"
)

// startJupyter finds Jupyter. Without it the test is skipped, or fails where
// LECTERN_CI is set.
func startJupyter(t *testing.T) *jupyter {
	t.Helper()
	if testing.Short() {
		t.Skip("runs Python's Jupyter")
	}
	j := &jupyter{dir: t.TempDir()}
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if path, err := exec.LookPath(name); err == nil && exec.Command(path, "-c", pythonModules).Run() == nil {
			j.python = path
			break
		}
	}
	needs(t, "Python with Jupyter", pythonPackages, j.python != "")
	home := t.TempDir()
	bin := filepath.Join(home, "lectern")
	build(t, bin)
	if _, err := kernelspec.Install(kernelspec.Prefix(home), "lectern", bin); err != nil {
		t.Fatal(err)
	}
	j.env = append(os.Environ(), "HOME="+home, "XDG_CACHE_HOME="+filepath.Join(home, "cache"),
		"JUPYTER_PATH="+filepath.Join(home, "share", "jupyter"), "JUPYTER_RUNTIME_DIR="+filepath.Join(home, "runtime"),
		"JUPYTER_CONFIG_DIR="+filepath.Join(home, "config"), "IPYTHONDIR="+filepath.Join(home, "ipython"),
		"LECTERN_DB="+filepath.Join(home, "lectern.db"), "GOCACHE="+goEnv(t, "GOCACHE"), "GOMODCACHE="+goEnv(t, "GOMODCACHE"),
		"PYTHONDONTWRITEBYTECODE=1", "PYDEVD_DISABLE_FILE_VALIDATION=1")
	return j
}

// needs skips the test, or fails it where LECTERN_CI is set, if something from
// Debian's packages is not there.
func needs(t *testing.T, what, packages string, there bool) {
	t.Helper()
	if there {
		return
	}
	reason := fmt.Sprintf("there is no %s; apt-get install %s", what, packages)
	if os.Getenv("LECTERN_CI") != "" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

// build builds the program: the test program itself is not lectern when
// Jupyter starts it.
func build(t testing.TB, path string) {
	t.Helper()
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// run runs Python with a time limit and returns what it printed.
func (j *jupyter) run(t *testing.T, limit time.Duration, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.Command(j.python, args...)
	cmd.Dir, cmd.Env = j.dir, j.env
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(limit, func() { cmd.Process.Kill() }) //nolint:errcheck // it may have ended
	defer timer.Stop()
	if err := cmd.Wait(); err != nil {
		t.Fatalf("python %s: %v\n%s", strings.Join(args, " "), err, out.String())
	}
	return out.String()
}

// script returns the absolute path of a script in testdata/jupyter.
func script(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", "jupyter", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// lecture is the notebook that Jupyter's tools run.
const lecture = "../../notebooks/lectures/06-window-ner.ipynb"

// TestJupyter runs Jupyter's own conformance suite, its tools and clients on this
// kernel, and compares its messages with ipykernel's.
func TestJupyter(t *testing.T) {
	j := startJupyter(t)
	t.Run("conformance", func(t *testing.T) {
		out := j.run(t, 3*time.Minute, script(t, "conformance.py"))
		if !strings.Contains(out, "Ran 12 tests") || !strings.Contains(out, "\nOK\n") {
			t.Errorf("want 12 tests, none skipped:\n%s", out)
		}
	})
	t.Run("clients", func(t *testing.T) {
		t.Log(j.run(t, 3*time.Minute, script(t, "clients.py")))
	})
	t.Run("side by side", func(t *testing.T) {
		t.Log(j.run(t, 3*time.Minute, script(t, "side_by_side.py")))
	})
	t.Run("load", func(t *testing.T) {
		t.Log(j.run(t, 5*time.Minute, script(t, "load.py")))
	})
	t.Run("nbconvert", func(t *testing.T) { testNbconvert(t, j) })
	t.Run("console", func(t *testing.T) {
		t.Log(j.run(t, 5*time.Minute, script(t, "console.py"), lecturePath(t)))
	})
}

var latency = flag.Bool("latency", false, "measure the kernel's latencies beside ipykernel's")

// TestJupyterLatency compares what a user waits for with ipykernel.
func TestJupyterLatency(t *testing.T) {
	if !*latency {
		t.Skip("measures for two minutes and wants an idle machine: -latency")
	}
	j := startJupyter(t)
	t.Logf("\n%s", j.run(t, 10*time.Minute, script(t, "latency.py")))
}

func lecturePath(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(lecture)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// testNbconvert runs notebook 06, or with LECTERN_TEST_LECTURES all notebooks of
// the lecture, with jupyter nbconvert --execute, and wants what is saved. Python's
// nbformat must find both in order.
func testNbconvert(t *testing.T, j *jupyter) {
	eachLecture(t, func(t *testing.T, name string, saved *nbformat.Notebook) {
		path := filepath.Join(filepath.Dir(lecturePath(t)), name)
		if os.Getenv("LECTERN_TEST_LECTURES") == "" && path != lecturePath(t) {
			t.Skip("LECTERN_TEST_LECTURES=1 runs it")
		}
		out := filepath.Join(j.dir, name)
		j.run(t, 5*time.Minute, "-m", "nbconvert", "--to", "notebook", "--execute",
			"--ExecutePreprocessor.kernel_name=lectern", "--ExecutePreprocessor.timeout=240", "--output", out, path)
		j.run(t, time.Minute, "-W", "error", "-c",
			"import nbformat, sys\nfor p in sys.argv[1:]: nbformat.validate(nbformat.read(p, nbformat.NO_CONVERT))", path, out)
		fresh, err := nbformat.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		diffs, compared := verify.Compare(saved, fresh, verify.Options{})
		for _, d := range diffs {
			t.Errorf("cell %q, %s, line %d: %s\n- %s\n+ %s", d.ID, d.Output, d.Line, d.Reason, d.Saved, d.Fresh)
		}
		count := 0
		for _, c := range fresh.Cells {
			if c.Type != nbformat.Code {
				continue
			}
			if count++; c.ExecutionCount == nil || *c.ExecutionCount != count {
				t.Errorf("cell %q, code cell %d, has the execution count %v", c.ID, count, c.ExecutionCount)
			}
		}
		if compared == 0 {
			t.Error("no cell was compared")
		}
	})
}

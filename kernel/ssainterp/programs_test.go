package ssainterp_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lectern-go/lectern/kernel/exportdata"
	"github.com/lectern-go/lectern/kernel/ssainterp"
	"github.com/lectern-go/lectern/kernel/symbols"
)

// stdlib returns the symbols of a package of the standard library.
func stdlib(path string) (map[string]reflect.Value, bool) {
	exports, ok := symbols.Exports(path)
	for _, table := range exports {
		return table, ok
	}
	return nil, ok
}

// programVariable names the file that the test program, started again,
// interprets.
const programVariable = "LECTERN_TEST_PROGRAM"

func TestMain(m *testing.M) {
	name := os.Getenv(programVariable)
	if name == "" {
		os.Exit(m.Run())
	}
	text, err := os.ReadFile(name)
	if err != nil {
		panic(err)
	}
	pkg, err := load(filepath.Base(name), string(text))
	if err != nil {
		os.Stderr.WriteString(err.Error() + "\n") //nolint:errcheck // there is nowhere else to say it
		os.Exit(3)
	}
	defer func() {
		if v := recover(); v != nil {
			pkg.Crash(v)
		}
	}()
	pkg.Run()
	pkg.Call("main")
	os.Exit(0)
}

func load(name, text string) (*ssainterp.Package, error) {
	im, err := ssainterp.NewImporter(exportdata.NewImporter())
	if err != nil {
		return nil, err
	}
	return ssainterp.Main(im, stdlib, name, text)
}

// TestPrograms runs the programs in testdata compiled and interpreted: they
// print the same.
func TestPrograms(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar")+"/"+f.Name, func(t *testing.T) {
				t.Parallel()
				testProgram(t, f)
			})
		}
	}
}

func testProgram(t *testing.T, f txtar.File) {
	dir := t.TempDir()
	name := filepath.Join(dir, "main.go")
	if err := os.WriteFile(name, f.Data, 0o600); err != nil {
		t.Fatal(err)
	}
	exe := filepath.Join(dir, "program")
	build := exec.Command("go", "build", "-o", exe, name)
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := output(t, exec.Command(exe))
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, setting := range []string{"GOGC=100", "GOGC=1"} {
		interpreted := exec.Command(self)
		interpreted.Env = append(os.Environ(), programVariable+"="+name, setting)
		if diff := cmp.Diff(want, output(t, interpreted)); diff != "" {
			t.Errorf("%s: interpreted differs from compiled (-compiled +interpreted)\n%s", setting, diff)
		}
	}
}

// output returns what a program prints, without the traceback of a crash.
func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	text, _, _ := strings.Cut(stderr.String(), "\ngoroutine ")
	text, _, _ = strings.Cut(text, "\n[signal ")
	if err != nil {
		text = strings.TrimSpace(text) + "\n" + err.Error()
	}
	return stdout.String() + text
}

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes this test program the command lectern for the scripts, and for
// the workers that it starts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"lectern": main})
}

// TestScripts runs testdata/script/*.txtar. Besides testscript's own commands
// there is
//
//	oneline FILE     FILE holds exactly one line
//	replace OLD NEW FILE    put NEW for every OLD in FILE
//	waitfile FILE    wait until FILE exists
//
// and the condition can-hide-go: a script may hide /usr/local/go, which is looked
// into wherever PATH leads, from a command.
func TestScripts(t *testing.T) {
	caches, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	goCache, modCache, _ := strings.Cut(strings.TrimSpace(string(caches)), "\n")
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			// The machine's own settings and caches must not change a test.
			env.Setenv("LECTERN_DB", "")
			env.Setenv("LECTERN_DATA", "")
			env.Setenv("LECTERN_EXPERIMENT", "")
			env.Setenv("HOME", filepath.Join(env.WorkDir, ".home"))
			env.Setenv("GOCACHE", goCache) // a cell is compiled in a second
			env.Setenv("GOMODCACHE", modCache)
			return os.MkdirAll(filepath.Join(env.WorkDir, ".git"), 0o777) // the project's root
		},
		Condition: func(cond string) (bool, error) {
			if cond != "can-hide-go" {
				return false, fmt.Errorf("unknown condition %q", cond)
			}
			err := exec.Command("unshare", "-rm", "true").Run()
			if err != nil && os.Getenv("LECTERN_CI") != "" {
				return false, fmt.Errorf("unshare -rm: %w", err)
			}
			return err == nil, nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"oneline":  oneLine,
			"replace":  replace,
			"waitfile": waitFile,
		},
	})
}

func oneLine(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: oneline FILE")
	}
	text := ts.ReadFile(args[0])
	if strings.Count(text, "\n") != 1 || !strings.HasSuffix(text, "\n") {
		ts.Fatalf("%s holds %d lines, want 1:\n%s", args[0], strings.Count(text, "\n"), text)
	}
}

func waitFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: waitfile FILE")
	}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
	}
	ts.Fatalf("%s did not appear within 30 s", args[0])
}

func replace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replace OLD NEW FILE")
	}
	text := ts.ReadFile(args[2])
	if !strings.Contains(text, args[0]) {
		ts.Fatalf("%s does not hold %q", args[2], args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(strings.ReplaceAll(text, args[0], args[1])), 0o666))
}

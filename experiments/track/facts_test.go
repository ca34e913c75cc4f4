package track

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lectern-go/lectern/experiments"
)

func TestFacts(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.org"}, args...)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	tag := func(f facts, key string) string {
		for _, t := range f.tags {
			if t.Key == key {
				return t.Value
			}
		}
		return ""
	}
	write("go.mod", "module example.org/m\n")
	write("main.go", "package main\n")
	git("init", "-q", "-b", "main")
	git("add", ".")
	git("commit", "-q", "-m", "first")
	sub := filepath.Join(dir, "sub")
	if err := os.Mkdir(sub, 0o777); err != nil {
		t.Fatal(err)
	}

	clean := findFacts(sub)
	if len(tag(clean, experiments.TagGitCommit)) != 40 || tag(clean, experiments.TagGitBranch) != "main" ||
		tag(clean, experiments.TagGitDirty) != "false" || clean.artifacts[experiments.ArtifactDiff] != nil {
		t.Errorf("clean: got tags %v and a diff of %d bytes", clean.tags, len(clean.artifacts[experiments.ArtifactDiff]))
	}
	if got := string(clean.artifacts[experiments.ArtifactGoMod]); got != "module example.org/m\n" {
		t.Errorf("go.mod: got %q", got)
	}
	write("main.go", "package main\n\nfunc main() {}\n")
	changed := findFacts(sub)
	if diff := string(changed.artifacts[experiments.ArtifactDiff]); tag(changed, experiments.TagGitDirty) != "true" ||
		!strings.Contains(diff, "+func main() {}") {
		t.Errorf("changed: got dirty %q, diff %q", tag(changed, experiments.TagGitDirty), diff)
	}
	if none := findFacts(t.TempDir()); tag(none, experiments.TagGitCommit) != "" || tag(none, "lectern.go.version") == "" {
		t.Errorf("outside of a repository: got tags %v", none.tags)
	}
}

package track

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/lectern-go/lectern/experiments"
)

// Limits of what is kept of a run's surroundings.
const (
	maxDiff     = 4 << 20         // bytes of uncommitted changes
	gitPatience = 5 * time.Second // for all of git's answers
	factsAge    = time.Minute     // facts younger than this are used again
)

// facts are what a run's result may depend on besides its params: the code and
// the machine.
type facts struct {
	tags      []experiments.Tag
	artifacts map[string][]byte
}

// sourceTags say what runs.
func sourceTags(s Session) []experiments.Tag {
	var tags []experiments.Tag
	add := func(key, value string) {
		if value != "" {
			tags = append(tags, experiments.Tag{Key: key, Value: value})
		}
	}
	name, kind := s.Notebook, "NOTEBOOK"
	if name == "" {
		name, kind = filepath.Base(os.Args[0]), "LOCAL"
	}
	add(experiments.TagSourceName, name)
	add(experiments.TagSourceType, kind)
	add(experiments.TagParentRun, s.Parent)
	add(experiments.TagUser, userName())
	command := s.Command
	if command == nil && s.Notebook == "" {
		command = os.Args
	}
	if data, err := json.Marshal(command); err == nil && len(command) > 0 {
		add(experiments.TagCommand, string(data))
	}
	if dir, err := os.Getwd(); err == nil {
		add(experiments.TagDirectory, dir)
	}
	return tags
}

var userName = sync.OnceValue(func() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return os.Getenv("USER")
})

// recent holds the facts found last.
var recent struct {
	sync.Mutex
	facts facts
	dir   string
	at    time.Time
}

// collectFacts finds the facts in the background and sends them once.
func collectFacts() <-chan facts {
	c := make(chan facts, 1)
	go func() {
		recent.Lock()
		defer recent.Unlock()
		dir, _ := os.Getwd() // without one, git answers nothing
		if recent.at.IsZero() || recent.dir != dir || time.Since(recent.at) > factsAge {
			recent.facts = findFacts(dir)
			recent.dir, recent.at = dir, time.Now()
		}
		c <- recent.facts
	}()
	return c
}

func findFacts(dir string) facts {
	f := facts{artifacts: map[string][]byte{}}
	f.machine()
	f.build()
	f.goMod(dir)
	f.git(dir)
	return f
}

func (f *facts) tag(key, value string) {
	if value != "" {
		f.tags = append(f.tags, experiments.Tag{Key: key, Value: value})
	}
}

func (f *facts) machine() {
	host, _ := os.Hostname() // left out if unknown
	f.tag("lectern.machine.host", host)
	f.tag("lectern.machine.platform", runtime.GOOS+"/"+runtime.GOARCH)
	f.tag("lectern.machine.cpus", strconv.Itoa(runtime.NumCPU()))
	f.tag("lectern.machine.cpu", cpuModel())
	f.tag("lectern.machine.gomaxprocs", strconv.Itoa(runtime.GOMAXPROCS(0)))
	f.tag("lectern.pid", strconv.Itoa(os.Getpid()))
}

// cpuModel returns the name of the processor where the system tells it in a
// file.
func cpuModel() string {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(data)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// build notes the executable's Go, module versions and commit.
func (f *facts) build() {
	f.tag("lectern.go.version", runtime.Version())
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return
	}
	f.tag("lectern.build.package", info.Path)
	const lectern = "github.com/lectern-go/lectern"
	if info.Main.Path == lectern {
		f.tag("lectern.version", info.Main.Version)
	}
	for _, m := range info.Deps {
		if m.Path == lectern {
			f.tag("lectern.version", m.Version)
		}
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" || s.Key == "vcs.modified" {
			f.tag("lectern.build."+s.Key, s.Value)
		}
	}
}

// goMod keeps the go.mod that governs dir.
func (f *facts) goMod(dir string) {
	for dir != "" {
		if data, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil {
			f.artifacts[experiments.ArtifactGoMod] = data
			return
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return
		}
		dir = parent
	}
}

// git notes the commit of dir and what differs from it.
func (f *facts) git(dir string) {
	ctx, cancel := context.WithTimeout(context.Background(), gitPatience)
	defer cancel()
	git := func(args ...string) string {
		cmd := exec.CommandContext(ctx, "git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_OPTIONAL_LOCKS=0")
		out, err := cmd.Output()
		if err != nil {
			return "" // no git, no repository, no commit: nothing to note
		}
		return string(bytes.TrimRight(out, "\n"))
	}
	commit := git("rev-parse", "HEAD")
	if commit == "" {
		return
	}
	f.tag(experiments.TagGitCommit, commit)
	f.tag(experiments.TagGitBranch, git("rev-parse", "--abbrev-ref", "HEAD"))
	f.tag(experiments.TagGitRepo, git("config", "--get", "remote.origin.url"))
	diff := git("diff", "HEAD")
	f.tag(experiments.TagGitDirty, strconv.FormatBool(diff != ""))
	if diff != "" {
		f.artifacts[experiments.ArtifactDiff] = []byte(cutText(diff+"\n", maxDiff))
	}
}

// storeFacts stores facts with the run.
func (w *worker) storeFacts(f facts) {
	if len(f.tags) > 0 {
		w.check(w.run.store.LogBatch(context.Background(), w.run.id, experiments.Batch{Tags: f.tags}), 0)
	}
	for path, data := range f.artifacts {
		w.check(w.run.PutArtifact(path, data), 0)
	}
}

// storeSession stores the cells run so far and what they have printed, if they
// have changed.
func (w *worker) storeSession() {
	w.storeText(experiments.ArtifactCells, w.run.session.Source)
	w.storeText(experiments.ArtifactOutput, w.run.session.Output)
}

func (w *worker) storeText(path string, text func() string) {
	if text == nil {
		return
	}
	s := text()
	if s == w.texts[path] {
		return
	}
	if w.texts == nil {
		w.texts = map[string]string{}
	}
	w.texts[path] = s
	w.check(w.run.PutArtifact(path, []byte(s)), 0)
}

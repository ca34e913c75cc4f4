package compile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
)

// A sourceModule is where this program's own source is: a folder, or a version
// that the module cache has.
type sourceModule struct {
	path, version string // module path; version only for one in the module cache
	dir           string
}

// errNoSource is why cells cannot import this program's own packages.
var errNoSource = errors.New("the source that this program was built from is not at hand: install it with go install PATH@VERSION, or build it in its folder without -trimpath")

// findSource looks for the source that this program was built from: in the
// module cache if go install PATH@VERSION built it, in dir or else where the
// compiler read it if go build did.
func (t *toolchain) findSource(ctx context.Context, dir string) (sourceModule, error) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return sourceModule{}, errNoSource
	}
	m := sourceModule{path: info.Main.Path, dir: dir}
	if dir == "" && info.Main.Sum != "" {
		m.version = info.Main.Version
		return m, t.download(ctx, &m)
	}
	if dir == "" {
		// The folder of this file, two levels below the module.
		_, file, _, _ := runtime.Caller(0)
		m.dir = filepath.Dir(filepath.Dir(filepath.Dir(file)))
	}
	text, err := os.ReadFile(filepath.Join(m.dir, "go.mod"))
	if err != nil {
		return m, fmt.Errorf("%w (%w)", errNoSource, err)
	}
	if !strings.Contains("\n"+string(text), "\nmodule "+m.path+"\n") {
		return m, fmt.Errorf("%w (%s is another module)", errNoSource, m.dir)
	}
	return m, nil
}

// download asks the go command for the folder of a module's version. It is in
// the module cache, unless that was emptied.
func (t *toolchain) download(ctx context.Context, m *sourceModule) error {
	out, err := t.run(ctx, anywhere, t.command, "mod", "download", "-json", m.path+"@"+m.version)
	if err != nil {
		return fmt.Errorf("%w (%w)", errNoSource, err)
	}
	var got struct{ Dir string }
	if err := json.Unmarshal(out, &got); err != nil {
		return fmt.Errorf("go mod download: %w", err)
	}
	m.dir = got.Dir
	return nil
}

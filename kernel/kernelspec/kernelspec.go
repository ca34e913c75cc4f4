package kernelspec

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/lectern-go/lectern/kernel/protocol"
)

// Spec is the content of kernel.json.
type Spec struct {
	Argv          []string          `json:"argv"`
	DisplayName   string            `json:"display_name"`
	Language      string            `json:"language"`
	InterruptMode string            `json:"interrupt_mode,omitempty"` // "message" or "signal"
	Env           map[string]string `json:"env,omitempty"`
	Metadata      map[string]any    `json:"metadata,omitempty"`
	Protocol      string            `json:"kernel_protocol_version,omitempty"`
}

// An Installed kernel is a spec in a folder.
type Installed struct {
	Name string `json:"name"`
	Dir  string `json:"dir"`
	Spec
}

// Errors of [Install] and [Remove].
var (
	ErrTemporary = errors.New("this program is temporary and will be gone when it has ended")
	ErrName      = errors.New("the name of a kernel is made of letters, digits and - . _")
)

var validName = regexp.MustCompile(`^[A-Za-z0-9._-]*[A-Za-z0-9][A-Za-z0-9._-]*$`)

// buildCache matches the folders in which go run puts programs.
var buildCache = regexp.MustCompile(`(^|[/\\])go-build\d*([/\\]|$)`)

// temporary reports whether exe is a program of go run.
func temporary(exe string) bool {
	if buildCache.MatchString(exe) {
		return true
	}
	cache := os.Getenv("GOCACHE")
	return cache != "" && strings.HasPrefix(exe, filepath.Clean(cache)+string(filepath.Separator))
}

// New returns the spec of the Lectern program exe.
func New(exe string) Spec {
	return Spec{
		Argv:          []string{exe, "kernel", "start", "-f", "{connection_file}"},
		DisplayName:   "Go (Lectern)",
		Language:      "go",
		InterruptMode: "message",
		Metadata:      map[string]any{"debugger": false},
		Protocol:      protocol.Version,
	}
}

// Install writes the spec of the Lectern program exe, with logos, into the
// folder name below dir, and returns that folder. A spec that is there is
// replaced. It returns [ErrTemporary] if exe is a program of go run and
// [ErrName] for a name that Jupyter does not allow.
func Install(dir, name, exe string) (string, error) {
	if !validName.MatchString(name) {
		return "", fmt.Errorf("%q: %w", name, ErrName)
	}
	if temporary(exe) {
		return "", fmt.Errorf("%s: %w", exe, ErrTemporary)
	}
	data, err := json.MarshalIndent(New(exe), "", "  ")
	if err != nil {
		return "", err
	}
	folder := filepath.Join(dir, name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	files := map[string][]byte{
		"logo-32x32.png": logoPNG(32),
		"logo-64x64.png": logoPNG(64),
		"logo-svg.svg":   logoSVG(),
		"kernel.json":    append(data, '\n'),
	}
	// kernel.json comes last: a folder without it is no kernel.
	for _, file := range []string{"logo-32x32.png", "logo-64x64.png", "logo-svg.svg", "kernel.json"} {
		if err := write(filepath.Join(folder, file), files[file]); err != nil {
			return "", err
		}
	}
	return folder, nil
}

// write replaces a file at once.
func write(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// Remove removes the kernel name below dir. The error wraps fs.ErrNotExist if
// there is none.
func Remove(dir, name string) error {
	if !validName.MatchString(name) {
		return fmt.Errorf("%q: %w", name, ErrName)
	}
	folder := filepath.Join(dir, name)
	if _, err := os.Stat(filepath.Join(folder, "kernel.json")); err != nil {
		return fmt.Errorf("no kernel %q in %s: %w", name, dir, fs.ErrNotExist)
	}
	return os.RemoveAll(folder)
}

// Prefix returns the folder of kernels below an installation prefix such as
// /usr/local.
func Prefix(dir string) string { return filepath.Join(dir, "share", "jupyter", "kernels") }

// User returns the folder of the user's kernels.
func User() (string, error) {
	if dir := os.Getenv("JUPYTER_DATA_DIR"); dir != "" {
		return filepath.Join(dir, "kernels"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Jupyter", "kernels"), nil
	}
	data := os.Getenv("XDG_DATA_HOME")
	if data == "" {
		data = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(data, "jupyter", "kernels"), nil
}

// folders returns where Jupyter looks for kernels, first to last.
func folders() ([]string, error) {
	var dirs []string
	for _, dir := range filepath.SplitList(os.Getenv("JUPYTER_PATH")) {
		dirs = append(dirs, filepath.Join(dir, "kernels"))
	}
	user, err := User()
	if err != nil {
		return nil, err
	}
	dirs = append(dirs, user)
	for _, prefix := range []string{os.Getenv("VIRTUAL_ENV"), os.Getenv("CONDA_PREFIX")} {
		if prefix != "" {
			dirs = append(dirs, Prefix(prefix))
		}
	}
	return append(dirs, Prefix("/usr/local"), Prefix("/usr")), nil
}

// List returns the kernels that Jupyter finds, by name. Of several with one
// name the first that Jupyter would find counts. A folder whose kernel.json
// cannot be read is left out, as Jupyter does.
func List() ([]Installed, error) {
	dirs, err := folders()
	if err != nil {
		return nil, err
	}
	specs := []Installed{}
	seen := map[string]bool{}
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue // most of the folders do not exist
		}
		for _, e := range entries {
			name := strings.ToLower(e.Name())
			installed := Installed{Name: name, Dir: filepath.Join(dir, e.Name())}
			data, err := os.ReadFile(filepath.Join(installed.Dir, "kernel.json"))
			if err != nil || seen[name] || json.Unmarshal(data, &installed.Spec) != nil {
				continue
			}
			seen[name] = true
			specs = append(specs, installed)
		}
	}
	slices.SortFunc(specs, func(a, b Installed) int { return strings.Compare(a.Name, b.Name) })
	return specs, nil
}

package compile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// Config says how a [Workspace] builds. The zero value finds everything itself
// and lets cells import the standard library.
type Config struct {
	// Go is the go command. Empty: "go" on PATH, then a few usual places.
	Go string
	// TempDir is where the workspace's folder is made. Empty: os.TempDir.
	TempDir string
	// Source is the folder with the source that this program was built from:
	// cells may import its packages and those of the modules that it requires.
	// Empty: where go install or go build had it, if that is still there. A
	// plugin that imports packages of another source does not load.
	Source string
	// Env is the environment of the go command. Empty: os.Environ.
	Env []string
}

// A Workspace is where the cells of one session are compiled: a folder with a
// module, to which [Workspace.Get] adds others, the archives of the packages that
// cells import, and those of the cells so far.
//
// A Workspace is safe for concurrent use; builds run side by side.
type Workspace struct {
	dir       string
	tools     *toolchain
	source    sourceModule
	sourceErr error // why there is no source

	mu       sync.Mutex
	archives map[string]string        // by import path, dependencies included
	loaded   map[string]listedPackage // those of modules
	session  map[string]bool          // the paths of built packages
	listing  sync.Mutex               // one go list at a time: they would build the same
}

// Open finds the toolchain and makes the workspace's folder. It returns a
// [*ToolchainError] when cells cannot be compiled here. It takes about 10 ms and
// builds nothing; see [Workspace.Warm].
func Open(ctx context.Context, cfg Config) (*Workspace, error) {
	env := cfg.Env
	if env == nil {
		env = os.Environ()
	}
	tools, err := findToolchain(ctx, cfg.Go, env)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(cfg.TempDir, "lectern-session-")
	if err != nil {
		return nil, &ToolchainError{Need: runtime.Version(), Reason: fmt.Sprintf("no folder for temporary files (%v); set TMPDIR to one that can be written", err)}
	}
	w := &Workspace{dir: dir, tools: tools, archives: map[string]string{}, loaded: map[string]listedPackage{}, session: map[string]bool{}}
	w.source, w.sourceErr = tools.findSource(ctx, cfg.Source)
	if cfg.Source != "" && w.sourceErr != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("compile workspace: %w", w.sourceErr)
	}
	tools.env = append(tools.env, "GOWORK=off")
	if err := w.writeModule(); err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("compile workspace: %w", err)
	}
	return w, nil
}

// writeModule writes the module in which imports are resolved, and the wrapper for
// the C linker. The module asks for what this program asks for, and not only for
// this program, so that the go command need not read the go.mod of every module that
// any of them may need, which it would have to fetch.
func (w *Workspace) writeModule() error {
	files := map[string]string{
		"go.mod": "module session\n\ngo " + strings.TrimPrefix(runtime.Version(), "go") + "\n",
		"ld.sh":  linkerScript(w.tools.cc),
	}
	if source := w.source; w.sourceErr == nil {
		for _, name := range []string{"go.mod", "go.sum"} {
			text, err := os.ReadFile(filepath.Join(source.dir, name))
			if err != nil {
				return err
			}
			files[name] = string(text)
		}
		version := cmp.Or(source.version, inFolder)
		files["go.mod"] = strings.Replace(files["go.mod"], "module "+source.path+"\n", "module session\n", 1) +
			fmt.Sprintf("\nrequire %s %s\n\nreplace %[1]s %[2]s => %q\n", source.path, version, source.dir)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o700); err != nil {
			return err
		}
	}
	return nil
}

// Close removes the workspace's folder. Plugins that are open keep working.
func (w *Workspace) Close() error { return os.RemoveAll(w.dir) }

// baseline is what every plugin links.
var baseline = []string{"runtime", "runtime/cgo", "plugin"}

// Warm builds what the first cells would have to wait for: the packages, or
// their standard library form in the go command's build cache if it is there,
// and links a package that uses them. Call it in the background when a session
// starts; builds meanwhile wait only for packages that they need themselves.
func (w *Workspace) Warm(ctx context.Context, imports ...string) error {
	if err := w.require(ctx, append(slices.Clone(baseline), "fmt")); err != nil {
		return err
	}
	const source = "package main\n\nimport \"fmt\"\n\nvar Print = fmt.Print\n"
	if so, err := w.build(ctx, Package{Path: "session/warm", Files: map[string]string{"warm.go": source}, Imports: []string{"fmt"}}); err != nil {
		return err
	} else if err := os.RemoveAll(filepath.Dir(so)); err != nil {
		return err
	}
	return w.require(ctx, imports)
}

// require makes sure that the archives of packages and of all they import are
// there: built for plugins, by the go command, which keeps them in its cache.
func (w *Workspace) require(ctx context.Context, paths []string) error {
	if len(w.missing(paths)) == 0 {
		return nil
	}
	w.listing.Lock()
	defer w.listing.Unlock()
	missing := w.missing(paths) // another may have listed them meanwhile
	if len(missing) == 0 {
		return nil
	}
	listed, err := w.list(ctx, missing)
	if err != nil {
		if w.sourceErr != nil && slices.ContainsFunc(missing, func(path string) bool { return strings.HasPrefix(path, w.source.path+"/") }) {
			err = errors.Join(err, w.sourceErr)
		}
		return fmt.Errorf("imports %s: %w", strings.Join(missing, ", "), err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range listed {
		w.archives[p.path] = p.archive
		if p.version != "" {
			w.loaded[p.path] = p
		}
	}
	return nil
}

// A listedPackage is where the compiled form of a package is, and which module's it
// is: none for the standard library, one without a version for this program's own.
type listedPackage struct{ path, archive, module, version string }

// list has the go command build packages and all that they import for plugins.
func (w *Workspace) list(ctx context.Context, paths []string) (listed []listedPackage, err error) {
	args := slices.Concat([]string{"list", "-buildmode=plugin"}, w.tools.flags,
		[]string{"-export", "-deps", "-f", "{{if .Export}}{{.ImportPath}}\t{{.Export}}\t{{with .Module}}{{.Path}}\t" + versionFormat + "{{else}}\t{{end}}{{end}}", "--"}, paths)
	out, err := w.tools.run(ctx, w.dir, w.tools.command, args...)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(out)) {
		if f := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(f) == 4 {
			if f[2] == w.source.path {
				f[3] = ""
			}
			listed = append(listed, listedPackage{f[0], f[1], f[2], f[3]})
		}
	}
	return listed, nil
}

func (w *Workspace) missing(paths []string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var missing []string
	for _, path := range paths {
		if _, ok := w.archives[path]; !ok && path != "unsafe" {
			missing = append(missing, path)
		}
	}
	return missing
}

// importConfig writes the list of all archives for compiler and linker.
func (w *Workspace) importConfig(name string) error {
	w.mu.Lock()
	archives := maps.Clone(w.archives)
	w.mu.Unlock()
	var text strings.Builder
	for _, path := range slices.Sorted(maps.Keys(archives)) {
		fmt.Fprintf(&text, "packagefile %s=%s\n", path, archives[path])
	}
	return os.WriteFile(name, []byte(text.String()), 0o600)
}

// sessionPaths returns the import paths of the packages built so far and path.
func (w *Workspace) sessionPaths(path string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append(slices.Sorted(maps.Keys(w.session)), path)
}

var errPathUsed = errors.New("the session already has a package of this path")

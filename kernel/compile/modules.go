package compile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
)

// ConflictError says that a module would need another version of a module that
// is part of this program. A program cannot have two.
type ConflictError struct {
	Module string // the module both need
	Linked string // the version in this program
	Wanted string // the version that the session would need
}

// Error names both versions.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("it needs %s %s, and this program has %s of it built in; ask for a version that is content with %[3]s",
		e.Module, e.Wanted, e.Linked)
}

// Get adds modules to the session, as go get does in a module: each is
// PATH@VERSION, with a version, a branch or nothing for the latest. It takes them
// from where the user's GOPROXY, GOPRIVATE and so on say. Later builds may import
// their packages. Get returns a [*ConflictError] if a module that is part of this
// program would change, and then leaves everything as it was.
func (w *Workspace) Get(ctx context.Context, modules ...string) error {
	return w.changeModule(ctx, append([]string{"get", "--"}, modules...))
}

// Replace adds the module at path to the session with a folder as its source.
func (w *Workspace) Replace(ctx context.Context, path, dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("replace %s: %w", path, err)
	}
	return w.changeModule(ctx,
		[]string{"mod", "edit", "-require=" + path + "@v0.0.0-00010101000000-000000000000", "-replace=" + path + "=" + dir},
		[]string{"list", "-m", path})
}

// changeModule runs go commands that change the session's module, and undoes the
// change if one fails or the outcome does not go together with this program.
func (w *Workspace) changeModule(ctx context.Context, commands ...[]string) (err error) {
	w.listing.Lock()
	defer w.listing.Unlock()
	saved := map[string][]byte{}
	for _, name := range []string{"go.mod", "go.sum", "go.work", "go.work.sum"} {
		data, err := os.ReadFile(filepath.Join(w.dir, name))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		saved[name] = data
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.restoreModule(saved))
		}
	}()
	for _, args := range commands {
		if _, err := w.tools.run(ctx, w.dir, w.tools.command, args...); err != nil {
			return err
		}
	}
	return w.checkVersions(ctx)
}

func (w *Workspace) restoreModule(files map[string][]byte) error {
	var errs []error
	for name, data := range files {
		file := filepath.Join(w.dir, name)
		if data == nil {
			os.Remove(file)
			continue
		}
		errs = append(errs, os.WriteFile(file, data, 0o600))
	}
	return errors.Join(errs...)
}

// checkVersions compares the versions of the session's modules with those that
// are part of this program.
func (w *Workspace) checkVersions(ctx context.Context) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	linked := map[string]string{}
	for _, m := range info.Deps {
		linked[m.Path] = m.Version
	}
	out, err := w.tools.run(ctx, w.dir, w.tools.command, "list", "-m", "-f", "{{.Path}} {{.Version}}", "all")
	if err != nil {
		return err
	}
	return conflict(linked, string(out))
}

// conflict compares lines of module path and version with linked versions.
func conflict(linked map[string]string, list string) error {
	for line := range strings.Lines(list) {
		path, version, _ := strings.Cut(strings.TrimSpace(line), " ")
		if have := linked[path]; have != "" && version != "" && have != version {
			return &ConflictError{Module: path, Linked: have, Wanted: version}
		}
	}
	return nil
}

// ExportData returns the compiled archives of packages and of all that they
// import, by import path, for the checker: exportdata.Importer.AddFiles reads
// their types.
func (w *Workspace) ExportData(ctx context.Context, paths ...string) (map[string]string, error) {
	if err := w.require(ctx, paths); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.archives), nil
}

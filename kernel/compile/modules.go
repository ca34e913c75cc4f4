package compile

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	pathpkg "path"
	"path/filepath"
	"runtime/debug"
	"slices"
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

// LoadedError says that a package which the session has loaded would change. What a
// process has loaded stays.
type LoadedError struct {
	Package, Module string
	Loaded, Wanted  string // versions
}

// Error names both versions, or says that the folder's source has changed.
func (e *LoadedError) Error() string {
	if e.Loaded == e.Wanted {
		return fmt.Sprintf("package %s is loaded as it was, and has changed since", e.Package)
	}
	return fmt.Sprintf("%s %s is loaded, and a session cannot have %s as well", e.Module, e.Loaded, e.Wanted)
}

// Get adds modules to the session, as go get does in a module: each is
// PATH@VERSION, with a version, a branch or nothing for the latest. It takes them
// from where the user's GOPROXY, GOPRIVATE and so on say, and returns what came, as
// "PATH VERSION", the modules first that were asked for. Later builds may import
// their packages. Get returns a [*ConflictError] if a module that is part of this
// program would change, a [*LoadedError] if one that is in use would, and a
// [*ModuleError] if there is no such module, and then leaves everything as it was.
func (w *Workspace) Get(ctx context.Context, modules ...string) (got []string, err error) {
	return w.changeModule(ctx, modules, func(module string) [][]string { return [][]string{{"get", "--", module}} })
}

// Replace adds the module at path to the session with a folder as its source; if
// path is "", under the path that its go.mod says. It returns what Get does.
func (w *Workspace) Replace(ctx context.Context, path, dir string) (got []string, err error) {
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, fmt.Errorf("replace %s: %w", path, err)
	}
	if path == "" {
		if path, err = w.modulePath(ctx, dir); err != nil {
			return nil, err
		}
	}
	return w.changeModule(ctx, []string{path}, func(path string) [][]string {
		return [][]string{
			{"mod", "edit", "-require=" + path + "@" + inFolder, "-replace=" + path + "=" + dir},
			{"list", "-mod=mod", "-deps", path + "/..."}, // adds what its packages need
		}
	})
}

// inFolder is the version of modules that a folder replaces.
const inFolder = "v0.0.0-00010101000000-000000000000"

// modulePath returns the path of the module in a folder.
func (w *Workspace) modulePath(ctx context.Context, dir string) (string, error) {
	file, err := w.readModule(ctx, dir)
	if err != nil {
		return "", w.moduleError(ctx, dir, err)
	}
	return file.Module.Path, nil
}

// A moduleFile is what go mod edit -json writes of a go.mod.
type moduleFile struct {
	Module  moduleVersion
	Require []moduleVersion
	Replace []struct{ Old, New moduleVersion }
}

type moduleVersion struct{ Path, Version string }

func (w *Workspace) readModule(ctx context.Context, dir string) (file moduleFile, err error) {
	out, err := w.tools.run(ctx, w.dir, w.tools.command, "mod", "edit", "-json", filepath.Join(dir, "go.mod"))
	if err != nil {
		return file, err
	}
	return file, json.Unmarshal(out, &file)
}

// changeModule runs, for each module, go commands that change the session's module,
// and undoes the change if one fails or the outcome does not go together with this
// program. It returns what has changed.
func (w *Workspace) changeModule(ctx context.Context, modules []string, commands func(module string) [][]string) (got []string, err error) {
	w.listing.Lock()
	defer w.listing.Unlock()
	saved := map[string][]byte{}
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(w.dir, name))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
		saved[name] = data
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.restoreModule(saved))
		}
	}()
	before, err := w.moduleVersions(ctx)
	if err != nil {
		return nil, err
	}
	for _, module := range modules {
		for _, args := range commands(module) {
			if _, err := w.tools.run(ctx, w.dir, w.tools.command, args...); err != nil {
				return nil, w.moduleError(ctx, module, err)
			}
		}
	}
	after, err := w.moduleVersions(ctx)
	if err != nil {
		return nil, err
	}
	if err := conflict(linkedVersions(), after); err != nil {
		return nil, err
	}
	if err := w.checkLoaded(ctx, after); err != nil {
		return nil, err
	}
	return changes(modules, before, after), nil
}

// changes returns the versions of the modules that were asked for and of those that
// came with them.
func changes(modules []string, before, after map[string]string) (got []string) {
	asked := map[string]bool{}
	for _, module := range modules {
		path, _, _ := strings.Cut(module, "@")
		for path != "." && path != "/" && after[path] == "" { // a package of the module
			path = pathpkg.Dir(path)
		}
		if version := after[path]; version != "" && !asked[path] {
			got = append(got, path+" "+version)
		}
		asked[path] = true
	}
	for _, path := range slices.Sorted(maps.Keys(after)) {
		if after[path] != before[path] && !asked[path] {
			got = append(got, path+" "+after[path])
		}
	}
	return got
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

// versionFormat has go list write the version of a module: "=> FOLDER" for one in a
// folder.
const versionFormat = "{{if and .Replace (not .Replace.Version)}}=> {{.Replace.Path}}{{else}}{{.Version}}{{end}}"

// moduleVersions returns the versions of the session's modules, as versionFormat does.
func (w *Workspace) moduleVersions(ctx context.Context) (map[string]string, error) {
	file, err := w.readModule(ctx, w.dir)
	if err != nil {
		return nil, err
	}
	versions := map[string]string{}
	for _, m := range file.Require {
		versions[m.Path] = m.Version
	}
	for _, r := range file.Replace {
		if r.New.Version == "" {
			versions[r.Old.Path] = "=> " + r.New.Path
		}
	}
	delete(versions, w.source.path)
	return versions, nil
}

// linkedVersions returns the versions of the modules that are part of this program.
func linkedVersions() map[string]string {
	linked := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			linked[m.Path] = m.Version
		}
	}
	return linked
}

// conflict returns an error if a module has another version than the linked one.
func conflict(linked, versions map[string]string) error {
	for _, path := range slices.Sorted(maps.Keys(versions)) {
		if have := linked[path]; have != "" && have != versions[path] {
			return &ConflictError{Module: path, Linked: have, Wanted: versions[path]}
		}
	}
	return nil
}

// checkLoaded returns an error if a package that was listed before would be another:
// of another version, or of a folder that has changed.
func (w *Workspace) checkLoaded(ctx context.Context, versions map[string]string) error {
	w.mu.Lock()
	loaded := maps.Clone(w.loaded)
	w.mu.Unlock()
	var inFolders []string
	for _, path := range slices.Sorted(maps.Keys(loaded)) {
		p := loaded[path]
		switch version := versions[p.module]; {
		case version != p.version:
			return &LoadedError{Package: path, Module: p.module, Loaded: p.version, Wanted: cmp.Or(version, "none")}
		case strings.HasPrefix(version, "=>"):
			inFolders = append(inFolders, path)
		}
	}
	if len(inFolders) == 0 {
		return nil
	}
	listed, err := w.list(ctx, inFolders)
	if err != nil {
		return w.moduleError(ctx, loaded[inFolders[0]].module, err)
	}
	for _, p := range listed {
		if old := loaded[p.path]; old.archive != "" && old.archive != p.archive {
			return &LoadedError{Package: p.path, Module: p.module, Loaded: old.version, Wanted: p.version}
		}
	}
	return nil
}

// Renew forgets which packages of modules, and of the session, were built: the
// process that had loaded them has ended.
func (w *Workspace) Renew() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for path := range w.loaded {
		delete(w.archives, path)
	}
	for path := range w.session {
		delete(w.archives, path)
	}
	clear(w.loaded)
	clear(w.session)
}

// ExportData returns the compiled archives of packages and of all that they
// import, by import path, for the checker: exportdata.Importer.AddFiles reads
// their types. It returns a [*ModuleError] if there is no such package.
func (w *Workspace) ExportData(ctx context.Context, path string) (map[string]string, error) {
	if err := w.require(ctx, []string{path}); err != nil {
		return nil, w.moduleError(ctx, path, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.archives), nil
}

package compile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A Package is what a cell compiles to.
type Package struct {
	// Path is the import path, "session/" and a word, new for every build:
	// "session/c7". A build that fails leaves it free.
	Path string
	// Files are the sources by file name. The package clause is "package main";
	// a function main is added. Unexported names of the session begin with
	// [Marker].
	Files map[string]string
	// Imports are the paths that the files import: of the standard library, of
	// the modules in reach, or of packages built earlier in the session.
	Imports []string
}

// Build compiles a package and links it as a plugin. It returns the path of the
// plugin's file. Later packages may import this one. Cancelling the context ends
// the tools.
//
// The package has been type-checked; a [*CompilerError] means that the checker and
// the compiler disagree. Any other error is of the machine: a full disk, say.
func (w *Workspace) Build(ctx context.Context, p Package) (plugin string, err error) {
	if !sessionPath.MatchString(p.Path + ".") {
		return "", fmt.Errorf("build %s: the path does not begin with %s", p.Path, pathPrefix)
	}
	if err := w.require(ctx, slices.Concat(baseline, p.Imports)); err != nil {
		return "", fmt.Errorf("build %s: %w", p.Path, err)
	}
	plugin, err = w.build(ctx, p)
	if err != nil {
		return "", fmt.Errorf("build %s: %w", p.Path, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.archives[p.Path] = strings.TrimSuffix(plugin, ".so") + ".a"
	w.session[p.Path] = true
	return plugin, nil
}

// build does the work of Build in a folder named after the package, without
// making the package known to later ones.
func (w *Workspace) build(ctx context.Context, p Package) (plugin string, err error) {
	dir := filepath.Join(w.dir, filepath.Base(p.Path))
	if err := os.Mkdir(dir, 0o700); errors.Is(err, fs.ErrExist) {
		return "", errPathUsed
	} else if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(dir)
		}
	}()
	files := maps.Clone(p.Files)
	files["main_.go"] = mainFile
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	if err := w.importConfig(filepath.Join(dir, "importcfg")); err != nil {
		return "", err
	}
	if err := w.compile(ctx, dir, p.Path, slices.Sorted(maps.Keys(files))); err != nil {
		return "", err
	}
	if err := w.restore(dir, p.Path); err != nil {
		return "", err
	}
	plugin = filepath.Join(dir, "package.so")
	if err := w.link(ctx, dir, p.Path, plugin); err != nil {
		return "", err
	}
	return plugin, restoreFuncNames(plugin)
}

// mainFile completes a package: with the function main that a package of that
// name must have; with a type that brings the package's path into the type data;
// and with the import of plugin, which has the linker keep the initialisation of
// every package's maps. Otherwise it drops those that this plugin does not use,
// and a later plugin that does finds the package initialised and the map nil.
const mainFile = "package main\n\nimport _ \"plugin\"\n\nfunc main() {}\n\ntype " + Marker + "Path struct{ _ int }\n"

func (w *Workspace) compile(ctx context.Context, dir, path string, files []string) error {
	args := slices.Concat([]string{
		"-o", "package.a", "-p", path, "-importcfg", "importcfg", "-trimpath", dir + "=>",
		"-lang=go1.26", "-complete", "-dynlink", "-pack", "-nolocalimports",
		"-installsuffix", w.tools.suffix, "-buildid", path,
	}, w.tools.compileFlags(), files)
	_, err := w.tools.run(ctx, dir, filepath.Join(w.tools.toolDir, "compile"), args...)
	if failed := new(commandError); errors.As(err, &failed) && positioned.MatchString(failed.output) {
		return &CompilerError{failed.output}
	}
	return err
}

// positioned matches what the compiler says of a line of the source.
var positioned = regexp.MustCompile(`(?m)^\S.*\.go:\d+:`)

// CompilerError is what the compiler says against a package.
type CompilerError struct{ Output string }

// Error returns the compiler's output.
func (e *CompilerError) Error() string { return "compile: " + e.Output }

func (w *Workspace) link(ctx context.Context, dir, path, plugin string) error {
	args := slices.Concat([]string{
		"-o", plugin, "-importcfg", "importcfg", "-buildmode=plugin", "-pluginpath=" + path,
		"-s", "-w", "-compressdwarf=false", "-installsuffix", w.tools.suffix, "-buildid", path,
		"-extld=" + filepath.Join(w.dir, "ld.sh"),
	}, w.tools.compileFlags(), []string{"plugin.a"})
	_, err := w.tools.run(ctx, dir, filepath.Join(w.tools.toolDir, "link"), args...)
	return err
}

// restore gives the type data of the compiled package the user's names, and
// writes two archives: plugin.a, of which a plugin is linked, and package.a, which
// later packages import.
func (w *Workspace) restore(dir, path string) error {
	archive, err := os.ReadFile(filepath.Join(dir, "package.a"))
	if err != nil {
		return err
	}
	paths := w.sessionPaths(path)
	archive, err = editObject(archive, func(o *object) error { return restoreNames(o, paths) })
	if err != nil {
		return fmt.Errorf("type data: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "plugin.a"), archive, 0o600); err != nil {
		return err
	}
	if archive, err = editObject(archive, hidePluginTable); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "package.a"), archive, 0o600)
}

// hidePluginTable takes away the list of symbols that plugin.Lookup finds, which
// every package main has: a plugin may have but one.
func hidePluginTable(o *object) error {
	for _, s := range o.symbols {
		switch s.name {
		case "go:plugin.tabs":
			o.renameSymbol(s, "go:plugin.none")
		case "go:plugin.exports":
			o.renameSymbol(s, "go:plugin.nothing")
		}
	}
	return nil
}

// linkerScript is what the Go linker calls for the last step. The linker tries
// out with half a dozen small compilations which options the C compiler knows,
// none of which a plugin needs: the script says no at once. gold takes half the
// time of the usual linker.
func linkerScript(cc string) string {
	return `#!/bin/sh
for arg do
	case $arg in *trivial.c) exit 1 ;; esac
done
if command -v ld.gold >/dev/null; then
	exec ` + cc + ` -fuse-ld=gold "$@"
fi
exec ` + cc + ` "$@"
`
}

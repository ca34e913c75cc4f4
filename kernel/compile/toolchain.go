package compile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

// ToolchainError says that cells cannot be compiled here, and what would make it
// possible.
type ToolchainError struct {
	Need   string // the Go version that built this program, "go1.26.8"
	Have   string // the version that was found, "" for none
	Path   string // the go command that was tried, "" for none
	Reason string // what is missing besides a version; why Path does not run
}

// Error says in one line what is missing and what to do.
func (e *ToolchainError) Error() string { return "cells cannot be compiled: " + e.Missing() }

// Missing is what Error says is missing and what to do, alone.
func (e *ToolchainError) Missing() string {
	switch {
	case e.Path == "" && e.Reason == "":
		return fmt.Sprintf("no go command on PATH; install %s from https://go.dev/dl", e.Need)
	case e.Path == "":
		return e.Reason
	case e.Have == "":
		return fmt.Sprintf("%s does not run (%s); install %s from https://go.dev/dl", e.Path, e.Reason, e.Need)
	}
	return fmt.Sprintf("%s is %s, and this program was built with %s; install that with: go install golang.org/dl/%[3]s@latest && %[3]s download",
		e.Path, e.Have, e.Need)
}

// toolchain is a go command of the version that built this program, and how to
// call its tools so that plugins fit this program.
type toolchain struct {
	command string   // the go command
	env     []string // for it and its tools
	toolDir string
	cache   string // the go command's build cache
	cc      string
	flags   []string // build flags of this program that change compiled code
	suffix  string   // for the linker's -installsuffix
}

// compileFlags are the tool flags that -race and the like stand for.
func (t *toolchain) compileFlags() []string {
	var flags []string
	for _, f := range t.flags {
		switch f {
		case "-race=true", "-msan=true", "-asan=true":
			flags = append(flags, strings.TrimSuffix(f, "=true"))
		}
	}
	return flags
}

// findToolchain looks for the go command: the one given, or the one on PATH, or
// the one that built this program. A go command of another version is asked to
// switch, as far as the user's GOTOOLCHAIN allows it.
func findToolchain(ctx context.Context, command string, env []string) (*toolchain, error) {
	if runtime.GOOS == "windows" || (runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64") {
		return nil, &ToolchainError{Need: runtime.Version(), Reason: "Go has no plugins on " + runtime.GOOS + "/" + runtime.GOARCH}
	}
	settings, err := buildSettings()
	if err != nil {
		return nil, err
	}
	missing := &ToolchainError{Need: runtime.Version()}
	for _, candidate := range candidates(command) {
		path, err := exec.LookPath(candidate)
		if err != nil {
			continue
		}
		t := &toolchain{command: path, flags: settings.flags, suffix: settings.suffix}
		have, err := t.switchTo(ctx, runtime.Version(), slices.Concat(env, settings.env))
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err == nil && have == runtime.Version():
			return t, t.check()
		case missing.Path != "": // the first one is the one to speak of
		case err != nil:
			missing.Path, missing.Reason = path, firstLine(err.Error())
		default:
			missing.Path, missing.Have = path, have
		}
	}
	return nil, missing
}

// switchTo has the go command be of a version, if it is or the user's GOTOOLCHAIN
// allows it. It returns the version that the command has then.
func (t *toolchain) switchTo(ctx context.Context, version string, env []string) (have string, err error) {
	t.env = append(env, "GOTOOLCHAIN=local")
	if have, err = t.inspect(ctx); err != nil || have == version {
		return have, err
	}
	t.env = env
	setting, err := t.run(ctx, anywhere, t.command, "env", "GOTOOLCHAIN")
	if err != nil || strings.TrimSpace(string(setting)) == "local" {
		return have, nil
	}
	t.env = append(env, "GOTOOLCHAIN="+version)
	if switched, err := t.inspect(ctx); err == nil {
		have = switched
	}
	return have, nil // it could not be downloaded
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func candidates(command string) []string {
	if command != "" {
		return []string{command}
	}
	list := []string{"go", runtime.Version()} // the second as golang.org/dl installs it
	if root := os.Getenv("GOROOT"); root != "" {
		list = append(list, filepath.Join(root, "bin", "go"))
	}
	return append(list, "/usr/local/go/bin/go")
}

// anywhere is a folder that is there and in no module.
const anywhere = "/"

// inspect asks the go command what it is and where its tools are.
func (t *toolchain) inspect(ctx context.Context) (version string, err error) {
	var out struct{ GOVERSION, GOROOT, CC, GOTOOLDIR, GOFLAGS, GOCACHE string }
	stdout, err := t.run(ctx, anywhere, t.command, "env", "-json", "GOVERSION", "GOROOT", "CC", "GOTOOLDIR", "GOFLAGS", "GOCACHE")
	if err != nil {
		return "", err
	}
	if err := json.Unmarshal(stdout, &out); err != nil {
		return "", fmt.Errorf("go env: %w", err)
	}
	t.cc, t.toolDir, t.cache = out.CC, out.GOTOOLDIR, out.GOCACHE
	t.env = append(t.env, "GOROOT="+out.GOROOT, "GOFLAGS="+moduleFlags(out.GOFLAGS))
	return out.GOVERSION, nil
}

// check returns an error when there is no C compiler, which links plugins, or
// nowhere to keep what the go command builds.
func (t *toolchain) check() error {
	name, _, _ := strings.Cut(t.cc, " ")
	if _, err := exec.LookPath(name); err != nil {
		return &ToolchainError{Need: runtime.Version(), Reason: fmt.Sprintf("no C compiler: %q is not on PATH; install gcc or clang, or set CC", name)}
	}
	if err := writable(t.cache); err != nil {
		return &ToolchainError{Need: runtime.Version(), Reason: fmt.Sprintf("the go command's build cache cannot be written (%v); set GOCACHE to a folder that can", err)}
	}
	return nil
}

// writable makes sure that files can be made in a folder, which need not exist.
func writable(dir string) error {
	if !filepath.IsAbs(dir) {
		return fmt.Errorf("it is %q", dir)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "lectern-")
	if err != nil {
		return err
	}
	f.Close()
	return os.Remove(f.Name())
}

// settings are what this program was built with as far as plugins must agree.
type settings struct {
	flags  []string
	env    []string
	suffix string
}

// buildSettings reads this program's build information.
func buildSettings() (settings, error) {
	s := settings{suffix: "dynlink", env: []string{"GOOS=" + runtime.GOOS, "GOARCH=" + runtime.GOARCH, "GO111MODULE=on"}}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return s, &ToolchainError{Need: runtime.Version(), Reason: "this program was built without module information"}
	}
	for _, b := range info.Settings {
		switch b.Key {
		case "-race", "-msan", "-asan":
			s.suffix = strings.TrimPrefix(b.Key, "-") + "_" + s.suffix
			fallthrough
		case "-trimpath", "-tags", "-gcflags", "-asmflags":
			s.flags = append(s.flags, b.Key+"="+b.Value)
		case "CGO_ENABLED":
			if b.Value != "1" {
				return s, &ToolchainError{Need: runtime.Version(), Reason: "this program was built without cgo; build it with CGO_ENABLED=1"}
			}
			s.env = append(s.env, "CGO_ENABLED=1")
		case "GOAMD64", "GOARM64", "GOEXPERIMENT", "GOFIPS140", "CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS", "CGO_LDFLAGS":
			if b.Value != "" {
				s.env = append(s.env, b.Key+"="+b.Value)
			}
		}
	}
	return s, nil
}

// moduleFlags returns those of the user's GOFLAGS that say how to treat modules,
// and not how to compile: plugins must be compiled as this program was. An overlay
// is what the program was built with, or it does not load them. -mod and -modfile are
// for the user's own module. -buildvcs=false keeps the variable from being empty,
// which would mean what "go env -w" stored.
func moduleFlags(flags string) string {
	kept := []string{"-buildvcs=false"}
	for _, f := range strings.Fields(flags) {
		name, _, _ := strings.Cut(strings.TrimLeft(f, "-"), "=")
		switch name {
		case "modcacherw", "insecure", "overlay", "x", "v", "p":
			kept = append(kept, f)
		}
	}
	return strings.Join(kept, " ")
}

// run runs a command of the toolchain in dir and returns its standard output.
// The error of one that fails is its standard error.
func (t *toolchain) run(ctx context.Context, dir, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = dir, t.env
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil, &commandError{name: filepath.Base(name), output: strings.TrimSpace(stderr.String() + stdout.String()), err: err}
	}
	return stdout.Bytes(), err
}

// commandError is a command of the toolchain that ended with an error.
type commandError struct {
	name, output string
	err          error
}

// Error returns the command's name and what it wrote.
func (e *commandError) Error() string {
	return e.name + ": " + strings.TrimPrefix(e.output, e.name+": ")
}

// Unwrap returns the exit status.
func (e *commandError) Unwrap() error { return e.err }

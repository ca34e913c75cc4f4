package compile

import (
	"context"
	"errors"
	"fmt"
	pathpkg "path"
	"regexp"
	"runtime"
	"strings"
)

// ModuleError says in one line why a module or a package of one is not to be had,
// and what to do.
type ModuleError struct {
	Path   string // of the module or package
	Reason string
	Err    error // of the go command, with all that it said; or nil
}

// Error returns the path and the reason.
func (e *ModuleError) Error() string { return e.Path + ": " + e.Reason }

// Unwrap returns the go command's error.
func (e *ModuleError) Unwrap() error { return e.Err }

// moduleFaults are what the go command says, and what that means. $1 stands for
// the first group of the expression.
var moduleFaults = []struct {
	said   *regexp.Regexp
	reason string
}{
	{
		regexp.MustCompile(`\S+ requires go >= ([\w.]+)`),
		"it needs Go $1, and this program was built with " + runtime.Version() + "; ask for an older version of it",
	},
	{
		regexp.MustCompile(`(?:dial tcp|lookup) [^\n]*?(no such host|connection refused|network is unreachable|i/o timeout|server misbehaving|connection reset by peer)`),
		"the module proxy cannot be reached ($1); check the network and GOPROXY, or take the module from a folder: %get MODULE => FOLDER",
	},
	{
		regexp.MustCompile(`module lookup disabled by (GOPROXY=off|-mod=\w+)`),
		"it is not in the module cache, and $1 forbids to look elsewhere",
	},
	{
		regexp.MustCompile(`malformed module path "[^"]*": (.*)`),
		"this is no module path ($1); one looks like example.org/module",
	},
	{
		regexp.MustCompile(`module ([^\s@]+)(?:@\S+)? found(?: \((\S+?)(?:, replaced by [^)]*)?\))?, but does not contain package`),
		"module $1 $2 has no such package",
	},
	{
		regexp.MustCompile(`(?:verifying (?:module|go\.mod)|checksum mismatch)[^\n]*`),
		"its checksum cannot be verified; if it is private, set GOPRIVATE",
	},
	{
		regexp.MustCompile(`fatal: (could not read Username[^\n]*|Authentication failed[^\n]*)`),
		"its repository asks for a login ($1); give git the credentials, and set GOPRIVATE",
	},
	{
		regexp.MustCompile(`replaced by ([^)]*)\): reading \S+: open \S+: (.*)`),
		"$1 holds no module: go.mod: $2",
	},
	{
		regexp.MustCompile(`open \S+go\.mod: (.*)`), "the folder holds no module: go.mod: $1",
	},
	{
		regexp.MustCompile(`parsing (\S+/go\.mod:\d+:.*)`), "$1",
	},
}

// notFound matches what the go command says of a module that no proxy has.
var notFound = regexp.MustCompile(`\.info: |@v/list: |no matching versions|unknown revision|unrecognized import path|\b(400 Bad Request|404 Not Found|410 Gone)`)

// moduleError explains what the go command says about a module or package.
func (w *Workspace) moduleError(ctx context.Context, path string, err error) error {
	said := new(commandError)
	if !errors.As(err, &said) {
		return err
	}
	module, version, _ := strings.Cut(path, "@")
	e := &ModuleError{Path: path, Err: err}
	for _, fault := range moduleFaults {
		if m := fault.said.FindStringSubmatchIndex(said.output); m != nil {
			e.Reason = string(fault.said.ExpandString(nil, fault.reason, said.output, m))
			return e
		}
	}
	if strings.Contains(said.output, "no required module provides package") {
		e.Reason = w.notProvided(ctx, path)
		return e
	}
	if notFound.MatchString(said.output) {
		e.Reason = w.notFound(ctx, module, version)
		return e
	}
	e.Reason = lastWords(said.output)
	return e
}

// notFound says what there is of a module of which the version is not to be had.
func (w *Workspace) notFound(ctx context.Context, module, version string) string {
	out, err := w.tools.run(ctx, w.dir, w.tools.command, "list", "-m", "-versions", "-f", "{{join .Versions \" \"}}", module)
	versions := strings.Fields(string(out))
	if err != nil || len(versions) == 0 {
		where, _ := w.tools.run(ctx, w.dir, w.tools.command, "env", "GOPROXY")
		return fmt.Sprintf("there is no such module in %s; check its path, and GOPRIVATE if it is private", strings.TrimSpace(string(where)))
	}
	const most = 5
	if more := len(versions) - most; more > 0 {
		versions = append([]string{"…"}, versions[more:]...)
	}
	return fmt.Sprintf("there is no version %s; there are %s", version, strings.Join(versions, ", "))
}

// notProvided says why no module of the session has a package.
func (w *Workspace) notProvided(ctx context.Context, path string) string {
	versions, err := w.moduleVersions(ctx)
	for module := path; err == nil && module != "."; module = pathpkg.Dir(module) {
		if version := versions[module]; version != "" {
			return fmt.Sprintf("module %s %s has no such package", module, version)
		}
	}
	return "no module of this session has the package; add its module: %get " + path
}

// lastWords returns the last line of what the go command said that is no progress.
func lastWords(output string) string {
	words := ""
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(strings.TrimPrefix(line, "go: "))
		if line != "" && !strings.HasPrefix(line, "downloading ") && !strings.HasPrefix(line, "#") {
			words = line
		}
	}
	return words
}

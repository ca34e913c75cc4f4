package kernel

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lectern-go/lectern/kernel/cell"
)

// path returns the path that a magic names, from the worker's folder.
func (x *execution) path(name string) string { return x.kernel.path(name) }

func (k *Kernel) path(name string) string {
	if unquoted, err := strconv.Unquote(name); err == nil {
		name = unquoted
	}
	if name == "~" || strings.HasPrefix(name, "~/") {
		if home, err := os.UserHomeDir(); err == nil {
			name = filepath.Join(home, name[1:])
		}
	}
	if filepath.IsAbs(name) {
		return name
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return filepath.Join(k.config.Dir, name)
}

// fileError says what is wrong with the file of the name in one line.
func (x *execution) fileError(m cell.Magic, name string, err error) *Error {
	if perr := new(os.PathError); errors.As(err, &perr) {
		err = perr.Err
	}
	return x.magicError(m, "%s: %s: %v", m.Name, name, err)
}

func (x *execution) magicLoad(m cell.Magic, _ *Engine) *Error {
	if m.Args == "" {
		return x.magicError(m, "%%load needs a file: %%load model.go")
	}
	text, err := os.ReadFile(x.path(m.Args))
	if err != nil {
		return x.fileError(m, m.Args, err)
	}
	x.nextInput = "// from " + m.Args + "\n" + string(text)
	return nil
}

func (x *execution) magicWritefile(m cell.Magic, _ *Engine) *Error {
	name, appends := strings.CutPrefix(m.Args, "-a ")
	name = strings.TrimSpace(name)
	if name == "" {
		return x.magicError(m, "%%%%writefile needs a file: %%%%writefile notes.txt")
	}
	path, how, did := x.path(name), os.O_TRUNC, "wrote"
	if appends {
		how, did = os.O_APPEND, "appended to"
	}
	text := m.Body
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|how, 0o666)
	if err != nil {
		return x.fileError(m, name, err)
	}
	if _, err = f.WriteString(text); err == nil {
		err = f.Close()
	} else {
		f.Close()
	}
	if err != nil {
		return x.fileError(m, name, err)
	}
	x.printf("%s %s\n", did, name)
	return nil
}

// magicRun runs a file. Its lines are named by the file in diagnostics.
func (x *execution) magicRun(m cell.Magic, engine *Engine) *Error {
	if filepath.Ext(m.Args) != ".go" {
		return x.magicError(m, "%%run runs a file of Go: %%run setup.go")
	}
	text, err := os.ReadFile(x.path(m.Args))
	if err != nil {
		return x.fileError(m, m.Args, err)
	}
	req := x.req
	defer func() { x.req = req }()
	x.req.Cell = filepath.Base(m.Args)
	x.kernel.mu.Lock()
	x.kernel.texts[x.req.Cell] = string(text)
	x.kernel.mu.Unlock()
	failed, err := x.runGo(string(text), *engine, false)
	if err != nil {
		return internalError(err)
	}
	return failed
}

func (x *execution) magicCd(m cell.Magic, _ *Engine) *Error {
	name := m.Args
	if name == "" {
		name = "~"
	}
	dir := filepath.Clean(x.path(name))
	info, err := os.Stat(dir)
	if err != nil {
		return x.fileError(m, name, err)
	}
	if !info.IsDir() {
		return x.magicError(m, "%%cd: %s is not a folder", name)
	}
	said, failed := x.value(fmt.Sprintf("os.Chdir(%q)", dir))
	if failed != nil {
		return failed
	}
	if said != "nil" {
		return x.magicError(m, "%%cd: %s", said)
	}
	x.kernel.mu.Lock()
	x.kernel.config.Dir = dir
	x.kernel.mu.Unlock()
	x.printf("%s\n", dir)
	return nil
}

// secretName matches variables whose values nobody wants in a notebook.
var secretName = regexp.MustCompile(`(?i)key|token|secret|passw|credential`)

func (x *execution) magicEnv(m cell.Magic, _ *Engine) *Error {
	name, value, set := strings.Cut(m.Args, "=")
	if !set {
		name, value, set = strings.Cut(m.Args, " ")
	}
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	switch {
	case set:
		said, failed := x.value(fmt.Sprintf("os.Setenv(%q, %q)", name, value))
		if failed != nil {
			return failed
		}
		if said != "nil" {
			return x.magicError(m, "%%env: %s", said)
		}
		x.kernel.mu.Lock()
		x.kernel.config.Env = append(slices.Clip(x.kernel.config.Env), name+"="+value)
		x.kernel.mu.Unlock()
		return nil
	case name != "":
		if v, ok := lookup(x.environ(), name); ok {
			x.printf("%s\n", v)
			return nil
		}
		return x.magicError(m, "%%env: %s is not set", name)
	}
	list := x.environ()
	slices.Sort(list)
	for _, v := range slices.Compact(list) {
		name, _, _ := strings.Cut(v, "=")
		if secretName.MatchString(name) {
			v = name + "=(hidden)"
		}
		x.printf("%s\n", v)
	}
	return nil
}

// environ returns the environment of the worker and of shell commands, each name
// once.
func (x *execution) environ() []string {
	x.kernel.mu.Lock()
	defer x.kernel.mu.Unlock()
	var list []string
	all := append(os.Environ(), x.kernel.config.Env...)
	seen := map[string]bool{}
	for _, v := range slices.Backward(all) {
		if name, _, _ := strings.Cut(v, "="); !seen[name] {
			seen[name] = true
			list = append(list, v)
		}
	}
	return list
}

func lookup(environ []string, name string) (string, bool) {
	for _, v := range environ {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value, true
		}
	}
	return "", false
}

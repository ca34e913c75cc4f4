package main

import (
	"context"
	"encoding/json"
	"fmt"
	"go/types"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/lectern-go/lectern/cmd/lectern/library"
	"github.com/lectern-go/lectern/experiments/open"
	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/kernel/exportdata"
	"github.com/lectern-go/lectern/notebooks/nbformat"
	"github.com/lectern-go/lectern/notebooks/runner"
)

// A session says where a notebook's kernel works and what its training runs
// belong to.
type session struct {
	notebook   string // absolute path
	db         string // URI of the tracker database, with an absolute path
	experiment string
	engine     kernel.Engine
}

// engineOf returns the engine of a name on the command line.
func engineOf(name string) kernel.Engine {
	if name == "auto" {
		return kernel.Auto
	}
	return kernel.Engine(name)
}

// newSession returns the session of the notebook at path. db and experiment are
// those asked for; if empty, the environment or the defaults decide.
func newSession(path, db, experiment string) (session, error) {
	notebook, err := filepath.Abs(path)
	if err != nil {
		return session{}, err
	}
	if experiment == "" {
		experiment = os.Getenv("LECTERN_EXPERIMENT")
	}
	if experiment == "" {
		experiment = strings.TrimSuffix(filepath.Base(path), ".ipynb")
	}
	file, err := open.Path(open.Locate(db, "."))
	if err != nil {
		return session{}, usageError{err}
	}
	if file, err = filepath.Abs(file); err != nil {
		return session{}, err
	}
	return session{notebook: notebook, db: file, experiment: experiment}, nil
}

// sourceFolder returns the folder of the module that this program was built
// from, or "" if it is not there any more or the build left paths out.
func sourceFolder() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) {
		return ""
	}
	root := filepath.Dir(filepath.Dir(filepath.Dir(file)))
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		return ""
	}
	return root
}

// startKernel starts a kernel in the notebook's folder, as Jupyter does.
func (s session) startKernel(ctx context.Context) (*kernel.Kernel, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("start kernel: %w", err)
	}
	return kernel.Start(ctx, kernel.Config{
		Worker:   []string{exe, "worker"},
		Packages: library.Types(),
		Source:   sourceFolder(),
		Engine:   s.engine,
		Dir:      filepath.Dir(s.notebook),
		Env:      s.environment(),
	})
}

// run runs a notebook in a kernel of its own.
func (s session) run(ctx context.Context, nb *nbformat.Notebook, r runner.Runner) (err error) {
	k, err := s.startKernel(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", r.Path, err)
	}
	defer func() {
		if closeErr := k.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("%s: kernel: %w", r.Path, closeErr)
		}
	}()
	r.Kernel = k
	return r.Run(ctx, nb)
}

// environment returns what the worker must know beyond this process's
// environment.
func (s session) environment() []string {
	env := []string{
		"LECTERN_DB=" + s.db,
		"LECTERN_EXPERIMENT=" + s.experiment,
		"LECTERN_NOTEBOOK=" + s.notebook,
	}
	if command, err := json.Marshal(os.Args); err == nil {
		env = append(env, "LECTERN_COMMAND="+string(command))
	}
	// The worker's folder is another one, and the path may be relative.
	if dirs := filepath.SplitList(os.Getenv("LECTERN_DATA")); len(dirs) > 0 {
		for i, dir := range dirs {
			if abs, err := filepath.Abs(dir); err == nil {
				dirs[i] = abs
			}
		}
		env = append(env, "LECTERN_DATA="+strings.Join(dirs, string(filepath.ListSeparator)))
	}
	return env
}

// emptySession returns a session of the checker, with its importer, that knows
// what cells may import. It runs nothing.
func emptySession() (*check.Session, types.Importer) {
	importer := exportdata.NewImporter()
	importer.Add(library.Types())
	return kernel.NewSession(importer), importer
}

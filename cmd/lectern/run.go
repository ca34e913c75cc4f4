package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/lectern-go/lectern/notebooks/nbformat"
	"github.com/lectern-go/lectern/notebooks/runner"
)

// runCmd runs notebooks from top to bottom and saves them with their outputs.
type runCmd struct {
	Notebooks   []string      `arg:"" name:"notebook" help:"Notebooks to run (.ipynb), side by side if there are several, or one Go program (.go) with its arguments behind --."`
	Output      string        `short:"o" placeholder:"PATH" help:"Where to write the executed notebook; of several, the folder. Default: A.out.ipynb beside A.ipynb."`
	Parameters  []string      `short:"p" name:"parameter" sep:"none" placeholder:"NAME=VALUE" help:"Set a variable of the cell tagged \"parameters\" (may be repeated)."`
	DB          string        `name:"db" placeholder:"URI" help:"Tracker database. Default: LECTERN_DB, else the nearest lectern.db upwards."`
	Experiment  string        `placeholder:"NAME" help:"Experiment that training runs belong to. Default: LECTERN_EXPERIMENT, else the notebook's name."`
	Timeout     time.Duration `placeholder:"DURATION" help:"Stop a cell that runs longer, such as 90s or 10m."`
	Engine      string        `default:"auto" enum:"auto,interpret,compile" placeholder:"ENGINE" help:"What runs the cells: auto, interpret or compile."`
	AllowErrors bool          `help:"Go on after a cell that ends in an error."`
	arguments   []string      // of a program, behind --
	Jobs        int           `short:"j" placeholder:"N" help:"Notebooks that run at the same time. Default: the number of CPUs."`
}

// Run runs the notebooks. Nothing runs until all of them are found to be in
// order.
func (c runCmd) Run() error {
	if isProgram(c.Notebooks[0]) {
		return c.runProgram(c.Notebooks[0], append(c.Notebooks[1:], c.arguments...))
	}
	jobs, err := c.prepare()
	if err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	bars := newBars()
	errs := eachAtOnce(c.Jobs, jobs, func(j *runJob) error {
		return c.runOne(ctx, j, bars.add(j.nb.path))
	})
	bars.wait()
	for i, j := range jobs {
		if errs[i] == nil {
			fmt.Printf("executed notebook: %s\n", j.output)
		}
	}
	if len(jobs) > 0 {
		fmt.Printf("tracker database:  %s (%s)\n", jobs[0].session.db, experimentNames(jobs))
	}
	return failed(errs)
}

// A runJob is one notebook to run.
type runJob struct {
	nb      *source
	output  string
	session session
}

// prepare reads the notebooks and sets their parameters.
func (c runCmd) prepare() ([]*runJob, error) {
	values, err := parseValues(c.Parameters)
	if err != nil {
		return nil, err
	}
	var jobs []*runJob
	var errs []error
	outputs := map[string]string{}
	for _, path := range c.Notebooks {
		j, err := c.prepareOne(path, values)
		if err == nil && outputs[j.output] != "" {
			err = usageError{fmt.Errorf("%s and %s would both be written to %s; run them one by one with -o",
				outputs[j.output], path, j.output)}
		}
		if errs = append(errs, err); err == nil {
			outputs[j.output] = path
			jobs = append(jobs, j)
		}
	}
	return jobs, failed(errs)
}

func (c runCmd) prepareOne(path string, values []runner.Value) (*runJob, error) {
	nb, err := readSource(path)
	if err != nil {
		return nil, err
	}
	if err := runner.Check(nb.notebook); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := runner.SetParameters(nb.notebook, values); err != nil {
		err = fmt.Errorf("%s: %w", path, err)
		if perr := new(runner.ParameterError); errors.As(err, &perr) {
			err = usageError{err}
		}
		return nil, err
	}
	output, err := c.outputPath(path)
	if err != nil {
		return nil, err
	}
	session, err := newSession(path, c.DB, c.Experiment)
	session.engine = engineOf(c.Engine)
	return &runJob{nb: nb, output: output, session: session}, err
}

// outputPath returns where the executed notebook goes, and makes sure that it
// can be written before anything runs for it.
func (c runCmd) outputPath(path string) (string, error) {
	output := executedName(path)
	info, err := os.Stat(c.Output)
	switch {
	case c.Output == "":
	case err == nil && info.IsDir():
		output = filepath.Join(c.Output, filepath.Base(path))
	case len(c.Notebooks) > 1:
		return "", usageError{fmt.Errorf("-o %s: of several notebooks, -o names a folder that exists", c.Output)}
	default:
		output = c.Output
	}
	if err := checkWritable(filepath.Dir(output)); err != nil {
		return "", usageError{fmt.Errorf("%s cannot be written: %w; name another place with -o", output, err)}
	}
	return output, nil
}

// executedName returns A.out.ipynb for A.ipynb.
func executedName(path string) string {
	return strings.TrimSuffix(path, ".ipynb") + ".out.ipynb"
}

// checkWritable makes sure that files can be made in a folder.
func checkWritable(dir string) error {
	f, err := os.CreateTemp(dir, ".lectern-*.tmp")
	if err != nil {
		var perr *os.PathError
		if errors.As(err, &perr) {
			return fmt.Errorf("folder %s: %w", dir, perr.Err)
		}
		return err
	}
	f.Close()
	return os.Remove(f.Name())
}

// runOne runs a notebook in a kernel of its own and writes it. A notebook whose
// run ended in an error is written as far as it came, so that its outputs can be
// read; one that was interrupted is not.
func (c runCmd) runOne(ctx context.Context, j *runJob, bar *bar) (err error) {
	defer func() { bar.end(err) }()
	err = j.session.run(ctx, j.nb.notebook, runner.Runner{
		Path: j.nb.path, Timeout: c.Timeout, AllowErrors: c.AllowErrors, Progress: bar.show,
	})
	if err == nil {
		return j.write(j.output)
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%w; nothing was written", err)
	}
	partial := j.output
	if j.nb.isAt(partial) { // what is saved stays until a run succeeds
		partial = executedName(j.nb.path)
	}
	if writeErr := j.write(partial); writeErr != nil {
		return failures{err, writeErr}
	}
	return fmt.Errorf("%w (outputs so far: %s)", err, partial)
}

// write writes the executed notebook, unless that would undo what somebody else
// wrote meanwhile.
func (j *runJob) write(path string) error {
	changed := j.nb.changed()
	if changed != nil && j.nb.isAt(path) {
		return changed
	}
	if err := nbformat.WriteFile(path, j.nb.notebook); err != nil {
		return err
	}
	if changed != nil {
		return fmt.Errorf("%w; %s is of the notebook as it was", changed, path)
	}
	return nil
}

// experimentNames names the experiments of the jobs, each once.
func experimentNames(jobs []*runJob) string {
	var names []string
	seen := map[string]bool{}
	for _, j := range jobs {
		if !seen[j.session.experiment] {
			names = append(names, j.session.experiment)
		}
		seen[j.session.experiment] = true
	}
	if len(names) == 1 {
		return "experiment " + names[0]
	}
	return "experiments " + strings.Join(names, ", ")
}

// parseValues splits name=value.
func parseValues(args []string) ([]runner.Value, error) {
	var values []runner.Value
	for _, arg := range args {
		name, text, ok := strings.Cut(arg, "=")
		if !ok || name == "" {
			return nil, usageError{fmt.Errorf("-p %s: want NAME=VALUE", arg)}
		}
		values = append(values, runner.Value{Name: strings.TrimSpace(name), Text: text})
	}
	return values, nil
}

// interruptible returns a context that the first Ctrl-C cancels. The second ends
// the program at once.
func interruptible() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// eachAtOnce calls f for all items, at most n (or one for each CPU) at a time,
// and returns their errors in the order of the items.
func eachAtOnce[T any](n int, items []T, f func(T) error) []error {
	if n <= 0 {
		n = runtime.GOMAXPROCS(0)
	}
	errs := make([]error, len(items))
	free := make(chan struct{}, n)
	done := make(chan struct{})
	for i, item := range items {
		go func() {
			free <- struct{}{}
			errs[i] = f(item)
			<-free
			done <- struct{}{}
		}()
	}
	for range items {
		<-done
	}
	return errs
}

// failed returns the errors that are not nil as one, or nil.
func failed(errs []error) error {
	var some failures
	for _, err := range errs {
		var several failures
		switch {
		case errors.As(err, &several):
			some = append(some, several...)
		case err != nil:
			some = append(some, err)
		}
	}
	switch len(some) {
	case 0:
		return nil
	case 1:
		return some[0]
	}
	return some
}

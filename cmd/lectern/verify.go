package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/lectern-go/lectern/notebooks/nbformat"
	"github.com/lectern-go/lectern/notebooks/runner"
	"github.com/lectern-go/lectern/notebooks/verify"
)

// verifyCmd runs notebooks and compares what they show with what is saved.
type verifyCmd struct {
	Paths     []string      `arg:"" name:"path" help:"Notebooks, and folders whose notebooks are verified."`
	Exact     bool          `help:"No tolerance for numbers, and spaces count."`
	Tolerance float64       `placeholder:"T" default:"1e-6" help:"Relative tolerance of numbers that are not integers (${default}). The tag tolerance=T sets that of a cell."`
	Update    bool          `help:"Accept what differs: write it into the notebooks."`
	JSON      bool          `name:"json" help:"Write the report as JSON."`
	Engine    string        `default:"auto" enum:"auto,interpret,compile" placeholder:"ENGINE" help:"What runs the cells: auto, interpret or compile."`
	DB        string        `name:"db" placeholder:"URI" help:"Tracker database of the runs. Default: one that is removed at the end."`
	Timeout   time.Duration `placeholder:"DURATION" help:"Stop a cell that runs longer, such as 90s or 10m."`
	Jobs      int           `short:"j" placeholder:"N" help:"Notebooks that run at the same time. Default: the number of CPUs."`
}

// Statuses of a verified notebook.
const (
	passed  = "passed"
	updated = "updated"
	failing = "failed"
)

// A verification is the report on one notebook.
type verification struct {
	Path        string              `json:"path"`
	Status      string              `json:"status"`
	Cells       int                 `json:"cells"` // that were compared
	Seconds     float64             `json:"seconds"`
	Error       string              `json:"error,omitempty"`
	Differences []verify.Difference `json:"differences"`
	Warnings    []verify.Warning    `json:"warnings"`
}

// Run verifies the notebooks and reports on each.
func (c verifyCmd) Run() error {
	if c.Tolerance < 0 {
		return usageError{fmt.Errorf("--tolerance %g: want 0 or more", c.Tolerance)}
	}
	paths, err := findNotebooks(c.Paths)
	if err != nil {
		return err
	}
	if c.DB == "" {
		dir, err := os.MkdirTemp("", "lectern-verify-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		c.DB = filepath.Join(dir, "verify.db")
	}
	ctx, stop := interruptible()
	defer stop()
	bars := newBars()
	results := make([]*verification, len(paths))
	for i, path := range paths {
		results[i] = &verification{
			Path: path, Status: failing, Differences: []verify.Difference{}, Warnings: []verify.Warning{},
		}
	}
	eachAtOnce(c.Jobs, results, func(v *verification) error {
		err := c.verifyOne(ctx, v, bars)
		if err != nil {
			v.Status, v.Error = failing, err.Error()
		}
		return nil
	})
	bars.wait()
	return c.report(os.Stdout, results)
}

// findNotebooks returns the notebooks that the arguments name, and those in the
// folders that they name. Executed copies (A.out.ipynb) and hidden folders are
// left out.
func findNotebooks(args []string) ([]string, error) {
	var paths []string
	for _, arg := range args {
		info, err := os.Stat(arg)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, usageError{fmt.Errorf("%s: there is no such file or folder; give the path of a notebook", arg)}
		}
		if err != nil {
			return nil, usageError{err}
		}
		if !info.IsDir() {
			paths = append(paths, arg)
			continue
		}
		found, err := notebooksIn(arg)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, usageError{fmt.Errorf("%s: there is no notebook (.ipynb) in this folder", arg)}
		}
		paths = append(paths, found...)
	}
	return paths, nil
}

func notebooksIn(dir string) (paths []string, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch name := d.Name(); {
		case err != nil:
			return err
		case d.IsDir() && path != dir && strings.HasPrefix(name, "."):
			return filepath.SkipDir
		case !d.IsDir() && strings.HasSuffix(name, ".ipynb") && !strings.HasSuffix(name, ".out.ipynb"):
			paths = append(paths, path)
		}
		return nil
	})
	return paths, err
}

// verifyOne runs a notebook and fills in its report. An error means that it
// could not be compared.
func (c verifyCmd) verifyOne(ctx context.Context, v *verification, bars *bars) (err error) {
	start := time.Now()
	defer func() { v.Seconds = time.Since(start).Seconds() }()
	saved, err := readSource(v.Path)
	if err != nil {
		return err
	}
	fresh, err := nbformat.Read(saved.data)
	if err != nil {
		return err
	}
	if err := runner.Check(fresh); err != nil {
		return fmt.Errorf("%s: %w", v.Path, err)
	}
	static, _ := emptySession()
	v.Warnings = append(v.Warnings, verify.Lint(fresh, static)...)

	session, err := newSession(v.Path, c.DB, "")
	if err != nil {
		return err
	}
	session.engine = engineOf(c.Engine)
	bar := bars.add(v.Path)
	defer func() { bar.end(err) }()
	err = session.run(ctx, fresh, runner.Runner{Path: v.Path, Timeout: c.Timeout, Progress: bar.show})
	ran := *fresh
	if cellErr := new(runner.CellError); errors.As(err, &cellErr) {
		ran.Cells = fresh.Cells[:cellErr.Cell-1] // what the cells before it show may say why
	} else if err != nil {
		return err
	}
	v.Differences, v.Cells = verify.Compare(saved.notebook, &ran, verify.Options{Tolerance: c.Tolerance, Exact: c.Exact})
	switch {
	case err != nil:
		return err
	case c.Update:
		return c.update(v, saved, fresh)
	case len(v.Differences) == 0:
		v.Status = passed
	}
	return nil
}

// update writes what differs into the notebook, unless somebody else wrote it
// meanwhile.
func (c verifyCmd) update(v *verification, saved *source, fresh *nbformat.Notebook) error {
	verify.Merge(saved.notebook, fresh, v.Differences)
	data, err := nbformat.Marshal(saved.notebook)
	if err != nil {
		return err
	}
	if v.Status = passed; string(data) == string(saved.data) {
		return nil
	}
	if err := saved.changed(); err != nil {
		return err
	}
	v.Status = updated
	return nbformat.WriteFile(v.Path, saved.notebook)
}

// report writes the report and returns an error if a notebook failed.
func (c verifyCmd) report(w io.Writer, results []*verification) error {
	count := map[string]int{}
	for _, v := range results {
		count[v.Status]++
	}
	out := bufio.NewWriter(w)
	if c.JSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		err := encoder.Encode(map[string]any{
			passed: count[passed], updated: count[updated], failing: count[failing], "notebooks": results,
		})
		if err != nil {
			return err
		}
	} else {
		for _, v := range results {
			v.write(out)
		}
		fmt.Fprintf(out, "%s: %d passed", counted(len(results), "notebook"), count[passed])
		if count[updated] > 0 {
			fmt.Fprintf(out, ", %d updated", count[updated])
		}
		fmt.Fprintf(out, ", %d failed\n", count[failing])
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if n := count[failing]; n > 0 {
		return fmt.Errorf("%d of %s failed; see the report", n, counted(len(results), "notebook"))
	}
	return nil
}

// write writes the report on a notebook for people.
func (v *verification) write(w io.Writer) {
	fmt.Fprintf(w, "%-7s %s  (%s, %.1f s)\n", v.Status, v.Path, counted(v.Cells, "cell"), v.Seconds)
	for _, warning := range v.Warnings {
		fmt.Fprintf(w, "  warning: %v\n", warning)
	}
	for _, d := range v.Differences {
		fmt.Fprintf(w, "  cell %d (id %q), %s", d.Cell, d.ID, d.Output)
		if d.Line > 0 {
			fmt.Fprintf(w, ", line %d", d.Line)
		}
		fmt.Fprintf(w, ": %s\n", d.Reason)
		writeMarked(w, "-", d.Saved)
		writeMarked(w, "+", d.Fresh)
		if d.Others > 0 {
			fmt.Fprintf(w, "    and %s more\n", counted(d.Others, "line"))
		}
	}
	if v.Error != "" { // it ended the run
		fmt.Fprintf(w, "  %s\n", strings.TrimPrefix(v.Error, v.Path+": "))
	}
}

// maxWidth is how much of a line the report shows.
const maxWidth = 160

// writeMarked writes lines with a mark before each.
func writeMarked(w io.Writer, mark, text string) {
	if text == "" {
		return
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		if runes := []rune(line); len(runes) > maxWidth {
			line = string(runes[:maxWidth]) + " …"
		}
		fmt.Fprintf(w, "    %s %s\n", mark, line)
	}
}

// counted returns "1 cell", "2 cells".
func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

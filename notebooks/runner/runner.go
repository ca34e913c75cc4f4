package runner

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/notebooks/nbformat"
)

// Tags that say how a cell is run.
const (
	// TagSkip marks cells that are not run and keep their outputs.
	TagSkip = "skip-execution"
	// TagRaises marks cells whose error does not end the run.
	TagRaises = "raises-exception"
)

// Kernel is what a run needs of a kernel. When ctx is done, Execute interrupts
// the cell and returns soon. Its error says that the kernel is broken; an error
// of the cell is in the reply.
type Kernel interface {
	Execute(ctx context.Context, req kernel.ExecuteRequest, show func(kernel.Output)) (kernel.Reply, error)
}

// A Runner runs notebooks in one kernel, one at a time.
type Runner struct {
	Kernel      Kernel
	Path        string           // of the notebook, for errors; may be empty
	Timeout     time.Duration    // for each cell; 0 is none
	AllowErrors bool             // go on after a cell that ends in an error
	Progress    func(Progress)   // called before each cell that is run and at the end; may be nil
	Now         func() time.Time // time.Now if nil
}

// Progress says how far a run is.
type Progress struct {
	Done, Total int // cells that have run, cells to run
	Cell        int // number of the cell that runs now, from 1 and over all cells; 0 at the end
}

// A CellError is the error that ended a run, and where.
type CellError struct {
	Path      string   // of the notebook, as the runner got it
	Cell      int      // number of the cell, from 1 and over all cells
	ID        string   // id of the cell
	Line      int      // line of the cell, from 1; 0 if unknown
	Ename     string   // as in the output: "compile error", "panic", "timeout", …
	Evalue    string   // one line
	Traceback []string // for people; may hold ANSI colours
}

// Error returns one line: path, cell, line, name and message.
func (e *CellError) Error() string {
	var b strings.Builder
	if e.Path != "" {
		b.WriteString(e.Path + ": ")
	}
	fmt.Fprintf(&b, "cell %d", e.Cell)
	if e.Line > 0 {
		fmt.Fprintf(&b, ", line %d", e.Line)
	}
	message, _, _ := strings.Cut(e.Evalue, "\n")
	fmt.Fprintf(&b, ": %s: %s", e.Ename, message)
	return b.String()
}

// Check reports whether the notebook is one of Go, or says that it is not.
// A notebook that does not name its language passes.
func Check(nb *nbformat.Notebook) error {
	if language := nb.Language(); language != "" && language != "go" {
		return fmt.Errorf("the notebook is written in %s and Lectern runs Go; run it with a kernel for %[1]s", language)
	}
	return nil
}

// Run clears the outputs of the notebook's code cells, runs them in order and
// stores what they show. The first error ends the run: a [*CellError] for one of
// a cell, the cause of ctx if that is done, and otherwise one of the kernel.
// The notebook is valid in all cases and holds the outputs so far.
func (r *Runner) Run(ctx context.Context, nb *nbformat.Notebook) error {
	if err := Check(nb); err != nil {
		return r.errorf("%w", err)
	}
	total := clearOutputs(nb)
	describeLanguage(nb)
	shown := displays{}
	done := 0
	for i, c := range nb.Cells {
		if !runs(c) {
			continue
		}
		r.progress(Progress{Done: done, Total: total, Cell: i + 1})
		if err := r.runCell(ctx, i+1, c, shown); err != nil {
			return err
		}
		done++
	}
	r.progress(Progress{Done: done, Total: total})
	return nil
}

func (r *Runner) progress(p Progress) {
	if r.Progress != nil {
		r.Progress(p)
	}
}

func (r *Runner) errorf(format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	if r.Path == "" {
		return err
	}
	return fmt.Errorf("%s: %w", r.Path, err)
}

// runs reports whether a cell is one that is run.
func runs(c *nbformat.Cell) bool {
	return c.Type == nbformat.Code && !c.HasTag(TagSkip) && strings.TrimSpace(c.Source) != ""
}

// clearOutputs removes what an earlier run left in code cells, save those that
// are skipped, and returns how many cells will be run.
func clearOutputs(nb *nbformat.Notebook) (total int) {
	for _, c := range nb.Cells {
		if c.Type != nbformat.Code || c.HasTag(TagSkip) {
			continue
		}
		c.Outputs, c.ExecutionCount = nil, nil
		delete(c.Metadata, "execution")
		if runs(c) {
			total++
		}
	}
	return total
}

// describeLanguage says in the notebook's metadata what ran it, as a kernel does
// in its kernel_info_reply.
func describeLanguage(nb *nbformat.Notebook) {
	if nb.Metadata == nil {
		nb.Metadata = nbformat.Object{}
	}
	nb.Metadata["language_info"] = nbformat.Object{
		"name":            "go",
		"version":         strings.TrimPrefix(runtime.Version(), "go"),
		"mimetype":        "text/x-go",
		"file_extension":  ".go",
		"codemirror_mode": "go",
		"pygments_lexer":  "go",
	}
	if nb.Metadata["kernelspec"] == nil {
		nb.Metadata["kernelspec"] = nbformat.Object{"name": "lectern", "display_name": "Go (Lectern)", "language": "go"}
	}
}

// runCell runs one cell. The error is one that ends the run.
func (r *Runner) runCell(ctx context.Context, number int, c *nbformat.Cell, shown displays) error {
	cellCtx, cancel := ctx, context.CancelFunc(func() {})
	if r.Timeout > 0 {
		cellCtx, cancel = context.WithTimeout(ctx, r.Timeout)
	}
	defer cancel()

	rec := &recorder{cell: c, shown: shown}
	start := r.now()
	req := kernel.ExecuteRequest{Code: c.Source, Cell: fmt.Sprintf("cell %d", number)}
	reply, err := r.Kernel.Execute(cellCtx, req, rec.show)
	rec.flush()
	setTimes(c, start, r.now())
	if reply.ExecutionCount > 0 {
		c.ExecutionCount = &reply.ExecutionCount
	}

	cellErr := &CellError{Path: r.Path, Cell: number, ID: c.ID}
	if e := reply.Error; e != nil {
		cellErr.Line, cellErr.Ename, cellErr.Evalue, cellErr.Traceback = e.Line, e.Ename, e.Evalue, e.Traceback
	}
	switch {
	case ctx.Err() != nil:
		return r.errorf("cell %d: stopped: %w", number, context.Cause(ctx))
	case errors.Is(cellCtx.Err(), context.DeadlineExceeded) && (err != nil || reply.Error != nil):
		cellErr.Ename, cellErr.Evalue = "timeout", fmt.Sprintf("ran longer than %v; --timeout sets the limit", r.Timeout)
		rec.showError(cellErr)
		return cellErr
	case err != nil:
		return r.errorf("cell %d: kernel: %w", number, err)
	case reply.Error == nil:
		return nil
	}
	rec.showError(cellErr)
	if r.AllowErrors || c.HasTag(TagRaises) {
		return nil
	}
	return cellErr
}

func (r *Runner) now() time.Time {
	if r.Now != nil {
		return r.Now()
	}
	return time.Now()
}

// setTimes records when the cell ran, under the names of the messages by which a
// Jupyter front end would have known.
func setTimes(c *nbformat.Cell, start, end time.Time) {
	if c.Metadata == nil {
		c.Metadata = nbformat.Object{}
	}
	const layout = "2006-01-02T15:04:05.000000Z"
	first, last := start.UTC().Format(layout), end.UTC().Format(layout)
	c.Metadata["execution"] = nbformat.Object{
		"iopub.status.busy":   first,
		"iopub.execute_input": first,
		"shell.execute_reply": last,
		"iopub.status.idle":   last,
	}
}

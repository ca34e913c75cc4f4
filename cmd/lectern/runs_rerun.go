package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/compare"
	"github.com/lectern-go/lectern/experiments/sqlite"
)

// tagRerun holds what the last rerun of a run found.
const tagRerun = "lectern.rerun"

// runsRerunCmd runs again what recorded runs and compares every point.
type runsRerunCmd struct {
	storeFlags
	IDs  []string `arg:"" name:"run" help:"Ids of runs, their first digits, or names."`
	CPUs int      `name:"cpus" placeholder:"N" help:"Run on so many CPUs (GOMAXPROCS)."`
}

// Help says what is run and shows an example.
func (runsRerunCmd) Help() string {
	return `Runs the recorded notebook or command again, with the recorded parameters, into
a database of its own, and compares every logged point to the bit. Exits with 1
if one differs. Metrics that measure time or the machine are left out.

Example:
  lectern runs rerun 3f2a 91c0 --cpus 1`
}

// Run runs again and compares.
func (c runsRerunCmd) Run() (err error) {
	store, err := c.open()
	if err != nil {
		return err
	}
	defer closing(store, &err)
	ctx, stop := interruptible()
	defer stop()
	runs, err := findRuns(ctx, store, c.IDs)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "lectern-rerun-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fresh, err := c.repeatAll(ctx, dir, runs)
	if err != nil {
		return err
	}
	defer closing(fresh, &err)
	var reports []rerunReport
	differ := 0
	for i := range runs {
		report, err := compareRerun(ctx, store, fresh, &runs[i])
		if err != nil {
			return err
		}
		if !report.Equal {
			differ++
		}
		tag := experiments.Batch{Tags: []experiments.Tag{{Key: tagRerun, Value: report.String()}}}
		if err := store.LogBatch(ctx, runs[i].ID, tag); err != nil {
			return err
		}
		reports = append(reports, report)
	}
	if err := c.print(reports); err != nil {
		return err
	}
	if differ > 0 {
		return fmt.Errorf("%d of %d runs did not come out equal", differ, len(runs))
	}
	return nil
}

// repeatAll runs each command that the runs came from once, and returns the
// database with what came of it.
func (c runsRerunCmd) repeatAll(ctx context.Context, dir string, runs []experiments.Run) (*sqlite.Store, error) {
	database := filepath.Join(dir, "lectern.db")
	done := map[string]bool{}
	for i := range runs {
		cmd, err := repeatCommand(ctx, dir, &runs[i])
		if err != nil {
			return nil, usageError{fmt.Errorf("run %s: %w", shortID(runs[i].ID), err)}
		}
		name := strings.Join(cmd.Args, " ")
		if done[name] {
			continue
		}
		done[name] = true
		cmd.Env = append(os.Environ(), "LECTERN_DB="+database, "LECTERN_EXPERIMENT=rerun")
		if c.CPUs > 0 {
			cmd.Env = append(cmd.Env, fmt.Sprintf("GOMAXPROCS=%d", c.CPUs))
		}
		cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr // ours is the report
		fmt.Fprintf(os.Stderr, "running %s\n", name)
		if err := cmd.Run(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return sqlite.Open(database)
}

// repeatCommand returns the command that repeats a run.
func repeatCommand(ctx context.Context, dir string, run *experiments.Run) (*exec.Cmd, error) {
	var args []string
	if err := json.Unmarshal([]byte(run.Tag(experiments.TagCommand)), &args); err != nil || len(args) == 0 {
		return nil, errors.New("no command that repeats it was recorded")
	}
	if run.Tag(experiments.TagSourceType) == "NOTEBOOK" {
		return repeatNotebook(ctx, dir, run.Tag(experiments.TagSourceName), args)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = run.Tag(experiments.TagDirectory)
	if cmd.Err != nil || strings.Contains(args[0], string(filepath.Separator)) && !programExists(cmd.Dir, args[0]) {
		return nil, fmt.Errorf("its program %s is gone; build it again at that place", args[0])
	}
	return cmd, nil
}

func programExists(dir, path string) bool {
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	_, err := os.Stat(path)
	return err == nil
}

// repeatNotebook returns the command that runs the notebook as the recorded
// lectern run did, except for where its output goes.
func repeatNotebook(ctx context.Context, dir, notebook string, recorded []string) (*exec.Cmd, error) {
	if _, err := os.Stat(notebook); err != nil {
		return nil, fmt.Errorf("its notebook %s is gone", notebook)
	}
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := []string{"run", notebook, "-o", filepath.Join(dir, filepath.Base(notebook))}
	if len(recorded) > 1 && recorded[1] == "run" { // not a kernel of a page or of Jupyter
		var c cli
		parser, err := kong.New(&c, kong.Exit(func(int) {}))
		if err != nil {
			return nil, err
		}
		if _, err := parser.Parse(recorded[1:]); err != nil {
			return nil, fmt.Errorf("its command %q does not parse any more: %w", recorded, err)
		}
		for _, p := range c.Run.Parameters {
			args = append(args, "-p", p)
		}
		if c.Run.Engine != "" {
			args = append(args, "--engine", c.Run.Engine)
		}
		if c.Run.AllowErrors {
			args = append(args, "--allow-errors")
		}
	}
	return exec.CommandContext(ctx, exe, args...), nil
}

// rerunReport says how a rerun compares with what was recorded.
type rerunReport struct {
	Run      string            `json:"run"`
	Name     string            `json:"name"`
	Equal    bool              `json:"equal"`
	Points   int64             `json:"points"` // compared
	Missing  []string          `json:"missing,omitempty"`
	Partings []compare.Parting `json:"partings,omitempty"`
	Cells    []compare.Line    `json:"cells,omitempty"` // lines of the cells that have changed since
	Reason   string            `json:"reason,omitempty"`
}

// String returns the report in one line.
func (r rerunReport) String() string {
	switch {
	case r.Equal:
		return fmt.Sprintf("equal to the bit: all of %d points", r.Points)
	case r.Reason != "":
		return r.Reason
	case len(r.Partings) > 0:
		return fmt.Sprintf("parts: %s first, at step %d", r.Partings[0].Key, r.Partings[0].Step)
	}
	return "missing: " + strings.Join(r.Missing, ", ")
}

// compareRerun compares a run with the one of the rerun that has its name and
// params. Of several the first that is equal counts.
func compareRerun(ctx context.Context, store, fresh experiments.Store, run *experiments.Run) (rerunReport, error) {
	report := rerunReport{Run: run.ID, Name: run.Name}
	page, err := fresh.SearchRuns(ctx, experiments.Query{OrderBy: []string{"start_time"}})
	if err != nil {
		return report, err
	}
	report.Reason = "the rerun has no run of this name with these params"
	for i := range page.Runs {
		again := &page.Runs[i]
		if again.Name != run.Name || !slices.Equal(again.Params, run.Params) {
			continue
		}
		found, err := compareSeries(ctx, store, fresh, run, again)
		if err != nil || found.Equal {
			return found, err
		}
		if report.Reason != "" {
			report = found
		}
	}
	return report, nil
}

func compareSeries(ctx context.Context, store, fresh experiments.Store, run, again *experiments.Run) (rerunReport, error) {
	report := rerunReport{Run: run.ID, Name: run.Name}
	series, err := compare.AllSeries(ctx, compare.Side{Store: store, RunID: run.ID},
		compare.Side{Store: fresh, RunID: again.ID}, run, again)
	if err != nil {
		return report, err
	}
	report.Partings = series.Partings
	for _, m := range run.Metrics {
		if _, ok := again.Metric(m.Key); !ok && !compare.Measured(m.Key) {
			report.Missing = append(report.Missing, m.Key)
		}
		if slices.Contains(series.Equal, m.Key) {
			report.Points += m.Count
		}
	}
	report.Equal = len(report.Partings) == 0 && len(report.Missing) == 0
	if !report.Equal {
		texts, err := cellsOf(ctx, store, run.ID)
		if err != nil {
			return report, err
		}
		now, err := cellsOf(ctx, fresh, again.ID)
		if err != nil {
			return report, err
		}
		report.Cells = compare.Lines(texts, now)
	}
	return report, nil
}

// cellsOf returns the cells that a run was recorded with.
func cellsOf(ctx context.Context, store experiments.Store, id string) (string, error) {
	data, err := store.Artifact(ctx, id, experiments.ArtifactCells)
	if experiments.ErrorCode(err) == experiments.CodeNotFound {
		err = nil
	}
	return string(data), err
}

func (c runsRerunCmd) print(reports []rerunReport) error {
	if c.JSON {
		return printJSON(reports)
	}
	var t table
	for _, r := range reports {
		t.add(shortID(r.Run), r.Name, r.String())
	}
	if err := t.write(os.Stdout); err != nil {
		return err
	}
	for _, r := range reports {
		if len(r.Cells) > 0 {
			fmt.Printf("%s: the cells have changed since:\n", shortID(r.Run))
			for _, l := range r.Cells[:min(len(r.Cells), maxLines)] {
				fmt.Printf("  %s %d  %s\n", map[bool]string{false: "-", true: "+"}[l.InB], l.Number, l.Text)
			}
		}
	}
	return nil
}

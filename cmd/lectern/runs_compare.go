package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/compare"
)

// runsCompareCmd compares runs, or setups over several seeds.
type runsCompareCmd struct {
	storeFlags
	IDs    []string `arg:"" optional:"" name:"run" help:"Two runs or more: ids, their first digits, or names."`
	Filter string   `placeholder:"CONDITION" help:"Compare the runs that lectern runs search finds by this."`
	At     *int64   `placeholder:"STEP" help:"Show the metrics at this step too."`
	By     []string `placeholder:"PARAM,…" help:"Compare setups: runs with the same values of these params, over their seeds."`
	Metric string   `short:"m" placeholder:"KEY" help:"Metric by which setups are compared."`
	Stat   string   `enum:"last,best,min,max,first" default:"best" help:"Value of the metric: last, best, min, max or first."`
	CSV    bool     `name:"csv" help:"Print CSV: what differs, then the metrics."`
}

// Help shows examples.
func (runsCompareCmd) Help() string {
	return `Of two runs it also shows which lines of the cells and of the uncommitted code
differ, and the first step at which their series part, to the bit.

Examples:
  lectern runs compare 3f2a 91c0
  lectern runs compare --filter 'experiment = "06-window-ner"' --by model --metric test_f1`
}

// Run compares.
func (c runsCompareCmd) Run() (err error) {
	store, err := c.open()
	if err != nil {
		return err
	}
	defer closing(store, &err)
	ctx := context.Background()
	runs, err := c.runs(ctx, store)
	if err != nil {
		return err
	}
	if len(runs) < 2 {
		return usageError{fmt.Errorf("%d runs cannot be compared; name two or more, or --filter", len(runs))}
	}
	if len(c.By) > 0 || c.Metric != "" {
		return c.compareSetups(runs)
	}
	cmp, err := newComparison(ctx, store, runs, c.At)
	if err != nil {
		return err
	}
	switch {
	case c.JSON:
		return printJSON(cmp)
	case c.CSV:
		return cmp.writeCSV()
	}
	return cmp.print()
}

func (c runsCompareCmd) runs(ctx context.Context, store experiments.Store) ([]experiments.Run, error) {
	if c.Filter == "" {
		return findRuns(ctx, store, c.IDs)
	}
	if len(c.IDs) > 0 {
		return nil, usageError{errors.New("name runs or give a --filter, not both")}
	}
	page, err := store.SearchRuns(ctx, experiments.Query{Filter: c.Filter})
	if err != nil {
		pointAt(err)
	}
	return page.Runs, usage(err)
}

// comparison is what is known about the differences of runs.
type comparison struct {
	Runs        []string             `json:"runs"`
	Names       []string             `json:"names"`
	Params      []compare.Difference `json:"params"`
	Code        []compare.Difference `json:"code"`
	Files       []fileDifference     `json:"files,omitempty"` // of two runs
	Data        []compare.Difference `json:"data"`
	Environment []compare.Difference `json:"environment"`
	Tags        []compare.Difference `json:"tags"`
	Series      *seriesComparison    `json:"series,omitempty"` // of two runs
	Metrics     []compare.Metric     `json:"metrics"`
	AtStep      []valuesAt           `json:"at_step,omitempty"`

	runs []experiments.Run
}

// fileDifference says in which lines a file of two runs differs.
type fileDifference struct {
	Path  string         `json:"path"`
	Lines []compare.Line `json:"lines"`
}

type seriesComparison struct {
	Partings []compare.Parting `json:"partings"`
	Equal    []string          `json:"equal"`
	Skipped  []string          `json:"skipped"`
}

// valuesAt has the values of a metric at a step; nil where there is none.
type valuesAt struct {
	Key    string `json:"key"`
	Step   int64  `json:"step"`
	Values []any  `json:"values"`
}

func newComparison(ctx context.Context, store experiments.Store, runs []experiments.Run, at *int64) (*comparison, error) {
	c := &comparison{
		Params: compare.Params(runs), Code: compare.Tags(runs, compare.Code), Data: compare.Tags(runs, compare.Data),
		Environment: compare.Tags(runs, compare.Environment), Tags: compare.Tags(runs, compare.Other),
		Metrics: compare.Metrics(runs), runs: runs,
	}
	for i := range runs {
		c.Runs = append(c.Runs, runs[i].ID)
		c.Names = append(c.Names, runs[i].Name)
	}
	if len(runs) == 2 {
		series, err := compare.AllSeries(ctx, compare.Side{Store: store, RunID: runs[0].ID},
			compare.Side{Store: store, RunID: runs[1].ID}, &runs[0], &runs[1])
		if err != nil {
			return nil, err
		}
		c.Series = &seriesComparison{series.Partings, series.Equal, series.Skipped}
		if c.Files, err = compareFiles(ctx, store, runs); err != nil {
			return nil, err
		}
	}
	if at != nil {
		var err error
		if c.AtStep, err = readAt(ctx, store, runs, c.Metrics, *at); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// compareFiles compares the texts that are kept of two runs.
func compareFiles(ctx context.Context, store experiments.Store, runs []experiments.Run) ([]fileDifference, error) {
	var found []fileDifference
	for _, path := range []string{experiments.ArtifactCells, experiments.ArtifactDiff, experiments.ArtifactGoMod} {
		var texts [2]string
		for i := range runs {
			data, err := store.Artifact(ctx, runs[i].ID, path)
			if err != nil && experiments.ErrorCode(err) != experiments.CodeNotFound {
				return nil, err
			}
			texts[i] = string(data)
		}
		if lines := compare.Lines(texts[0], texts[1]); len(lines) > 0 {
			found = append(found, fileDifference{path, lines})
		}
	}
	return found, nil
}

// readAt returns the last value of each metric at a step.
func readAt(ctx context.Context, store experiments.Store, runs []experiments.Run, metrics []compare.Metric, step int64) ([]valuesAt, error) {
	var all []valuesAt
	for _, m := range metrics {
		v := valuesAt{Key: m.Key, Step: step, Values: make([]any, len(runs))}
		for i := range runs {
			parts, err := store.Downsample(ctx, runs[i].ID, m.Key, 1, experiments.Window{First: step, Last: step})
			if err != nil {
				return nil, err
			}
			if len(parts) > 0 {
				v.Values[i] = experiments.JSONFloat(parts[0].Last.Value)
			}
		}
		all = append(all, v)
	}
	return all, nil
}

func (c *comparison) print() error {
	var t table
	t.add("  RUN", "NAME", "STATUS", "STARTED", ">TOOK")
	for i := range c.runs {
		r := &c.runs[i]
		t.add("  "+shortID(r.ID), r.Name, formatState(r), formatTime(r.StartTime), formatDuration(r.Duration()))
	}
	if err := t.write(os.Stdout); err != nil {
		return err
	}
	for _, part := range []struct {
		title string
		found []compare.Difference
	}{{"params", c.Params}, {"code", c.Code}, {"data", c.Data}, {"environment", c.Environment}, {"tags", c.Tags}} {
		if part.title != "params" && len(part.found) == 0 {
			continue
		}
		if err := printDifferences(part.title, part.found, c.runs); err != nil {
			return err
		}
	}
	c.printFiles()
	if c.Series != nil {
		if err := c.printSeries(); err != nil {
			return err
		}
	}
	return c.printMetrics()
}

// maxLines is how many lines of a file's difference are printed.
const maxLines = 30

func (c *comparison) printFiles() {
	for _, f := range c.Files {
		fmt.Printf("\n%s differs (lectern runs show RUN --artifact %s)\n", f.Path, f.Path)
		for i, l := range f.Lines {
			if i == maxLines {
				fmt.Printf("  … and %d more lines\n", len(f.Lines)-i)
				break
			}
			run, sign := c.Runs[0], "-"
			if l.InB {
				run, sign = c.Runs[1], "+"
			}
			fmt.Printf("  %s %s:%d  %s\n", sign, shortID(run), l.Number, l.Text)
		}
	}
}

func (c *comparison) printSeries() error {
	fmt.Printf("\nseries\n")
	if len(c.Series.Partings) == 0 {
		fmt.Printf("  equal to the bit: %d of %d compared\n", len(c.Series.Equal), len(c.Series.Equal))
	} else {
		p := c.Series.Partings[0]
		fmt.Printf("  %s parts first, at step %d; %d of %d series are equal to the bit\n", p.Key, p.Step, len(c.Series.Equal),
			len(c.Series.Equal)+len(c.Series.Partings))
		var t table
		t.add(append([]string{"  METRIC", ">PARTS AT STEP"}, heads(c.runs, ">")...)...)
		for _, p := range c.Series.Partings {
			t.add("  "+p.Key, fmt.Sprint(p.Step), exactValue(p.A), exactValue(p.B))
		}
		if err := t.write(os.Stdout); err != nil {
			return err
		}
	}
	if len(c.Series.Skipped) > 0 {
		fmt.Printf("  not compared, for they measure time or the machine: %s\n", strings.Join(c.Series.Skipped, ", "))
	}
	return nil
}

// exactValue writes a value with all its digits.
func exactValue(p *experiments.Point) string {
	if p == nil {
		return "(ended)"
	}
	return fmt.Sprint(p.Value)
}

func printDifferences(title string, differences []compare.Difference, runs []experiments.Run) error {
	if len(differences) == 0 {
		fmt.Printf("\n%s: no difference\n", title)
		return nil
	}
	verb := "differs"
	if strings.HasSuffix(title, "s") {
		verb = "differ"
	}
	fmt.Printf("\n%s that %s\n", title, verb)
	var t table
	t.add(append([]string{"  KEY"}, heads(runs, "")...)...)
	for _, d := range differences {
		row := []string{"  " + d.Key}
		for _, v := range d.Values {
			cell := "-"
			if v != nil {
				cell = shorten(*v, 48)
			}
			row = append(row, cell)
		}
		t.add(row...)
	}
	return t.write(os.Stdout)
}

// heads names the runs' columns.
func heads(runs []experiments.Run, align string) []string {
	names := make([]string, len(runs))
	for i := range runs {
		names[i] = align + shortID(runs[i].ID)
	}
	return names
}

// statistics are the rows of each metric.
var statistics = []struct {
	name  string
	point func(*experiments.Summary) experiments.Point
}{
	{"first", func(s *experiments.Summary) experiments.Point { return s.First }},
	{"last", func(s *experiments.Summary) experiments.Point { return s.Last }},
	{"min", func(s *experiments.Summary) experiments.Point { return s.Min }},
	{"max", func(s *experiments.Summary) experiments.Point { return s.Max }},
	{"best", func(s *experiments.Summary) experiments.Point { return s.Best() }},
}

// metricRows has a row for each metric and statistic: key, statistic, values.
func (c *comparison) metricRows(format func(float64) string) [][]string {
	var rows [][]string
	for k, m := range c.Metrics {
		for _, stat := range statistics {
			row := []string{m.Key, stat.name}
			for _, s := range m.Summaries {
				cell := ""
				if s != nil {
					cell = format(stat.point(s).Value)
				}
				row = append(row, cell)
			}
			rows = append(rows, row)
		}
		if c.AtStep != nil {
			row := []string{m.Key, fmt.Sprintf("at %d", c.AtStep[k].Step)}
			for _, v := range c.AtStep[k].Values {
				cell := ""
				if x, ok := v.(float64); ok {
					cell = format(x)
				} else if v != nil {
					cell = fmt.Sprint(v)
				}
				row = append(row, cell)
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func (c *comparison) printMetrics() error {
	if len(c.Metrics) == 0 {
		fmt.Printf("\nmetrics: none\n")
		return nil
	}
	fmt.Printf("\nmetrics\n")
	var t table
	t.add(append([]string{"  KEY", ""}, heads(c.runs, ">")...)...)
	before := ""
	for _, row := range c.metricRows(formatValue) {
		key := row[0]
		row[0] = "  " + key
		if key == before {
			row[0] = ""
		}
		before = key
		for i := 2; i < len(row); i++ {
			if row[i] == "" {
				row[i] = "-"
			}
		}
		t.add(row...)
	}
	return t.write(os.Stdout)
}

// writeCSV writes kind, key, statistic and the value of each run.
func (c *comparison) writeCSV() error {
	out := csv.NewWriter(os.Stdout)
	rows := [][]string{append([]string{"kind", "key", "statistic"}, c.Runs...)}
	for _, part := range []struct {
		kind  string
		found []compare.Difference
	}{{"param", c.Params}, {"code", c.Code}, {"data", c.Data}, {"environment", c.Environment}, {"tag", c.Tags}} {
		for _, d := range part.found {
			row := []string{part.kind, d.Key, ""}
			for _, v := range d.Values {
				if v == nil {
					row = append(row, "")
				} else {
					row = append(row, *v)
				}
			}
			rows = append(rows, row)
		}
	}
	for _, row := range c.metricRows(func(x float64) string { return fmt.Sprint(x) }) {
		rows = append(rows, slices.Concat([]string{"metric"}, row))
	}
	if err := out.WriteAll(rows); err != nil {
		return err
	}
	return out.Error()
}

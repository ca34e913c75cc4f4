package main

import (
	"context"
	"fmt"
	"os"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/compare"
)

// runsCompareCmd compares runs.
type runsCompareCmd struct {
	storeFlags
	IDs []string `arg:"" name:"run" help:"Two runs or more: ids, their first digits, or names."`
}

// Help shows an example.
func (runsCompareCmd) Help() string {
	return "Example:\n  lectern runs compare 3f2a 91c0"
}

// comparison is what the command prints as JSON.
type comparison struct {
	Runs    []string             `json:"runs"`
	Names   []string             `json:"names"`
	Params  []compare.Difference `json:"params"`
	Metrics []compare.Metric     `json:"metrics"`
}

// Run compares the runs.
func (c runsCompareCmd) Run() (err error) {
	if len(c.IDs) < 2 {
		return usageError{fmt.Errorf("one run cannot be compared; name two or more")}
	}
	store, err := c.open()
	if err != nil {
		return err
	}
	defer closing(store, &err)
	runs, err := findRuns(context.Background(), store, c.IDs)
	if err != nil {
		return err
	}
	cmp := comparison{Params: compare.Params(runs), Metrics: compare.Metrics(runs)}
	for i := range runs {
		cmp.Runs = append(cmp.Runs, runs[i].ID)
		cmp.Names = append(cmp.Names, runs[i].Name)
	}
	if c.JSON {
		return printJSON(cmp)
	}
	return cmp.print(runs)
}

func (c *comparison) print(runs []experiments.Run) error {
	var t table
	t.add("  RUN", "NAME", "STATUS", "STARTED", ">TOOK")
	for i := range runs {
		r := &runs[i]
		t.add("  "+shortID(r.ID), r.Name, formatState(r), formatTime(r.StartTime), formatDuration(r.Duration()))
	}
	if err := t.write(os.Stdout); err != nil {
		return err
	}
	if err := printDifferences("params", c.Params, runs); err != nil {
		return err
	}
	return printMetrics(c.Metrics, runs)
}

func printDifferences(title string, differences []compare.Difference, runs []experiments.Run) error {
	if len(differences) == 0 {
		fmt.Printf("\n%s: no difference\n", title)
		return nil
	}
	fmt.Printf("\n%s that differ\n", title)
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
	value func(*experiments.Summary) float64
}{
	{"first", func(s *experiments.Summary) float64 { return s.First.Value }},
	{"last", func(s *experiments.Summary) float64 { return s.Last.Value }},
	{"min", func(s *experiments.Summary) float64 { return s.Min.Value }},
	{"max", func(s *experiments.Summary) float64 { return s.Max.Value }},
	{"best", func(s *experiments.Summary) float64 { return s.Best().Value }},
}

func printMetrics(metrics []compare.Metric, runs []experiments.Run) error {
	if len(metrics) == 0 {
		fmt.Printf("\nmetrics: none\n")
		return nil
	}
	fmt.Printf("\nmetrics\n")
	var t table
	t.add(append([]string{"  KEY", ""}, heads(runs, ">")...)...)
	for _, m := range metrics {
		for i, stat := range statistics {
			row := []string{"  " + m.Key, stat.name}
			if i > 0 {
				row[0] = ""
			}
			for _, s := range m.Summaries {
				cell := "-"
				if s != nil {
					cell = formatValue(stat.value(s))
				}
				row = append(row, cell)
			}
			t.add(row...)
		}
	}
	return t.write(os.Stdout)
}

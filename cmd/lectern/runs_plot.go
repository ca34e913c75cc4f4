package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"

	"github.com/guptarohit/asciigraph"
	"golang.org/x/term"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/nnlib/plot"
)

// plotParts is the number of parts that a long series is cut into for a file;
// each draws its least and its greatest value.
const plotParts = 1000

// runsPlotCmd draws metrics of runs.
type runsPlotCmd struct {
	storeFlags
	IDs    []string `arg:"" name:"run" help:"Ids of runs, their first digits, or names."`
	Metric []string `short:"m" required:"" placeholder:"KEY" help:"Metric to draw (may be repeated)."`
	Output string   `short:"o" placeholder:"FILE" help:"Draw to this file, .svg or .png, instead of the terminal."`
	From   *int64   `placeholder:"STEP" help:"First step to draw."`
	To     *int64   `placeholder:"STEP" help:"Last step to draw."`
	Smooth float64  `placeholder:"WEIGHT" help:"Weight, from 0 to 1, of what was before in an exponential moving average."`
	Log    bool     `help:"Logarithmic values."`
}

// Help shows an example.
func (runsPlotCmd) Help() string {
	return "Example:\n  lectern runs plot 3f2a 91c0 -m loss\n  lectern runs plot 3f2a -m loss -m grad_norm --log -o loss.svg"
}

// Run draws.
func (c runsPlotCmd) Run() (err error) {
	store, err := c.open()
	if err != nil {
		return err
	}
	defer closing(store, &err)
	ctx := context.Background()
	runs, err := findRuns(ctx, store, c.IDs)
	if err != nil {
		return err
	}
	if c.Smooth < 0 || c.Smooth >= 1 {
		return usageError{fmt.Errorf("--smooth is %v; it must be at least 0 and less than 1", c.Smooth)}
	}
	parts := plotParts
	if c.Output == "" {
		parts = terminalWidth() - 14
	}
	var curves []plot.Series
	for i := range runs {
		for _, key := range c.Metric {
			if _, ok := runs[i].Metric(key); !ok {
				return usageError{fmt.Errorf("run %s has no metric %q; see lectern runs show %s", shortID(runs[i].ID), key, shortID(runs[i].ID))}
			}
			curve, err := c.curve(ctx, store, &runs[i], key, parts)
			if err != nil {
				return err
			}
			curves = append(curves, curve)
		}
	}
	if c.Output != "" {
		return c.writeFigure(curves)
	}
	return c.drawTerminal(curves, parts)
}

// curve reads a series, cut into parts that keep spikes.
func (c runsPlotCmd) curve(ctx context.Context, store experiments.Store, run *experiments.Run, key string, parts int) (plot.Series, error) {
	window := experiments.AllSteps
	if c.From != nil {
		window.First = *c.From
	}
	if c.To != nil {
		window.Last = *c.To
	}
	curve := plot.Series{Name: run.Name + " " + shortID(run.ID) + " " + key}
	summaries, err := store.Downsample(ctx, run.ID, key, parts, window)
	if err != nil {
		return curve, err
	}
	add := func(p experiments.Point) {
		if n := len(curve.X); n > 0 && curve.X[n-1] == float64(p.Step) && curve.Y[n-1] == p.Value {
			return
		}
		curve.X = append(curve.X, float64(p.Step))
		curve.Y = append(curve.Y, p.Value)
	}
	for i := range summaries {
		s := &summaries[i]
		switch {
		case s.Count == 1 || s.Count == s.NaNs:
			add(s.First)
		case s.Min.Step <= s.Max.Step:
			add(s.Min)
			add(s.Max)
		default:
			add(s.Max)
			add(s.Min)
		}
	}
	return curve, nil
}

func (c runsPlotCmd) writeFigure(curves []plot.Series) error {
	figure := plot.Curves{
		Title: strings.Join(c.Metric, ", "), XLabel: "step", YLabel: strings.Join(c.Metric, ", "),
		Series: curves, LogY: c.Log, Smooth: c.Smooth,
	}.Figure()
	if err := figure.WriteFile(c.Output); err != nil {
		return err
	}
	fmt.Println(c.Output)
	return nil
}

func terminalWidth() int {
	if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil && w > 40 {
		return min(w, 200)
	}
	return 80
}

// drawTerminal draws with characters: one column for each part of the steps.
func (c runsPlotCmd) drawTerminal(curves []plot.Series, width int) error {
	first, last := math.Inf(1), math.Inf(-1)
	for _, s := range curves {
		for _, x := range s.X {
			first, last = min(first, x), max(last, x)
		}
	}
	var rows [][]float64
	var names []string
	for _, s := range curves {
		if c.Smooth > 0 {
			s.Y = plot.Smooth(s.Y, c.Smooth)
		}
		row, found := columns(s, first, last, width, c.Log)
		if found {
			rows = append(rows, row)
			names = append(names, s.Name)
		}
	}
	if len(rows) == 0 {
		return errors.New("there is no finite value to draw")
	}
	colors := []asciigraph.AnsiColor{
		asciigraph.Default, asciigraph.Red, asciigraph.Green, asciigraph.Blue, asciigraph.Yellow, asciigraph.Magenta, asciigraph.Cyan,
	}
	used := make([]asciigraph.AnsiColor, len(rows))
	for i := range used {
		if term.IsTerminal(int(os.Stdout.Fd())) {
			used[i] = colors[i%len(colors)]
		} else {
			used[i] = asciigraph.Default
		}
	}
	options := []asciigraph.Option{
		asciigraph.Height(15), asciigraph.SeriesColors(used...),
		asciigraph.Caption(fmt.Sprintf("steps %.0f to %.0f%s", first, last, map[bool]string{true: ", log10"}[c.Log])),
	}
	if len(names) > 1 {
		options = append(options, asciigraph.SeriesLegends(names...))
	} else {
		fmt.Println(names[0])
	}
	fmt.Println(asciigraph.PlotMany(rows, options...))
	return nil
}

// columns puts a curve into columns of equal ranges of steps. In a column with
// several points the one farthest from the column before stands, so that
// spikes show.
func columns(s plot.Series, first, last float64, width int, log bool) (row []float64, found bool) {
	row = make([]float64, width)
	for i := range row {
		row[i] = math.NaN()
	}
	before := math.NaN()
	for i, x := range s.X {
		y := s.Y[i]
		if log {
			y = math.Log10(y)
		}
		if math.IsNaN(y) || math.IsInf(y, 0) {
			continue
		}
		at := 0
		if last > first {
			at = min(width-1, int((x-first)/(last-first)*float64(width)))
		}
		if math.IsNaN(row[at]) || math.Abs(y-before) > math.Abs(row[at]-before) {
			row[at] = y
		}
		found = true
		if at > 0 && !math.IsNaN(row[at-1]) {
			before = row[at-1]
		}
	}
	for i := 1; i < width; i++ { // steps may be rarer than columns
		if math.IsNaN(row[i]) {
			row[i] = row[i-1]
		}
	}
	return row, found
}

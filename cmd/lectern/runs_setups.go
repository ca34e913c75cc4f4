package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"os"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/compare"
	stats "github.com/lectern-go/lectern/experiments/statistics"
)

// setupComparison compares setups over their seeds.
type setupComparison struct {
	Metric     string             `json:"metric"`
	Stat       string             `json:"stat"`
	Left       int                `json:"left_out"` // runs without the metric
	Setups     []compare.Estimate `json:"setups"`
	Contrasts  []compare.Contrast `json:"contrasts"`
	Importance []stats.Importance `json:"importance"`
}

// maxContrasts is the number of setups up to which every two are compared.
const maxContrasts = 12

func (c runsCompareCmd) compareSetups(runs []experiments.Run) error {
	if c.Metric == "" || len(c.By) == 0 {
		return usageError{errors.New("setups are compared by --by PARAM and --metric KEY together")}
	}
	value := func(r *experiments.Run) (float64, bool) {
		m, ok := r.Metric(c.Metric)
		if !ok {
			return 0, false
		}
		for _, stat := range statistics {
			if stat.name == c.Stat {
				return stat.point(&m).Value, true
			}
		}
		return 0, false
	}
	setups, left := compare.Group(runs, c.By, value)
	if len(setups) == 0 {
		return usageError{fmt.Errorf("none of the %d runs has the metric %q", len(runs), c.Metric)}
	}
	s := setupComparison{
		Metric: c.Metric, Stat: c.Stat, Left: left, Setups: compare.Estimates(setups),
		Importance: compare.Importances(runs, value),
	}
	if len(setups) <= maxContrasts {
		s.Contrasts = compare.Contrasts(setups)
	}
	switch {
	case c.JSON:
		return printJSON(s)
	case c.CSV:
		return s.writeCSV()
	}
	return s.print()
}

func (s *setupComparison) print() error {
	fmt.Printf("%s of %s, mean over seeds with its 95 %% interval\n", s.Stat, s.Metric)
	var t table
	t.add("  SETUP", ">SEEDS", ">MEAN", ">SD", ">FROM", ">TO")
	for _, e := range s.Setups {
		t.add("  "+e.Setup, fmt.Sprint(e.Seeds), formatValue(e.Mean), formatValue(e.SD), formatValue(e.Low), formatValue(e.High))
	}
	if err := t.write(os.Stdout); err != nil {
		return err
	}
	if s.Left > 0 {
		fmt.Printf("  (%d runs without the metric left out)\n", s.Left)
	}
	if err := s.printContrasts(); err != nil || len(s.Importance) == 0 {
		return err
	}
	fmt.Printf("\nhow much of the variance each param explains by itself\n")
	var imp table
	imp.add("  PARAM", ">VALUES", ">EXPLAINS", ">P")
	for _, i := range s.Importance {
		imp.add("  "+i.Key, fmt.Sprint(i.Levels), fmt.Sprintf("%.0f %%", 100*i.Explained), formatP(i.P))
	}
	return imp.write(os.Stdout)
}

func (s *setupComparison) printContrasts() error {
	if len(s.Contrasts) == 0 {
		if len(s.Setups) > maxContrasts {
			fmt.Printf("\n%d setups are too many to compare every two; narrow --filter to %d\n", len(s.Setups), maxContrasts)
		}
		return nil
	}
	fmt.Printf("\ndifferences: permutation test, paired by seed where possible; P corrected (Holm) for %d comparisons\n", len(s.Contrasts))
	var t table
	t.add("  A", "B", ">PAIRS", ">A - B", ">FROM", ">TO", ">EFFECT (SD)", ">P", ">CORRECTED", "")
	for _, c := range s.Contrasts {
		pairs := "-"
		if c.Pairs > 0 {
			pairs = fmt.Sprint(c.Pairs)
		}
		t.add("  "+c.A, c.B, pairs, formatValue(c.Difference), formatValue(c.Low), formatValue(c.High), fmt.Sprintf("%.2f", c.Effect),
			formatP(c.P), formatP(c.Corrected), verdict(c, len(s.Contrasts)))
	}
	return t.write(os.Stdout)
}

// verdict says in words what one of several contrasts shows.
func verdict(c compare.Contrast, contrasts int) string {
	switch {
	case c.Corrected <= 1-compare.Level:
		return "differ"
	case c.Seeds == 0:
		return "no difference found"
	}
	// With n pairs the least two-sided P is 2/2ⁿ, and the correction multiplies
	// it by the number of contrasts.
	least := int(math.Ceil(math.Log2(2 * float64(contrasts) / (1 - compare.Level))))
	return fmt.Sprintf("not decided; about %d seeds would", max(c.Seeds, least, c.Pairs+1))
}

func formatP(p float64) string {
	if p < 0.0001 {
		return "<0.0001"
	}
	return fmt.Sprintf("%.4f", p)
}

func (s *setupComparison) writeCSV() error {
	out := csv.NewWriter(os.Stdout)
	rows := [][]string{{"setup", "seeds", "mean", "sd", "low", "high"}}
	for _, e := range s.Setups {
		rows = append(rows, []string{
			e.Setup, fmt.Sprint(e.Seeds), fmt.Sprint(e.Mean), fmt.Sprint(e.SD), fmt.Sprint(e.Low), fmt.Sprint(e.High),
		})
	}
	if err := out.WriteAll(rows); err != nil {
		return err
	}
	return out.Error()
}

package filter

import (
	"errors"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/lectern-go/lectern/experiments"
)

var now = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

func lines(t testing.TB, path string) []string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
}

func TestErrors(t *testing.T) {
	all := lines(t, "testdata/errors.txt")
	for i := 0; i+1 < len(all); i += 2 {
		text := all[i]
		caret, message, _ := strings.Cut(all[i+1], "^ ")
		_, err := Parse(text, now)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%s: got %v, want a SyntaxError", text, err)
			continue
		}
		if want := text + "\n" + caret + "^"; syntax.Caret() != want || syntax.Message != message {
			t.Errorf("got\n%s %s\nwant\n%s %s", syntax.Caret(), syntax.Message, want, message)
		}
	}
}

// subject is the run that testdata/values.txt is about.
func subject() *Subject {
	start := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC).UnixMilli()
	run := &experiments.Run{
		ID: "0123456789abcdef0123456789abcdef", ExperimentID: "4", Name: "first", User: "ada", Status: experiments.Finished,
		StartTime: start, EndTime: start + 90_000,
		Params: []experiments.Param{{Key: "lr", Value: "0.1"}, {Key: "name", Value: `net "x"`}},
		Tags:   []experiments.Tag{{Key: "team", Value: "nlp"}},
	}
	series := map[string][]float64{
		"loss": {2, 0.25}, "dev_f1": {0.9, 0.8}, "grad_norm/W": {3}, "bad": {math.NaN()},
	}
	for key, values := range series {
		s := experiments.Summary{Key: key}
		for i, v := range values {
			s.Add(experiments.Point{Step: int64(i), Value: v})
		}
		run.Metrics = append(run.Metrics, s)
	}
	return &Subject{Run: run, Experiment: "E", Now: now, At: func(key string, step int64) (float64, bool) {
		if values := series[key]; step >= 0 && step < int64(len(values)) {
			return values[step], true
		}
		return 0, false
	}}
}

func TestValues(t *testing.T) {
	s := subject()
	for _, line := range lines(t, "testdata/values.txt") {
		want, text, _ := strings.Cut(line, " ")
		text = strings.TrimSpace(text)
		e, err := Parse(text, now)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := [...]string{"no", "null", "yes"}[s.truth(e)]; got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestEmpty(t *testing.T) {
	e, err := Parse("  \n", now)
	if e != nil || err != nil || !Selects(e, subject()) {
		t.Errorf("got %v, %v, want a condition that selects all", e, err)
	}
}

func TestParseOrder(t *testing.T) {
	for text, desc := range map[string]bool{
		"metrics.loss": false, "metrics.loss ASC": false, "best(metrics.f1) desc": true, "metrics.a - metrics.b desc": true,
		"start_time DESC": true, "params.`x y`": false,
	} {
		if o, err := ParseOrder(text, now); err != nil || o.Desc != desc {
			t.Errorf("%s: got %+v, %v, want desc %v", text, o, err, desc)
		}
	}
	for _, text := range []string{"", "metrics.loss down", "metrics.loss desc, metrics.f1", "metrics.a > 1", "not metrics.a"} {
		if o, err := ParseOrder(text, now); err == nil {
			t.Errorf("%s: got %+v, want an error", text, o)
		}
	}
}

func TestLimits(t *testing.T) {
	for what, text := range map[string]string{
		"deep":      strings.Repeat("(", 200) + "1 = 1" + strings.Repeat(")", 200),
		"negative":  strings.Repeat("-", 5000) + "1 = 1",
		"many refs": strings.Repeat("metrics.a > 1 and ", 50) + "1 = 1",
		"long":      "1" + strings.Repeat(" + 1", 5000) + " = 1",
	} {
		if _, err := Parse(text, now); err == nil {
			t.Errorf("%s: got no error", what)
		}
	}
}

// FuzzParse looks for conditions that panic, or whose error is at no place.
func FuzzParse(f *testing.F) {
	for _, line := range append(lines(f, "testdata/values.txt"), lines(f, "testdata/errors.txt")...) {
		f.Add(strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(line, "yes "), "no "), "null ")))
	}
	s := subject()
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse(text, now)
		var syntax *SyntaxError
		switch {
		case errors.As(err, &syntax):
			if syntax.Offset < 0 || syntax.Offset > len(text) || syntax.Message == "" {
				t.Errorf("%q: the error is at %d of %d: %q", text, syntax.Offset, len(text), syntax.Message)
			}
			_ = syntax.Error() + syntax.Caret()
		case err != nil:
			t.Errorf("%q: got %T, want a SyntaxError", text, err)
		default:
			Selects(e, s)
		}
		if o, err := ParseOrder(text, now); err == nil {
			s.null(o.Expr)
		}
	})
}

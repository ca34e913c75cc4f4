package display

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// record replaces the sink for a test.
func record(t *testing.T) *[]any {
	t.Helper()
	var got []any
	old := sink
	SetSink(func(v any) { got = append(got, v) })
	t.Cleanup(func() { SetSink(old) })
	return &got
}

func TestUpdates(t *testing.T) {
	got := record(t)
	id := ID("x")
	id.Show(1)
	id.Update(2)
	Clear(true)
	want := []any{Update{"x", 1, true}, Update{"x", 2, false}, Clearing{true}}
	if diff := cmp.Diff(want, *got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if a, b := NewID(), NewID(); a == b {
		t.Error("two new IDs are the same")
	}
}

// TestProgress takes 100 steps of 10 ms each.
func TestProgress(t *testing.T) {
	got := record(t)
	now := time.Unix(0, 0)
	p := NewProgress("e<pochs", 100)
	p.now, p.start = func() time.Time { return now }, now
	for range 100 {
		now = now.Add(10 * time.Millisecond)
		p.Add(1)
	}
	p.Add(1) // too many
	p.Done()
	var texts []string
	for i, v := range *got {
		u := v.(Update)
		if u.ID != p.id || u.First != (i == 0) {
			t.Errorf("output %d: %v", i, u)
		}
		texts = append(texts, u.String())
	}
	want := []string{
		"e<pochs ▕▏                   ▏ 1/100, 100/s, 990ms left",
		"e<pochs ▕███▏                ▏ 16/100, 100/s, 840ms left",
		"e<pochs ▕██████▏             ▏ 31/100, 100/s, 690ms left",
		"e<pochs ▕█████████▏          ▏ 46/100, 100/s, 540ms left",
		"e<pochs ▕████████████▏       ▏ 61/100, 100/s, 390ms left",
		"e<pochs ▕███████████████▏    ▏ 76/100, 100/s, 240ms left",
		"e<pochs ▕██████████████████▏ ▏ 91/100, 100/s, 90ms left",
		"e<pochs ▕████████████████████▏ 100/100, 100/s, took 1s",
	}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	html := p.MIMEBundle()["text/html"]
	if want := `<div>e&lt;pochs <progress max="100" value="100"></progress> 100/100, 100/s, took 1s</div>`; html != want {
		t.Errorf("HTML %s, want %s", html, want)
	}
}

func TestProgressWithoutTotal(t *testing.T) {
	got := record(t)
	now := time.Unix(0, 0)
	p := NewProgress("lines", 0)
	p.now, p.start = func() time.Time { return now }, now
	now = now.Add(4 * time.Second)
	p.Set(2)
	p.Done()
	p.Done()
	var texts []string
	for _, v := range *got {
		texts = append(texts, v.(Update).String())
	}
	if diff := cmp.Diff([]string{"lines 2, 2s each", "lines 2, 2s each, took 4s"}, texts); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestLineChart(t *testing.T) {
	got := record(t)
	now := time.Unix(0, 0)
	c := NewLineChart("loss & more")
	c.now = func() time.Time { return now }
	for i := range 5000 {
		now = now.Add(time.Millisecond)
		c.Add("train", float64(i), 1/float64(i+1))
	}
	c.Add("test", 0, 1)
	c.Add("test", math.NaN(), 1)
	c.Add("test", 1, math.Inf(1))
	c.Draw()
	if n := len(*got); n < 20 || n > 40 {
		t.Errorf("5 seconds drew the chart %d times, want some 34", n)
	}
	if n := len(c.line("train").x); n > maxPoints {
		t.Errorf("%d points are kept, want at most %d", n, maxPoints)
	}
	if n := len(c.line("test").x); n != 1 {
		t.Errorf("%d finite points of test, want 1", n)
	}
	forms := c.MIMEBundle()
	svg := forms["image/svg+xml"].(string)
	if strings.Contains(svg, "NaN") || strings.Count(svg, "<polyline") != 2 {
		t.Errorf("drawing: %.500s", svg)
	}
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the drawing is not XML: %v", err)
		}
	}
}

package repl

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/kernel/display"
)

func TestDraw(t *testing.T) {
	const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 16">`
	for _, tt := range []struct{ name, svg, want string }{
		{"frame", `<polyline points="0,0 59,0 59,15 0,15 0,0" stroke="black"/>`, "⡏" + strings.Repeat("⠉", 28) + "⢹\n⡇" + strings.Repeat(" ", 28) + "⢸\n⡇" + strings.Repeat(" ", 28) + "⢸\n⣇" + strings.Repeat("⣀", 28) + "⣸"},
		{"path", `<path d="M0,0 h7 v7 m4 0 L20 0z" stroke="#123"/>`, "⠉⠉⠉⢹   ⢀⡠⠊⠁\n   ⢸ ⢀⠔⠁"},
		{"turned", `<g transform="translate(0,4) scale(1,-1)"><line x1="0" x2="10" y1="4" y2="4" stroke="red"/></g>`, "⠉⠉⠉⠉⠉⠁"},
		{"text", `<text x="30" y="4" font-size="4" text-anchor="middle">mid</text><text x="60" y="4" text-anchor="end" font-size="4">end</text><path d="M0 0H1" stroke="red"/>`, "⠉             mid          end"},
		{"marks", `<circle cx="3" cy="3" r="1" fill="blue"/><circle cx="40" cy="8" r="7" fill="blue"/>`, " ⣤⡄\n ⠈"},
		{"area", `<rect width="50" height="10" fill="red"/>`, ""},
		{"faint", `<path d="M0 0H9" stroke="red" stroke-opacity="0.1"/>`, ""},
		{"bad", `<path d="M0 0H9" stroke="red"`, ""},
		{"not numbers", `<path d="M0 0LNaN 1e999L9 9" stroke="red"/>`, "⠁"},
	} {
		got := draw(head+tt.svg+"</svg>", 30, false)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.name, diff)
		}
	}
}

// TestDrawChart draws a live chart: its texts are where its lines are.
func TestDrawChart(t *testing.T) {
	c := display.NewLineChart("accuracy")
	display.SetSink(func(any) {})
	for i := range 101 {
		c.Add("train", float64(i), float64(i)/100)
	}
	text := draw(c.MIMEBundle()["image/svg+xml"].(string), 100, false)
	lines := strings.Split(text, "\n")
	if !strings.HasPrefix(strings.TrimSpace(lines[0]), "accuracy") || !strings.Contains(lines[len(lines)-1], "100") {
		t.Errorf("the first line is not the title or the last not the axis:\n%s", text)
	}
	above, below := -1, -1
	for i, line := range lines {
		if strings.Contains(line, "0.8") {
			above = i
		}
		if strings.Contains(line, "0.2") {
			below = i
		}
		if n := len([]rune(line)); n > maxDrawing {
			t.Errorf("a line of %d columns", n)
		}
	}
	if above < 0 || below-above < 8 {
		t.Errorf("0.8 is in line %d, 0.2 in line %d:\n%s", above, below, text)
	}
	if coloured := draw(c.MIMEBundle()["image/svg+xml"].(string), 100, true); escapes.ReplaceAllString(coloured, "") != text || coloured == text {
		t.Errorf("colours change the drawing:\n%s", coloured)
	}
	if narrow := draw(c.MIMEBundle()["image/svg+xml"].(string), 10, true); narrow != "" {
		t.Errorf("there is a drawing of 10 columns:\n%s", narrow)
	}
}

func TestPath(t *testing.T) {
	for _, tt := range []struct {
		d    string
		want [][]point
	}{
		{"M1,2L3-4", [][]point{{{1, 2}, {3, -4}}}},
		{"m1 2 3 4", [][]point{{{1, 2}, {4, 6}}}},
		{"M0 0h7v-7z", [][]point{{{0, 0}, {7, 0}, {7, -7}, {0, 0}}}},
		{"M0 0C1 1 2 2 3e1 3M5 5a1 1 0 0 1 2 2", [][]point{{{0, 0}, {30, 3}}, {{5, 5}, {7, 7}}}},
		{"M0", nil},
		{"X1 2", nil},
		{"z", nil},
	} {
		if diff := cmp.Diff(tt.want, path(tt.d), cmp.AllowUnexported(point{})); diff != "" {
			t.Errorf("path(%q) (-want +got)\n%s", tt.d, diff)
		}
	}
}

func FuzzDraw(f *testing.F) {
	f.Add(`<svg viewBox="0 0 60 16"><g transform="rotate(30 1 2)"><path d="M0 0L9 9" stroke="#f00"/><text x="3" y="4">a</text></g></svg>`)
	f.Add(`<svg width="1e308" height="1"><line x2="NaN" stroke="x"/></svg>`)
	f.Fuzz(func(t *testing.T, svg string) {
		if strings.Contains(svg, "\n") {
			t.Skip("a text of several lines")
		}
		for line := range strings.Lines(draw(svg, 40, false)) {
			if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 40 {
				t.Errorf("a line of %d columns", n)
			}
		}
	})
}

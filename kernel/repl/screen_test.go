package repl

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/display"
)

func TestScreen(t *testing.T) {
	plain := func(s string) kernel.MIMEBundle { return kernel.MIMEBundle{"text/plain": s} }
	for _, tt := range []struct {
		name    string
		outputs []kernel.Output
		want    string
	}{
		{"stream and result", []kernel.Output{kernel.Stream{Name: "stdout", Text: "a\nb"}, kernel.ExecuteResult{Data: plain("3")}}, "a\nb\n3\n"},
		{"open line", []kernel.Output{kernel.Stream{Name: "stdout", Text: "a"}}, "a\n"},
		{"error", []kernel.Output{kernel.Error{Traceback: []string{"\x1b[31mbad\x1b[0m", "x"}}}, "bad\nx\n"},
		{
			"updates",
			[]kernel.Output{
				kernel.DisplayData{Data: plain("1\n2"), ID: "i"},
				kernel.DisplayData{Data: plain("3"), ID: "i", Update: true},
				kernel.DisplayData{Data: plain("a very long line that does not fit"), ID: "i", Update: true},
			},
			"1\n2\n\x1b[2A\x1b[J3\n\x1b[1A\x1b[Ja very long line t…\n",
		},
		{
			"update of what is gone",
			[]kernel.Output{
				kernel.DisplayData{Data: plain("1"), ID: "i"},
				kernel.Stream{Name: "stdout", Text: "between\n"},
				kernel.DisplayData{Data: plain("2"), ID: "i", Update: true},
			},
			"1\nbetween\n",
		},
		{
			"table",
			[]kernel.Output{kernel.ExecuteResult{Data: kernel.MIMEBundle{"text/plain": "long", "text/html": display.NewTable([]struct {
				A int
				B string
			}{{1, "<x>"}, {10, strings.Repeat("é", 30)}}).HTML()}}},
			"    A  B\n0   1  <x>\n1  10  ééééééééééé…\n",
		},
		{"other HTML", []kernel.Output{kernel.DisplayData{Data: kernel.MIMEBundle{"text/html": "<b>x</b>", "text/plain": "x"}}}, "x\n"},
		{"no text", []kernel.Output{kernel.DisplayData{Data: kernel.MIMEBundle{"image/png": []byte{1}}}}, "(image/png)\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			s := &screen{out: &out, width: func() int { return 20 }}
			for _, o := range tt.outputs {
				s.show(o)
			}
			s.end()
			if diff := cmp.Diff(tt.want, out.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestTableFits(t *testing.T) {
	row := map[string]string{}
	for _, c := range "abcdefghij" {
		row[string(c)] = strings.Repeat(string(c), 12)
	}
	html := display.Bundle([]map[string]string{row})["text/html"].(string)
	for _, width := range []int{200, 100, 60, 20, 3} {
		text := parseTable(html).text(width, false)
		for line := range strings.Lines(text) {
			if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > max(width, minColumn) {
				t.Errorf("width %d: a line of %d columns: %s", width, n, line)
			}
		}
		if all := !strings.Contains(text, "…"); all != (width == 200) {
			t.Errorf("width %d:\n%s", width, text)
		}
	}
	omitted := display.Bundle(make([]struct{ A int }, 100))["text/html"].(string)
	text := parseTable(omitted).text(80, false)
	if !strings.Contains(text, "\n… 65 more rows …\n") || !strings.HasSuffix(text, "100 rows; display.All{x} shows all") {
		t.Errorf("table of 100 rows:\n%s", text)
	}
}

func TestHighlight(t *testing.T) {
	for _, tt := range []struct{ code, want string }{
		{"x", "x"},
		{"if x := `a\nb`; true {", "<34>if<0> x := <32>`a<0>\n<32>b`<0>; <36>true<0> {"},
		{"f(1, \"a\") // c", "f(<33>1<0>, <32>\"a\"<0>) <90>// c<0>"},
		{"%time f(1)\ny := 2", "<35>%time f(1)<0>\ny := <33>2<0>"},
		{"%%bash\nfor x in 1", "<35>%%bash<0>\nfor x in 1"},
		{"x := \"open", "x := <32>\"open<0>"},
		{"é := 'x' // ü", "é := <32>'x'<0> <90>// ü<0>"},
	} {
		got := strings.NewReplacer("\x1b[", "<", "m", ">").Replace(highlight(strings.ReplaceAll(tt.code, "m", "M")))
		if want := strings.ReplaceAll(tt.want, "m", "M"); got != want {
			t.Errorf("highlight(%q)\n got %s\nwant %s", tt.code, got, want)
		}
	}
}

func FuzzHighlight(f *testing.F) {
	f.Add("x := `a\nb` // c")
	f.Add("%%bash\n!x\n%y")
	f.Fuzz(func(t *testing.T, code string) {
		if strings.Contains(code, "\x1b") {
			t.Skip("it looks like a colour")
		}
		if got := escapes.ReplaceAllString(highlight(code), ""); got != code {
			t.Errorf("highlight(%q) changes the text to %q", code, got)
		}
	})
}

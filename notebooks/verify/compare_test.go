package verify

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/notebooks/nbformat"
)

func TestText(t *testing.T) {
	tests := []struct {
		name         string
		saved, fresh string
		want         string // the reason, or "" if they are equal
		exact        string // the reason with exact, if another
	}{
		{"same", "a 1.5\n", "a 1.5\n", "", ""},
		{"rounding", "loss 0.3333333333", "loss 0.3333333334", "", "the text differs"},
		{"too far", "loss 0.3333", "loss 0.3334", "0.3333 was saved, now 0.3334, more than 1e-06 apart", "the text differs"},
		{"integers", "n = 1000000", "n = 1000001", "1000000 was saved, now 1000001", "the text differs"},
		{"integer and float", "x 1", "x 1.0000001", "", "the text differs"},
		{"sign", "x -1.5", "x 1.5", "-1.5 was saved, now 1.5, more than 1e-06 apart", "the text differs"},
		{"around zero", "diff 1.11e-16", "diff 0", "", "the text differs"},
		{"not zero", "diff 1e-9", "diff 0", "1e-9 was saved, now 0, more than 1e-06 apart", "the text differs"},
		{"exponent", "1.5e+10", "15000000000.0", "", "the text differs"},
		{"NaN", "loss NaN", "loss 0.5", "the text differs", ""},
		{"words", "accuracy", "accuracies", "the text differs", ""},
		{"more numbers", "1.5 2.5", "1.5", "the text differs", ""},
		{"blanks", "a   1.5  b", "a 1.5 b  ", "", "the text differs"},
		{"missing line", "a\nb\nc", "a\nc", "lines: 3 saved, 2 now", ""},
		{"last newline", "a\n", "a", "", ""},
		{"duration", "took 1.234ms", "took 56.7µs", "", ""},
		{"long duration", "1h2m3.5s and 1m0s", "2s and 3s", "", ""},
		{"duration in words", "in 12 seconds, 3.5 s", "in 1 second, 4 s", "", ""},
		{"no duration", "3 sets", "4 sets", "3 was saved, now 4", "the text differs"},
		{"time", "at 2026-03-01T12:00:00.5Z, 12:34:56", "at 2027-04-02 01:02:03 +0900 KST, 01:01:01.5", "", ""},
		{"date counts", "on 2026-03-01", "on 2026-03-02", "-01 was saved, now -02", "the text differs"},
		{"run id", "run 0123456789abcdef0123456789abcdef", "run ffffffffffffffffffffffffffffffff", "", ""},
		{"short run id", "run 0123456 and run: fffffff0", "run abcdef0 and run: 1234567", "", ""},
		{"hex counts", "hash 0123456", "hash abcdef0", "the text differs", ""},
		{"uuid", "123e4567-e89b-12d3-a456-426614174000", "00000000-0000-0000-0000-000000000000", "", ""},
		{"address", "(*T)(0xc000012345)", "(*T)(0xc0000aaaa0)", "", ""},
		{"small hex counts", "0xff", "0xfe", "the text differs", ""},
		{"goroutine", "goroutine 18 [running]", "goroutine 7 [running]", "", ""},
		{"folder", "wrote /home/a/x/lectern.db", "wrote /tmp/t1/lectern.db", "", ""},
		{"file name counts", "wrote /home/a/x.db", "wrote /home/a/y.db", "the text differs", ""},
		{"temporary folder", "in /tmp/run2636476074", "in /tmp/run81216666", "", ""},
		{"temporary file", "/tmp/a12345678/x-1", "/tmp/a87654321/x-2", "-1 was saved, now -2", "the text differs"},
		{"division counts", "6/2/1", "6/3/1", "2 was saved, now 3", "the text differs"},
		{"Korean", "손실 0.50000001", "손실 0.5", "", "the text differs"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, ok := textComparer{tolerance: DefaultTolerance}.compare(tt.saved, tt.fresh)
			if ok != (tt.want == "") || d.Reason != tt.want {
				t.Errorf("compare(%q, %q) = %q, %v; want %q", tt.saved, tt.fresh, d.Reason, ok, tt.want)
			}
			wantExact := tt.want
			if tt.exact != "" {
				wantExact = tt.exact
			}
			d, ok = textComparer{tolerance: DefaultTolerance, exact: true}.compare(tt.saved, tt.fresh)
			if ok != (wantExact == "") || d.Reason != wantExact {
				t.Errorf("exact compare(%q, %q) = %q, %v; want %q", tt.saved, tt.fresh, d.Reason, ok, wantExact)
			}
		})
	}
}

func TestTextDifference(t *testing.T) {
	got, _ := textComparer{tolerance: DefaultTolerance}.compare("a\nb 1.0\nc\nd\ne", "a\nb 2.0\nc\nd\nE")
	want := Difference{Reason: "1.0 was saved, now 2.0, more than 1e-06 apart", Saved: "b 1.0\ne", Fresh: "b 2.0\nE", Line: 2}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("compare (-want +got):\n%s", diff)
	}
	got, _ = textComparer{}.compare("a\nb\nc\nd", "x\na\nc\nd\ny")
	want = Difference{Reason: "lines: 4 saved, 5 now", Saved: "b", Fresh: "x\ny", Line: 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("compare of inserted lines (-want +got):\n%s", diff)
	}
	got, _ = textComparer{}.compare(strings.Repeat("a\n", 20), strings.Repeat("b\n", 20))
	if got.Others != 12 || strings.Count(got.Saved, "\n") != 7 {
		t.Errorf("20 lines differ: %d shown and %d more; want 8 and 12", strings.Count(got.Saved, "\n")+1, got.Others)
	}
}

func TestSVG(t *testing.T) {
	const figure = `<?xml version="1.0"?><svg width="10" height="5"><!-- x --><path d="M1.5,2.25L3,4" stroke="red"/><text x="1">loss 0.5</text></svg>`
	tests := []struct{ name, fresh, want string }{
		{"same", figure, ""},
		{"order, space and comments", `<svg height="5" width="10"> <path stroke="red" d="M1.5,2.25L3,4"></path><text x="1">loss 0.5</text><!-- y --></svg>`, ""},
		{"rounding", strings.Replace(figure, "2.25", "2.26", 1), ""},
		{"coordinate", strings.Replace(figure, "2.25", "2.35", 1), "svg/path: attribute d: 2.25 was saved, now 2.35, more than 1e-06 apart"},
		{"colour", strings.Replace(figure, "red", "blue", 1), "svg/path: attribute stroke: the text differs"},
		{"label", strings.Replace(figure, "loss", "cost", 1), `text "loss 0.5" of svg/text was saved, now "cost 0.5"`},
		{"element", strings.Replace(figure, "path", "line", 1), "svg/path was saved, now svg/line"},
		{"attribute", strings.Replace(figure, `width="10"`, "", 1), "svg had 2 attributes, now 1"},
		{"fewer", `<svg width="10" height="5"></svg>`, "4 elements and texts were saved, now 1"},
		{"not XML", `<svg`, "the figure is not XML: XML syntax error on line 1: unexpected EOF"},
	}
	for _, tt := range tests {
		fresh := tt.fresh
		if tt.name == "element" {
			fresh = strings.Replace(figure, "<path", "<line", 1)
		}
		if got := (textComparer{tolerance: DefaultTolerance}).svg(figure, fresh); got != tt.want {
			t.Errorf("%s: svg = %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := (textComparer{exact: true}).svg(figure, strings.Replace(figure, "2.25", "2.26", 1)); got == "" {
		t.Error("exact: figures with other coordinates are equal")
	}
}

// codeCell returns a code cell with outputs.
func codeCell(id string, tags []any, outputs ...*nbformat.Output) *nbformat.Cell {
	one := 1
	return &nbformat.Cell{
		Type: nbformat.Code, ID: id, Source: "x", Metadata: nbformat.Object{"tags": tags},
		Outputs: outputs, ExecutionCount: &one,
	}
}

func stream(name, text string) *nbformat.Output {
	return &nbformat.Output{Type: nbformat.Stream, Name: name, Text: text}
}

func display(bundle nbformat.MIMEBundle) *nbformat.Output {
	return &nbformat.Output{Type: nbformat.DisplayData, Data: bundle}
}

func notebook(cells ...*nbformat.Cell) *nbformat.Notebook {
	nb := nbformat.New()
	nb.Cells = cells
	return nb
}

func TestCompare(t *testing.T) {
	tests := []struct {
		name         string
		tags         []any
		saved, fresh []*nbformat.Output
		want         []string // "output: reason"
	}{
		{
			"streams mix in any way", nil,
			[]*nbformat.Output{stream("stdout", "a\n"), stream("stderr", "w\n"), stream("stdout", "b\n")},
			[]*nbformat.Output{stream("stdout", "a\nb\n"), stream("stderr", "w\n")},
			nil,
		},
		{"stream", nil, []*nbformat.Output{stream("stdout", "a 1.5")}, []*nbformat.Output{stream("stdout", "a 2.5")}, []string{"stdout: 1.5 was saved, now 2.5, more than 1e-06 apart"}},
		{"no stream any more", nil, []*nbformat.Output{stream("stderr", "a")}, nil, []string{"stderr: lines: 1 saved, 0 now"}},
		{"ignored", []any{TagIgnore}, []*nbformat.Output{stream("stdout", "a")}, nil, nil},
		{"ignored by nbval", []any{TagIgnoreNbval}, []*nbformat.Output{stream("stdout", "a")}, nil, nil},
		{"skipped", []any{"skip-execution"}, []*nbformat.Output{stream("stdout", "a")}, nil, nil},
		{"own tolerance", []any{"tolerance=0.5"}, []*nbformat.Output{stream("stdout", "1.5")}, []*nbformat.Output{stream("stdout", "2.0")}, nil},
		{"exact", []any{"exact"}, []*nbformat.Output{stream("stdout", "1.50")}, []*nbformat.Output{stream("stdout", "1.5")}, []string{"stdout: the text differs"}},
		{
			"table", nil,
			[]*nbformat.Output{display(nbformat.MIMEBundle{"text/html": "<table><tr><td>a</td><td>1.5</td></tr></table>"})},
			[]*nbformat.Output{display(nbformat.MIMEBundle{"text/html": "<table><tr><td>a</td><td>2.5</td></tr></table>"})},
			[]string{"text/html: 1.5 was saved, now 2.5, more than 1e-06 apart"},
		},
		{
			"png", nil,
			[]*nbformat.Output{display(nbformat.MIMEBundle{"image/png": "AAAA", "text/plain": "x"})},
			[]*nbformat.Output{display(nbformat.MIMEBundle{"image/png": "AAAB", "text/plain": "x"})},
			[]string{"image/png: the bytes differ: sha256 63c1dd951ffe was saved, 5e01d7a18db0 is shown"},
		},
		{
			"forms", nil,
			[]*nbformat.Output{display(nbformat.MIMEBundle{"text/html": "x", "text/plain": "x"})},
			[]*nbformat.Output{display(nbformat.MIMEBundle{"text/latex": "x", "text/plain": "x"})},
			[]string{"text/html: was saved and is no longer shown", "text/latex: is shown and was not saved"},
		},
		{
			"json", nil,
			[]*nbformat.Output{display(nbformat.MIMEBundle{"application/json": map[string]any{"a": []any{1.5, map[string]any{"b": "at 12:00:00"}}}})},
			[]*nbformat.Output{display(nbformat.MIMEBundle{"application/json": map[string]any{"a": []any{1.50000001, map[string]any{"b": "at 12:30:00"}}}})},
			nil,
		},
		{
			"json differs", nil,
			[]*nbformat.Output{display(nbformat.MIMEBundle{"application/json": map[string]any{"a": []any{1, map[string]any{"b": "x"}}}})},
			[]*nbformat.Output{display(nbformat.MIMEBundle{"application/json": map[string]any{"a": []any{1, map[string]any{"b": "y"}}}})},
			[]string{"application/json: differs at .a[1].b"},
		},
		{
			"fewer", nil,
			[]*nbformat.Output{display(nbformat.MIMEBundle{"text/plain": "a"}), display(nbformat.MIMEBundle{"text/plain": "b"})},
			[]*nbformat.Output{display(nbformat.MIMEBundle{"text/plain": "a"})},
			[]string{"text/plain: was saved and is no longer shown"},
		},
		{
			"error", nil,
			[]*nbformat.Output{{Type: nbformat.Error, Ename: "panic", Evalue: "at 0xc000012345", Traceback: []string{"a"}}},
			[]*nbformat.Output{{Type: nbformat.Error, Ename: "panic", Evalue: "at 0xc000099999", Traceback: []string{"b"}}},
			nil,
		},
		{
			"other error", nil,
			[]*nbformat.Output{{Type: nbformat.Error, Ename: "panic", Evalue: "a"}},
			[]*nbformat.Output{{Type: nbformat.Error, Ename: "panic", Evalue: "b"}},
			[]string{"error: the text differs"},
		},
		{
			"another kind", nil,
			[]*nbformat.Output{{Type: nbformat.Error, Ename: "panic", Evalue: "a"}},
			[]*nbformat.Output{display(nbformat.MIMEBundle{"image/png": "A", "text/plain": "x"})},
			[]string{"image/png: is shown where something else was saved"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			diffs, _ := Compare(notebook(codeCell("a", tt.tags, tt.saved...)), notebook(codeCell("a", tt.tags, tt.fresh...)), Options{})
			var got []string
			for _, d := range diffs {
				got = append(got, d.Output+": "+d.Reason)
				if d.Cell != 1 || d.ID != "a" {
					t.Errorf("difference %v is not in cell 1, a", d)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Compare (-want +got):\n%s", diff)
			}
		})
	}
}

// TestMerge accepts new outputs: cells that differ and cells never run change,
// others keep what is saved.
func TestMerge(t *testing.T) {
	never := codeCell("c", nil)
	never.ExecutionCount = nil
	saved := notebook(
		codeCell("a", nil, stream("stdout", "took 1s")),
		codeCell("b", nil, stream("stdout", "1.5")),
		never,
	)
	fresh := notebook(
		codeCell("a", nil, stream("stdout", "took 2s")),
		codeCell("b", nil, stream("stdout", "2.5")),
		codeCell("c", nil, stream("stdout", "new")),
	)
	fresh.Metadata["language_info"] = "go"
	diffs, compared := Compare(saved, fresh, Options{})
	if compared != 3 || len(diffs) != 2 {
		t.Fatalf("%d compared, differences %v; want 3 and those of b and c", compared, diffs)
	}
	Merge(saved, fresh, diffs)
	var got []string
	for _, c := range saved.Cells {
		got = append(got, fmt.Sprint(c.Outputs[0].Text, " ", *c.ExecutionCount))
	}
	if diff := cmp.Diff([]string{"took 1s 1", "2.5 1", "new 1"}, got); diff != "" {
		t.Errorf("after Merge (-want +got):\n%s", diff)
	}
	if saved.Metadata["language_info"] != "go" {
		t.Error("the notebook does not say which language it is in")
	}
}

// FuzzText wants that a text is equal to itself, however it is compared, and that
// the order of two texts does not matter.
func FuzzText(f *testing.F) {
	f.Add("loss 0.5 in 1.2s\n", "loss 0.6 in 3s\nand more 1e400")
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, c := range []textComparer{{tolerance: DefaultTolerance}, {exact: true}} {
			if d, ok := c.compare(a, a+"\n"); !ok && !strings.HasSuffix(a, "\n") && a != "" {
				t.Errorf("compare(%q, the same and a line end) = %+v", a, d)
			}
			_, ab := c.compare(a, b)
			if _, ba := c.compare(b, a); ab != ba {
				t.Errorf("compare(%q, %q) = %v, but the other way round %v", a, b, ab, ba)
			}
		}
	})
}

// FuzzSVG wants that a figure is equal to itself and that no text breaks the
// comparison.
func FuzzSVG(f *testing.F) {
	f.Add(`<svg><path d="M1,2"/></svg>`, `<svg><g/></svg>`)
	f.Fuzz(func(t *testing.T, a, b string) {
		c := textComparer{tolerance: DefaultTolerance}
		if reason := c.svg(a, a+" "); reason != "" && !strings.Contains(reason, "XML") {
			t.Errorf("svg(%q, the same and a space) = %q", a, reason)
		}
		ab, ba := c.svg(a, b), c.svg(b, a)
		if (ab == "") != (ba == "") {
			t.Errorf("svg(%q, %q) = %q, but the other way round %q", a, b, ab, ba)
		}
	})
}

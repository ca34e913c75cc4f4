package export

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/notebooks/nbformat"
)

// testNotebook has a cell for everything that is exported.
func testNotebook() *nbformat.Notebook {
	nb := nbformat.New()
	add := func(c *nbformat.Cell) { nb.Cells = append(nb.Cells, c) }
	add(&nbformat.Cell{Type: nbformat.Markdown, Source: "# A *title* & more\n\nText with $x_1^2$ and $$\\sum_i x_i$$\n\n" +
		"| a | b |\n|---|---|\n| $\\alpha$ | `$x$` |\n\n<details><summary>Solution</summary>\n\n**hidden**\n\n</details>\n"})
	add(&nbformat.Cell{
		Type: nbformat.Markdown, Source: "![one](attachment:a.png) ![two](b.png)",
		Attachments: map[string]nbformat.MIMEBundle{"a.png": {"image/png": "iVBO\n"}},
	})
	add(&nbformat.Cell{Type: nbformat.Raw, Source: "raw <text>"})
	add(&nbformat.Cell{
		Type: nbformat.Code, Source: "for i := range 3 { // count\n\tfmt.Println(\"<\", i)\n}",
		Outputs: []*nbformat.Output{
			{Type: nbformat.Stream, Name: "stdout", Text: "< 0\n"},
			{Type: nbformat.Stream, Name: "stderr", Text: "\x1b[31mred\x1b[0m ```\n"},
			{
				Type: nbformat.DisplayData, Data: nbformat.MIMEBundle{"image/png": "iVBO\n", "text/plain": "a \"picture\""},
				Metadata: nbformat.Object{"image/png": nbformat.Object{"width": 20}},
			},
			{Type: nbformat.DisplayData, Data: nbformat.MIMEBundle{"image/svg+xml": "<svg/>", "text/plain": "drawing"}},
			{Type: nbformat.DisplayData, Data: nbformat.MIMEBundle{"text/html": "<b>bold</b>", "text/plain": "bold"}},
			{Type: nbformat.DisplayData, Data: nbformat.MIMEBundle{"text/latex": `$\delta$`}},
			{Type: nbformat.DisplayData, Data: nbformat.MIMEBundle{"text/latex": `x^2`}},
			{Type: nbformat.DisplayData, Data: nbformat.MIMEBundle{"text/markdown": "*done*"}},
			{Type: nbformat.ExecuteResult, Data: nbformat.MIMEBundle{"application/json": map[string]any{"a": 1}}},
			{Type: nbformat.ExecuteResult, Data: nbformat.MIMEBundle{"text/plain": "42"}},
			{Type: nbformat.Error, Ename: "panic", Evalue: "boom", Traceback: []string{"\x1b[1mpanic\x1b[0m: boom", "at line 1"}},
		},
	})
	add(&nbformat.Cell{
		Type: nbformat.Code, Source: "folded()",
		Metadata: nbformat.Object{"jupyter": nbformat.Object{"source_hidden": true, "outputs_hidden": true}},
		Outputs:  []*nbformat.Output{{Type: nbformat.Error, Ename: "compile error", Evalue: "x"}},
	})
	return nb
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestHTML(t *testing.T) {
	var warnings []string
	page, err := HTML(testNotebook(), HTMLOptions{
		File: func(path string) ([]byte, error) {
			if path != "b.png" {
				t.Errorf("file %q is read, want b.png", path)
			}
			return []byte("PNG"), nil
		},
		Warn: func(s string) { warnings = append(warnings, s) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(warnings) > 0 {
		t.Errorf("warnings %v, want none", warnings)
	}
	_, body, _ := strings.Cut(string(page), "</style>")
	golden(t, "testdata/page.html", body)
	if m := regexp.MustCompile(`(src|href)="?(https?:|//)|@import|url\(`).Find(page); m != nil {
		t.Errorf("the page needs the network: %s", m)
	}
}

func TestHTMLWarnings(t *testing.T) {
	nb := nbformat.New()
	nb.Cells = []*nbformat.Cell{
		{Type: nbformat.Markdown, Source: `$\foo$`},
		{Type: nbformat.Markdown, Source: "![x](https://example.org/x.png)"},
		{Type: nbformat.Markdown, Source: "![x](attachment:none.png)"},
		{Type: nbformat.Markdown, Source: "![x](none.png)"},
	}
	var got []string
	page, err := HTML(nb, HTMLOptions{
		Title: "the <title>",
		File:  func(string) ([]byte, error) { return nil, errors.New("not there") },
		Warn:  func(s string) { got = append(got, s) },
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`cell 1: formula, byte 5: \foo is not known; it is shown as its source`,
		"cell 2: picture https://example.org/x.png needs the network",
		`cell 3: the cell has no attachment "none.png"`,
		"cell 4: picture none.png: not there",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	for _, want := range []string{"<title>the &lt;title&gt;</title>", `<code>$\foo$</code>`} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestMarkdown(t *testing.T) {
	text, files, err := Markdown(testNotebook(), "a_files")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/page.md", string(text))
	want := map[string][]byte{
		filepath.Join("a_files", "cell2-a.png"): {0x89, 'P', 'N'},
		filepath.Join("a_files", "cell4-3.png"): {0x89, 'P', 'N'},
		filepath.Join("a_files", "cell4-4.svg"): []byte("<svg/>"),
	}
	if diff := cmp.Diff(want, files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	nb := testNotebook()
	nb.Cells[3].Outputs[2].Data["image/png"] = "not base64!"
	if _, _, err := Markdown(nb, ""); err == nil || !strings.HasPrefix(err.Error(), "cell 4: image/png: ") {
		t.Errorf("Markdown of a broken picture: error %v", err)
	}
}

func TestTypesetHTML(t *testing.T) {
	warn := func(s string) { t.Error(s) }
	got := typesetHTML(`<td title="$x$">$a &lt; b$</td><pre>$c$</pre><script>"$d$"</script> costs $5 &amp; $6`, warn)
	const before, behind = `<td title="$x$">`, `</td><pre>$c$</pre><script>"$d$"</script> costs $5 &amp; $6`
	formula := strings.TrimSuffix(strings.TrimPrefix(got, before), behind)
	if before+formula+behind != got || !strings.HasPrefix(formula, "<math") || !strings.Contains(formula, "<mo>&lt;</mo>") {
		t.Errorf("got %s", got)
	}
}

func TestTakeMath(t *testing.T) {
	tests := []struct {
		text string
		want []string // the formulas, those that are displayed behind "display "
	}{
		{"a $x$ b $y_1$", []string{"x", "y_1"}},
		{"$$x$$ and $$\ny\n$$", []string{"display x", "display \ny\n"}},
		{"costs $5 and $6", nil},
		{"$x $ y", nil},
		{"a $ b $", nil},
		{`\$x$ and y$`, nil},
		{`$a\$b$`, []string{`a\$b`}},
		{"`$x$` and ``a ` $y$`` $z$", []string{"z"}},
		{"```\n$x$\n```\n$y$", []string{"y"}},
		{"~~~go\n$x$\n~~~~\n$y$", []string{"y"}},
		{"```\n$x$", nil},
		{"`open $x$", []string{"x"}},
		{"$x\n\ny$", nil},
		{"$x\ny$", []string{"x\ny"}},
		{"\\begin{align}\na &= b\n\\end{align}", []string{"display \\begin{align}\na &= b\n\\end{align}"}},
		{`\begin{align} a`, nil},
		{"~~struck~~ $x$", []string{"x"}},
	}
	for _, tt := range tests {
		text, formulas := takeMath(tt.text)
		var got []string
		for _, f := range formulas {
			if f.display {
				f.latex = "display " + f.latex
			}
			got = append(got, f.latex)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("takeMath(%q) (-want +got):\n%s", tt.text, diff)
		}
		back := placeholder.ReplaceAllStringFunc(text, func(string) string {
			s := formulas[0].source
			formulas = formulas[1:]
			return s
		})
		if back != tt.text {
			t.Errorf("takeMath(%q): with the formulas put back it is %q", tt.text, back)
		}
	}
}

func TestANSI(t *testing.T) {
	tests := []struct{ in, want string }{
		{"plain <b>", "plain &lt;b&gt;"},
		{"\x1b[31mred\x1b[0m.", `<span class="f1">red</span>.`},
		{"\x1b[1;94mx\x1b[22my\x1b[39mz", `<span class="bold f12">x</span><span class="f12">y</span>z`},
		{"\x1b[41m\x1b[4mx", `<span class="b1 underline">x</span>`},
		{"\x1b[38;5;9ma\x1b[38;5;196mb\x1b[48;2;1;2;3mc", `<span class="f9">a</span><span style="color:#ff0000;">b</span><span style="color:#ff0000;background:#010203;">c</span>`},
		{"\x1b[38;5;244mgrey\x1b[m", `<span style="color:#808080;">grey</span>`},
		{"a\x1b[2Kb\x1b]0;title\x07c\x1b[?25l", "abc"},
		{"\x1b[38mx", "x"},
	}
	for _, tt := range tests {
		if got := ansiText(tt.in); got != tt.want {
			t.Errorf("ansiText(%q) = %s, want %s", tt.in, got, tt.want)
		}
	}
	if got, want := plainText("\x1b[31mred\x1b[0m\x1b]0;t\x07."), "red."; got != want {
		t.Errorf("plainText = %q, want %q", got, want)
	}
}

func TestHighlight(t *testing.T) {
	got := highlight("x := \"a<b\" // c\nreturn nil, 1.5")
	want := "x := <span class=\"s\">&#34;a&lt;b&#34;</span> <span class=\"c\">// c</span>\n" +
		"<span class=\"k\">return</span> <span class=\"p\">nil</span>, <span class=\"n\">1.5</span>"
	if got != want {
		t.Errorf("highlight:\n got %s\nwant %s", got, want)
	}
	if got, want := highlight("%time x\n\"open"), "%time x\n<span class=\"s\">&#34;open</span>"; got != want {
		t.Errorf("highlight of what is not Go:\n got %s\nwant %s", got, want)
	}
}

// FuzzTakeMath wants that taking formulas out and putting them back loses
// nothing.
func FuzzTakeMath(f *testing.F) {
	f.Add("a $x$ ``b`` $$y$$ \\begin{a}b\\end{a}\n```\n$c$\n```")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, string(mathOpen)+string(mathClose)) {
			return
		}
		got, formulas := takeMath(text)
		back := placeholder.ReplaceAllStringFunc(got, func(string) string {
			s := formulas[0].source
			formulas = formulas[1:]
			return s
		})
		if back != strings.ToValidUTF8(text, "\uFFFD") && strings.ToValidUTF8(text, "") == text {
			t.Errorf("takeMath(%q) gives back %q", text, back)
		}
	})
}

package display_test

import (
	"errors"
	"fmt"
	"image"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/kernel/display"
)

type point struct {
	X, Y int
	name string
}

type celsius float64

func (c celsius) String() string { return fmt.Sprintf("%.1f °C", float64(c)) }

type rude struct{ A int }

func (rude) String() string { panic("no") }

type rudeBundle struct{ A int }

func (rudeBundle) MIMEBundle() map[string]any { panic("no") }

type node struct {
	Name string
	Next *node
}

// dense is a matrix of another library.
type dense [][]float64

func (d dense) Dims() (int, int)        { return len(d), len(d[0]) }
func (d dense) At(i, j int) float64     { return d[i][j] }
func newDense(r, c int) (d dense)       { return slices.Repeat(dense{make([]float64, c)}, r) }
func kinds(forms map[string]any) string { return strings.Join(slices.Sorted(maps.Keys(forms)), " ") }

func TestBundle(t *testing.T) {
	loop := &node{Name: "a"}
	loop.Next = loop
	for _, tt := range []struct {
		name  string
		value any
		plain string // exact
		kinds string // besides text/plain
	}{
		{"nil", nil, "nil", ""},
		{"int", 3, "3", ""},
		{"string", "a\n", `"a\n"`, ""},
		{"nil pointer", (*point)(nil), "<nil>", ""},
		{"nil error", error(nil), "nil", ""},
		{"error", errors.New("boo"), "boo", ""},
		{"stringer", celsius(3), "3.0 °C", ""},
		{"slice of stringers", []celsius{1, 2}, "[1.0 °C 2.0 °C]", ""},
		{"time", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), "2026-01-02 03:04:05 +0000 UTC", ""},
		{"duration", 1500 * time.Millisecond, "1.5s", ""},
		{"slice", []int{1, 2}, "[1 2]", ""},
		{"bytes", []byte("ab"), "[97 98]", ""},
		{"struct", point{1, 2, "n"}, "{X:1 Y:2 name:n}", "text/html"},
		{"pointer", &point{1, 2, "n"}, "&{X:1 Y:2 name:n}", "text/html"},
		{"hidden fields", struct{ a int }{1}, "{a:1}", ""},
		{"slice of structs", []point{{1, 2, ""}}, "[{X:1 Y:2 name:}]", "text/html"},
		{"map", map[string]int{"b": 2, "a": 1}, "map[a:1 b:2]", "text/html"},
		{"empty map", map[string]int{}, "map[]", ""},
		{"maps", []map[string]any{{"a": 1}, {"b": "x"}}, "[map[a:1] map[b:x]]", "text/html"},
		{"picture", image.NewGray(image.Rect(0, 0, 3, 2)), "3×2 *image.Gray", "image/png"},
		{"empty picture", image.NewGray(image.Rect(0, 0, 0, 2)), "0×2 *image.Gray", ""},
		{"nil picture", (*image.Gray)(nil), "<nil>", ""},
		{"matrix", dense{{1, 2.5}, {-1e-9, math.NaN()}}, "⎡     1  2.5⎤\n⎣-1e-09  NaN⎦", "text/html text/latex"},
		{"row vector", dense{{1, 2}}, "[1  2]", "text/html text/latex"},
		{"slices", [][]float64{{1, 0.5}, {2}}, "[[1 0.5] [2]]", "text/html"},
		{"lists of bytes", [][]byte{{1}}, "[[1]]", ""},
		{"wrapped error", fmt.Errorf("a: %w", errors.New("b")), "a: b", "text/html"},
		{"values", display.Values{1, "a"}, `1, "a"`, ""},
		{"rich values", display.Values{point{1, 2, ""}, image.NewGray(image.Rect(0, 0, 3, 2)), 1}, "{X:1 Y:2 name:}, 3×2 *image.Gray, 1", "text/html"},
		{"String panics", rude{1}, "%!v(PANIC=String method: no)", ""},
		{"MIMEBundle panics", rudeBundle{1}, "{A:1}\n(showing it panicked: no)", ""},
		{"At panics", dense{{1, 2}, {3}}, "[[1 2] [3]]\n(showing it panicked: runtime error: index out of range [1] with length 1)", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			forms := display.Bundle(tt.value)
			if diff := cmp.Diff(tt.plain, forms["text/plain"]); diff != "" {
				t.Errorf("text/plain (-want +got)\n%s", diff)
			}
			delete(forms, "text/plain")
			if got := kinds(forms); got != tt.kinds {
				t.Errorf("other forms %q, want %q", got, tt.kinds)
			}
		})
	}
}

// TestCyclic shows values that contain themselves: they end.
func TestCyclic(t *testing.T) {
	slice := []any{1, nil}
	slice[1] = slice
	m := map[string]any{"a": 1}
	m["self"] = m
	loop := &node{Name: "a"}
	loop.Next = loop
	for _, v := range []any{slice, m, loop, []any{m, slice}, []map[string]any{m}} {
		forms := display.Bundle(v)
		for mime, form := range forms {
			if n := len(form.(string)); n == 0 || n > 50_000 {
				t.Errorf("%T: %s has %d bytes", v, mime, n)
			}
		}
		if all := display.Bundle(display.All{Value: v}); len(all["text/plain"].(string)) == 0 {
			t.Errorf("All{%T} has no text", v)
		}
	}
}

// TestHuge shows values that are too long: quickly, and in few bytes.
func TestHuge(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out values that take seconds to make")
	}
	big := make(map[int]string)
	for i := range 100_000 {
		big[i] = strings.Repeat("x", 100)
	}
	var tree any = "leaf"
	for range 20 { // 2²⁰ leaves
		tree = []any{tree, tree}
	}
	for name, v := range map[string]any{
		"slice":   make([]int, 10_000_000),
		"string":  strings.Repeat("é", 1<<20),
		"strings": slices.Repeat([]string{strings.Repeat("x", 1<<20)}, 10),
		"map":     big,
		"structs": make([]point, 100_000),
		"nested":  [][][]int{slices.Repeat([][]int{make([]int, 1000)}, 1000)},
		"matrix":  newDense(2000, 2000),
		"tree":    tree,
		"error":   errors.New(strings.Repeat("e", 1<<20)),
	} {
		start := time.Now()
		for mime, form := range display.Bundle(v) {
			if n := len(form.(string)); n > 60_000 {
				t.Errorf("%s: %s has %d bytes", name, mime, n)
			}
		}
		if plain := display.Text(v); name != "matrix" && !strings.Contains(plain, "display.All{x}") {
			t.Errorf("%s: the text does not say how to see all: %.100s", name, plain)
		}
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("%s took %v", name, d)
		}
	}
}

func TestElided(t *testing.T) {
	list := make([]int, 100_000)
	for i := range list {
		list[i] = i
	}
	got := display.Text(list)
	if !strings.HasPrefix(got, "[0 1 2 ") || !strings.Contains(got, " 46 … 99950 more … 99997 99998 99999]\n▁▁▁▁▁▁▁▂") || !strings.HasSuffix(got, "█\n(elided: 100000 numbers from 0 to 99999, mean 49999.5; display.All{x} shows all)") {
		t.Errorf("Text(100,000 integers) = %s", got)
	}
	if got := display.Bundle(display.All{Value: list})["text/plain"]; got != fmt.Sprintf("%+v", list) {
		t.Errorf("All does not show all: %.100s", got)
	}
	m := map[int]int{}
	for i := range 10_000 {
		m[i] = -i
	}
	got = display.Text(m)
	if !strings.HasPrefix(got, "map[0:0 1:-1 2:-2 ") || !strings.Contains(got, "49:-49 … 9950 more]") {
		t.Errorf("Text(map of 10,000) = %s", got)
	}
}

func TestTable(t *testing.T) {
	points := make([]point, 100)
	points[3] = point{X: 12, Y: -4}
	table := display.NewTable(points[:5])
	want := "    X   Y\n0   0   0\n1   0   0\n2   0   0\n3  12  -4\n4   0   0"
	if got := table.Text(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	html := display.Bundle(points)["text/html"].(string)
	for _, want := range []string{"… 65 more rows …", "100 rows; display.All{x} shows all", ">12</td>"} {
		if !strings.Contains(html, want) {
			t.Errorf("the table of 100 rows lacks %q", want)
		}
	}
	if n := strings.Count(html, "<tr>"); n != 1+30+5+1 {
		t.Errorf("%d rows are shown, want 37", n)
	}
	whole := display.Bundle(display.All{Value: points})["text/html"].(string)
	if n := strings.Count(whole, "<tr>"); n != 101 {
		t.Errorf("All shows %d rows, want 101", n)
	}
	evil := display.Bundle(map[string]string{"<script>": "a & <b>"})["text/html"].(string)
	if strings.Contains(evil, "<script>") || !strings.Contains(evil, "a &amp; &lt;b&gt;") {
		t.Errorf("not escaped: %s", evil)
	}
	wide := map[string]int{}
	for i := range 30 {
		wide[fmt.Sprintf("c%02d", i)] = i
	}
	if html := display.Bundle([]map[string]int{wide})["text/html"].(string); strings.Count(html, "<th ") != 20 {
		t.Errorf("%d columns are shown, want 20", strings.Count(html, "<th "))
	}
}

// TestCells looks at how tables show numbers, errors and grids.
func TestCells(t *testing.T) {
	for _, tt := range []struct {
		value any
		want  string
	}{
		{[]map[string]any{{"a": 1, "b": "x"}, {"a": math.Pi}}, "         a  b\n0        1  x\n1  3.14159"},
		{[][]float64{{1e-9, 1234567.891, 1e21}, {0.1 + 0.2, 5}}, "       0          1      2\n0  1e-09  1234567.9  1e+21\n1    0.3          5"},
		{[][]any{{"a", 1.5}, {"b", 4.9999999999}}, "   0    1\n0  a  1.5\n1  b    5"},
		{map[string]float32{"x": 0.1, "n": float32(math.NaN())}, "key  value\nn      NaN\nx      0.1"},
	} {
		if got := display.NewTable(tt.value).Text(); got != tt.want {
			t.Errorf("table of %v:\n%s\nwant\n%s", tt.value, got, tt.want)
		}
	}
	_, err := os.Open("/no/such")
	html := display.Bundle(errors.Join(fmt.Errorf("<read>: %w", err), io.EOF))["text/html"].(string)
	for _, want := range []string{"&lt;read&gt;: open /no/such: no such file", "<code>*fs.PathError</code>", "<code>syscall.Errno</code>", "<code>*errors.errorString</code> EOF"} {
		if !strings.Contains(html, want) {
			t.Errorf("error shows no %q: %s", want, html)
		}
	}
	html = display.Bundle(dense{{1.5e-9, math.Inf(-1)}})["text/html"].(string)
	if !strings.Contains(html, "1.5·10<sup>−9</sup>") || !strings.Contains(html, "−∞") {
		t.Errorf("matrix %s", html)
	}
	html = display.Bundle(display.Values{display.PNG{1}, dense{{1}}, "<a>"})["text/html"].(string)
	for _, want := range []string{`<img src="data:image/png;base64,AQ==">`, "<table", "&#34;&lt;a&gt;&#34;</pre>"} {
		if !strings.Contains(html, want) {
			t.Errorf("values show no %q: %s", want, html)
		}
	}
}

func TestMatrixElided(t *testing.T) {
	forms := display.Bundle(newDense(100, 3))
	plain, latex := forms["text/plain"].(string), forms["text/latex"].(string)
	if n := strings.Count(plain, "\n"); n != 21 || !strings.Contains(plain, "⋮") || !strings.Contains(plain, "(100×3; display.All{x} shows all)") {
		t.Errorf("text of 100×3:\n%s", plain)
	}
	if n := strings.Count(latex, `\\`); n != 10 || !strings.Contains(latex, `\vdots & \vdots & \vdots`) {
		t.Errorf("formula of 100×3:\n%s", latex)
	}
	if got := display.Bundle(dense{{1.5e-9, math.Inf(-1)}})["text/latex"]; got != "$$\\begin{bmatrix}\n1.5\\times10^{-9} & -\\infty\n\\end{bmatrix}$$" {
		t.Errorf("formula %s", got)
	}
}

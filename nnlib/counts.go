package nnlib

import (
	"fmt"
	"html"
	"strconv"
	"strings"
)

// ParameterCount is the size of one parameter.
type ParameterCount struct {
	Name       string
	Symbol     string // in the lecture's letters, such as "Cd"; empty if it has none
	Rows, Cols int
	Frozen     bool
}

// Count returns Rows·Cols.
func (c ParameterCount) Count() int { return c.Rows * c.Cols }

// ParameterCounts are the sizes of a model's parameters; it shows itself as a
// table. Its letters are the lecture's: C classes, d the length of a word
// vector, V words; further m words in a window, e the length of a case vector,
// H, H2 … hidden neurons.
type ParameterCounts []ParameterCount

// CountParameters returns the sizes of a model's parameters.
func CountParameters(m Model) ParameterCounts { return countParameters(m.Parameters()) }

func countParameters(params []*Parameter) ParameterCounts {
	counts := make(ParameterCounts, len(params))
	for i, p := range params {
		counts[i] = ParameterCount{p.Name, p.Symbol, p.Rows, p.Cols, p.Frozen}
	}
	return counts
}

// Total returns the number of values in all parameters.
func (c ParameterCounts) Total() int {
	n := 0
	for _, p := range c {
		n += p.Count()
	}
	return n
}

// Trained returns the number of values in the parameters that are not frozen.
func (c ParameterCounts) Trained() int {
	n := 0
	for _, p := range c {
		if !p.Frozen {
			n += p.Count()
		}
	}
	return n
}

// Formula returns the sum in letters, such as "Cd + Vd".
func (c ParameterCounts) Formula() string {
	terms := make([]string, len(c))
	for i, p := range c {
		terms[i] = orElse(p.Symbol, thousands(p.Count()))
	}
	return strings.Join(terms, " + ")
}

// String returns the table as text.
func (c ParameterCounts) String() string {
	var b strings.Builder
	for _, row := range c.rows() {
		line := fmt.Sprintf("%-10s %14s %12s %12s  %s", row[0], row[1], row[2], row[3], row[4])
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// MIMEBundle returns the table as text and HTML.
func (c ParameterCounts) MIMEBundle() map[string]any {
	return map[string]any{"text/plain": c.String(), "text/html": htmlTable(c.rows())}
}

func (c ParameterCounts) rows() [][]string {
	rows := [][]string{{"parameter", "shape", "size", "values", ""}}
	for _, p := range c {
		note := ""
		if p.Frozen {
			note = "frozen"
		}
		rows = append(rows, []string{p.Name, fmt.Sprintf("%d×%d", p.Rows, p.Cols), p.Symbol, thousands(p.Count()), note})
	}
	return append(rows, []string{"θ", "", "", thousands(c.Total()), c.Formula()})
}

// thousands writes n with commas.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// htmlTable writes rows, of which the first is the heading.
func htmlTable(rows [][]string) string {
	var b strings.Builder
	b.WriteString("<table>")
	for i, row := range rows {
		tag := "td"
		if i == 0 {
			tag = "th"
		}
		b.WriteString("<tr>")
		for _, cell := range row {
			fmt.Fprintf(&b, "<%s>%s</%s>", tag, html.EscapeString(cell), tag)
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</table>")
	return b.String()
}

// modelBundle shows a model: its description and the sizes of its parameters.
func modelBundle(description string, counts ParameterCounts) map[string]any {
	return map[string]any{
		"text/plain": description + "\n" + counts.String(),
		"text/html":  "<p>" + html.EscapeString(description) + "</p>" + htmlTable(counts.rows()),
	}
}

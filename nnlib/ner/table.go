package ner

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"
)

// table is what results show themselves as: the first column holds names, the
// others right-aligned figures.
type table struct {
	title     string
	columns   []string
	rows      [][]string
	lastWords bool // the last column holds words, not figures
}

func (t table) mimeBundle() map[string]any {
	return map[string]any{"text/plain": t.text(), "text/html": t.html()}
}

// text returns the table in aligned columns.
func (t table) text() string {
	rows := append([][]string{t.columns}, t.rows...)
	widths := make([]int, len(t.columns))
	for _, row := range rows {
		for i, value := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(value))
		}
	}
	var b strings.Builder
	if t.title != "" {
		fmt.Fprintln(&b, t.title)
	}
	for _, row := range rows {
		var line strings.Builder
		for i, value := range row {
			if t.isWords(i) {
				fmt.Fprintf(&line, "%-*s  ", widths[i], value)
			} else {
				fmt.Fprintf(&line, "%*s  ", widths[i], value)
			}
		}
		fmt.Fprintln(&b, strings.TrimRight(line.String(), " "))
	}
	return b.String()
}

// html returns the table without colours of its own, so that it follows the page.
func (t table) html() string {
	var b strings.Builder
	b.WriteString("<table>\n")
	if t.title != "" {
		fmt.Fprintf(&b, "<caption>%s</caption>\n", html.EscapeString(t.title))
	}
	b.WriteString("<thead><tr>")
	for i, name := range t.columns {
		fmt.Fprintf(&b, "<th style=%q>%s</th>", t.align(i), html.EscapeString(name))
	}
	b.WriteString("</tr></thead>\n<tbody>\n")
	for _, row := range t.rows {
		fmt.Fprintf(&b, "<tr><th style=%q>%s</th>", t.align(0), html.EscapeString(row[0]))
		for i, value := range row[1:] {
			fmt.Fprintf(&b, "<td style=%q>%s</td>", t.align(i+1), html.EscapeString(value))
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody>\n</table>\n")
	return b.String()
}

func (t table) isWords(column int) bool {
	return column == 0 || t.lastWords && column == len(t.columns)-1
}

func (t table) align(column int) string {
	if t.isWords(column) {
		return "text-align:left"
	}
	return "text-align:right"
}

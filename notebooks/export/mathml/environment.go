package mathml

import "strings"

// environment parses from behind \begin to its \end.
func (p *parser) environment() (string, error) {
	name, err := p.verbatim()
	if err != nil {
		return "", err
	}
	around, ok := fences[name]
	if !ok {
		return "", p.errorf("environment %s is not known", name)
	}
	columns := ""
	if name == "array" || strings.HasPrefix(name, "alignat") {
		if columns, err = p.verbatim(); err != nil {
			return "", err
		}
	}
	rows, err := p.rows()
	if err != nil {
		return "", err
	}
	if !p.take(`\end`) {
		return "", p.errorf(`want \end{%s}, got %s`, name, p.seen())
	}
	if end, err := p.verbatim(); err != nil || end != name {
		return "", p.errorf(`\begin{%s} ends in \end{%s}`, name, end)
	}
	return fence(around[0], grid(rows, alignment(name, columns)), around[1]), nil
}

// rows parses cells between & and lines between \\.
func (p *parser) rows() ([][]string, error) {
	oldDisplay := p.display
	defer func() { p.display = oldDisplay }()
	rows := [][]string{nil}
	for {
		s, err := p.list("")
		if err != nil {
			return nil, err
		}
		last := len(rows) - 1
		rows[last] = append(rows[last], s)
		switch {
		case p.take("&"):
		case p.take(`\\`) || p.take(`\cr`):
			if p.take("[") { // the space below the line
				if _, err := p.list("]"); err != nil || !p.take("]") {
					return nil, p.errorf(`want ] behind \\[`)
				}
			}
			rows = append(rows, nil)
		default:
			if n := len(rows); n > 1 && len(rows[n-1]) == 1 && rows[n-1][0] == "<mrow></mrow>" {
				rows = rows[:n-1] // the last line ended in \\
			}
			return rows, nil
		}
	}
}

// alignment returns the alignments of the columns, repeated from the first.
func alignment(environment, columns string) []string {
	switch {
	case strings.HasPrefix(environment, "align") || environment == "split" || strings.HasPrefix(environment, "eqnarray"):
		return []string{"right", "left"}
	case strings.HasSuffix(environment, "cases"):
		return []string{"left"}
	}
	var found []string
	for _, c := range columns {
		if a, ok := map[rune]string{'l': "left", 'c': "center", 'r': "right"}[c]; ok {
			found = append(found, a)
		}
	}
	if found == nil {
		return []string{"center"}
	}
	return found
}

func grid(rows [][]string, align []string) string {
	var b strings.Builder
	equations := len(align) == 2 && align[0] == "right" && align[1] == "left"
	b.WriteString(`<mtable displaystyle="true">`)
	for _, cells := range rows {
		b.WriteString("<mtr>")
		for i, s := range cells {
			b.WriteString("<mtd")
			switch a := align[i%len(align)]; {
			case equations && a == "right": // no gap before the relation
				b.WriteString(` style="text-align:right;padding-right:0"`)
			case equations:
				b.WriteString(` style="text-align:left;padding-left:0"`)
			case a != "center":
				b.WriteString(` style="text-align:` + a + `"`)
			}
			b.WriteString(">" + s + "</mtd>")
		}
		b.WriteString("</mtr>")
	}
	b.WriteString("</mtable>")
	return b.String()
}

func (p *parser) substack() (string, error) {
	if !p.take("{") {
		return "", p.errorf("want {, got %s", p.seen())
	}
	rows, err := p.rows()
	if err == nil && !p.take("}") {
		err = p.errorf("want }, got %s", p.seen())
	}
	return grid(rows, []string{"center"}), err
}

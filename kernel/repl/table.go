package repl

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/mattn/go-runewidth"
)

// table is what an HTML table shows.
type table struct {
	rows   [][]string
	header bool   // the first row names the columns
	right  []bool // the columns aligned to the right
	note   string // the text behind the table
}

// parseTable reads the first table of some HTML; nil if there is none, or more
// than a table of plain cells.
func parseTable(html string) *table {
	if !strings.HasPrefix(strings.TrimSpace(html), "<table") {
		return nil
	}
	d := xml.NewDecoder(strings.NewReader(html))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	t := &table{}
	var cell, note strings.Builder
	inCell, tables := false, 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil
		}
		switch token := token.(type) {
		case xml.StartElement:
			switch token.Name.Local {
			case "table":
				if tables++; tables > 1 {
					return nil
				}
			case "tr":
				t.rows = append(t.rows, nil)
			case "td", "th":
				inCell = true
				cell.Reset()
				t.start(token)
			}
		case xml.EndElement:
			if name := token.Name.Local; (name == "td" || name == "th") && len(t.rows) > 0 {
				inCell = false
				last := &t.rows[len(t.rows)-1]
				*last = append(*last, strings.Join(strings.Fields(cell.String()), " "))
			}
		case xml.CharData:
			if inCell {
				cell.Write(token)
			} else {
				note.Write(token)
			}
		}
	}
	t.note = strings.TrimSpace(note.String())
	if len(t.rows) == 0 {
		return nil
	}
	return t
}

// start takes the alignment of a cell's column.
func (t *table) start(cell xml.StartElement) {
	if len(t.rows) == 1 && cell.Name.Local == "th" {
		t.header = true
	}
	if len(t.rows) != 1 {
		return
	}
	right := false
	for _, a := range cell.Attr {
		right = right || a.Name.Local == "style" && strings.Contains(a.Value, "right")
	}
	t.right = append(t.right, right)
}

// minColumn is the width to which columns are cut before columns are left out.
const minColumn = 6

// text writes the table in at most width columns: the widest columns are cut
// first, then those on the right are left out.
func (t *table) text(width int, colour bool) string {
	widths, dropped := t.fit(width)
	var lines []string
	for i, row := range t.rows {
		if len(row) < len(t.right) && len(row) == 1 { // a cell across the table
			lines = append(lines, row[0])
			continue
		}
		cells := make([]string, 0, len(widths)+1)
		for c, w := range widths {
			text := ""
			if c < len(row) {
				text = runewidth.Truncate(row[c], w, "…")
			}
			if c < len(t.right) && t.right[c] {
				text = runewidth.FillLeft(text, w)
			} else {
				text = runewidth.FillRight(text, w)
			}
			cells = append(cells, text)
		}
		if dropped {
			cells = append(cells, "…")
		}
		line := strings.TrimRight(strings.Join(cells, "  "), " ")
		if i == 0 && t.header && colour {
			line = "\x1b[1m" + line + "\x1b[0m"
		}
		lines = append(lines, line)
	}
	if t.note != "" {
		lines = append(lines, t.note)
	}
	return strings.Join(lines, "\n")
}

// fit returns the widths of the columns that are shown.
func (t *table) fit(width int) (widths []int, dropped bool) {
	for _, row := range t.rows {
		if len(row) == 1 && len(t.right) > 1 {
			continue
		}
		for c, cell := range row {
			if c == len(widths) {
				widths = append(widths, 0)
			}
			widths[c] = max(widths[c], runewidth.StringWidth(cell))
		}
	}
	for total(widths) > width {
		widest := 0
		for c, w := range widths {
			if w > widths[widest] {
				widest = c
			}
		}
		if widths[widest] <= minColumn {
			break
		}
		widths[widest]--
	}
	mark := 0 // the width of the mark for columns left out
	for len(widths) > 1 && total(widths)+mark > width {
		widths, dropped, mark = widths[:len(widths)-1], true, 3
	}
	return widths, dropped
}

// total is the width of a line.
func total(widths []int) int {
	n := 2 * max(len(widths)-1, 0)
	for _, w := range widths {
		n += w
	}
	return n
}

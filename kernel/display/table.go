package display

import (
	"fmt"
	"html"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Table is rows of cells under the names of its columns. Its cells are text
// and are escaped.
type Table struct {
	Columns []string
	Rows    [][]string
	Numeric []bool // the columns that are aligned to the right; may be shorter
	// Omitted is the number of rows left out before row OmittedAt.
	Omitted, OmittedAt int
	// Note is a line below the table, or "".
	Note string
}

// NewTable returns the table of a slice of structs, maps or slices, of a struct
// or of a map, with all its rows; of anything else, a table of one cell.
func NewTable(v any) *Table {
	if t := tableOf(reflect.ValueOf(v), noLimits); t != nil {
		return t
	}
	return &Table{Rows: [][]string{{Text(v)}}}
}

// MIMEBundle shows t as text/html, and as aligned text.
func (t *Table) MIMEBundle() map[string]any { return bundle("text/html", t.HTML(), t.Text()) }

// HTML returns t as an HTML table.
func (t *Table) HTML() string {
	var b strings.Builder
	b.WriteString(`<table style="border-collapse:collapse">`)
	row := func(tag string, cells []string) {
		b.WriteString("<tr>")
		for i, c := range cells {
			align := "left"
			if t.numeric(i) {
				align = "right"
			}
			fmt.Fprintf(&b, `<%s style="text-align:%s;padding:2px 8px">%s</%s>`, tag, align, html.EscapeString(c), tag)
		}
		b.WriteString("</tr>\n")
	}
	if len(t.Columns) > 0 {
		b.WriteString("<thead>")
		row("th", t.Columns)
		b.WriteString("</thead>")
	}
	b.WriteString("<tbody>\n")
	for i, cells := range t.Rows {
		if i == t.OmittedAt && t.Omitted > 0 {
			fmt.Fprintf(&b, `<tr><td colspan="%d" style="text-align:center">… %d more rows …</td></tr>`+"\n", max(len(t.Columns), len(cells)), t.Omitted)
		}
		row("td", cells)
	}
	b.WriteString("</tbody></table>")
	if t.Note != "" {
		fmt.Fprintf(&b, `<div style="font-size:smaller;opacity:.7">%s</div>`, html.EscapeString(t.Note))
	}
	return b.String()
}

func (t *Table) numeric(i int) bool { return i < len(t.Numeric) && t.Numeric[i] }

// Text returns t as text in aligned columns.
func (t *Table) Text() string {
	lines := t.Rows
	if len(t.Columns) > 0 {
		lines = append([][]string{t.Columns}, t.Rows...)
	}
	var widths []int
	for _, cells := range lines {
		for i, c := range cells {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	var b strings.Builder
	for n, cells := range lines {
		if t.Omitted > 0 && n == len(lines)-len(t.Rows)+t.OmittedAt {
			fmt.Fprintf(&b, "… %d more rows …\n", t.Omitted)
		}
		var line strings.Builder
		for i, c := range cells {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c))
			if t.numeric(i) {
				line.WriteString(pad + c + "  ")
			} else {
				line.WriteString(c + pad + "  ")
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	if t.Note != "" {
		b.WriteString(t.Note + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// tableOf returns the table of a value that has a natural one, else nil.
func tableOf(v reflect.Value, l limits) *Table {
	for v.IsValid() && (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) {
		v = v.Elem()
	}
	if !v.IsValid() {
		return nil
	}
	switch v.Kind() {
	case reflect.Struct:
		return structTable(v, l)
	case reflect.Map:
		return mapTable(v, l)
	case reflect.Slice, reflect.Array:
		return listTable(v, l)
	}
	return nil
}

func structTable(v reflect.Value, l limits) *Table {
	t := &Table{Columns: []string{"field", "value"}}
	for _, f := range exportedFields(v.Type()) {
		t.Rows = append(t.Rows, []string{f.Name, cellText(v.FieldByIndex(f.Index), l)})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t.within(l, len(t.Rows))
}

func exportedFields(typ reflect.Type) []reflect.StructField {
	var list []reflect.StructField
	for i := range typ.NumField() {
		if f := typ.Field(i); f.IsExported() {
			list = append(list, f)
		}
	}
	return list
}

func mapTable(v reflect.Value, l limits) *Table {
	if v.Len() == 0 {
		return nil
	}
	t := &Table{
		Columns: []string{"key", "value"},
		Numeric: []bool{isNumber(v.Type().Key()), isNumber(v.Type().Elem())},
	}
	for _, key := range firstKeys(v, l.rows) {
		t.Rows = append(t.Rows, []string{cellText(key, l), cellText(v.MapIndex(key), l)})
	}
	return t.within(l, v.Len())
}

// listTable returns the table of a slice whose elements are rows.
func listTable(v reflect.Value, l limits) *Table {
	if v.Len() == 0 {
		return nil
	}
	elem := v.Type().Elem()
	if elem.Kind() == reflect.Pointer {
		elem = elem.Elem()
	}
	if showsItself(v.Type().Elem()) {
		return nil
	}
	switch {
	case (elem.Kind() == reflect.Slice || elem.Kind() == reflect.Array) && isScalar(elem.Elem()):
		return gridTable(v, l)
	case elem.Kind() == reflect.Struct && len(exportedFields(elem)) > 0:
		return recordTable(v, elem, l)
	case elem.Kind() == reflect.Map && elem.Key().Kind() == reflect.String:
		return mapsTable(v, l)
	}
	return nil
}

var (
	stringerType  = reflect.TypeFor[fmt.Stringer]()
	errorType     = reflect.TypeFor[error]()
	formatterType = reflect.TypeFor[fmt.Formatter]()
)

// showsItself reports whether a type has its own text, which is better than its
// fields.
func showsItself(t reflect.Type) bool {
	return t.Implements(stringerType) || t.Implements(errorType) || t.Implements(formatterType)
}

// recordTable has a row for each struct.
func recordTable(v reflect.Value, elem reflect.Type, l limits) *Table {
	fields := exportedFields(elem)
	t := &Table{Columns: []string{""}, Numeric: []bool{true}}
	for _, f := range fields {
		t.Columns = append(t.Columns, f.Name)
		t.Numeric = append(t.Numeric, isNumber(f.Type))
	}
	t.eachRow(v, l, func(i int) []string {
		row := []string{fmt.Sprint(i)}
		record := reflect.Indirect(v.Index(i))
		for _, f := range fields {
			if !record.IsValid() {
				row = append(row, "nil")
				continue
			}
			row = append(row, cellText(record.FieldByIndex(f.Index), l))
		}
		return row
	})
	return t.within(l, v.Len())
}

// isScalar reports whether a type's values are one cell each. Bytes are not:
// lists of them are mostly text.
func isScalar(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Uint8, reflect.Slice, reflect.Array, reflect.Map, reflect.Struct, reflect.Pointer, reflect.Func, reflect.Chan:
		return showsItself(t)
	}
	return true
}

// gridTable has a row for each inner slice.
func gridTable(v reflect.Value, l limits) *Table {
	width := 0
	for i := range v.Len() {
		width = max(width, reflect.Indirect(v.Index(i)).Len())
	}
	if width == 0 {
		return nil
	}
	shown := min(width, l.columns+1) // within counts those left out by their names
	t := &Table{Columns: make([]string, width+1), Numeric: []bool{true}}
	for j := range width {
		t.Columns[j+1] = fmt.Sprint(j)
	}
	t.eachRow(v, l, func(i int) []string {
		row := make([]string, width+1)
		row[0] = fmt.Sprint(i)
		inner := reflect.Indirect(v.Index(i))
		for j := range min(shown, inner.Len()) {
			row[j+1] = cellText(inner.Index(j), l)
		}
		return row
	})
	return t.within(l, v.Len())
}

// mapsTable has a row for each map and a column for each key.
func mapsTable(v reflect.Value, l limits) *Table {
	seen := map[string]bool{}
	var keys []string
	for i := range min(v.Len(), l.rows) {
		m := reflect.Indirect(v.Index(i))
		for _, key := range firstKeys(m, l.columns+1) {
			if k := key.String(); !seen[k] {
				seen[k] = true
				keys = append(keys, k)
			}
		}
	}
	if len(keys) == 0 {
		return nil
	}
	slices.Sort(keys)
	t := &Table{Columns: append([]string{""}, keys...)}
	t.eachRow(v, l, func(i int) []string {
		row := []string{fmt.Sprint(i)}
		m := reflect.Indirect(v.Index(i))
		for _, k := range keys {
			cell := ""
			if m.IsValid() {
				if x := m.MapIndex(reflect.ValueOf(k).Convert(m.Type().Key())); x.IsValid() {
					cell = cellText(x, l)
				}
			}
			row = append(row, cell)
		}
		return row
	})
	return t.within(l, v.Len())
}

// tailRows is how many rows are shown of the end of a long table.
const tailRows = 5

// eachRow adds the rows of v that are shown.
func (t *Table) eachRow(v reflect.Value, l limits, row func(i int) []string) {
	n := v.Len()
	for i := 0; i < n; i++ {
		if n > l.rows && i == l.rows/2 {
			t.OmittedAt, t.Omitted = i, n-i-tailRows
			i = n - tailRows
		}
		t.Rows = append(t.Rows, row(i))
	}
}

// within leaves out columns and rows beyond the limits. n is the number of rows
// of the value.
func (t *Table) within(l limits, n int) *Table {
	t.findNumbers()
	if len(t.Rows) > l.rows {
		t.Rows = t.Rows[:l.rows]
	}
	var notes []string
	if t.Omitted == 0 && n > len(t.Rows) {
		notes = append(notes, fmt.Sprintf("… %d more rows", n-len(t.Rows)))
	}
	if more := len(t.Columns) - l.columns; more > 0 {
		t.Columns = t.Columns[:l.columns]
		for i, row := range t.Rows {
			t.Rows[i] = row[:l.columns]
		}
		notes = append(notes, fmt.Sprintf("… %d more columns", more))
	}
	if n > len(t.Rows) || len(notes) > 0 {
		notes = append(notes, fmt.Sprintf("%d rows; display.All{x} shows all", n))
	}
	t.Note = strings.Join(notes, "; ")
	return t
}

// findNumbers marks the columns all of whose cells are numbers.
func (t *Table) findNumbers() {
	for c := range t.Columns {
		if c < len(t.Numeric) && t.Numeric[c] {
			continue
		}
		numbers := 0
		for _, row := range t.Rows {
			if _, err := strconv.ParseFloat(row[c], 64); err == nil {
				numbers++
			} else if row[c] != "" {
				numbers = -len(t.Rows)
			}
		}
		t.Numeric = append(t.Numeric, make([]bool, max(c+1-len(t.Numeric), 0))...)
		t.Numeric[c] = numbers > 0
	}
}

func isNumber(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64,
		reflect.Float32, reflect.Float64:
		return !showsItself(t)
	}
	return false
}

// cellText returns the text of a cell: strings as they are, long texts cut.
func cellText(v reflect.Value, l limits) string {
	for v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() {
		return "nil"
	}
	var s string
	switch {
	case v.Kind() == reflect.String && !showsItself(v.Type()):
		s = v.String()
	case v.CanFloat() && !showsItself(v.Type()):
		s = floatText(v.Float(), v.Type().Bits())
	case v.CanInterface():
		s = text(v.Interface(), limits{text: l.cell, items: 8, depth: l.depth})
	default:
		s = fmt.Sprintf("%+v", v)
	}
	s, _, _ = strings.Cut(s, "\n(elided")
	if len(s) > l.cell {
		s = cut(s, l.cell) + "…"
	}
	return s
}

// cellDigits is how many significant digits a table shows of a number with a
// fraction.
const cellDigits = 6

// floatText writes a number as short as it is, with at most cellDigits
// significant digits behind the point.
func floatText(x float64, bits int) string {
	short := strconv.FormatFloat(x, 'g', -1, bits)
	size := math.Abs(x)
	if len(short) <= cellDigits+1 || x == math.Trunc(x) || size < 1e-4 || size >= 1e15 {
		if size >= 1e-4 && size < 1e15 {
			return strconv.FormatFloat(x, 'f', -1, bits)
		}
		if len(short) <= cellDigits+5 {
			return short
		}
		return strconv.FormatFloat(x, 'g', cellDigits, bits)
	}
	decimals := max(cellDigits-1-int(math.Floor(math.Log10(size))), 1)
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(x, 'f', decimals, bits), "0"), ".")
}

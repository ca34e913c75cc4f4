package display

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// matrix is what matrices and vectors have in common, gonum's among them.
type matrix interface {
	Dims() (rows, columns int)
	At(i, j int) float64
}

// formulaSize is the number of rows and columns up to which a formula shows all.
const formulaSize = 10

func matrixForms(m matrix, l limits) map[string]any {
	rows, columns := m.Dims()
	if rows <= 0 || columns <= 0 {
		return map[string]any{"text/plain": fmt.Sprintf("%d×%d %s", rows, columns, typeName(m))}
	}
	plain := matrixText(m, l.matrix)
	if rows > l.matrix || columns > l.matrix {
		plain += fmt.Sprintf("\n(%d×%d; display.All{x} shows all)", rows, columns)
	}
	most := min(l.matrix, max(formulaSize, l.matrix/2))
	return map[string]any{"text/plain": plain, "text/html": matrixHTML(m, most), "text/latex": matrixLaTeX(m, most)}
}

func typeName(v any) string { return strings.TrimPrefix(reflect.TypeOf(v).String(), "*") }

// shownIndexes returns the indexes below n that are shown, with -1 for the gap
// in the middle if there are more than most.
func shownIndexes(n, most int) []int {
	var list []int
	for i := 0; i < n; i++ {
		if n > most && i == most/2 {
			list = append(list, -1)
			i = n - most/2
		}
		list = append(list, i)
	}
	return list
}

func matrixText(m matrix, most int) string {
	rows, columns := m.Dims()
	ri, ci := shownIndexes(rows, most), shownIndexes(columns, most)
	cells := make([][]string, len(ri))
	widths := make([]int, len(ci))
	for r, i := range ri {
		cells[r] = make([]string, len(ci))
		for c, j := range ci {
			text := "…"
			switch {
			case i < 0:
				text = "⋮"
			case j >= 0:
				text = number(m.At(i, j))
			}
			cells[r][c] = text
			widths[c] = max(widths[c], utf8.RuneCountInString(text))
		}
	}
	var b strings.Builder
	for r, row := range cells {
		left, right := "⎢", "⎥"
		switch {
		case len(cells) == 1:
			left, right = "[", "]"
		case r == 0:
			left, right = "⎡", "⎤"
		case r == len(cells)-1:
			left, right = "⎣", "⎦"
		}
		b.WriteString(left)
		for c, text := range row {
			if c > 0 {
				b.WriteString("  ")
			}
			b.WriteString(strings.Repeat(" ", widths[c]-utf8.RuneCountInString(text)) + text)
		}
		b.WriteString(right)
		if r < len(cells)-1 {
			b.WriteString("\n")
		}
	}
	return b.String()
}

// number writes an element with five significant digits.
func number(x float64) string {
	if x == math.Trunc(x) && math.Abs(x) < 1e7 {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return strconv.FormatFloat(x, 'g', 5, 64)
}

func matrixLaTeX(m matrix, most int) string {
	rows, columns := m.Dims()
	ci := shownIndexes(columns, most)
	var lines []string
	for _, i := range shownIndexes(rows, most) {
		row := make([]string, len(ci))
		for c, j := range ci {
			switch {
			case i < 0 && j < 0:
				row[c] = `\ddots`
			case i < 0:
				row[c] = `\vdots`
			case j < 0:
				row[c] = `\cdots`
			default:
				row[c] = latexNumber(m.At(i, j))
			}
		}
		lines = append(lines, strings.Join(row, " & "))
	}
	return "$$\\begin{bmatrix}\n" + strings.Join(lines, " \\\\\n") + "\n\\end{bmatrix}$$"
}

// matrixHTML draws the brackets as borders, so that the matrix looks the same
// where nothing typesets formulas.
func matrixHTML(m matrix, most int) string {
	const (
		table   = `<table style="border-collapse:separate;border-spacing:0;border:0;margin:.5em 0;font-family:serif;font-size:1.1em">`
		row     = `<tr style="background:none">`
		cell    = `<td style="border:0;padding:.1em .5em;text-align:right">`
		bracket = `<td rowspan="%d" style="border:solid;border-width:%s;padding:0;width:.3em"></td>`
	)
	rows, columns := m.Dims()
	ri, ci := shownIndexes(rows, most), shownIndexes(columns, most)
	var b strings.Builder
	b.WriteString(table)
	for r, i := range ri {
		b.WriteString(row)
		if r == 0 {
			fmt.Fprintf(&b, bracket, len(ri), "1.5px 0 1.5px 1.5px")
		}
		for _, j := range ci {
			text := "⋯"
			switch {
			case i < 0 && j < 0:
				text = "⋱"
			case i < 0:
				text = "⋮"
			case j >= 0:
				text = htmlNumber(m.At(i, j))
			}
			b.WriteString(cell + text + "</td>")
		}
		if r == 0 {
			fmt.Fprintf(&b, bracket, len(ri), "1.5px 1.5px 1.5px 0")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</table>")
	if len(ri) < rows || len(ci) < columns {
		fmt.Fprintf(&b, `<div style="font-size:smaller;opacity:.7">%d×%d; display.All{x} shows all</div>`, rows, columns)
	}
	return b.String()
}

func htmlNumber(x float64) string {
	mantissa, exponent, ok := strings.Cut(strings.ReplaceAll(number(x), "Inf", "∞"), "e")
	mantissa = strings.Replace(strings.TrimPrefix(mantissa, "+"), "-", "−", 1)
	if !ok {
		return mantissa
	}
	n, err := strconv.Atoi(exponent)
	if err != nil { // it is not a number's exponent
		return mantissa
	}
	return fmt.Sprintf("%s·10<sup>%s</sup>", mantissa, strings.Replace(strconv.Itoa(n), "-", "−", 1))
}

func latexNumber(x float64) string {
	switch {
	case math.IsNaN(x):
		return `\mathrm{NaN}`
	case math.IsInf(x, 1):
		return `\infty`
	case math.IsInf(x, -1):
		return `-\infty`
	}
	mantissa, exponent, ok := strings.Cut(number(x), "e")
	if !ok {
		return mantissa
	}
	n, err := strconv.Atoi(exponent)
	if err != nil { // it is not a number's exponent
		return mantissa
	}
	return fmt.Sprintf(`%s\times10^{%d}`, mantissa, n)
}

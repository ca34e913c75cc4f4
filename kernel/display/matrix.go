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

// latexSize is the number of rows and columns up to which a formula shows all.
const latexSize = 10

func matrixForms(m matrix, l limits) map[string]any {
	rows, columns := m.Dims()
	if rows <= 0 || columns <= 0 {
		return map[string]any{"text/plain": fmt.Sprintf("%d×%d %s", rows, columns, typeName(m))}
	}
	plain := matrixText(m, l.matrix)
	if rows > l.matrix || columns > l.matrix {
		plain += fmt.Sprintf("\n(%d×%d; display.All{x} shows all)", rows, columns)
	}
	return map[string]any{"text/plain": plain, "text/latex": matrixLaTeX(m, min(l.matrix, max(latexSize, l.matrix/2)))}
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

package repl

import (
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Width of a drawing in a terminal: as much as there is, but not more than is
// good to look at.
const (
	minDrawing = 30
	maxDrawing = 90
)

// draw draws the lines, dots and texts of an SVG image with characters, in at most
// width columns; "" if it cannot. Filled areas and faint lines are left out.
func draw(svg string, width int, colour bool) string {
	if width < minDrawing {
		return ""
	}
	d := &drawing{columns: min(width, maxDrawing)}
	if err := d.read(svg); err != nil || !d.drawn {
		return ""
	}
	return d.lines(colour)
}

// drawing is a canvas of Braille characters, each 2 dots wide and 4 high.
type drawing struct {
	columns, rows int
	left, top     float64 // of the image's own coordinates
	scale         float64 // dots for each unit of them
	cells         [][]cell
	texts         []text // to be written when all else is drawn
	drawn         bool
}

// text is a text of the image, where its line begins.
type text struct {
	style style
	at    point
	chars []rune
}

// cell is one character: a text's, or dots.
type cell struct {
	dots   rune
	char   rune
	colour string // of ANSI, or ""
}

// style is what an element inherits from those around it.
type style struct {
	matrix       [6]float64 // x' = a·x + c·y + e, y' = b·x + d·y + f
	stroke, fill string
	faint        bool
	size         float64 // of the font
	anchor       string
}

// faintest is the opacity from which lines are drawn.
const faintest = 0.3

func (d *drawing) read(svg string) error {
	decoder := xml.NewDecoder(strings.NewReader(svg))
	stack := []style{{matrix: [6]float64{1, 0, 0, 1, 0, 0}, fill: "currentColor", size: 12}}
	hidden := 0 // depth inside of what is no picture
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			slices.SortStableFunc(d.texts, func(a, b text) int { return cmp.Compare(a.at.y, b.at.y) })
			for _, t := range d.texts {
				d.write(t)
			}
			return nil
		}
		if err != nil {
			return err
		}
		now := stack[len(stack)-1]
		switch token := token.(type) {
		case xml.StartElement:
			a := attributes(token)
			now.apply(a)
			stack = append(stack, now)
			switch token.Name.Local {
			case "style", "defs", "title", "desc":
				hidden++
			case "svg":
				if d.cells == nil && !d.begin(a) {
					return errors.New("the image has no size")
				}
			case "text":
				if hidden == 0 && d.cells != nil {
					var element struct {
						Text string `xml:",chardata"`
					}
					if err := decoder.DecodeElement(&element, &token); err != nil {
						return err
					}
					stack = stack[:len(stack)-1] // DecodeElement took the end
					at := now.at(point{a.number("x"), a.number("y")})
					d.texts = append(d.texts, text{now, at, []rune(strings.TrimSpace(element.Text))})
				}
			default:
				if hidden == 0 && d.cells != nil {
					d.shape(token.Name.Local, a, now)
				}
			}
		case xml.EndElement:
			switch token.Name.Local {
			case "style", "defs", "title", "desc":
				hidden--
			}
			stack = stack[:len(stack)-1]
		}
	}
}

// begin takes the size of the image.
func (d *drawing) begin(a attrs) bool {
	width, height := a.number("width"), a.number("height")
	if box := numbers(a["viewBox"]); len(box) == 4 {
		d.left, d.top, width, height = box[0], box[1], box[2], box[3]
	}
	if !(width > 0 && height > 0 && height/width < 4) {
		return false
	}
	d.scale = float64(2*d.columns) / width
	d.rows = int(math.Ceil(height*d.scale/4)) + 1 // one more for texts that make way
	d.cells = make([][]cell, d.rows)
	for i := range d.cells {
		d.cells[i] = make([]cell, d.columns)
	}
	return true
}

// shape draws an element that is no text.
func (d *drawing) shape(name string, a attrs, s style) {
	var lines [][]point
	switch name {
	case "path":
		lines = path(a["d"])
	case "polyline", "polygon":
		n := numbers(a["points"])
		var line []point
		for i := 0; i+1 < len(n); i += 2 {
			line = append(line, point{n[i], n[i+1]})
		}
		if name == "polygon" && len(line) > 0 {
			line = append(line, line[0])
		}
		lines = [][]point{line}
	case "line":
		lines = [][]point{{{a.number("x1"), a.number("y1")}, {a.number("x2"), a.number("y2")}}}
	case "circle":
		lines = [][]point{circle(a.number("cx"), a.number("cy"), a.number("r"))}
	case "rect":
		x, y, w, h := a.number("x"), a.number("y"), a.number("width"), a.number("height")
		lines = [][]point{{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}, {x, y}}}
	}
	colour := s.stroke
	if colour == "" || colour == "none" {
		if colour = s.fill; colour == "none" || name == "rect" || !d.isDot(lines, s) {
			return // an area
		}
	}
	if s.faint {
		return
	}
	for _, line := range lines {
		for i := range line {
			d.line(s.at(line[max(i-1, 0)]), s.at(line[i]), ansi(colour))
		}
	}
}

// isDot reports whether a shape is as small as a mark in a chart.
func (d *drawing) isDot(lines [][]point, s style) bool {
	const largest = 6 // dots
	for _, line := range lines {
		for _, p := range line {
			a, b := s.at(line[0]), s.at(p)
			if math.Hypot(a.x-b.x, a.y-b.y)*d.scale > largest {
				return false
			}
		}
	}
	return true
}

// line draws a line between two points of the image.
func (d *drawing) line(from, to point, colour string) {
	x0, y0 := (from.x-d.left)*d.scale, (from.y-d.top)*d.scale
	x1, y1 := (to.x-d.left)*d.scale, (to.y-d.top)*d.scale
	steps := math.Ceil(max(math.Abs(x1-x0), math.Abs(y1-y0), 1))
	if !(steps < 1e5) { // not a number either
		return
	}
	for i := 0.0; i <= steps; i++ {
		d.dot(int(x0+(x1-x0)*i/steps), int(y0+(y1-y0)*i/steps), colour)
	}
}

// brailleDots are the bits of the dots of a Braille character, by row and column.
var brailleDots = [4][2]rune{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

func (d *drawing) dot(x, y int, colour string) {
	if x < 0 || y < 0 || x/2 >= d.columns || y/4 >= d.rows {
		return
	}
	c := &d.cells[y/4][x/2]
	c.dots |= brailleDots[y%4][x%2]
	if colour != "" {
		c.colour = colour
	}
	d.drawn = true
}

// write writes a text in the place of one in the image, whose characters are
// narrower; from the top down if it is turned.
func (d *drawing) write(t text) {
	s, chars := t.style, t.chars
	column, row := (t.at.x-d.left)*d.scale/2, (t.at.y-d.top)*d.scale/4
	inImage := 0.55 * s.size * float64(len(chars)) // about the text's width there
	turned := math.Abs(s.matrix[1]) > math.Abs(s.matrix[0])
	if turned {
		row -= (inImage*d.scale/4 - float64(len(chars))) / 2
		for i, c := range chars {
			d.put(int(column-0.5), int(math.Round(row))-len(chars)+i, c, s.fill)
		}
		return
	}
	shift := float64(len(chars)) / 2 // to the middle of the characters
	switch s.anchor {
	case "end":
		shift = float64(len(chars))
	case "":
		column += inImage * d.scale / 4
		if len(chars) > 0 && inImage*d.scale/2 > float64(len(chars)) {
			break
		}
	}
	row -= 0.35 * s.size * d.scale / 4 // from the line below the text to its middle
	first := int(math.Round(column - shift))
	if d.crossed(first, int(row), len(chars)) && !d.crossed(first, int(row)+1, len(chars)) {
		row++ // below the axis, or its numbers
	}
	for i, c := range chars {
		d.put(first+i, int(row), c, s.fill)
	}
}

// crossed reports whether there is something in n cells of a row, or no such row.
func (d *drawing) crossed(column, row, n int) bool {
	if row < 0 || row >= d.rows {
		return true
	}
	for i := max(column, 0); i < min(column+n, d.columns); i++ {
		if c := d.cells[row][i]; c.dots != 0 || c.char != 0 {
			return true
		}
	}
	return false
}

func (d *drawing) put(column, row int, c rune, fill string) {
	if row >= 0 && row < d.rows && column >= 0 && column < d.columns {
		d.cells[row][column] = cell{char: c, colour: ansi(fill)}
	}
}

// lines returns the drawing as text.
func (d *drawing) lines(colour bool) string {
	lines := make([]string, d.rows)
	for i, row := range d.cells {
		var b strings.Builder
		now := ""
		end := len(row)
		for end > 0 && row[end-1].dots == 0 && row[end-1].char == 0 {
			end--
		}
		for _, c := range row[:end] {
			if colour && c.colour != now {
				b.WriteString("\x1b[0m")
				if now = c.colour; now != "" {
					b.WriteString("\x1b[" + now + "m")
				}
			}
			switch {
			case c.char != 0:
				b.WriteRune(c.char)
			case c.dots != 0:
				b.WriteRune(0x2800 + c.dots)
			default:
				b.WriteByte(' ')
			}
		}
		if now != "" {
			b.WriteString("\x1b[0m")
		}
		lines[i] = b.String()
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// ansi returns the nearest of the 256 colours of terminals; "" for the text's own.
func ansi(colour string) string {
	hex, ok := strings.CutPrefix(colour, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if !ok || err != nil || len(hex) != 6 {
		return ""
	}
	level := func(shift int) uint64 { return (n>>shift&0xff + 25) / 51 }
	r, g, b := level(16), level(8), level(0)
	if r == g && g == b {
		return "" // black, grey and white are the text's
	}
	return fmt.Sprintf("38;5;%d", 16+36*r+6*g+b)
}

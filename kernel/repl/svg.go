package repl

import (
	"encoding/xml"
	"math"
	"regexp"
	"strconv"
	"strings"
)

type point struct{ x, y float64 }

// attrs are the attributes of an element and the properties of its style.
type attrs map[string]string

func attributes(e xml.StartElement) attrs {
	a := attrs{}
	for _, attr := range e.Attr {
		a[attr.Name.Local] = attr.Value
	}
	for property := range strings.SplitSeq(a["style"], ";") {
		if name, value, ok := strings.Cut(property, ":"); ok {
			a[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	return a
}

// number returns the number that an attribute begins with, or 0.
func (a attrs) number(name string) float64 {
	if n := numbers(a[name]); len(n) > 0 {
		return n[0]
	}
	return 0
}

var numberPattern = regexp.MustCompile(`[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?`)

func numbers(text string) []float64 {
	var list []float64
	for _, s := range numberPattern.FindAllString(text, -1) {
		if n, err := strconv.ParseFloat(s, 64); err == nil {
			list = append(list, n)
		}
	}
	return list
}

// apply takes over what an element says of its style.
func (s *style) apply(a attrs) {
	for name, field := range map[string]*string{"stroke": &s.stroke, "fill": &s.fill, "text-anchor": &s.anchor} {
		if v, ok := a[name]; ok {
			*field = v
		}
	}
	if size := a.number("font-size"); size > 0 {
		s.size = size
	}
	for _, name := range []string{"opacity", "stroke-opacity"} {
		if _, ok := a[name]; ok && a.number(name) < faintest {
			s.faint = true
		}
	}
	for _, t := range transformPattern.FindAllStringSubmatch(a["transform"], -1) {
		if m, ok := transform(t[1], numbers(t[2])); ok {
			s.matrix = multiply(s.matrix, m)
		}
	}
}

var transformPattern = regexp.MustCompile(`(\w+)\s*\(([^)]*)\)`)

func transform(name string, n []float64) (m [6]float64, ok bool) {
	n = append(n, math.NaN(), math.NaN()) // so that the optional ones are there
	switch {
	case name == "matrix" && len(n) == 8:
		return [6]float64(n), true
	case name == "translate" && len(n) > 2:
		return [6]float64{1, 0, 0, 1, n[0], orElse(n[1], 0)}, true
	case name == "scale" && len(n) > 2:
		return [6]float64{n[0], 0, 0, orElse(n[1], n[0]), 0, 0}, true
	case name == "rotate" && len(n) > 2:
		sin, cos := math.Sincos(n[0] * math.Pi / 180)
		x, y := orElse(n[1], 0), orElse(n[2], 0)
		return [6]float64{cos, sin, -sin, cos, x - cos*x + sin*y, y - sin*x - cos*y}, true
	}
	return m, false
}

func orElse(x, otherwise float64) float64 {
	if math.IsNaN(x) {
		return otherwise
	}
	return x
}

// multiply returns the transform that does b and then a.
func multiply(a, b [6]float64) [6]float64 {
	return [6]float64{
		a[0]*b[0] + a[2]*b[1], a[1]*b[0] + a[3]*b[1],
		a[0]*b[2] + a[2]*b[3], a[1]*b[2] + a[3]*b[3],
		a[0]*b[4] + a[2]*b[5] + a[4], a[1]*b[4] + a[3]*b[5] + a[5],
	}
}

func (s style) at(p point) point {
	m := s.matrix
	return point{m[0]*p.x + m[2]*p.y + m[4], m[1]*p.x + m[3]*p.y + m[5]}
}

func circle(x, y, r float64) []point {
	const corners = 24
	line := make([]point, corners+1)
	for i := range line {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / corners)
		line[i] = point{x + r*cos, y + r*sin}
	}
	return line
}

var commandPattern = regexp.MustCompile(`([a-zA-Z])([^a-df-zA-DF-Z]*)`)

// pathSizes is how many numbers each command of a path takes. The last two are
// where it ends.
var pathSizes = map[string]int{"M": 2, "L": 2, "T": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "A": 7, "Z": 0}

// path returns the lines of a path. A curve is the line between its ends.
func path(d string) (lines [][]point) {
	var at point
	for _, c := range commandPattern.FindAllStringSubmatch(d, -1) {
		name, n := strings.ToUpper(c[1]), numbers(c[2])
		size, known := pathSizes[name]
		if !known {
			return lines
		}
		if name == "Z" && len(lines) > 0 {
			last := &lines[len(lines)-1]
			at = (*last)[0]
			*last = append(*last, at)
			continue
		}
		for ; size > 0 && len(n) >= size; n = n[size:] {
			from := point{}
			if name != c[1] { // relative
				from = at
			}
			switch name {
			case "H":
				at.x = from.x + n[0]
			case "V":
				at.y = from.y + n[0]
			default:
				at = point{from.x + n[size-2], from.y + n[size-1]}
			}
			if name == "M" || len(lines) == 0 {
				lines = append(lines, nil)
				name = "L" // as further points of the command are
			}
			lines[len(lines)-1] = append(lines[len(lines)-1], at)
		}
	}
	return lines
}

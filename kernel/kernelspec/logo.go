package kernelspec

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
)

// The logo is a lectern, seen from the side, on a square with round corners: a
// sloping desk with a page on it, a post and a foot. Coordinates are in
// sixty-fourths of its side.
type point struct{ x, y float64 }

type shape struct {
	fill   color.NRGBA
	points []point
}

const (
	logoSide   = 64
	logoCorner = 12
)

var (
	logoGround = color.NRGBA{0x00, 0x6d, 0x8f, 0xff}
	logoShapes = []shape{
		{color.NRGBA{0xff, 0xff, 0xff, 0xff}, []point{{12, 30}, {48, 12}, {52, 20}, {16, 38}}}, // desk
		{color.NRGBA{0xff, 0xd2, 0x4d, 0xff}, []point{{17, 24}, {39, 13}, {41, 17}, {19, 28}}}, // page
		{color.NRGBA{0xff, 0xff, 0xff, 0xff}, []point{{30, 30}, {37, 26.5}, {37, 50}, {30, 50}}},
		{color.NRGBA{0xff, 0xff, 0xff, 0xff}, []point{{20, 50}, {47, 50}, {47, 55}, {20, 55}}},
	}
)

// logoSVG returns the logo as a drawing.
func logoSVG() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %[1]d"><rect width="%[1]d" height="%[1]d" rx="%d" fill="%s"/>`,
		logoSide, logoCorner, hex(logoGround))
	for _, s := range logoShapes {
		var points []string
		for _, p := range s.points {
			points = append(points, fmt.Sprintf("%g,%g", p.x, p.y))
		}
		fmt.Fprintf(&b, `<polygon points="%s" fill="%s"/>`, strings.Join(points, " "), hex(s.fill))
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// logoPNG returns the logo as a picture of size×size pixels.
func logoPNG(size int) []byte {
	const samples = 4 // a side of a pixel, for smooth edges
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			var r, g, b, a int
			for i := range samples * samples {
				c := logoAt(point{
					(float64(x) + (float64(i%samples)+0.5)/samples) * logoSide / float64(size),
					(float64(y) + (float64(i/samples)+0.5)/samples) * logoSide / float64(size),
				})
				r, g, b, a = r+int(c.R)*int(c.A), g+int(c.G)*int(c.A), b+int(c.B)*int(c.A), a+int(c.A)
			}
			if a > 0 {
				img.SetNRGBA(x, y, color.NRGBA{uint8(r / a), uint8(g / a), uint8(b / a), uint8(a / (samples * samples))})
			}
		}
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		panic(err) // only for empty or huge pictures
	}
	return buf.Bytes()
}

// logoAt returns the colour of the logo at a point.
func logoAt(p point) color.NRGBA {
	for i := len(logoShapes) - 1; i >= 0; i-- {
		if inside(p, logoShapes[i].points) {
			return logoShapes[i].fill
		}
	}
	// The distance to the square whose sides are a corner's radius inside.
	dx := max(logoCorner-p.x, p.x-(logoSide-logoCorner), 0)
	dy := max(logoCorner-p.y, p.y-(logoSide-logoCorner), 0)
	if dx*dx+dy*dy > logoCorner*logoCorner {
		return color.NRGBA{}
	}
	return logoGround
}

// inside reports whether a point is inside a polygon: whether a ray from it
// crosses an odd number of sides.
func inside(p point, polygon []point) bool {
	in := false
	for i, a := range polygon {
		b := polygon[(i+1)%len(polygon)]
		if (a.y > p.y) != (b.y > p.y) && p.x < a.x+(b.x-a.x)*(p.y-a.y)/(b.y-a.y) {
			in = !in
		}
	}
	return in
}

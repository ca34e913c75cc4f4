package plot

import (
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Row puts figures side by side, from left to right, their upper edges level.
func Row(figures ...*Figure) *Figure {
	row := &Figure{}
	var titles []string
	for _, f := range figures {
		titles = append(titles, f.Title)
		row.Width += f.Width
		row.Height = max(row.Height, f.Height)
		row.Text += f.Text
	}
	row.Title = strings.Join(titles, " · ")
	row.paint = func(c draw.Canvas, th theme) {
		left := 0.0
		for _, f := range figures {
			right := row.Width - left - f.Width
			f.paint(draw.Crop(c, vg.Length(left), -vg.Length(right), vg.Length(row.Height-f.Height), 0), th)
			left += f.Width
		}
	}
	return row
}

package plot

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Figure is a drawing that shows itself in a notebook.
type Figure struct {
	Title         string
	Width, Height float64 // pixels
	Text          string  // what a terminal shows and a screen reader says
	paint         func(draw.Canvas, theme)
}

// Default size of a figure in pixels.
const (
	defaultWidth  = 640
	defaultHeight = 360
)

// SVG returns the figure as an SVG element.
func (f *Figure) SVG() string {
	// One point of the canvas is one pixel of the viewBox.
	c := vgsvg.New(vg.Length(f.Width), vg.Length(f.Height))
	f.paint(draw.New(c), vectorTheme)
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		panic(fmt.Sprintf("plot: write SVG to memory: %v", err)) // a buffer takes every write
	}
	return restyle(b.String(), f)
}

// PNG returns the figure on a white page as a PNG image with scale pixels for each
// pixel of the figure; 2 is sharp on most screens. It panics if scale is not
// positive.
func (f *Figure) PNG(scale float64) ([]byte, error) {
	if scale <= 0 {
		panic(fmt.Sprintf("plot: Figure.PNG: scale is %g, want more than 0", scale))
	}
	// A canvas of this many dots per inch has scale dots for each of its points.
	c := vgimg.PngCanvas{Canvas: vgimg.NewWith(
		vgimg.UseWH(vg.Length(f.Width), vg.Length(f.Height)), vgimg.UseDPI(int(72*scale+0.5)))}
	f.paint(draw.New(c), printTheme)
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("draw PNG: %w", err)
	}
	return b.Bytes(), nil
}

// WriteFile writes the figure to a file whose name ends in .svg or .png. The file
// is complete or not there.
func (f *Figure) WriteFile(path string) error {
	var data []byte
	switch ext := filepath.Ext(path); ext {
	case ".svg":
		data = []byte(f.SVG())
	case ".png":
		var err error
		if data, err = f.PNG(2); err != nil {
			return err
		}
	default:
		return fmt.Errorf("plot: %s ends in %q; a figure is written as .svg or .png", path, ext)
	}
	part := path + ".part"
	if err := os.WriteFile(part, data, 0o666); err != nil {
		os.Remove(part)
		return fmt.Errorf("write figure: %w", err)
	}
	if err := os.Rename(part, path); err != nil {
		os.Remove(part)
		return fmt.Errorf("write figure: %w", err)
	}
	return nil
}

// MIMEBundle shows the figure in a notebook.
func (f *Figure) MIMEBundle() map[string]any {
	return map[string]any{"image/svg+xml": f.SVG(), "text/plain": f.Text}
}

// String returns the figure in words.
func (f *Figure) String() string { return f.Text }

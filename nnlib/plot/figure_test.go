package plot

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// texts returns what the text elements of an SVG say, and fails the test if it is
// not well-formed.
func texts(t *testing.T, svg string) []string {
	t.Helper()
	var all []string
	inside := false
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("the SVG is not well-formed: %v\n%s", err, svg)
		}
		switch token := token.(type) {
		case xml.StartElement:
			inside = token.Name.Local == "text"
		case xml.EndElement:
			inside = false
		case xml.CharData:
			if inside {
				all = append(all, string(token))
			}
		}
	}
}

func TestFigureShowsItself(t *testing.T) {
	figure := Loss(Series{Name: "averaged", Y: []float64{1.6, 1, 0.5}}, Series{Name: "hidden & <deep>", Y: []float64{1.6, 0.2}})
	bundle := figure.MIMEBundle()
	svg, ok := bundle["image/svg+xml"].(string)
	if !ok || !strings.HasPrefix(svg, "<svg ") {
		t.Fatalf("image/svg+xml is %T %.60q, want an <svg> string", bundle["image/svg+xml"], svg)
	}
	got := texts(t, svg)
	for _, want := range []string{"Loss", "step", "loss (nats)", "averaged", "hidden & <deep>", "0.5", "1.5"} {
		if !slices.Contains(got, want) {
			t.Errorf("texts %q have no %q", got, want)
		}
	}
	const want = `Loss: loss (nats) against step
  averaged: 3 points, 1.6 to 0.5, least 0.5 at step 2
  hidden & <deep>: 2 points, 1.6 to 0.2, least 0.2 at step 1
`
	if got := bundle["text/plain"]; got != want {
		t.Errorf("text/plain:\n%swant:\n%s", got, want)
	}
	if again := figure.SVG(); again != svg {
		t.Error("the same figure gives other bytes the second time")
	}
}

// TestFigureFollowsThePage checks that no ink of the page is fixed to black, and
// that light and dark pages both get a page colour.
func TestFigureFollowsThePage(t *testing.T) {
	svg := Loss(Series{Name: "a", Y: []float64{2, 1}}, Series{Name: "b", Y: []float64{1, 2}}).SVG()
	for _, fixed := range []string{"#000000", "#010101", "#020202", "#030303"} {
		if strings.Contains(svg, fixed) {
			t.Errorf("the SVG has the fixed colour %s:\n%s", fixed, svg)
		}
	}
	for _, want := range []string{"fill:currentColor", "prefers-color-scheme: dark", `class="lectern-plot-page"`, "'Liberation Sans',Arial"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the SVG has no %s", want)
		}
	}
}

func TestPNG(t *testing.T) {
	data, err := Curves{Width: 200, Height: 100, Series: []Series{{Y: []float64{1, 2}}}}.Figure().PNG(2)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if got := img.Bounds().Size(); got.X != 400 || got.Y != 200 {
		t.Errorf("image of %v pixels, want 400×200", got)
	}
	if r, g, b, _ := img.At(1, 1).RGBA(); r != 0xffff || g != 0xffff || b != 0xffff {
		t.Errorf("corner is %x %x %x, want white", r, g, b)
	}
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	figure := Loss(Series{Name: "a", Y: []float64{2, 1}})
	for name, start := range map[string]string{"a.svg": "<svg ", "a.png": "\x89PNG"} {
		if err := figure.WriteFile(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !bytes.HasPrefix(data, []byte(start)) {
			t.Errorf("%s begins with %.8q (%v), want %q", name, data, err, start)
		}
	}
	if err := figure.WriteFile(filepath.Join(dir, "a.pdf")); err == nil || !strings.Contains(err.Error(), ".svg or .png") {
		t.Errorf("a.pdf: error %v, want one that names .svg and .png", err)
	}
	if err := figure.WriteFile(filepath.Join(dir, "none", "a.svg")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing folder: error %v, want os.ErrNotExist", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("folder holds %v (%v), want the two figures only", entries, err)
	}
}

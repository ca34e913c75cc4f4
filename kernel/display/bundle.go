package display

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"reflect"
	"time"
)

// A Bundler is what types that show themselves implement.
type Bundler interface{ MIMEBundle() map[string]any }

// Bundle returns the forms of any value by MIME type: those of its MIMEBundle
// method, else its natural ones. There is always a text/plain. Long values are
// elided, values that contain themselves end somewhere, and methods that panic
// leave the plain form.
//
//	image.Image                               image/png
//	Dims() (int, int), At(i, j int) float64   text/html, text/latex, aligned text
//	structs, maps, slices of them or slices   text/html, a table
//	errors that wrap others                   text/html, with the types of all
//	anything else                             text/plain only
func Bundle(v any) map[string]any {
	return bundleWithin(v, defaultLimits)
}

// All shows a value whole that would be elided otherwise.
type All struct{ Value any }

// MIMEBundle returns all forms of the value, whole.
func (a All) MIMEBundle() map[string]any { return bundleWithin(a.Value, noLimits) }

// limits say how much of a value is shown.
type limits struct {
	text    int // bytes of text, approximately
	numbers int // bytes of a list of numbers, which is drawn if it is longer; 0 does not draw
	items   int // elements of a slice or map in text that is too long
	rows    int // of a table
	columns int // of a table
	cell    int // bytes of a table's cell
	depth   int
	matrix  int // rows and columns
}

var (
	defaultLimits = limits{text: 10_000, numbers: 2000, items: 50, rows: 60, columns: 20, cell: 200, depth: 30, matrix: 20}
	noLimits      = limits{text: 64 << 20, numbers: 64 << 20, items: 10_000_000, rows: 1_000_000, columns: 10_000, cell: 100_000, depth: 100, matrix: 2000}
)

func bundleWithin(v any, l limits) (forms map[string]any) {
	defer func() {
		if p := recover(); p != nil {
			forms = map[string]any{"text/plain": fmt.Sprintf("%s\n(showing it panicked: %v)", text(v, l), p)}
		}
	}()
	if b, ok := v.(Bundler); ok && !isNilPointer(v) {
		forms = make(map[string]any)
		for mime, form := range b.MIMEBundle() {
			forms[mime] = form
		}
		if _, ok := forms["text/plain"]; !ok {
			forms["text/plain"] = text(v, l)
		}
		return forms
	}
	return natural(v, l)
}

// natural returns the forms of a value that does not show itself.
func natural(v any, l limits) map[string]any {
	switch v := v.(type) {
	case nil, time.Time:
	case error:
		return errorForms(v, l)
	case fmt.Formatter:
		if m, ok := v.(matrix); ok && !isNilPointer(v) {
			return matrixForms(m, l)
		}
	case image.Image:
		if !isNilPointer(v) {
			return imageForms(v)
		}
	case matrix:
		if !isNilPointer(v) {
			return matrixForms(v, l)
		}
	case fmt.Stringer:
	default:
		if t := tableOf(reflect.ValueOf(v), l); t != nil {
			return map[string]any{"text/plain": text(v, l), "text/html": t.HTML()}
		}
	}
	return map[string]any{"text/plain": text(v, l)}
}

func isNilPointer(v any) bool {
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}

// maxPixels is the size up to which an image is encoded.
const maxPixels = 32 << 20

func imageForms(img image.Image) map[string]any {
	size := img.Bounds().Size()
	plain := fmt.Sprintf("%d×%d %T", size.X, size.Y, img)
	forms := map[string]any{"text/plain": plain}
	if size.X <= 0 || size.Y <= 0 {
		return forms
	}
	if size.X > maxPixels/size.Y {
		forms["text/plain"] = plain + ", too large to be shown"
		return forms
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		forms["text/plain"] = fmt.Sprintf("%s (%v)", plain, err)
		return forms
	}
	forms["image/png"] = b.Bytes()
	return forms
}

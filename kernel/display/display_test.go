package display_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/kernel/display"
)

func TestMIMEBundle(t *testing.T) {
	for _, tt := range []struct {
		value interface{ MIMEBundle() map[string]any }
		want  map[string]any
	}{
		{display.HTML("<b>x</b>"), map[string]any{"text/html": "<b>x</b>", "text/plain": "<b>x</b>"}},
		{display.Markdown("*x*"), map[string]any{"text/markdown": "*x*", "text/plain": "*x*"}},
		{display.LaTeX("$x$"), map[string]any{"text/latex": "$x$", "text/plain": "$x$"}},
		{display.SVG("<svg/>"), map[string]any{"image/svg+xml": "<svg/>", "text/plain": "SVG drawing"}},
		{display.PNG{1, 2}, map[string]any{"image/png": []byte{1, 2}, "text/plain": "PNG picture, 2 bytes"}},
		{display.JSON{Value: []int{1}}, map[string]any{"application/json": []int{1}, "text/plain": "[1]"}},
	} {
		if diff := cmp.Diff(tt.want, tt.value.MIMEBundle()); diff != "" {
			t.Errorf("%T (-want +got)\n%s", tt.value, diff)
		}
	}
}

func ExampleShow() {
	display.Show(display.Markdown("**done**"), 3)
	// Output:
	// **done**
	// 3
}

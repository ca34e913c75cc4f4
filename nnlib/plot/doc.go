// Package plot draws what training shows: loss and gradient-norm curves. Figures
// are SVG with text as text and show themselves in a notebook.
package plot

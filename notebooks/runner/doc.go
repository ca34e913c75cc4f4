// Package runner runs a notebook's cells from top to bottom in a kernel and fills
// in their outputs, with parameters as papermill sets them.
package runner

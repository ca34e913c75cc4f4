// Package runner runs a notebook's cells from top to bottom in a kernel and
// fills in their outputs.
//
// Parameters are set papermill's way: a cell tagged "parameters" holds the
// variables and their defaults, and a cell tagged "injected-parameters" behind
// it assigns other values. What the tags "raises-exception" and
// "skip-execution" mean, how a run is timed and which outputs are kept follows
// nbclient, so that a notebook gives the same file here and under Jupyter.
//
// The package starts no kernel and reads and writes no file.
package runner

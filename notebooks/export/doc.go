// Package export turns notebooks into other files: a page of HTML that needs no
// network ([HTML]), Markdown with its pictures ([Markdown]) and a Go program
// that the ordinary toolchain compiles ([Go]).
//
// # For Go developers
//
// What began in a notebook often ends in a program:
//
//	lectern export --to go analysis.ipynb    # writes analysis/main.go
//	go run ./analysis
//
// The program is ordinary Go for a module that requires the packages which the
// cells import. Variables of the cells are variables of the package, so that
// functions of the cells see them; each cell is a function, called in order by
// main; a name that a later cell defines with another type gets a number. What a
// cell ends in is printed as the notebook shows it in plain text. Training runs
// are not recorded unless the program says nnlib.StartRun = track.StartRun.
// With --to gotest it becomes a test that wants what is saved in the notebook.
//
// The package runs nothing and writes no file: what is exported is what the
// notebook holds.
package export

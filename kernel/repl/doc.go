// Package repl is a kernel's front end in a terminal: it edits cells of one or
// more lines, runs them and shows their outputs as text.
//
//	Enter          runs the cell if it is complete, else begins a new line
//	Tab            completes, with the type or signature of each candidate
//	Ctrl-R         searches the history of all sessions; the arrows walk it
//	Ctrl-C         interrupts the running cell, or drops what was typed
//	Ctrl-D         leaves, on an empty line; so do exit and quit
//	name?          explains a name, name?? shows its source too
//
// A cell that reads its input has it typed in the terminal, where Ctrl-D ends the
// input. Tables are fitted to the width of the terminal, progress bars stay in place,
// SVG figures are drawn with Braille characters. Where the input is no terminal,
// its cells run until one fails.
package repl

// Package verify compares the saved outputs of a notebook with fresh ones, and
// says before a run what in its cells makes them hard to compare.
//
// [Compare] takes the saved notebook and one that was just run. Text is
// compared line by line, the numbers in it by relative tolerance; figures in
// SVG by structure, the numbers in them by tolerance; figures in pixels by
// their bytes; JSON by value. What differs from run to run by its nature
// (durations, times of day, folders, ids of runs, memory addresses) is
// recognised and left out. [Lint] needs no run.
//
// Tags of a cell change how it is compared:
//
//	ignore-output     (or nbval-ignore-output) it must run, its outputs do not matter
//	raises-exception  it may end in an error, which is compared
//	skip-execution    it is not run
//	tolerance=1e-3    the relative tolerance of this cell
//	exact             no tolerance in this cell
//
// # For teachers
//
// A course lives longer than the libraries that its notebooks use. Save each
// notebook with its outputs, and let
//
//	lectern verify notebooks/
//
// run before every term, or with every change (it needs no network and ends with
// code 1 if anything differs). The report names the cell, the line and both
// values. What you accept goes into the files with
//
//	lectern verify --update notebooks/
//
// which changes no cell that gave what was saved. Give everything random a seed;
// the warnings say where one is missing. A cell that shows the time it took, or
// what only this machine has, gets the tag ignore-output; one that shows students
// an error gets raises-exception.
//
// The package runs nothing; package runner does.
package verify

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
// The package runs nothing; package runner does.
package verify

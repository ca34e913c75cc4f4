// Package symbols gives the interpreter the standard library of the Go release
// that the program is built with: its functions, variables, constants and types
// as reflect values, in the form that yaegi's interp.Use takes. (yaegi's own
// tables are those of Go 1.22.)
//
// [Load] builds the table of one package when a cell first imports it, so that
// a worker starts without paying for the other 174.
//
// A type T is there as (*T)(nil), and for an interface I there is also _I, a
// struct with one function field a method, from which the interpreter makes
// values of I.
//
// What the tables do not have, because it has no reflect value: generic
// functions and types (70 and 6, in slices, maps, cmp, iter, sync/atomic and
// others), constraint interfaces, and package unsafe. os.Exit, log.Fatal and the
// like are Go's own and end the process; the worker puts others in their place.
// The tables are made on linux/amd64; syscall is missing elsewhere.
package symbols

//go:generate go run ./gen -package symbols std

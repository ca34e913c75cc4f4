// Package plan decides which cells the interpreter may run: yaegi, which starts
// fastest. The others are written for the compiler.
//
// The rule is a positive list: a construct or type that is not on it is
// refused by a diagnostic that says why, before any of the cell runs. A
// construct enters the list with a test that runs it and compares with compiled
// Go; one that is found wrong leaves it. Silently wrong is the one outcome that
// must not happen.
//
// Most of what is refused inside functions has one cause: the interpreter hands on
// where a value is, not the value, and reads it when it is needed. What may change in
// between, or is never read, is another value then, or no panic (see late.go).
package plan

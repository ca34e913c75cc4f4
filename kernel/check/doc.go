// Package check type-checks the cells of a session with go/types and remembers
// what they declared.
//
// To the user all cells are one package, main. To go/types each cell is a
// package of that path, whose scope is first filled with what earlier cells
// declared and this one does not declare again: unexported names and fields stay
// reachable, and a cell that fails to check leaves nothing behind. Top-level
// statements are checked as the body of one function; the variables of its
// outermost block are the session's. Where a function of the same cell uses
// such a variable, it is lifted to the package's level under its inferred type.
//
// A name stands for what took it last, be it a declaration or an import. A type and
// its methods are declared together; so a cell that only adds a method declares the
// type, its other methods and its constants again, and what has the type of before
// keeps it.
//
// Unused variables and imports are allowed, and a package that is known but not
// imported is imported.
package check

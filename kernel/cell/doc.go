// Package cell reads the text of a notebook cell: Go in which imports,
// declarations and statements stand in any order.
//
// The Go parser reads files, not cells. So the text is cut at the semicolons of
// its outermost level, written or implied, into declarations that only a file
// may hold (imports, functions, types, constants) and statements. Each group is
// parsed with the other blanked out, so every position is one of the cell.
// Variables count as statements: they take their values in the order of the text.
//
// The package knows syntax alone; names and types are package check's.
package cell

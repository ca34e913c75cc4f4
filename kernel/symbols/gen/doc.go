// Command gen writes symbol tables for the interpreter: one Go file a package
// with a function that builds the package's table, and tables.go that lists the
// functions.
//
//	go run ./gen -package NAME [-prefix zz_] [-list FILE] PACKAGE...
//
// It runs "go tool yaegi extract" and turns what yaegi writes, tables built at
// start-up, into functions that build a table when it is asked for: 175 packages
// have 15,000 symbols. It runs in the folder that it writes to, and removes the
// files that an earlier run wrote there.
//
// A PACKAGE is a pattern as go list takes it; FILE has more, one a line.
// Commands and internal, vendored and unsafe packages that match are left out.
package main

// Command gen writes the type data and the documentation of packages in the form
// that package exportdata reads.
//
//	go run ./gen -types std.zip -docs std-docs.zip [-positions] [-list FILE] PACKAGE...
//
// A PACKAGE is a pattern as go list takes it; FILE has more, one a line. Commands and internal, vendored
// and unsafe packages that match are left out. The output depends only on the
// packages and the Go release.
package main

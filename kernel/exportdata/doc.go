// Package exportdata holds what the type checker and the inspector need to know
// about packages that cells import: the types of the whole standard library of
// the Go release this program is built with, and its documentation. Both are
// embedded, so that checking, completion and inspection need no Go toolchain and
// no source.
//
// # Files
//
//	std.zip       one entry a package, named by its import path: type data as
//	              golang.org/x/tools/go/gcexportdata writes it. The comment of
//	              the archive is the Go version, for example go1.26.8.
//	std-docs.zip  one entry a package: a JSON object from name ("Client.Do",
//	              "Server.Addr", "" for the package itself) to doc comment.
//
// Left out are internal and vendored packages, which cells cannot import, and
// commands; what the others need of them is inside the others' data. Package
// unsafe needs no data. The data describe linux/amd64; on other systems package
// syscall and a few constants differ.
//
// [Importer.Add] takes more archives of the same form: the program's own
// packages and gonum, which cmd/lectern/library holds.
//
// # Speed
//
// Nothing is read before it is asked for. The first import of net/http, the
// largest, takes 2 to 4 ms, that of fmt 0.1 ms; a package that is already there
// costs a map lookup.
package exportdata

//go:generate go run ./gen -types std.zip -docs std-docs.zip -positions std

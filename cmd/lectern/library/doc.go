// Package library holds what cells may import beyond the standard library: the
// program's own packages and the part of gonum that numerical work needs. For
// each there is type data for the checker, documentation for the inspector and a
// symbol table for the interpreter, all generated; packages.txt lists the
// packages. The program hands them to the kernel, which knows none of them:
//
//	front process   [Types] to exportdata.Importer.Add, [Docs] to exportdata.Docs.Add
//	worker          [Exports] beside symbols.Exports
//
// After a change to the exported names of a listed package run
//
//	go generate ./cmd/lectern/library
//
// A test fails until that is done.
package library

//go:generate go run ../../../kernel/exportdata/gen -types types.zip -docs docs.zip -list packages.txt
//go:generate go run ../../../kernel/symbols/gen -package library -prefix zz_ -list packages.txt

// Package export turns notebooks into other files: a page of HTML that needs no
// network ([HTML]), Markdown with its pictures ([Markdown]) and a Go program
// that the ordinary toolchain compiles ([Go]).
//
// The package runs nothing and writes no file: what is exported is what the
// notebook holds.
package export

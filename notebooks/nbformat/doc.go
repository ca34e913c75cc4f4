// Package nbformat reads, validates, upgrades and writes Jupyter notebooks of
// format 4. It runs nothing.
//
// [Read] takes any 4.x file, says where a bad one is wrong, and gives back a
// notebook of format 4.5, the one that gives cells an id. [Marshal] writes it
// byte for byte as nbformat.write of Python does: keys sorted, one space of
// indent, text as lists of lines, UTF-8 unescaped, a newline at the end. So a
// notebook that Jupyter saved and Lectern saves again has no diff. What this
// package does not know (keys of a later minor version, of an extension)
// survives.
//
// Source: nbformat/v4/nbformat.v4.5.schema.json and nbformat/v4/rwbase.py of
// github.com/jupyter/nbformat.
package nbformat

// Package history keeps the cells of interactive sessions in a SQLite file, in
// tables like those of IPython's history.sqlite: sessions, history and
// output_history. Kernels that run at the same time share the file.
//
// No trouble with the file stops a kernel. One that is no database is moved
// aside; where the file cannot be used at all, or not be written, the session's
// cells are remembered until its end.
package history

// Package sqlite keeps experiments in one SQLite file.
//
// # Layout
//
// Names of params, metrics and tags are numbers of the table keys. What search
// needs of a metric is one row of metrics; search never touches points. Points
// live in two places:
//
//   - tail has one row for each batch that was logged: the durable log of what
//     is not in a chunk yet, all metrics together.
//   - chunks has [series.ChunkSize] points of one metric in each row, with
//     their summary and a link of the hash chain. pages repeats the summaries
//     of 256 chunks in one row, so that a plot of ten million points reads
//     eighty rows.
//
// When a run's tail has grown enough, or the run ends, it moves into chunks in
// the transaction that deletes its rows. The series of a metric is its chunks
// followed by its part of the tail, always.
//
// # Writing
//
// All writes of a process go through one goroutine and one connection, which
// commits what has arrived together in one transaction. The journal is a WAL: a
// commit survives the death of the process at once, and the death of the
// machine from the next checkpoint on. Creating and ending a run, and its
// params, wait for the disk.
//
// Any number of processes may use a file at once, on one machine. Do not put
// it on a network file system.
package sqlite

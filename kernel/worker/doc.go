// Package worker is the process that holds a session's values and runs its
// cells: the interpreter, the storage of variables and functions, and what
// cells show.
//
// The front process starts it with two pipes besides the standard files: file
// descriptor 3 brings requests, 4 takes messages. Standard output and error are
// pipes to the front as well, so that whatever writes to them is captured, and
// outlive the worker: what a crash prints is not lost. Before each message the
// worker writes a mark to both, by which the front puts text and messages in
// order.
//
// A goroutine belongs to the cell that started it, or whose goroutine did. When a
// cell is interrupted, its goroutines end at their next check; those of other cells
// go on.
//
// User code may end this process at any time. Nothing here is worth keeping but
// values.
package worker

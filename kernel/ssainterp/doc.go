// Package ssainterp interprets Go that no compiler has seen: it runs the
// single-assignment form that golang.org/x/tools/go/ssa makes of checked source,
// on the memory, types, goroutines and panics of the running program.
//
// Values lie in memory as compiled code would have them, with the types that
// package runtype makes. So compiled functions take them as they are, and an
// interpreted closure or method is called by compiled code like any other.
// Run-time errors come from the run time: where an operation has to fail, the
// operation that fails is performed.
//
// Every function becomes a list of closures for each basic block, one for an
// instruction, which work on a frame: one piece of memory with a place for every
// value of the function. What a program may call of compiled packages is what the
// symbols given to [New] have.
//
// A program is translated as a whole before any of it runs. What cannot be run
// right is refused then, by [RefusedError].
package ssainterp

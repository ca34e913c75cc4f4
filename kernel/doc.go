// Package kernel is one session of notebook cells: it executes cells and says
// what they printed, showed and returned.
//
// A kernel is two processes. The front process holds types and text and never
// runs user code, so it always answers. The worker process (package worker)
// holds the values; a crash of user code ends the worker alone. A cell goes from
// text to result like this:
//
//	cell     cuts the text into magics, declarations and statements
//	check    type-checks it with go/types against the session
//	plan     finds what the interpreter is not known to run right
//	lower    writes the Go that the interpreter runs right, or a package for
//	         the compiler
//	compile  builds that package as a plugin
//	worker   runs the one or the other and sends back what it shows
//
// Where that package is not to be compiled (%engine interpret) or cannot be, the
// worker interprets it as it stands (package ssainterp, on types that package
// runtype makes), and so it does with whole programs. Cells that use such a package
// are interpreted too, whatever the engine.
//
// Both engines share one set of objects. A variable, and a function that is not
// generic, is a slot: a heap cell that interpreted code reaches through a symbol
// and compiled code through a package variable. A type or generic function is
// declared once, by the compiled package of its cell, which later packages import
// and whose types the interpreter is given. So a value made by one engine is the
// other's, and a redefinition with the same type is seen by all earlier code.
//
// Up to check nothing has changed: a cell that fails there, or does not build,
// leaves the session as it was. A cell that nothing runs right here is refused
// with the reason; silently wrong is the one outcome that must not happen.
//
// An interrupt stops the cell's code, in all its goroutines: interpreted code at its
// next step, compiled code when what it waits for comes, at prints, and in loops
// that call functions or have loops in them. Code that is blocked is left behind as
// a goroutine that ends as soon as it wakes; deferred calls are all that still runs.
// Only compiled code that does nothing but calculate keeps its cell running, until a
// second interrupt restarts the worker.
//
// This package holds the session and the words its clients share with it:
// requests, outputs, replies. Front ends live elsewhere.
package kernel

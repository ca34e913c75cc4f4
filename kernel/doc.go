// Package kernel is one session of notebook cells: it executes cells and says
// what they printed, showed and returned.
//
// A kernel is two processes. The front process holds types and text and never
// runs user code, so it always answers. The worker process (package worker)
// holds the values; a crash of user code ends the worker alone. A cell goes from
// text to result like this:
//
//	cell    cuts the text into declarations and statements
//	check   type-checks it with go/types against the session
//	plan    refuses what the interpreter would not run right
//	lower   writes the Go that the interpreter runs right
//	worker  runs it and sends back what it shows
//
// Up to check nothing has changed: a cell that fails there leaves the session as
// it was. This package holds the session and the words its clients share with
// it: requests, outputs, replies. Front ends live elsewhere.
package kernel

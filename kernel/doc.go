// Package kernel is one session of notebook cells: it executes cells and says
// what they printed, showed and returned.
//
// A kernel is two processes. The front process holds types and text and never
// runs user code, so it always answers. The worker process (package worker)
// holds the values; a crash of user code ends the worker alone.
//
// This package holds the session and the words its clients share with it:
// requests, outputs, replies. How a cell is split, checked, rewritten and run
// lives in the packages below it. Front ends live elsewhere.
package kernel

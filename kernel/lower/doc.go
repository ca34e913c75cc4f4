// Package lower rewrites a checked cell as Go that the interpreter runs right.
//
// A cell becomes one function literal. The session's variables and functions
// are slots: heap cells of the worker that the interpreter sees as pointers, so
// that x becomes *slot. Functions are called through their slots and so late
// bound: code of earlier cells calls the newest definition. Constant expressions
// arrive folded, because the interpreter's constants are not Go's.
//
// Each further rewriting is one small function that names the fault it works
// around. What is neither right in the interpreter nor rewritten here is refused
// by package plan.
package lower

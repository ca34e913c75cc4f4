// Package kerneltest runs real kernels in tests: the test program starts itself
// again as the worker, and sequences of cells with their outputs are read from
// txtar files.
package kerneltest

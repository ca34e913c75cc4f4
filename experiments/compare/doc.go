// Package compare explains how runs differ: in params, code, machine and data,
// in the values of their metrics, and in the first step at which their series
// part.
package compare

// Package pipe is what the two processes of a kernel say to each other, and how:
// messages with a small JSON header and the bytes of their contents behind it.
package pipe

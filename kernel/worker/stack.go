//go:build amd64 || arm64

package worker

// stack returns the caller's frame, how many bytes of the stack lie above it, and
// the address of the goroutine: the stack may move, the depth stays.
func stack() (frame *stackFrame, depth, goroutine uintptr)

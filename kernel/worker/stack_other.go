//go:build !amd64 && !arm64

package worker

// stack knows nothing of other processors: panics there have no frames of
// interpreted functions.
func stack() (frame *stackFrame, depth, goroutine uintptr) { return nil, 0, 0 }

//go:build !linux

package worker

// inputQueue asks a pipe how many bytes can be read: FIONREAD of the BSDs and
// macOS, which golang.org/x/sys does not name.
const inputQueue = 0x4004667f

package repl

import "golang.org/x/sys/unix"

// Requests that read and set a terminal's mode.
const (
	getTermios = unix.TCGETS
	setTermios = unix.TCSETS
)

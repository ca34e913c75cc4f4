package worker

import "golang.org/x/sys/unix"

// inputQueue asks a pipe how many bytes can be read.
const inputQueue = unix.TIOCINQ

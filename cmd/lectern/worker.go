package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/lectern-go/lectern/cmd/lectern/library"
	"github.com/lectern-go/lectern/experiments/track"
	"github.com/lectern-go/lectern/kernel/worker"
	"github.com/lectern-go/lectern/nnlib"
)

// workerCmd is the process that holds a kernel's values.
type workerCmd struct{}

// Run serves the kernel that started this process. Every training run in it is
// recorded, with the cells run so far.
func (workerCmd) Run() error {
	var cells cellLog
	nnlib.Interrupted = cells.interrupted
	nnlib.StartRun = track.StartRun
	track.SetSession(track.Session{Source: cells.source})
	return worker.Main(worker.Config{
		Exports:  library.Exports,
		Packages: library.Types,
		Running:  cells.add,
		Exit: func() {
			if err := track.Close(); err != nil {
				fmt.Fprintf(os.Stderr, "lectern: %v\n", err)
			}
		},
	})
}

// cellLog remembers the cells that a session has run. It is safe for
// concurrent use.
type cellLog struct {
	mu      sync.Mutex
	running context.Context // of the newest cell
	text    strings.Builder
}

func (l *cellLog) add(ctx context.Context, cell, source string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running = ctx
	fmt.Fprintf(&l.text, "// %s\n%s\n\n", cell, strings.TrimRight(source, "\n"))
}

// source returns the text of the cells in the order in which they ran.
func (l *cellLog) source() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// interrupted reports whether the newest cell was interrupted.
func (l *cellLog) interrupted() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.running != nil && l.running.Err() != nil
}

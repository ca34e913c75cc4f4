package worker

import (
	"fmt"
	"log"
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/lectern-go/lectern/kernel/lower"
)

// exit is what a cell panics with instead of ending the process.
type exit int

func (e exit) Error() string { return "exit status " + strconv.Itoa(int(e)) }

// exit is os.Exit of cells: it ends the cell, from whichever of its goroutines.
func (w *worker) exit(code int) {
	r := w.owners.of()
	if r == nil || r.goroutine == goroutineID() {
		panic(exit(code))
	}
	w.mu.Lock()
	if w.run == r {
		w.stop(exit(code))
	}
	w.mu.Unlock()
	runtime.Goexit()
}

func (w *worker) logFatal(v ...any) {
	log.Print(v...)
	w.exit(1)
}

func (w *worker) logFatalf(format string, v ...any) {
	log.Printf(format, v...)
	w.exit(1)
}

func (w *worker) logFatalln(v ...any) {
	log.Println(v...)
	w.exit(1)
}

// start starts a goroutine of interpreted code. A panic there ends the process, as
// it has to, but with a trace of the cell instead of one of the interpreter.
func (s *session) start(f func()) {
	go func() {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			var trace strings.Builder
			for _, frame := range s.frames(false) {
				fmt.Fprintf(&trace, "\t%s/%s:%d\n", frame.Cell, lower.FileName, frame.Line)
			}
			fmt.Fprintf(os.Stderr, "panic: %s\n\n%s[running]:\n%s", panicText(v), goroutineID(), trace.String())
			os.Exit(2)
		}()
		f()
	}()
}

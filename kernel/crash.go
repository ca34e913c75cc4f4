package kernel

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lectern-go/lectern/kernel/lower"
)

// tail watches what a worker writes to standard error, and holds back the lines with
// which Go's run time ends a process: they become a traceback.
type tail struct {
	reason string // why the worker was ended, if this process did it
	middle bool   // the text so far ends in the middle of a line
	held   []byte
	expire <-chan time.Time // then the process has not ended, and what is held is shown
}

const (
	// holdFor is how long a process may take to write why it ends, and to end.
	holdFor = 5 * time.Second
	// holdMost is how much of that is of interest.
	holdMost = 1 << 20
)

// lastWords begin the lines with which Go's run time ends a process.
var lastWords = regexp.MustCompile(`(?m)^(panic: |fatal error: |runtime: goroutine stack exceeds|SIG[A-Z]+: )[^\n]*`)

// pass takes an event and returns what is to be shown now.
func (t *tail) pass(e event) []event {
	switch {
	case e.stream != "stderr":
		return append(t.release(), e)
	case t.held != nil:
		t.held = append(t.held, e.text[:min(len(e.text), holdMost-len(t.held))]...)
		return nil
	}
	shown := len(e.text)
	for _, at := range lastWords.FindAllIndex(e.text, -1) {
		if at[0] > 0 || !t.middle {
			shown = at[0]
			t.held, t.expire = slices.Clone(e.text[shown:]), time.After(holdFor)
			break
		}
	}
	if e.text = e.text[:shown]; shown == 0 {
		return nil
	}
	t.middle = e.text[shown-1] != '\n'
	return []event{e}
}

// release returns what is held back.
func (t *tail) release() []event {
	if t.held == nil {
		return nil
	}
	e := event{stream: "stderr", text: t.held}
	t.middle, t.held, t.expire = t.held[len(t.held)-1] != '\n', nil, nil
	return []event{e}
}

// crashed describes the end of the worker and forgets the session, whose
// values are gone.
func (k *Kernel) crashed(t *tail) *Error {
	<-k.process.done
	why := "the worker process ended"
	if k.process.err != nil {
		why += " (" + k.process.err.Error() + ")"
	}
	dump := string(t.held)
	if words := lastWords.FindString(dump); words != "" {
		why = strings.TrimSuffix(words, " [recovered, repanicked]")
	}
	if strings.Contains(why, "out of memory") || strings.Contains(why, "cannot allocate memory") {
		why += "; LECTERN_MEMORY sets how much there is"
	}
	if t.reason != "" {
		why = t.reason
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.lost, k.ran = append(k.lost, k.ran...), nil
	k.forgetSession()
	e := &Error{Ename: "crash", Evalue: why, Traceback: []string{red("crash: " + why)}}
	k.addDump(e, dump)
	e.Traceback = append(e.Traceback, "The session's variables are gone; %replay runs its cells again.")
	return e
}

// forgetSession forgets what cells have declared and loaded, with the worker that
// had it. k.mu is held.
func (k *Kernel) forgetSession() {
	k.process, k.session = nil, k.newSession()
	k.builder.renew()
}

var (
	dumpedGoroutine = regexp.MustCompile(`(?m)^goroutine .*\[.*\]:$`)
	dumpedFrame     = regexp.MustCompile(`(?m)^\t(?:.*/)?([^/\n]*)/` + regexp.QuoteMeta(lower.FileName) + `:(\d+)`)
)

// maxFrames is how many frames of a crash are shown: a runaway recursion has too many.
const maxFrames = 10

// addDump adds the frames of cells that the first goroutine of a dump has, which is
// the one that ended the process. k.mu is held.
func (k *Kernel) addDump(e *Error, dump string) {
	if all := dumpedGoroutine.FindAllStringIndex(dump, 2); len(all) > 1 {
		dump = dump[:all[1][0]]
	}
	last, shown := "", 0
	for _, m := range dumpedFrame.FindAllStringSubmatch(dump, -1) {
		line, err := strconv.Atoi(m[2])
		if err != nil || m[0] == last || shown == maxFrames {
			continue
		}
		last = m[0]
		if shown++; shown == 1 {
			e.Line = line
		}
		k.addFrame(e, m[1], line, shown == 1)
	}
}

// addFrame adds a frame to a traceback: where it is and the line there. k.mu is held.
func (k *Kernel) addFrame(e *Error, cell string, line int, deepest bool) {
	e.Traceback = append(e.Traceback, cyan(fmt.Sprintf("%s:%d", cell, line)))
	if text, ok := k.line(cell, line); ok {
		mark := "    "
		if deepest {
			mark = green("--> ")
		}
		e.Traceback = append(e.Traceback, mark+strings.TrimSpace(text))
	}
}

package kernel

import (
	"fmt"

	"github.com/lectern-go/lectern/kernel/cell"
)

// ranCell is a cell that ran to its end in the session.
type ranCell struct{ name, code string }

// replay runs again the cells of the session that was lost with its worker.
func (x *execution) replay(m cell.Magic) *Error {
	k := x.kernel
	k.mu.Lock()
	lost := k.lost
	k.lost = nil
	k.mu.Unlock()
	if len(lost) == 0 {
		message := "no session was lost, so there is nothing to replay"
		return &Error{Ename: "magic error", Evalue: message, Line: m.Line, Traceback: []string{message}}
	}
	req := x.req
	defer func() { x.req = req }()
	for i, c := range lost {
		x.req.Cell, x.req.Code = c.name, c.code
		failed, err := x.run()
		if err != nil {
			return internalError(err)
		}
		if failed != nil {
			k.mu.Lock()
			k.lost = append(lost[i:len(lost):len(lost)], k.lost...)
			k.mu.Unlock()
			failed.Traceback = append(failed.Traceback, fmt.Sprintf("%%replay stopped at %s, %d of %d", c.name, i+1, len(lost)))
			return failed
		}
	}
	x.show(Stream{Name: "stdout", Text: fmt.Sprintf("replayed %d cells\n", len(lost))})
	return nil
}

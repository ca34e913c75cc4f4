package kernel

import (
	"errors"
	"io"

	"github.com/lectern-go/lectern/kernel/worker/pipe"
)

// answer has a question of the running cell answered.
func (x *execution) answer(p *process, q *pipe.Question) {
	a := &pipe.Answer{Number: q.Number}
	if x.req.Input == nil {
		a.Refused = "this front end does not take any"
	} else {
		line, err := x.req.Input(x.ctx, q.Prompt, q.Password)
		switch {
		case x.ctx.Err() != nil:
			return // the worker has been told
		case errors.Is(err, io.EOF):
			a.EOF = true
		case err != nil:
			a.Refused = err.Error()
		default:
			a.Line = line
		}
	}
	p.requests.Write(&pipe.Message{Kind: pipe.Reply, Answer: a}) //nolint:errcheck // a dead worker shows in events
}

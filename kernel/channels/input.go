package channels

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"

	"github.com/lectern-go/lectern/kernel/protocol"
)

// Errors of questions and their answers.
var (
	errGone    = errors.New("the front end that ran the cell is gone")
	errUnasked = errors.New("nobody asked for it")
)

// input is the question that waits for a front end's answer: one at most, since
// one cell runs at a time and asks one question at a time.
type input struct {
	mu      sync.Mutex
	session string // of the front end, or "" if nobody asks
	asked   string // msg_id of the input_request
	answer  chan protocol.InputReply
}

// ask asks the front end that sent a request for a line.
func (s *Server) ask(ctx context.Context, r *request, prompt string, password bool) (string, error) {
	gone := r.client.Gone(protocol.Stdin)
	select {
	case <-gone:
		return "", errGone
	default:
	}
	m := s.session.New("input_request", r.Message, protocol.InputRequest{Prompt: prompt, Password: password})
	answer := s.input.expect(r.Header.Session, m.Header.MsgID)
	defer s.input.forget()
	r.client.Send(protocol.Stdin, m)
	select {
	case a := <-answer:
		if a.Value == protocol.EndOfInput {
			return "", io.EOF
		}
		return a.Value, nil
	case <-gone:
		return "", errGone
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

func (i *input) expect(session, asked string) <-chan protocol.InputReply {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.session, i.asked, i.answer = session, asked, make(chan protocol.InputReply, 1)
	return i.answer
}

func (i *input) forget() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.session = ""
}

// reply takes an input_reply. Some front ends leave its parent out; one to an
// earlier question, or of another front end, is not for this one.
func (i *input) reply(m *protocol.Message) error {
	var a protocol.InputReply
	if err := m.Decode(&a); err != nil {
		return err
	}
	var parent struct {
		MsgID   string `json:"msg_id"`
		MsgType string `json:"msg_type"`
	}
	if err := json.Unmarshal(m.Parent, &parent); err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.session == "" || m.Header.MsgType != "input_reply" || m.Header.Session != i.session ||
		parent.MsgType == "input_request" && parent.MsgID != i.asked {
		return errUnasked
	}
	i.session = ""
	i.answer <- a
	return nil
}

package channels

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/protocol"
)

// run runs the cells of the queue until the server is closed.
func (s *Server) run() {
	defer close(s.stopped)
	for {
		r := s.queue.take()
		if r == nil {
			break
		}
		if r.isCell() {
			s.execute(r)
		} else {
			s.comm(r)
		}
	}
	for _, r := range s.queue.remove("") {
		s.abort(r)
	}
}

// abort answers a cell that is not run because one before it failed, or
// because the kernel ends.
func (s *Server) abort(r *request) {
	if !r.isCell() {
		return
	}
	s.publish("status", r.Message, protocol.Status{ExecutionState: protocol.Busy})
	s.reply(r, protocol.ExecuteReply{
		Status: protocol.Aborted, ExecutionCount: s.config.Kernel.ExecutionCount(),
		UserExpressions: map[string]any{}, Payload: []any{},
	})
	s.publish("status", r.Message, protocol.Status{ExecutionState: protocol.Idle})
}

// execute answers one execute_request.
func (s *Server) execute(r *request) {
	s.begin(r)
	req := protocol.NewExecuteRequest()
	reply := s.runCell(r, &req)
	s.reply(r, reply)
	var aborted []*request
	if reply.Status == protocol.Failed && req.StopOnError && !req.Silent {
		// Another front end's cells have nothing to do with this one's.
		aborted = s.queue.remove(r.Header.Session)
	}

	s.end(r)
	for _, a := range aborted {
		s.abort(a)
	}
}

// begin says that the kernel is busy with a request of the queue.
func (s *Server) begin(r *request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = r.Message
	s.tell(s.status(protocol.Busy, r.Message))
}

func (s *Server) end(r *request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = nil
	s.tell(s.status(protocol.Idle, r.Message))
}

// runCell runs a cell, publishes its outputs and returns the reply.
func (s *Server) runCell(r *request, req *protocol.ExecuteRequest) (reply protocol.ExecuteReply) {
	out := &outputs{server: s, parent: r.Message}
	defer func() {
		if p := recover(); p != nil {
			s.config.Log.Error("channels: panic", "request", r.Header.MsgType, "panic", p, "stack", string(debug.Stack()))
			reply = s.broken(out, fmt.Errorf("%v", p))
		}
	}()
	if err := r.Decode(req); err != nil {
		s.config.Log.Warn("channels: request", "type", r.Header.MsgType, "err", err)
		return s.broken(out, err)
	}
	counted := !req.Silent && req.StoreHistory && strings.TrimSpace(req.Code) != ""
	count := s.config.Kernel.ExecutionCount()
	if counted {
		count++
	}
	if !req.Silent {
		s.publish("execute_input", r.Message, protocol.ExecuteInput{Code: req.Code, ExecutionCount: count})
	}
	if payload, ok := s.question(req.Code); ok {
		return protocol.ExecuteReply{
			Status: protocol.OK, ExecutionCount: s.config.Kernel.ExecutionCount(),
			UserExpressions: s.expressions(req), Payload: payload,
		}
	}
	if counted && s.config.History != nil {
		out.line = count
		if err := s.config.History.Input(count, req.Code); err != nil {
			s.config.Log.Warn("channels: history", "err", err)
		}
	}
	run := kernel.ExecuteRequest{Code: req.Code, Silent: req.Silent, Uncounted: !counted, Late: out.show}
	if req.AllowStdin {
		run.Input = func(ctx context.Context, prompt string, password bool) (string, error) {
			out.flush()
			return s.ask(ctx, r, prompt, password)
		}
	}
	if !counted {
		run.Cell = "uncounted cell" // the count names another
	}
	done, err := s.config.Kernel.Execute(s.ctx, run, out.show)
	out.flush()
	if err != nil {
		return s.broken(out, fmt.Errorf("the kernel does not work: %w", err))
	}
	reply = protocol.ExecuteReply{
		Status: protocol.OK, ExecutionCount: done.ExecutionCount,
		UserExpressions: map[string]any{}, Payload: []any{},
	}
	if done.NextInput != "" {
		reply.Payload = append(reply.Payload, protocol.NextInput{Source: "set_next_input", Text: done.NextInput})
	}
	if done.Error != nil {
		reply.Status, reply.Error = protocol.Failed, errorContent(*done.Error)
		return reply
	}
	reply.UserExpressions = s.expressions(req)
	return reply
}

// broken shows an error that is not the cell's.
func (s *Server) broken(out *outputs, err error) protocol.ExecuteReply {
	content := failed("internal error", err.Error()).Error
	out.flush()
	s.publish("error", out.parent, content)
	return protocol.ExecuteReply{
		Status: protocol.Failed, ExecutionCount: s.config.Kernel.ExecutionCount(),
		UserExpressions: map[string]any{}, Payload: []any{}, Error: &content,
	}
}

func errorContent(e kernel.Error) *protocol.Error {
	c := &protocol.Error{Ename: e.Ename, Evalue: e.Evalue, Traceback: e.Traceback}
	if c.Traceback == nil {
		c.Traceback = []string{}
	}
	return c
}

// expressions evaluates the user's expressions.
func (s *Server) expressions(req *protocol.ExecuteRequest) map[string]any {
	values := map[string]any{}
	for name, expr := range req.UserExpressions {
		bundle, wrong, err := s.config.Kernel.Evaluate(s.ctx, expr)
		switch {
		case err != nil:
			values[name] = failed("internal error", err.Error())
		case wrong != nil:
			values[name] = protocol.ErrorReply{Status: protocol.Failed, Error: *errorContent(*wrong)}
		default:
			values[name] = protocol.ExpressionResult{Status: protocol.OK, Data: protocol.Bundle(bundle), Metadata: map[string]any{}}
		}
	}
	return values
}

// question answers a cell that asks for a name's documentation, in the front
// end's pager.
func (s *Server) question(code string) ([]any, bool) {
	name, detail, ok := kernel.Question(code)
	if !ok {
		return nil, false
	}
	data, found := s.config.Kernel.Inspect(name, len(name), detail)
	if !found {
		data = kernel.MIMEBundle{"text/plain": "There is nothing of the name " + name + "."}
	}
	return []any{protocol.Page{Source: "page", Data: protocol.Bundle(data)}}, true
}

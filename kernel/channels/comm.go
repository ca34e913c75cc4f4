package channels

import (
	"errors"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/protocol"
)

func isComm(msgType string) bool {
	return msgType == "comm_open" || msgType == "comm_msg" || msgType == "comm_close"
}

// comm has the cells handle one message of a comm. There are no replies to them.
func (s *Server) comm(r *request) {
	s.begin(r)
	defer s.end(r)
	var open protocol.CommOpen // the others have some of its fields
	if err := r.Decode(&open); err != nil {
		s.config.Log.Warn("channels: request", "type", r.Header.MsgType, "err", err)
		return
	}
	out := &outputs{server: s, parent: r.Message}
	err := s.config.Kernel.HandleComm(s.ctx, kernel.Comm{
		Type: r.Header.MsgType, ID: open.CommID, Target: open.TargetName, Data: open.Data, Buffers: r.Buffers,
	}, out.show)
	out.flush()
	if err != nil {
		s.config.Log.Warn("channels: "+r.Header.MsgType, "comm", open.CommID, "err", err)
		if !errors.Is(err, kernel.ErrComm) {
			s.publish("error", r.Message, failed("internal error", err.Error()).Error)
		}
	}
}

// publishComm publishes what a cell tells of a comm.
func (s *Server) publishComm(parent *protocol.Message, c kernel.Comm) {
	var content any = protocol.CommMsg{CommID: c.ID, Data: c.Data}
	if c.Type == "comm_open" {
		content = protocol.CommOpen{CommID: c.ID, TargetName: c.Target, Data: c.Data}
	}
	m := s.session.New(c.Type, parent, content)
	m.Identities, m.Buffers = nil, c.Buffers
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tell(m)
}

func (s *Server) commInfo(r *request) (any, error) {
	var req protocol.CommInfoRequest
	if err := r.Decode(&req); err != nil {
		return nil, err
	}
	reply := protocol.CommInfoReply{Status: protocol.OK, Comms: map[string]protocol.CommInfo{}}
	for id, target := range s.config.Kernel.Comms() {
		if req.TargetName == "" || req.TargetName == target {
			reply.Comms[id] = protocol.CommInfo{TargetName: target}
		}
	}
	return reply, nil
}

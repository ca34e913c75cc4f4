package channels

import (
	"encoding/json"
	"fmt"
	"sync"

	"github.com/lectern-go/lectern/kernel/protocol"
)

// A CommTarget is called when a front end opens a comm with it. It sets the
// comm's callbacks.
type CommTarget func(c *Comm, data json.RawMessage, buffers [][]byte)

// A Comm is a two-way connection between a front end's code and Go code in this
// process. Its callbacks are set by the target and called one at a time.
type Comm struct {
	ID     string
	Target string
	// OnMessage is called with each message; it may be nil.
	OnMessage func(data json.RawMessage, buffers [][]byte)
	// OnClose is called when the front end has closed the comm; it may be nil.
	OnClose func(data json.RawMessage)

	server *Server
	mu     sync.Mutex        // held while a callback runs
	parent *protocol.Message // that the callback handles
}

// comms are the open comms.
type comms struct {
	mu   sync.Mutex
	open map[string]*Comm
}

// commData is what a comm sends.
type commData struct {
	CommID string `json:"comm_id"`
	Data   any    `json:"data"`
}

// Send sends a message to the front ends. A callback may call it. It panics if
// data does not marshal to JSON.
func (c *Comm) Send(data any, buffers ...[]byte) { c.send("comm_msg", data, buffers) }

// Close closes the comm and tells the front ends. A callback may call it. It
// panics if data does not marshal to JSON.
func (c *Comm) Close(data any) {
	c.server.comms.take(c.ID)
	c.send("comm_close", data, nil)
}

func (c *Comm) send(msgType string, data any, buffers [][]byte) {
	if data == nil {
		data = struct{}{}
	}
	m := c.server.session.New(msgType, c.parent, commData{c.ID, data})
	m.Identities, m.Buffers = nil, buffers
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.server.tell(m)
}

func (s *comms) get(id string) *Comm {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open[id]
}

func (s *comms) take(id string) *Comm {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.open[id]
	delete(s.open, id)
	return c
}

// comm handles the three messages of comms, which have no replies.
func (s *Server) comm(r *request) error {
	if r.Header.MsgType == "comm_open" {
		return s.commOpen(r)
	}
	var msg protocol.CommMsg
	if err := r.Decode(&msg); err != nil {
		return err
	}
	find := s.comms.get
	if r.Header.MsgType == "comm_close" {
		find = s.comms.take
	}
	c := find(msg.CommID)
	if c == nil {
		return fmt.Errorf("no comm %q is open", msg.CommID)
	}
	c.handle(r, func() {
		switch {
		case r.Header.MsgType == "comm_msg" && c.OnMessage != nil:
			c.OnMessage(msg.Data, r.Buffers)
		case r.Header.MsgType == "comm_close" && c.OnClose != nil:
			c.OnClose(msg.Data)
		}
	})
	return nil
}

func (s *Server) commOpen(r *request) error {
	var open protocol.CommOpen
	if err := r.Decode(&open); err != nil {
		return err
	}
	target := s.config.Comms[open.TargetName]
	if target == nil {
		s.publish("comm_close", r.Message, commData{open.CommID, struct{}{}})
		return fmt.Errorf("no comm target %q", open.TargetName)
	}
	c := &Comm{ID: open.CommID, Target: open.TargetName, server: s}
	s.comms.mu.Lock()
	taken := s.comms.open[c.ID] != nil
	if !taken {
		s.comms.open[c.ID] = c
	}
	s.comms.mu.Unlock()
	if taken {
		return fmt.Errorf("comm %q is open already", c.ID)
	}
	c.handle(r, func() { target(c, open.Data, r.Buffers) })
	return nil
}

// handle calls a callback for a request.
func (c *Comm) handle(r *request, callback func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.parent = r.Message
	callback()
}

func (s *Server) commInfo(r *request) (any, error) {
	var req protocol.CommInfoRequest
	if err := r.Decode(&req); err != nil {
		return nil, err
	}
	reply := protocol.CommInfoReply{Status: protocol.OK, Comms: map[string]protocol.CommInfo{}}
	s.comms.mu.Lock()
	defer s.comms.mu.Unlock()
	for id, c := range s.comms.open {
		if req.TargetName == "" || req.TargetName == c.Target {
			reply.Comms[id] = protocol.CommInfo{TargetName: c.Target}
		}
	}
	return reply, nil
}

package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/user"
	"strings"
	"sync/atomic"
	"time"
)

// Version is the version of the protocol that this package speaks.
const Version = "5.4"

// A Channel is one of the five channels between front ends and a kernel.
type Channel string

// The channels that carry messages. The heartbeat carries bare bytes.
const (
	Shell   Channel = "shell"   // requests to run and to ask
	Control Channel = "control" // requests that must not wait: interrupt, shutdown
	IOPub   Channel = "iopub"   // what everybody sees: outputs, status
	Stdin   Channel = "stdin"   // the kernel asks a front end for input
)

// A Header identifies a message.
type Header struct {
	MsgID    string `json:"msg_id"`
	Session  string `json:"session"` // of the sender
	Username string `json:"username"`
	Date     string `json:"date"` // ISO 8601
	MsgType  string `json:"msg_type"`
	Version  string `json:"version"` // of the protocol that the sender speaks
}

// A Message is one message. Its parts are JSON objects; none is nil or null in
// a message that this package made or decoded.
type Message struct {
	// Identities are the routing frames in front of a request; a reply carries
	// those of its request.
	Identities [][]byte
	Header     Header
	// Parent is the header of the request that caused the message, with every
	// field as it came, or {}.
	Parent   json.RawMessage
	Metadata json.RawMessage
	Content  json.RawMessage
	Buffers  [][]byte

	header json.RawMessage // Header as it came, or nil
}

// RawHeader returns the header as JSON: for a decoded message the bytes that
// came, with fields that [Header] does not know.
func (m *Message) RawHeader() json.RawMessage {
	if m.header != nil {
		return m.header
	}
	b, err := Marshal(m.Header)
	if err != nil {
		panic(err) // strings always marshal
	}
	return b
}

// ErrContent is what [Message.Decode] wraps.
var ErrContent = errors.New("malformed content")

// Decode reads the content into v, a pointer to the type of the message's
// content. Unknown fields are ignored; fields that are missing keep the value
// that v has.
func (m *Message) Decode(v any) error {
	if err := json.Unmarshal(m.Content, v); err != nil {
		return fmt.Errorf("%s: %w: %w", m.Header.MsgType, ErrContent, err)
	}
	return nil
}

// empty is an object without fields.
var empty = json.RawMessage("{}")

// A Session makes the messages of one sender. It is safe for concurrent use.
type Session struct {
	ID       string
	Username string
	count    atomic.Uint64
}

// NewSession returns a session of the current user.
func NewSession(id string) *Session {
	name := "kernel"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return &Session{ID: id, Username: name}
}

// New returns a message of the given type with the given content, caused by
// parent or, if that is nil, by nothing. A nil content is {}. It panics if
// content does not marshal to a JSON object.
func (s *Session) New(msgType string, parent *Message, content any) *Message {
	m := &Message{
		Header: Header{
			MsgID:   fmt.Sprintf("%s_%d_%d", s.ID, os.Getpid(), s.count.Add(1)),
			Session: s.ID, Username: s.Username, MsgType: msgType, Version: Version,
			// Front ends parse at most microseconds.
			Date: time.Now().UTC().Format("2006-01-02T15:04:05.000000Z"),
		},
		Parent: empty, Metadata: empty, Content: empty,
	}
	if parent != nil {
		m.Identities, m.Parent = parent.Identities, parent.RawHeader()
	}
	if content != nil {
		b, err := Marshal(content)
		if err == nil {
			b, err = object("content", b)
		}
		if err != nil {
			panic(fmt.Sprintf("protocol: content of %s: %v", msgType, err))
		}
		m.Content = b
	}
	return m
}

// ReplyType returns the type of the reply to a request: execute_reply for
// execute_request. It reports false if msgType is no request's.
func ReplyType(msgType string) (string, bool) {
	name, ok := strings.CutSuffix(msgType, "_request")
	return name + "_reply", ok
}

// Marshal encodes a value as JSON as messages have it: without escapes that
// only HTML needs.
func Marshal(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// object checks that b is a JSON object and returns it.
func object(part string, b []byte) (json.RawMessage, error) {
	b = bytes.TrimSpace(b)
	if len(b) == 0 || b[0] != '{' || !json.Valid(b) {
		return nil, fmt.Errorf("the %s is no JSON object", part)
	}
	return b, nil
}

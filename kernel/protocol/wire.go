package protocol

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// delimiter stands between the identities and the signature of a message.
const delimiter = "<IDS|MSG>"

// SignatureScheme is the only scheme there is.
const SignatureScheme = "hmac-sha256"

// Errors of [Wire.Decode].
var (
	ErrMessage   = errors.New("malformed message")
	ErrSignature = errors.New("invalid signature")
	ErrReplayed  = errors.New("replayed message")
)

// remembered is how many signatures a Wire keeps to recognise replays.
const remembered = 1 << 16

// A Wire turns messages into the frames that travel over ZeroMQ and back, and
// signs and verifies them. It is safe for concurrent use.
type Wire struct {
	key  []byte
	mu   sync.Mutex
	seen map[[sha256.Size]byte]bool
	ring [][sha256.Size]byte // the signatures in seen, oldest at next
	next int
}

// NewWire returns a wire that signs with key. With an empty key messages are
// neither signed nor verified, as the protocol allows.
func NewWire(key string) *Wire {
	return &Wire{key: []byte(key), seen: map[[sha256.Size]byte]bool{}}
}

// sign returns the signature of the four parts of a message.
func (w *Wire) sign(parts ...[]byte) [sha256.Size]byte {
	mac := hmac.New(sha256.New, w.key)
	for _, p := range parts {
		mac.Write(p)
	}
	return [sha256.Size]byte(mac.Sum(nil))
}

// Encode returns the frames of a message.
func (w *Wire) Encode(m *Message) [][]byte {
	frames := make([][]byte, 0, len(m.Identities)+6+len(m.Buffers))
	frames = append(frames, m.Identities...)
	header := m.RawHeader()
	signature := []byte{}
	if len(w.key) > 0 {
		sum := w.sign(header, m.Parent, m.Metadata, m.Content)
		signature = hex.AppendEncode(nil, sum[:])
	}
	frames = append(frames, []byte(delimiter), signature, header, m.Parent, m.Metadata, m.Content)
	return append(frames, m.Buffers...)
}

// Decode reads the frames of a message and verifies its signature. A message
// that was decoded before is an error: somebody recorded and repeated it.
func (w *Wire) Decode(frames [][]byte) (*Message, error) {
	at := -1
	for i, f := range frames {
		if string(f) == delimiter {
			at = i
			break
		}
	}
	if at < 0 {
		return nil, fmt.Errorf("%w: there is no %s", ErrMessage, delimiter)
	}
	rest := frames[at+1:]
	if len(rest) < 5 {
		return nil, fmt.Errorf("%w: %d frames behind %s, want at least 5", ErrMessage, len(rest), delimiter)
	}
	if err := w.verify(rest[0], rest[1:5]); err != nil {
		return nil, err
	}
	m, err := parse(rest[1], rest[2], rest[3], rest[4])
	if err != nil {
		return nil, err
	}
	m.Identities = frames[:at:at]
	m.Buffers = rest[5:]
	return m, nil
}

// verify checks the signature of the parts and remembers it.
func (w *Wire) verify(signature []byte, parts [][]byte) error {
	if len(w.key) == 0 {
		return nil
	}
	want := w.sign(parts...)
	var got [sha256.Size]byte
	if hex.DecodedLen(len(signature)) != len(got) {
		return ErrSignature
	}
	if _, err := hex.Decode(got[:], signature); err != nil {
		return ErrSignature
	}
	if !hmac.Equal(got[:], want[:]) {
		return ErrSignature
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seen[got] {
		return ErrReplayed
	}
	w.seen[got] = true
	if len(w.ring) < remembered {
		w.ring = append(w.ring, got)
		return nil
	}
	delete(w.seen, w.ring[w.next])
	w.ring[w.next] = got
	w.next = (w.next + 1) % remembered
	return nil
}

// parse reads the four parts of a message.
func parse(header, parent, metadata, content []byte) (*Message, error) {
	m := &Message{}
	for _, part := range []struct {
		name string
		data []byte
		to   *json.RawMessage
	}{
		{"header", header, &m.header},
		{"parent_header", parent, &m.Parent},
		{"metadata", metadata, &m.Metadata},
		{"content", content, &m.Content},
	} {
		b, err := object(part.name, part.data)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrMessage, err)
		}
		*part.to = b
	}
	if err := json.Unmarshal(m.header, &m.Header); err != nil {
		return nil, fmt.Errorf("%w: header: %w", ErrMessage, err)
	}
	if m.Header.MsgID == "" || m.Header.MsgType == "" {
		return nil, fmt.Errorf("%w: the header has no msg_id or msg_type", ErrMessage)
	}
	return m, nil
}

// jsonMessage is a message as one JSON object.
type jsonMessage struct {
	Header       json.RawMessage `json:"header"`
	ParentHeader json.RawMessage `json:"parent_header"`
	Metadata     json.RawMessage `json:"metadata"`
	Content      json.RawMessage `json:"content"`
}

// MarshalJSON encodes the message, without identities and buffers, as one JSON
// object: what a websocket carries.
func (m *Message) MarshalJSON() ([]byte, error) {
	return Marshal(jsonMessage{m.RawHeader(), m.Parent, m.Metadata, m.Content})
}

// UnmarshalJSON is the opposite of MarshalJSON. The error wraps [ErrMessage] if
// a part is missing or no object. Missing metadata and parent_header are {}.
func (m *Message) UnmarshalJSON(data []byte) error {
	j := jsonMessage{ParentHeader: empty, Metadata: empty}
	if err := json.Unmarshal(data, &j); err != nil {
		return fmt.Errorf("%w: %w", ErrMessage, err)
	}
	for _, part := range []*json.RawMessage{&j.ParentHeader, &j.Metadata} {
		if bytes.Equal(*part, []byte("null")) {
			*part = empty
		}
	}
	parsed, err := parse(j.Header, j.ParentHeader, j.Metadata, j.Content)
	if err != nil {
		return err
	}
	*m = *parsed
	return nil
}

package pipe

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
)

// Limits of a frame. A worker that exceeds them is out of its mind.
const (
	maxHeader = 64 << 20
	maxForm   = 1 << 30
)

// ErrFrame is what [Reader.Read] wraps for bytes that are not a message.
var ErrFrame = errors.New("malformed message")

// header is what a frame's JSON holds: the message and the sizes of the forms
// and buffers behind it.
type header struct {
	Message
	Forms       []formSize `json:"forms,omitempty"`
	BufferSizes []int64    `json:"buffers,omitempty"`
}

type formSize struct {
	MIME string `json:"mime"`
	Kind string `json:"kind"`
	Size int64  `json:"size"`
}

// A Writer writes messages. It is safe for concurrent use.
type Writer struct {
	mu sync.Mutex
	w  *bufio.Writer
}

// NewWriter returns a Writer to w.
func NewWriter(w io.Writer) *Writer { return &Writer{w: bufio.NewWriter(w)} }

// Write writes a message: the length of its header as four bytes, big-endian,
// the header, then the forms and the buffers.
func (w *Writer) Write(m *Message) error {
	h := header{Message: *m}
	mimes := make([]string, 0, len(m.Bundle))
	for mime := range m.Bundle {
		mimes = append(mimes, mime)
	}
	slices.Sort(mimes)
	for _, mime := range mimes {
		f := m.Bundle[mime]
		h.Forms = append(h.Forms, formSize{mime, f.Kind, int64(len(f.Data))})
	}
	for _, b := range m.Buffers {
		h.BufferSizes = append(h.BufferSizes, int64(len(b)))
	}
	b, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("write message: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var size [4]byte
	binary.BigEndian.PutUint32(size[:], uint32(len(b)))
	w.w.Write(size[:]) //nolint:errcheck // bufio keeps the first error for Flush
	w.w.Write(b)       //nolint:errcheck // as above
	for _, mime := range mimes {
		w.w.Write(m.Bundle[mime].Data) //nolint:errcheck // as above
	}
	for _, b := range m.Buffers {
		w.w.Write(b) //nolint:errcheck // as above
	}
	return w.w.Flush()
}

// A Reader reads messages.
type Reader struct{ r *bufio.Reader }

// NewReader returns a Reader from r.
func NewReader(r io.Reader) *Reader { return &Reader{bufio.NewReaderSize(r, 64<<10)} }

// Read returns the next message. It returns io.EOF at the end of the stream
// and an error that wraps [ErrFrame] for a frame that makes no sense.
func (r *Reader) Read() (*Message, error) {
	var size [4]byte
	if _, err := io.ReadFull(r.r, size[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > maxHeader {
		return nil, fmt.Errorf("%w: header of %d bytes", ErrFrame, n)
	}
	b, err := r.bytes(int64(n))
	if err != nil {
		return nil, err
	}
	var h header
	if err := json.Unmarshal(b, &h); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFrame, err)
	}
	for _, f := range h.Forms {
		data, err := r.content(f.Size)
		if err != nil {
			return nil, err
		}
		if h.Bundle == nil {
			h.Bundle = Bundle{}
		}
		h.Bundle[f.MIME] = Form{f.Kind, data}
	}
	for _, size := range h.BufferSizes {
		data, err := r.content(size)
		if err != nil {
			return nil, err
		}
		h.Buffers = append(h.Buffers, data)
	}
	return &h.Message, nil
}

// content reads the bytes of a form or a buffer.
func (r *Reader) content(size int64) ([]byte, error) {
	if size < 0 || size > maxForm {
		return nil, fmt.Errorf("%w: content of %d bytes", ErrFrame, size)
	}
	return r.bytes(size)
}

// bytes reads n bytes. It grows with what arrives, so that a length that lies
// costs nothing.
func (r *Reader) bytes(n int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r.r, n))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) < n {
		return nil, io.ErrUnexpectedEOF
	}
	return b, nil
}

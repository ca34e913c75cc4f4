package zmq

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Flags of a frame.
const (
	flagMore    = 1 << 0
	flagLong    = 1 << 1
	flagCommand = 1 << 2
)

// Limits of what a peer may send. Front ends send code and, seldom, buffers of
// comms; a peer that exceeds the limits is disconnected.
const (
	maxMessage = 256 << 20 // bytes in the frames of one message
	maxFrames  = 1 << 12   // frames in one message
	maxCommand = 1 << 16   // bytes of a command
)

// ErrFrame is what a peer's connection ends with if it sends what is not ZMTP or
// exceeds the limits.
var ErrFrame = errors.New("malformed frame")

// readFrame reads one frame of at most limit bytes.
func readFrame(r *bufio.Reader, limit int) (flags byte, body []byte, err error) {
	if flags, err = r.ReadByte(); err != nil {
		return 0, nil, err
	}
	if flags&^(flagMore|flagLong|flagCommand) != 0 || flags&(flagMore|flagCommand) == flagMore|flagCommand {
		return 0, nil, fmt.Errorf("%w: flags %#02x", ErrFrame, flags)
	}
	size, err := readSize(r, flags&flagLong != 0)
	if err != nil {
		return 0, nil, truncated(err)
	}
	if flags&flagCommand != 0 {
		limit = min(limit, maxCommand)
	}
	if size > uint64(limit) {
		return 0, nil, fmt.Errorf("%w: %d bytes, the limit is %d", ErrFrame, size, limit)
	}
	body, err = readBody(r, int(size))
	return flags, body, truncated(err)
}

func readSize(r *bufio.Reader, long bool) (uint64, error) {
	if !long {
		b, err := r.ReadByte()
		return uint64(b), err
	}
	var b [8]byte
	_, err := io.ReadFull(r, b[:])
	return binary.BigEndian.Uint64(b[:]), err
}

// readBody reads size bytes. It believes an announced size only as far as the
// bytes come.
func readBody(r io.Reader, size int) ([]byte, error) {
	const trust = 1 << 20
	if size <= trust {
		body := make([]byte, size)
		_, err := io.ReadFull(r, body)
		return body, err
	}
	var b bytes.Buffer
	_, err := io.CopyN(&b, r, int64(size))
	return b.Bytes(), err
}

// truncated tells the end of the stream inside a frame from the one between
// two.
func truncated(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// readMessage reads the frames of one message, or one command. It returns
// io.EOF if the stream ends before.
func readMessage(r *bufio.Reader) (frames [][]byte, command bool, err error) {
	left := maxMessage
	for {
		flags, body, err := readFrame(r, left)
		if err != nil {
			if len(frames) > 0 {
				err = truncated(err)
			}
			return nil, false, err
		}
		if flags&flagCommand != 0 {
			if len(frames) > 0 {
				return nil, false, fmt.Errorf("%w: a command inside a message", ErrFrame)
			}
			return [][]byte{body}, true, nil
		}
		left -= len(body)
		frames = append(frames, body)
		if flags&flagMore == 0 {
			return frames, false, nil
		}
		if len(frames) == maxFrames {
			return nil, false, fmt.Errorf("%w: a message of more than %d frames", ErrFrame, maxFrames)
		}
	}
}

// appendFrame appends a frame to b.
func appendFrame(b []byte, flags byte, body []byte) []byte {
	b = appendHead(b, flags, len(body))
	return append(b, body...)
}

func appendHead(b []byte, flags byte, size int) []byte {
	if size > 255 {
		b = append(b, flags|flagLong)
		return binary.BigEndian.AppendUint64(b, uint64(size))
	}
	return append(b, flags, byte(size))
}

// encode returns the bytes of a message, in pieces so that large frames need
// not be copied.
func encode(frames [][]byte) (pieces [][]byte, size int) {
	const large = 64 << 10
	var b []byte
	for i, frame := range frames {
		flags := byte(flagMore)
		if i == len(frames)-1 {
			flags = 0
		}
		if len(frame) < large {
			b = appendFrame(b, flags, frame)
			continue
		}
		pieces = append(pieces, appendHead(b, flags, len(frame)), frame)
		b = nil
	}
	if len(b) > 0 {
		pieces = append(pieces, b)
	}
	for _, p := range pieces {
		size += len(p)
	}
	return pieces, size
}

// command returns the frame of a command.
func command(name string, data []byte) []byte {
	body := append([]byte{byte(len(name))}, name...)
	return appendFrame(nil, flagCommand, append(body, data...))
}

// parseCommand splits the body of a command.
func parseCommand(body []byte) (name string, data []byte, err error) {
	if len(body) == 0 || int(body[0]) > len(body)-1 || body[0] == 0 {
		return "", nil, fmt.Errorf("%w: a command without a name", ErrFrame)
	}
	n := int(body[0]) + 1
	return string(body[1:n]), body[n:], nil
}

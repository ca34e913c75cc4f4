package pipe

import (
	"bytes"
	"fmt"
	"strconv"
)

// Mark returns the bytes that mark a place in a stream: few enough to be
// written at once, and with a secret that no cell prints by chance.
func Mark(secret string, n uint64) []byte {
	return fmt.Appendf(nil, "\x00%s:%d\x00", secret, n)
}

// A Scanner finds marks in a stream that arrives in pieces.
type Scanner struct {
	start []byte // "\x00secret:"
	rest  []byte // bytes that may begin a mark
}

// NewScanner returns a Scanner for marks with the secret.
func NewScanner(secret string) *Scanner {
	return &Scanner{start: []byte("\x00" + secret + ":")}
}

// Scan takes the next piece of the stream and calls text with what is not part
// of a mark and mark with the number of each mark, in order. It keeps neither.
func (s *Scanner) Scan(piece []byte, text func([]byte), mark func(uint64)) {
	b := append(s.rest, piece...)
	for {
		i := bytes.Index(b, s.start)
		if i < 0 {
			break
		}
		j := bytes.IndexByte(b[i+len(s.start):], 0)
		if j < 0 {
			emit(b[:i], text)
			s.rest = append([]byte(nil), b[i:]...)
			return
		}
		emit(b[:i], text)
		end := i + len(s.start) + j
		if n, err := strconv.ParseUint(string(b[i+len(s.start):end]), 10, 64); err == nil {
			mark(n)
		}
		b = b[end+1:]
	}
	// A mark may have begun at the end of the piece.
	keep := 0
	if i := bytes.LastIndexByte(b, 0); i >= 0 && len(b)-i < len(s.start) && bytes.HasPrefix(s.start, b[i:]) {
		keep = len(b) - i
	}
	emit(b[:len(b)-keep], text)
	s.rest = append([]byte(nil), b[len(b)-keep:]...)
}

// Rest returns what is left at the end of the stream.
func (s *Scanner) Rest() []byte { return s.rest }

func emit(b []byte, text func([]byte)) {
	if len(b) > 0 {
		text(b)
	}
}

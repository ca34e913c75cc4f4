package zmq

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

func TestEncode(t *testing.T) {
	big := bytes.Repeat([]byte("x"), 1<<20)
	for _, frames := range [][][]byte{
		{{}},
		{[]byte("a")},
		{{}, []byte("a"), {}},
		{bytes.Repeat([]byte("y"), 255), bytes.Repeat([]byte("z"), 256)},
		{[]byte("a"), big, []byte("b"), big},
	} {
		pieces, size := encode(frames)
		data := bytes.Join(pieces, nil)
		if len(data) != size {
			t.Errorf("encode: size %d, want %d", size, len(data))
		}
		got, isCommand, err := readMessage(bufio.NewReader(bytes.NewReader(data)))
		if err != nil || isCommand || !slices.EqualFunc(frames, got, bytes.Equal) {
			t.Errorf("readMessage(encode(%d frames)) = %d frames, command %v, error %v", len(frames), len(got), isCommand, err)
		}
	}
}

func TestReadMessageHostile(t *testing.T) {
	for _, tt := range []struct {
		name, data string
		want       error
	}{
		{"nothing", "", io.EOF},
		{"flags alone", "\x00", io.ErrUnexpectedEOF},
		{"truncated size", "\x02\x00\x00", io.ErrUnexpectedEOF},
		{"truncated body", "\x00\x05abc", io.ErrUnexpectedEOF},
		{"truncated message", "\x01\x01a", io.ErrUnexpectedEOF},
		{"reserved flags", "\x08\x00", ErrFrame},
		{"a command with more", "\x05\x00", ErrFrame},
		{"a command inside a message", "\x01\x01a\x04\x06\x05READY", ErrFrame},
		{"huge", "\x02\x00\x00\x00\xff\xff\xff\xff\xff", ErrFrame},
		{"negative", "\x02\xff\xff\xff\xff\xff\xff\xff\xff", ErrFrame},
		{"announced and not sent", "\x02\x00\x00\x00\x00\x0f\xff\xff\xff", io.ErrUnexpectedEOF},
		{"a huge command", "\x06\x00\x00\x00\x00\x00\x10\x00\x00", ErrFrame},
		{"frames without end", strings.Repeat("\x01\x00", maxFrames+1), ErrFrame},
	} {
		frames, _, err := readMessage(bufio.NewReader(strings.NewReader(tt.data)))
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %q, error %v; want error %v", tt.name, frames, err, tt.want)
		}
	}
}

func TestCheckGreeting(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func([]byte)
		want   string
	}{
		{"ours", func([]byte) {}, ""},
		{"3.1", func(g []byte) { g[11] = 1 }, ""},
		{"4", func(g []byte) { g[10] = 4 }, ""},
		{"HTTP", func(g []byte) { copy(g, "GET / HTTP/1.1\r\n") }, "not a ZMTP greeting"},
		{"2.0", func(g []byte) { g[10] = 1 }, "ZMTP 1"},
		{"CURVE", func(g []byte) { copy(g[12:], "CURVE") }, `"CURVE"`},
	} {
		g := greeting()
		tt.change(g)
		err := checkGreeting(g)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
	}
}

func FuzzReadMessage(f *testing.F) {
	f.Add([]byte("\x00\x01a"))
	f.Add([]byte("\x01\x01a\x00\x00"))
	f.Add(command("READY", property(nil, "Socket-Type", "DEALER")))
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00\x01a"))
	f.Fuzz(func(t *testing.T, data []byte) {
		frames, isCommand, err := readMessage(bufio.NewReader(bytes.NewReader(data)))
		if err != nil {
			return
		}
		if isCommand {
			name, rest, err := parseCommand(frames[0])
			if err == nil && len(name)+len(rest)+1 != len(frames[0]) {
				t.Errorf("parseCommand(%q) = %q, %q", frames[0], name, rest)
			}
			if err == nil && name == "READY" {
				_, _ = parseProperties(rest) // which must not panic
			}
			return
		}
		pieces, _ := encode(frames)
		again, _, err := readMessage(bufio.NewReader(bytes.NewReader(bytes.Join(pieces, nil))))
		if err != nil || !slices.EqualFunc(frames, again, bytes.Equal) {
			t.Errorf("%q: round trip %q, %v", frames, again, err)
		}
	})
}

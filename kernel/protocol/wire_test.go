package protocol_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/kernel/protocol"
)

const key = "a secret"

// request returns the frames of an execute_request signed with key.
func request(t testing.TB, identities ...string) [][]byte {
	t.Helper()
	m := protocol.NewSession("front end").New("execute_request", nil, protocol.ExecuteRequest{Code: "<&>"})
	for _, id := range identities {
		m.Identities = append(m.Identities, []byte(id))
	}
	m.Buffers = [][]byte{{0, 1}, {}}
	return protocol.NewWire(key).Encode(m)
}

func TestWireRoundTrip(t *testing.T) {
	frames := request(t, "a", "")
	m, err := protocol.NewWire(key).Decode(frames)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(frames, protocol.NewWire(key).Encode(m)); diff != "" {
		t.Errorf("Encode(Decode(frames)) (-want +got)\n%s", diff)
	}
	var req protocol.ExecuteRequest
	if err := m.Decode(&req); err != nil || req.Code != "<&>" {
		t.Errorf("Decode: code %q, error %v; want <&>", req.Code, err)
	}
}

// TestParentKeepsUnknownFields shows that a reply repeats its request's header
// as it came.
func TestParentKeepsUnknownFields(t *testing.T) {
	var m protocol.Message
	header := `{"msg_id":"1","msg_type":"x_request","subshell_id":"s"}`
	if err := json.Unmarshal([]byte(`{"header":`+header+`,"metadata":null,"content":{}}`), &m); err != nil {
		t.Fatal(err)
	}
	reply := protocol.NewSession("k").New("x_reply", &m, nil)
	if got := string(reply.Parent); got != header {
		t.Errorf("parent header %s, want %s", got, header)
	}
}

func TestDecodeHostile(t *testing.T) {
	change := func(i int, with string) func([][]byte) [][]byte {
		return func(f [][]byte) [][]byte { f[i] = []byte(with); return f }
	}
	resign := func(i int, with string) func([][]byte) [][]byte {
		return func(f [][]byte) [][]byte {
			m, err := protocol.NewWire("").Decode(f)
			if err != nil {
				t.Fatal(err)
			}
			parts := []*json.RawMessage{nil, nil, nil, &m.Parent, &m.Metadata, &m.Content}
			*parts[i] = json.RawMessage(with)
			return protocol.NewWire(key).Encode(m)
		}
	}
	for _, tt := range []struct {
		name   string
		change func([][]byte) [][]byte
		want   error
	}{
		{"no frames", func([][]byte) [][]byte { return nil }, protocol.ErrMessage},
		{"one empty frame", func([][]byte) [][]byte { return [][]byte{{}} }, protocol.ErrMessage},
		{"no delimiter", change(0, "<IDS|MSG"), protocol.ErrMessage},
		{"truncated", func(f [][]byte) [][]byte { return f[:5] }, protocol.ErrMessage},
		{"delimiter alone", func(f [][]byte) [][]byte { return f[:1] }, protocol.ErrMessage},
		{"no signature", change(1, ""), protocol.ErrSignature},
		{"short signature", func(f [][]byte) [][]byte { f[1] = f[1][:62]; return f }, protocol.ErrSignature},
		{"signature that is not hexadecimal", func(f [][]byte) [][]byte { f[1] = bytes.Repeat([]byte("x"), 64); return f }, protocol.ErrSignature},
		{"wrong signature", func(f [][]byte) [][]byte { f[1] = bytes.Repeat([]byte("0"), 64); return f }, protocol.ErrSignature},
		{"changed content", change(5, `{"code":"os.Exit(1)"}`), protocol.ErrSignature},
		{"changed header", change(2, `{"msg_id":"1","msg_type":"shutdown_request"}`), protocol.ErrSignature},
		{"parts swapped", func(f [][]byte) [][]byte { f[3], f[5] = f[5], f[3]; return f }, protocol.ErrSignature},
		{"signed content is an array", resign(5, `[]`), protocol.ErrMessage},
		{"signed content is null", resign(5, `null`), protocol.ErrMessage},
		{"signed metadata is no JSON", resign(4, `{"a":}`), protocol.ErrMessage},
		{"signed parent is empty", resign(3, ``), protocol.ErrMessage},
	} {
		t.Run(tt.name, func(t *testing.T) {
			frames := tt.change(request(t))
			if m, err := protocol.NewWire(key).Decode(frames); !errors.Is(err, tt.want) {
				t.Errorf("Decode(%q) = %v, %v; want error %v", frames, m, err, tt.want)
			}
		})
	}
}

func TestDecodeHeader(t *testing.T) {
	wire := protocol.NewWire("")
	for _, header := range []string{`{}`, `{"msg_id":"1"}`, `{"msg_id":"","msg_type":"x"}`, `{"msg_id":1,"msg_type":"x"}`, `[]`, `"x"`, ``} {
		frames := [][]byte{[]byte("<IDS|MSG>"), {}, []byte(header), []byte("{}"), []byte("{}"), []byte("{}")}
		if _, err := wire.Decode(frames); !errors.Is(err, protocol.ErrMessage) {
			t.Errorf("Decode with header %s: error %v, want %v", header, err, protocol.ErrMessage)
		}
	}
}

func TestDecodeReplayed(t *testing.T) {
	wire := protocol.NewWire(key)
	frames := request(t)
	if _, err := wire.Decode(frames); err != nil {
		t.Fatal(err)
	}
	if _, err := wire.Decode(frames); !errors.Is(err, protocol.ErrReplayed) {
		t.Errorf("second Decode: error %v, want %v", err, protocol.ErrReplayed)
	}
}

// TestUnsigned shows that without a key messages carry no signature, as the
// protocol allows.
func TestUnsigned(t *testing.T) {
	wire := protocol.NewWire("")
	frames := wire.Encode(protocol.NewSession("s").New("status", nil, nil))
	if got := string(frames[1]); got != "" {
		t.Errorf("signature %q, want none", got)
	}
	for range 2 {
		if _, err := wire.Decode(frames); err != nil {
			t.Errorf("Decode: %v", err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, frames := range [][][]byte{request(f), request(f, "id"), request(f)[:5]} {
		f.Add(bytes.Join(frames, []byte("\n")), key)
		f.Add(bytes.Join(frames, []byte("\n")), "")
	}
	f.Fuzz(func(t *testing.T, data []byte, key string) {
		frames := bytes.Split(data, []byte("\n"))
		m, err := protocol.NewWire(key).Decode(frames)
		if err != nil {
			return
		}
		again, err := protocol.NewWire(key).Decode(protocol.NewWire(key).Encode(m))
		if err != nil {
			t.Fatalf("Decode(%q) works but not what Encode makes of it: %v", frames, err)
		}
		if again.Header != m.Header || !bytes.Equal(again.Content, m.Content) || len(again.Buffers) != len(m.Buffers) {
			t.Errorf("Decode(Encode(m)) = %+v, want %+v", again, m)
		}
		reply := protocol.NewSession("k").New("x", m, nil)
		if !json.Valid(reply.Parent) {
			t.Errorf("the reply's parent %q is no JSON", reply.Parent)
		}
	})
}

func FuzzUnmarshalMessage(f *testing.F) {
	f.Add([]byte(`{"header":{"msg_id":"1","msg_type":"x"},"parent_header":{},"metadata":{},"content":{}}`))
	f.Add([]byte(`{"header":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var m protocol.Message
		if m.UnmarshalJSON(data) != nil {
			return
		}
		b, err := json.Marshal(&m)
		if err != nil {
			t.Fatalf("%s: Marshal: %v", data, err)
		}
		var again protocol.Message
		if err := json.Unmarshal(b, &again); err != nil || again.Header != m.Header {
			t.Errorf("%s: round trip: %v, header %+v, want %+v", data, err, again.Header, m.Header)
		}
	})
}

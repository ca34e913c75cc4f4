package pipe_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/lectern-go/lectern/kernel/worker/pipe"
)

// FuzzReader checks that no bytes make a Reader panic or read without end, and
// that what it accepts survives being written again.
func FuzzReader(f *testing.F) {
	var seed bytes.Buffer
	w := pipe.NewWriter(&seed)
	for _, m := range []*pipe.Message{
		{Kind: pipe.Ready, Mark: 1},
		{Kind: pipe.Result, Bundle: pipe.Bundle{"text/plain": {Kind: pipe.Text, Data: []byte("x")}}},
		{Kind: pipe.Done, Failure: &pipe.Failure{Ename: "panic", Frames: []pipe.Frame{{Cell: "cell 1", Line: 2}}}},
	} {
		if err := w.Write(m); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(seed.Bytes())
	f.Add([]byte{0, 0, 0, 2, '{', '}'})
	f.Add([]byte{255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := pipe.NewReader(bytes.NewReader(data))
		for {
			m, err := r.Read()
			if err != nil {
				return
			}
			var out bytes.Buffer
			if err := pipe.NewWriter(&out).Write(m); err != nil {
				t.Fatalf("Write(%+v): %v", m, err)
			}
			again, err := pipe.NewReader(&out).Read()
			if err != nil {
				t.Fatalf("read again %+v: %v", m, err)
			}
			if again.Kind != m.Kind || len(again.Bundle) != len(m.Bundle) {
				t.Fatalf("read again: got %+v, want %+v", again, m)
			}
			if _, err := out.ReadByte(); !errors.Is(err, io.EOF) {
				t.Fatalf("bytes left after %+v", m)
			}
		}
	})
}

// FuzzScanner checks that marks come out wherever the stream is cut.
func FuzzScanner(f *testing.F) {
	f.Add([]byte("before\x00after"), uint64(7), 3)
	f.Add([]byte{}, uint64(0), 0)
	f.Fuzz(func(t *testing.T, text []byte, n uint64, cut int) {
		if bytes.Contains(text, []byte("\x00secret:")) {
			return
		}
		stream := append(append(bytes.Clone(text), pipe.Mark("secret", n)...), "rest"...)
		if cut < 0 || cut > len(stream) {
			cut = len(stream) / 2
		}
		s := pipe.NewScanner("secret")
		var got []byte
		var marks []uint64
		for _, piece := range [][]byte{stream[:cut], stream[cut:]} {
			s.Scan(piece, func(b []byte) { got = append(got, b...) }, func(n uint64) { marks = append(marks, n) })
		}
		got = append(got, s.Rest()...)
		if want := append(bytes.Clone(text), "rest"...); !bytes.Equal(got, want) || len(marks) != 1 || marks[0] != n {
			t.Errorf("Scan of %q cut at %d: text %q and marks %d, want %q and %d", stream, cut, got, marks, want, n)
		}
	})
}

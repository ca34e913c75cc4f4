package comm_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/kernel/comm"
)

// connect notes what is sent to the front ends.
func connect(t *testing.T) *[]string {
	t.Helper()
	sent := []string{}
	comm.Connect(func(e comm.Event) error {
		sent = append(sent, fmt.Sprintf("%s %s %s %s %d", e.Kind, e.ID, e.Target, e.Data, e.Buffers))
		return nil
	})
	t.Cleanup(func() { comm.Connect(nil) })
	return &sent
}

func receive(kind comm.Kind, id, target, data string) error {
	return comm.Receive(comm.Event{Kind: kind, ID: id, Target: target, Message: comm.Message{Data: []byte(data), Buffers: [][]byte{{7}}}})
}

func TestHandle(t *testing.T) {
	sent := connect(t)
	var got []string
	comm.Handle("count", func(c *comm.Comm, opening comm.Message) {
		var start struct{ From int }
		if err := opening.Decode(&start); err != nil {
			t.Error(err)
		}
		c.OnMessage(func(m comm.Message) {
			start.From++
			if err := c.Send(map[string]int{"n": start.From}, m.Buffers...); err != nil {
				t.Error(err)
			}
		})
		c.OnClose(func(m comm.Message) { got = append(got, "closed "+c.ID()+" of "+c.Target()+string(m.Data)) })
	})
	for _, tt := range []struct {
		kind         comm.Kind
		id, target   string
		data         string
		err          error
		sent, closed int
	}{
		{comm.Opened, "a", "count", `{"From": 3}`, nil, 0, 0},
		{comm.Opened, "b", "count", `{"From": 5}`, nil, 0, 0},
		{comm.Msg, "a", "", `{}`, nil, 1, 0},
		{comm.Msg, "b", "", `{}`, nil, 2, 0},
		{comm.Close, "a", "", `{"bye": 1}`, nil, 2, 1},
		{comm.Msg, "a", "", `{}`, comm.ErrUnknown, 2, 1},
		{comm.Opened, "c", "nobody's", `{}`, comm.ErrNoHandler, 3, 1},
		{comm.Close, "c", "", `{}`, comm.ErrUnknown, 3, 1},
	} {
		if err := receive(tt.kind, tt.id, tt.target, tt.data); !errors.Is(err, tt.err) || len(*sent) != tt.sent || len(got) != tt.closed {
			t.Errorf("%s %s: error %v, sent %q, called %q; want %v and %d, %d of them", tt.kind, tt.id, err, *sent, got, tt.err, tt.sent, tt.closed)
		}
	}
	want := []string{`comm_msg a count {"n":4} [[7]]`, `comm_msg b count {"n":6} [[7]]`, `comm_close c nobody's {} []`}
	if diff := cmp.Diff(want, *sent); diff != "" {
		t.Errorf("sent (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{`closed a of count{"bye": 1}`}, got); diff != "" {
		t.Errorf("called (-want +got)\n%s", diff)
	}
	comm.Handle("count", nil)
	if err := receive(comm.Opened, "d", "count", `{}`); !errors.Is(err, comm.ErrNoHandler) {
		t.Errorf("open after the target was taken away: %v", err)
	}
}

func TestOpen(t *testing.T) {
	if _, err := comm.Open("widget", nil); !errors.Is(err, comm.ErrNoKernel) {
		t.Errorf("Open without a kernel: %v, want %v", err, comm.ErrNoKernel)
	}
	sent := connect(t)
	c, err := comm.Open("widget", map[string]string{"title": "<x>"}, []byte{1})
	if err != nil {
		t.Fatal(err)
	}
	var got string
	c.OnMessage(func(m comm.Message) { got = string(m.Data) })
	if err := receive(comm.Msg, c.ID(), "", `{"x":1}`); err != nil || got != `{"x":1}` {
		t.Errorf("got %s, error %v", got, err)
	}
	for _, tt := range []struct {
		data any
		err  error
	}{{1, comm.ErrData}, {[]int{1}, comm.ErrData}, {struct{ A int }{2}, nil}, {nil, nil}} {
		if err := c.Send(tt.data); !errors.Is(err, tt.err) {
			t.Errorf("Send(%v): %v, want %v", tt.data, err, tt.err)
		}
	}
	if err := c.Send(func() {}); err == nil {
		t.Error("a function was sent")
	}
	if err := c.Close("no object"); !errors.Is(err, comm.ErrData) {
		t.Errorf("Close with a string: %v, want %v", err, comm.ErrData)
	}
	for range 2 {
		if err := c.Close(nil); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	if err := c.Send(nil); !errors.Is(err, comm.ErrClosed) {
		t.Errorf("Send after Close: %v, want %v", err, comm.ErrClosed)
	}
	id := c.ID()
	want := []string{
		`comm_open ` + id + ` widget {"title":"\u003cx\u003e"} [[1]]`, `comm_msg ` + id + ` widget {"A":2} []`,
		`comm_msg ` + id + ` widget {} []`, `comm_close ` + id + ` widget {} []`,
	}
	if diff := cmp.Diff(want, *sent); diff != "" {
		t.Errorf("sent (-want +got)\n%s", diff)
	}
}

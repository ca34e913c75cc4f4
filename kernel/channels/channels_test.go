package channels_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/channels"
	"github.com/lectern-go/lectern/kernel/protocol"
)

func TestExecuteOutputs(t *testing.T) {
	f, _ := start(t, channels.Config{})
	for _, tt := range []struct {
		code string
		want []string
	}{
		{"nothing", []string{`execute_input {"code":"nothing","execution_count":1}`}},
		{"value 7", []string{
			`execute_input {"code":"value 7","execution_count":2}`,
			`execute_result {"execution_count":2,"data":{"text/plain":"7"},"metadata":{}}`,
		}},
		{"show d", []string{
			`execute_input {"code":"show d","execution_count":3}`,
			`stream {"name":"stderr","text":"before"}`,
			`display_data {"data":{"image/png":"AQ=="},"metadata":{},"transient":{"display_id":"d"}}`,
			`update_display_data {"data":{"text/plain":"again"},"metadata":{},"transient":{"display_id":"d"}}`,
		}},
		{"clear", []string{`execute_input {"code":"clear","execution_count":4}`, `clear_output {"wait":true}`}},
		{"fail", []string{
			`execute_input {"code":"fail","execution_count":5}`,
			`error {"ename":"failure","evalue":"as asked","traceback":["here"]}`,
		}},
	} {
		_, got := f.execute(tt.code, nil)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.code, diff)
		}
	}
}

func TestExecuteReplies(t *testing.T) {
	f, _ := start(t, channels.Config{})
	for _, tt := range []struct {
		code    string
		more    map[string]any
		want    string
		outputs int
	}{
		{"value 1", nil, `{"status":"ok","execution_count":1,"user_expressions":{},"payload":[]}`, 2},
		{"value 1", map[string]any{"silent": true}, `{"status":"ok","execution_count":1,"user_expressions":{},"payload":[]}`, 1},
		{"value 1", map[string]any{"store_history": false}, `{"status":"ok","execution_count":1,"user_expressions":{},"payload":[]}`, 2},
		{"x", map[string]any{"user_expressions": map[string]string{"a": "good", "b": "bad"}}, `{"status":"ok","execution_count":2,"user_expressions":{` +
			`"a":{"status":"ok","data":{"text/plain":"the value of good"},"metadata":{}},` +
			`"b":{"status":"error","ename":"compile error","evalue":"undefined: bad","traceback":[]}},"payload":[]}`, 1},
		{"fail", nil, `{"status":"error","execution_count":3,"user_expressions":{},"payload":[],"ename":"failure","evalue":"as asked","traceback":["here"]}`, 2},
		{"panic", nil, `{"status":"error","execution_count":4,"user_expressions":{},"payload":[],"ename":"internal error","evalue":"as asked","traceback":["internal error: as asked"]}`, 2},
		{"a.b?", nil, `{"status":"ok","execution_count":4,"user_expressions":{},"payload":[{"source":"page","data":{"text/plain":"a.b 3 0"},"start":0}]}`, 1},
		{"??a", nil, `{"status":"ok","execution_count":4,"user_expressions":{},"payload":[{"source":"page","data":{"text/plain":"a 1 1"},"start":0}]}`, 1},
		{"next x := 1", nil, `{"status":"ok","execution_count":5,"user_expressions":{},"payload":[{"source":"set_next_input","text":"x := 1","replace":false}]}`, 1},
		{" \n", nil, `{"status":"ok","execution_count":5,"user_expressions":{},"payload":[]}`, 1},
		{"unknown?", nil, `{"status":"ok","execution_count":5,"user_expressions":{},"payload":[{"source":"page","data":{"text/plain":"There is nothing of the name unknown."},"start":0}]}`, 1},
	} {
		content := map[string]any{"code": tt.code}
		for k, v := range tt.more {
			content[k] = v
		}
		id := f.send(protocol.Shell, "execute_request", content)
		if got := string(f.reply(id).Content); got != tt.want {
			t.Errorf("%s %v: reply\n got %s\nwant %s", tt.code, tt.more, got, tt.want)
		}
		if got := f.published(id); len(got) != tt.outputs {
			t.Errorf("%s %v: published %q, want %d messages", tt.code, tt.more, got, tt.outputs)
		}
	}
}

// TestPrintingIsBatched shows that 10,000 lines are a handful of messages and
// that all lines arrive.
func TestPrintingIsBatched(t *testing.T) {
	f, _ := start(t, channels.Config{})
	_, got := f.execute("print 10000", nil)
	if len(got) > 6 {
		t.Errorf("10,000 lines made %d messages, want a handful", len(got)-1)
	}
	if all := strings.Join(got, ""); strings.Count(all, "line ") != 10000 {
		t.Errorf("%d lines arrived, want 10000", strings.Count(all, "line "))
	}
}

// TestBatchesKeepRunes shows that a character whose bytes come apart is not torn.
func TestBatchesKeepRunes(t *testing.T) {
	f, _ := start(t, channels.Config{})
	_, got := f.execute("runes", nil)
	text := ""
	for _, line := range got[1:] {
		var s protocol.Stream
		if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "stream ")), &s); err != nil {
			t.Fatal(err)
		}
		text += s.Text
	}
	if text != "héllo" {
		t.Errorf("text %q, want héllo", text)
	}
}

func TestStopOnError(t *testing.T) {
	f, e := start(t, channels.Config{})
	other := connect(t, f.server)
	other.session = protocol.NewSession("other")
	wait := f.send(protocol.Shell, "execute_request", protocol.ExecuteRequest{Code: "wait", StopOnError: true})
	<-e.started
	queued := f.send(protocol.Shell, "execute_request", map[string]any{"code": "value 1"})
	others := other.send(protocol.Shell, "execute_request", map[string]any{"code": "value 2"})
	f.send(protocol.Control, "interrupt_request", nil)
	for id, want := range map[string]string{wait: protocol.Failed, queued: protocol.Aborted} {
		var reply protocol.ExecuteReply
		if err := f.reply(id).Decode(&reply); err != nil || reply.Status != want {
			t.Errorf("status %q, error %v; want %q", reply.Status, err, want)
		}
	}
	if got := string(other.reply(others).Content); !strings.Contains(got, `"status":"ok"`) {
		t.Errorf("reply to another front end's cell: %s, want ok", got)
	}

	wait = f.send(protocol.Shell, "execute_request", map[string]any{"code": "wait", "stop_on_error": false})
	queued = f.send(protocol.Shell, "execute_request", map[string]any{"code": "value 1"})
	f.send(protocol.Control, "interrupt_request", nil)
	f.reply(wait)
	if got := string(f.reply(queued).Content); !strings.Contains(got, `"status":"ok"`) {
		t.Errorf("without stop_on_error: %s, want ok", got)
	}
}

// TestAnswers sends every request while a cell runs: each has its reply and its
// busy and idle, and the running cell is busy again behind them.
func TestAnswers(t *testing.T) {
	f, e := start(t, channels.Config{Version: "v", Connect: protocol.ConnectReply{ShellPort: 5}})
	running := f.send(protocol.Shell, "execute_request", map[string]any{"code": "wait"})
	<-e.started
	for _, tt := range []struct {
		msgType string
		content any
		want    string // in the reply
	}{
		{"kernel_info_request", nil, `"implementation":"lectern","implementation_version":"v"`},
		{"connect_request", nil, `{"status":"ok","shell_port":5,`},
		{"complete_request", protocol.CompleteRequest{Code: "né", CursorPos: 2}, `"matches":["né!"],"cursor_start":0,"cursor_end":2`},
		{"complete_request", protocol.CompleteRequest{Code: "né", CursorPos: 99}, `"cursor_end":2`},
		{"complete_request", map[string]any{"code": 3}, `"status":"error"`},
		{"inspect_request", protocol.InspectRequest{Code: "né", CursorPos: 2, DetailLevel: 1}, `"found":true,"data":{"text/plain":"né 3 1"}`},
		{"inspect_request", protocol.InspectRequest{Code: "unknown"}, `"found":false,"data":{}`},
		{"is_complete_request", nil, `{"status":"incomplete","indent":"\t"}`},
		{"history_request", map[string]any{"hist_access_type": "tail", "n": 3}, `"history":[]`},
		{"comm_info_request", nil, `"comms":{}`},
		{"debug_request", map[string]any{"seq": 4, "command": "debugInfo"}, `"request_seq":4,"seq":4,"success":false`},
		{"dance_request", nil, `"evalue":"there is no request of type \"dance_request\""`},
		{"shutdown_request", map[string]any{"restart": true}, `{"status":"ok","restart":true}`},
	} {
		for _, ch := range []protocol.Channel{protocol.Shell, protocol.Control} {
			id := f.send(ch, tt.msgType, tt.content)
			reply := f.reply(id)
			if want, _ := protocol.ReplyType(tt.msgType); reply.Header.MsgType != want || !strings.Contains(string(reply.Content), tt.want) {
				t.Errorf("%s on %s: %s %s, want %s with %s", tt.msgType, ch, reply.Header.MsgType, reply.Content, want, tt.want)
			}
			if diff := cmp.Diff([]string{protocol.Busy, protocol.Idle}, f.states(id)); diff != "" {
				t.Errorf("%s: states (-want +got)\n%s", tt.msgType, diff)
			}
		}
	}
	all := f.states("")
	if got := all[len(all)-1]; got != protocol.Busy {
		t.Errorf("last state while a cell runs is %q, want busy", got)
	}
	f.send(protocol.Control, "interrupt_request", nil)
	f.reply(running)
	all = f.states("")
	if got := all[len(all)-1]; got != protocol.Idle {
		t.Errorf("last state is %q, want idle", got)
	}
}

// TestUnasked sends what gets no reply: the kernel lives on.
func TestUnasked(t *testing.T) {
	f, _ := start(t, channels.Config{})
	f.send(protocol.Stdin, "input_reply", map[string]any{"value": "x"})
	f.send(protocol.Shell, "gossip", nil)
	f.send(protocol.Shell, "comm_msg", map[string]any{"comm_id": "nobody"})
	if reply, _ := f.execute("value 1", nil); reply.Status != protocol.OK {
		t.Errorf("status %q afterwards, want ok", reply.Status)
	}
}

func TestShutdown(t *testing.T) {
	restarts := make(chan bool, 1)
	f, e := start(t, channels.Config{Shutdown: func(restart bool) { restarts <- restart }})
	running := f.send(protocol.Shell, "execute_request", map[string]any{"code": "wait"})
	<-e.started
	queued := f.send(protocol.Shell, "execute_request", map[string]any{"code": "value 1"})
	id := f.send(protocol.Control, "shutdown_request", map[string]any{"restart": true})
	f.reply(id)
	if !<-restarts {
		t.Error("Shutdown(false), want true")
	}
	f.server.Close()
	for id, want := range map[string]string{running: protocol.Failed, queued: protocol.Aborted} {
		var reply protocol.ExecuteReply
		if err := f.reply(id).Decode(&reply); err != nil || reply.Status != want {
			t.Errorf("status %q, error %v; want %q", reply.Status, err, want)
		}
	}
	late := f.send(protocol.Shell, "execute_request", map[string]any{"code": "value 1"})
	if got := string(f.reply(late).Content); !strings.Contains(got, protocol.Aborted) {
		t.Errorf("reply after the end: %s, want aborted", got)
	}
	if got := f.published(id); len(got) != 1 || !strings.HasPrefix(got[0], "shutdown_reply ") {
		t.Errorf("published %q, want shutdown_reply for everybody", got)
	}
}

func TestComms(t *testing.T) {
	f, _ := start(t, channels.Config{})
	for _, tt := range []struct{ msgType, content, want string }{
		{"comm_open", `{"comm_id":"1","target_name":"mirror","data":{"a":1}}`, `comm_msg {"comm_id":"1","data":{"a":1}}`},
		{"comm_msg", `{"comm_id":"1","data":{"b":2}}`, `comm_msg {"comm_id":"1","data":{"b":2}}`},
		{"comm_open", `{"comm_id":"2","target_name":"nobody","data":{}}`, `comm_close {"comm_id":"2","data":{}}`},
		{"comm_msg", `{"comm_id":"2","data":{}}`, ``},
		{"comm_msg", `{"comm_id":2,"data":{}}`, ``},
	} {
		m := f.session.New(tt.msgType, nil, json.RawMessage(tt.content))
		m.Buffers = [][]byte{{1, 2}}
		f.server.Handle(protocol.Shell, f, m)
		f.wait(tt.content, func() bool { return f.idle[m.Header.MsgID] })
		if got := strings.Join(f.published(m.Header.MsgID), "; "); got != tt.want {
			t.Errorf("%s %s: %s, want %s", tt.msgType, tt.content, got, tt.want)
		}
		if f.replies[m.Header.MsgID] != nil {
			t.Errorf("%s %s has a reply", tt.msgType, tt.content)
		}
		for _, got := range f.seen {
			if got.Header.MsgType == "comm_msg" && !cmp.Equal(got.Buffers, m.Buffers) {
				t.Errorf("%s: the buffers %v came back as %v", tt.content, m.Buffers, got.Buffers)
			}
		}
	}
	info := func(target string) string {
		return string(f.reply(f.send(protocol.Shell, "comm_info_request", map[string]any{"target_name": target})).Content)
	}
	if got, want := info("mirror"), `{"status":"ok","comms":{"1":{"target_name":"mirror"}}}`; got != want {
		t.Errorf("comm_info_reply %s, want %s", got, want)
	}
	if got, want := info("other"), `{"status":"ok","comms":{}}`; got != want {
		t.Errorf("comm_info_reply %s, want %s", got, want)
	}
	id := f.send(protocol.Shell, "comm_close", json.RawMessage(`{"comm_id":"1","data":{"c":3}}`))
	f.wait(id, func() bool { return f.idle[id] })
	if diff := cmp.Diff([]string{`stream {"name":"stdout","text":"closed"}`}, f.published(id)); diff != "" {
		t.Errorf("comm_close (-want +got)\n%s", diff)
	}
	if got, want := info(""), `{"status":"ok","comms":{}}`; got != want {
		t.Errorf("comm_info_reply after comm_close %s, want %s", got, want)
	}
	_, got := f.execute("open 7", nil)
	if want := `comm_open {"comm_id":"7","target_name":"widget","data":{}}`; got[1] != want {
		t.Errorf("a cell opens a comm: %s, want %s", got[1], want)
	}
}

// TestCommsWaitForCells shows that messages of comms keep their order with cells,
// and that a failed cell does not swallow them.
func TestCommsWaitForCells(t *testing.T) {
	f, e := start(t, channels.Config{})
	running := f.send(protocol.Shell, "execute_request", map[string]any{"code": "wait"})
	<-e.started
	open := f.send(protocol.Shell, "comm_open", json.RawMessage(`{"comm_id":"1","target_name":"mirror","data":{}}`))
	if got := f.states(open); len(got) != 0 {
		t.Errorf("a comm's message was handled while a cell runs: %q", got)
	}
	f.send(protocol.Control, "interrupt_request", nil)
	f.reply(running)
	f.wait(open, func() bool { return f.idle[open] })
}

func TestInput(t *testing.T) {
	f, _ := start(t, channels.Config{})
	other := connect(t, f.server)
	other.session = protocol.NewSession("other")
	answer := func(from *front, question *protocol.Message, value string) {
		f.server.Handle(protocol.Stdin, from, from.session.New("input_reply", question, protocol.InputReply{Value: value}))
	}
	id := f.send(protocol.Shell, "execute_request", map[string]any{"code": "ask name?"})
	first := f.question(1)
	if got, want := string(first.Content), `{"prompt":"name?","password":false}`; got != want || parent(first) != id {
		t.Errorf("input_request %s, child of %s; want %s, of %s", got, parent(first), want, id)
	}
	answer(other, first, "stranger") // who was not asked
	answer(f, first, "Ada")
	second := f.question(2)
	if got, want := string(second.Content), `{"prompt":"name?","password":true}`; got != want {
		t.Errorf("input_request %s, want %s", got, want)
	}
	answer(f, first, "late") // to a question that is over
	answer(f, nil, "secret") // as front ends do that leave the parent out
	f.reply(id)
	want := []string{`stream {"name":"stdout","text":"Ada\n"}`, `stream {"name":"stdout","text":"secret\n"}`}
	if diff := cmp.Diff(want, f.published(id)[1:]); diff != "" {
		t.Errorf("what the cell got (-want +got)\n%s", diff)
	}

	for _, tt := range []struct {
		name, want string
		more       map[string]any
		act        func(question *protocol.Message)
	}{
		{name: "end of input", want: "EOF", act: func(q *protocol.Message) { answer(f, q, protocol.EndOfInput) }},
		{name: "allow_stdin", want: "nobody", more: map[string]any{"allow_stdin": false}},
		{name: "gone", want: "the front end that ran the cell is gone", act: func(*protocol.Message) { close(f.gone) }},
		{name: "gone before", want: "the front end that ran the cell is gone"},
	} {
		content := map[string]any{"code": "ask", "stop_on_error": false}
		maps.Copy(content, tt.more)
		asked := len(f.asked)
		id := f.send(protocol.Shell, "execute_request", content)
		if tt.act != nil {
			tt.act(f.question(asked + 1))
		}
		var reply protocol.ExecuteReply
		if err := f.reply(id).Decode(&reply); err != nil || reply.Error == nil || reply.Evalue != tt.want {
			t.Errorf("%s: reply %+v, %v; want the error %q", tt.name, reply, err, tt.want)
		}
		if tt.act == nil && len(f.asked) > asked {
			t.Errorf("%s: the front end was asked", tt.name)
		}
	}
}

// diary is a history that notes what it is asked and has one cell.
type diary struct {
	kernel.History
	notes []string
}

func (d *diary) note(format string, args ...any) ([]kernel.HistoryEntry, error) {
	d.notes = append(d.notes, fmt.Sprintf(format, args...))
	return []kernel.HistoryEntry{{Session: 3, Line: 4, Input: "a", Output: "b"}, {Session: 3, Line: 5, Input: "c"}}, nil
}

func (d *diary) Input(line int, code string) error {
	_, err := d.note("Input %d %s", line, code)
	return err
}

func (d *diary) Output(line int, text string) error {
	_, err := d.note("Output %d %s", line, text)
	return err
}
func (d *diary) Tail(n int) ([]kernel.HistoryEntry, error) { return d.note("Tail %d", n) }
func (d *diary) Range(session, start, stop int) ([]kernel.HistoryEntry, error) {
	return d.note("Range %d %d %d", session, start, stop)
}

func (d *diary) Search(pattern string, n int, unique bool) ([]kernel.HistoryEntry, error) {
	return d.note("Search %s %d %t", pattern, n, unique)
}

func TestHistory(t *testing.T) {
	d := &diary{}
	f, _ := start(t, channels.Config{History: d})
	f.execute("value 1", nil)
	f.execute("fail", nil)
	f.execute("value 2", map[string]any{"store_history": false})
	f.execute("value 2", map[string]any{"silent": true})
	if diff := cmp.Diff([]string{"Input 1 value 1", "Output 1 1", "Input 2 fail"}, d.notes); diff != "" {
		t.Errorf("remembered (-want +got)\n%s", diff)
	}
	const inputs, outputs = `[[3,4,"a"],[3,5,"c"]]`, `[[3,4,["a","b"]],[3,5,["c",null]]]`
	for _, tt := range []struct{ content, asked, want string }{
		{`{"hist_access_type":"tail","n":9}`, "Tail 9", inputs},
		{`{"hist_access_type":"tail","n":1,"output":true,"raw":false}`, "Tail 1", outputs},
		{`{"hist_access_type":"range","session":0,"start":1,"stop":2,"output":true}`, "Range 0 1 2", outputs},
		{`{"hist_access_type":"range","session":-1,"start":2,"stop":null}`, "Range -1 2 -1", inputs},
		{`{"hist_access_type":"search","pattern":"val*"}`, "Search val* 0 false", inputs},
		{`{"hist_access_type":"search","pattern":"?","n":3,"unique":true}`, "Search ? 3 true", inputs},
	} {
		reply := string(f.reply(f.send(protocol.Shell, "history_request", json.RawMessage(tt.content))).Content)
		if want := `{"status":"ok","history":` + tt.want + `}`; reply != want || d.notes[len(d.notes)-1] != tt.asked {
			t.Errorf("%v: asked for %s, replied %s; want %s, %s", tt.content, d.notes[len(d.notes)-1], reply, tt.asked, want)
		}
	}
	reply := string(f.reply(f.send(protocol.Shell, "history_request", map[string]any{"hist_access_type": "diary"})).Content)
	if !strings.Contains(reply, `hist_access_type \"diary\"`) {
		t.Errorf("reply %s, want an error that names the access type", reply)
	}
}

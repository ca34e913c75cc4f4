package protocol_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/kernel/protocol"
)

func TestBundle(t *testing.T) {
	got := protocol.Bundle(map[string]any{
		"text/plain": "x", "image/png": []byte{1, 2, 3}, "image/svg+xml": []byte("<svg/>"),
		"application/json": json.RawMessage(`{"a":1}`), "application/x": json.RawMessage(`[]`),
	})
	want := map[string]any{
		"text/plain": "x", "image/png": "AQID", "image/svg+xml": "<svg/>",
		"application/json": json.RawMessage(`{"a":1}`), "application/x": json.RawMessage(`[]`),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Bundle (-want +got)\n%s", diff)
	}
}

func TestExecuteRequestDefaults(t *testing.T) {
	m := protocol.NewSession("s").New("execute_request", nil, map[string]any{"code": "1", "stop_on_error": false})
	req := protocol.NewExecuteRequest()
	if err := m.Decode(&req); err != nil {
		t.Fatal(err)
	}
	want := protocol.ExecuteRequest{Code: "1", StoreHistory: true, AllowStdin: true}
	if diff := cmp.Diff(want, req); diff != "" {
		t.Errorf("request (-want +got)\n%s", diff)
	}
	m.Content = json.RawMessage(`{"code":1}`)
	if err := m.Decode(&req); !errors.Is(err, protocol.ErrContent) {
		t.Errorf("Decode of a wrong type: error %v, want %v", err, protocol.ErrContent)
	}
}

func TestParseConnection(t *testing.T) {
	c, err := protocol.ParseConnection([]byte(`{"shell_port":1,"iopub_port":2,"stdin_port":3,"control_port":4,"hb_port":5,"key":"k","ip":"::1"}`))
	if err != nil {
		t.Fatal(err)
	}
	if network, address := c.Address(c.ShellPort); network != "tcp" || address != "[::1]:1" {
		t.Errorf("Address = %s %s, want tcp [::1]:1", network, address)
	}
	c.Transport, c.IP = "ipc", "/run/k"
	if network, address := c.Address(4); network != "unix" || address != "/run/k-4" {
		t.Errorf("Address = %s %s, want unix /run/k-4", network, address)
	}
	for data, want := range map[string]string{
		`{`:                       "unexpected end",
		`{"transport":"carrier"}`: `transport "carrier"`,
		`{"shell_port":70000}`:    "port 70000",
		`{"hb_port":-1}`:          "port -1",
		`{"key":"k","signature_scheme":"hmac-md5"}`: `scheme "hmac-md5"`,
	} {
		if _, err := protocol.ParseConnection([]byte(data)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseConnection(%s): error %v, want one with %q", data, err, want)
		}
	}
}

func ExampleSession_New() {
	s := protocol.NewSession("example")
	m := s.New("status", nil, protocol.Status{ExecutionState: protocol.Busy})
	fmt.Println(m.Header.MsgType, string(m.Content), string(m.Parent))
	// Output: status {"execution_state":"busy"} {}
}

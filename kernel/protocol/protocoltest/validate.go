package protocoltest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/lectern-go/lectern/kernel/protocol"
)

// kind is the JSON type of a field: "string", "number", "bool", "object",
// "array", "strings" (an array of strings), "bundle" (an object with MIME types
// for keys) or values parted by |. A ? in front makes the field optional.
type kind string

// contents are the fields of each type of message that a kernel sends. Replies
// are those with status ok. Source: jupyter_kernel_test, msgspec_v5.py, and
// messaging.rst for what that leaves out.
var contents = map[string]map[string]kind{
	"execute_reply": {
		"status": "=ok|aborted", "execution_count": "number", "payload": "array", "user_expressions": "object",
	},
	"inspect_reply":     {"status": "=ok", "found": "bool", "data": "bundle", "metadata": "object"},
	"complete_reply":    {"status": "=ok", "matches": "strings", "cursor_start": "number", "cursor_end": "number", "metadata": "object"},
	"history_reply":     {"status": "=ok", "history": "array"},
	"is_complete_reply": {"status": "=complete|incomplete|invalid|unknown", "indent": "?string"},
	"connect_reply": {
		"status": "=ok", "shell_port": "number", "iopub_port": "number", "stdin_port": "number", "hb_port": "number", "control_port": "number",
	},
	"comm_info_reply": {"status": "=ok", "comms": "object"},
	"kernel_info_reply": {
		"status": "=ok", "protocol_version": "string", "implementation": "string", "implementation_version": "string",
		"language_info": "object", "banner": "string", "debugger": "bool", "help_links": "array", "supported_features": "strings",
	},
	"shutdown_reply":  {"status": "=ok", "restart": "bool"},
	"interrupt_reply": {"status": "=ok"},
	"debug_reply": {
		"type": "=response", "request_seq": "number", "seq": "number", "success": "bool", "command": "string", "message": "?string", "body": "object",
	},
	"stream":              {"name": "=stdout|stderr", "text": "string"},
	"display_data":        {"data": "bundle", "metadata": "object", "transient": "object"},
	"update_display_data": {"data": "bundle", "metadata": "object", "transient": "object"},
	"execute_result":      {"execution_count": "number", "data": "bundle", "metadata": "object"},
	"clear_output":        {"wait": "bool"},
	"execute_input":       {"code": "string", "execution_count": "number"},
	"error":               {"ename": "string", "evalue": "string", "traceback": "strings"},
	"status":              {"execution_state": "=busy|idle|starting"},
	"iopub_welcome":       {"subscription": "string"},
	"comm_open":           {"comm_id": "string", "target_name": "string", "data": "object"},
	"comm_msg":            {"comm_id": "string", "data": "object"},
	"comm_close":          {"comm_id": "string", "data": "object"},
	"input_request":       {"prompt": "string", "password": "bool"},
}

// failed are the fields of every reply with status error, beside others.
var failed = map[string]kind{"status": "=error", "ename": "string", "evalue": "string", "traceback": "strings"}

// Validate says what is wrong with a message that a kernel sent.
func Validate(m *protocol.Message) error {
	h := m.Header
	if h.MsgID == "" || h.Session == "" || h.Username == "" || h.Version != protocol.Version {
		return fmt.Errorf("%s: header %+v", h.MsgType, h)
	}
	if _, err := time.Parse("2006-01-02T15:04:05.000000Z07:00", h.Date); err != nil {
		return fmt.Errorf("%s: date %q: %w", h.MsgType, h.Date, err)
	}
	for name, part := range map[string]json.RawMessage{"parent_header": m.Parent, "metadata": m.Metadata} {
		if err := check(part, "object"); err != nil {
			return fmt.Errorf("%s: %s: %w", h.MsgType, name, err)
		}
	}
	fields, ok := contents[h.MsgType]
	var content map[string]json.RawMessage
	if err := json.Unmarshal(m.Content, &content); err != nil {
		return fmt.Errorf("%s: content: %w", h.MsgType, err)
	}
	isReply := strings.HasSuffix(h.MsgType, "_reply")
	if isReply && string(content["status"]) == `"error"` {
		return checkFields(h.MsgType, content, failed, false)
	}
	if !ok {
		return fmt.Errorf("there is no message of type %q", h.MsgType)
	}
	return checkFields(h.MsgType, content, fields, true)
}

// checkFields checks that all fields are there and, if closed, no others.
func checkFields(msgType string, content map[string]json.RawMessage, fields map[string]kind, closed bool) error {
	for name, want := range fields {
		want, optional := strings.CutPrefix(string(want), "?")
		value, ok := content[name]
		if !ok && optional {
			continue
		}
		if !ok {
			return fmt.Errorf("%s: there is no %s", msgType, name)
		}
		if err := check(value, want); err != nil {
			return fmt.Errorf("%s: %s: %w", msgType, name, err)
		}
	}
	for name := range content {
		if _, ok := fields[name]; closed && !ok {
			return fmt.Errorf("%s: unexpected field %s", msgType, name)
		}
	}
	return nil
}

var mimeType = regexp.MustCompile(`^[\w\-+.]+/[\w\-+.]+$`)

// check checks a value against a kind.
func check(data json.RawMessage, want string) error {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	ok := false
	switch want {
	case "string":
		_, ok = v.(string)
	case "number":
		_, ok = v.(float64)
	case "bool":
		_, ok = v.(bool)
	case "object":
		_, ok = v.(map[string]any)
	case "array":
		_, ok = v.([]any)
	case "strings":
		var list []any
		list, ok = v.([]any)
		for _, e := range list {
			_, isString := e.(string)
			ok = ok && isString
		}
	case "bundle":
		var m map[string]any
		m, ok = v.(map[string]any)
		for mime := range m {
			ok = ok && mimeType.MatchString(mime)
		}
	default: // one of several strings
		for _, s := range strings.Split(strings.TrimPrefix(want, "="), "|") {
			ok = ok || v == any(s)
		}
	}
	if !ok {
		return fmt.Errorf("%.100s is no %s", data, want)
	}
	return nil
}

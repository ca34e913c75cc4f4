package protocol

import "encoding/json"

// ExecuteRequest asks to run a cell. Source: messaging.rst "Execute".
type ExecuteRequest struct {
	Code            string            `json:"code"`
	Silent          bool              `json:"silent"`           // no result, no count, no history
	StoreHistory    bool              `json:"store_history"`    // count the cell and remember it
	UserExpressions map[string]string `json:"user_expressions"` // evaluated after the cell, for the reply
	AllowStdin      bool              `json:"allow_stdin"`      // the front end answers input_request
	StopOnError     bool              `json:"stop_on_error"`    // an error aborts the cells that wait
}

// NewExecuteRequest returns a request with the values that fields have where
// a message lacks them.
func NewExecuteRequest() ExecuteRequest {
	return ExecuteRequest{StoreHistory: true, AllowStdin: true, StopOnError: true}
}

// CompleteRequest asks how the text before the cursor may go on. Source:
// messaging.rst "Completion".
type CompleteRequest struct {
	Code      string `json:"code"`
	CursorPos int    `json:"cursor_pos"` // in Unicode code points
}

// InspectRequest asks what stands at the cursor. Source: messaging.rst
// "Introspection".
type InspectRequest struct {
	Code        string `json:"code"`
	CursorPos   int    `json:"cursor_pos"`   // in Unicode code points
	DetailLevel int    `json:"detail_level"` // 0, or 1 for the source too
}

// IsCompleteRequest asks whether a console may run what was typed so far.
// Source: messaging.rst "Code completeness".
type IsCompleteRequest struct {
	Code string `json:"code"`
}

// HistoryRequest asks for cells that were run. Source: messaging.rst "History".
type HistoryRequest struct {
	Output  bool   `json:"output"` // outputs too
	Raw     bool   `json:"raw"`    // Go cells have no other form
	Access  string `json:"hist_access_type"`
	Session int    `json:"session"` // range: a session; 0 this one, -1 the one before
	Start   int    `json:"start"`   // range: the first line
	Stop    *int   `json:"stop"`    // range: the line behind the last; nil means to the end
	N       int    `json:"n"`       // tail, search: at most so many
	Pattern string `json:"pattern"` // search: with * and ?
	Unique  bool   `json:"unique"`  // search: without repetitions
}

// The values of [HistoryRequest.Access].
const (
	HistoryRange  = "range"
	HistoryTail   = "tail"
	HistorySearch = "search"
)

// ShutdownRequest asks the kernel to end. Source: messaging.rst "Kernel
// shutdown".
type ShutdownRequest struct {
	Restart bool `json:"restart"` // it will be started again
}

// CommInfoRequest asks for the open comms. Source: messaging.rst "Comm info".
type CommInfoRequest struct {
	TargetName string `json:"target_name"` // only those of this target, unless ""
}

// CommOpen opens a comm. Source: messaging.rst "Opening a Comm".
type CommOpen struct {
	CommID     string          `json:"comm_id"`
	TargetName string          `json:"target_name"`
	Data       json.RawMessage `json:"data"`
}

// CommMsg is a message of a comm, or, as a comm_close, its last. Source:
// messaging.rst "Comm Messages".
type CommMsg struct {
	CommID string          `json:"comm_id"`
	Data   json.RawMessage `json:"data"`
}

// InputReply answers an input_request. Source: messaging.rst "Messages on the
// stdin (ROUTER/DEALER) channel".
type InputReply struct {
	Value string `json:"value"`
}

// EndOfInput is the value of an InputReply with which a front end ends the
// input: the character of Ctrl-D.
const EndOfInput = "\x04"

// DebugRequest is a request of the Debug Adapter Protocol. Source:
// messaging.rst "Debug request".
type DebugRequest struct {
	Command string `json:"command"`
	Seq     int    `json:"seq"`
}

package protocol

import (
	"encoding/base64"
	"strings"
)

// The values of a reply's status.
const (
	OK      = "ok"
	Failed  = "error"
	Aborted = "aborted"
)

// Error is what an error message holds. Source: messaging.rst "Execution
// errors".
type Error struct {
	Ename     string   `json:"ename"`
	Evalue    string   `json:"evalue"`
	Traceback []string `json:"traceback"`
}

// ErrorReply is the content of any reply to a request that failed.
type ErrorReply struct {
	Status string `json:"status"` // Failed
	Error
}

// StatusReply is the content of replies that say no more than their status.
type StatusReply struct {
	Status string `json:"status"`
}

// ExecuteReply ends the execution of a cell. Source: messaging.rst "Execution
// results".
type ExecuteReply struct {
	Status          string         `json:"status"`
	ExecutionCount  int            `json:"execution_count"`
	UserExpressions map[string]any `json:"user_expressions"` // of ExpressionResult or ErrorReply
	Payload         []any          `json:"payload"`          // of Page or NextInput
	*Error                         // if Status is Failed
}

// ExpressionResult is the value of one of the user's expressions.
type ExpressionResult struct {
	Status   string         `json:"status"` // OK
	Data     map[string]any `json:"data"`
	Metadata map[string]any `json:"metadata"`
}

// Page is a payload with which the front end shows something in its pager.
type Page struct {
	Source string         `json:"source"` // "page"
	Data   map[string]any `json:"data"`
	Start  int            `json:"start"` // first line to show
}

// NextInput is a payload that the front end offers as the next cell.
type NextInput struct {
	Source  string `json:"source"` // "set_next_input"
	Text    string `json:"text"`
	Replace bool   `json:"replace"` // the cell that ran
}

// CompleteReply lists completions. Source: messaging.rst "Completion".
type CompleteReply struct {
	Status      string         `json:"status"`
	Matches     []string       `json:"matches"`
	CursorStart int            `json:"cursor_start"` // in code points: what the matches replace
	CursorEnd   int            `json:"cursor_end"`
	Metadata    map[string]any `json:"metadata"`
}

// InspectReply describes what stands at the cursor. Source: messaging.rst
// "Introspection".
type InspectReply struct {
	Status   string         `json:"status"`
	Found    bool           `json:"found"`
	Data     map[string]any `json:"data"`
	Metadata map[string]any `json:"metadata"`
}

// IsCompleteReply says whether code is complete. Source: messaging.rst "Code
// completeness".
type IsCompleteReply struct {
	Status string `json:"status"` // "complete", "incomplete", "invalid" or "unknown"
	Indent string `json:"indent"` // of the next line, if incomplete
}

// HistoryReply lists cells: (session, line, input) or, with outputs, (session,
// line, (input, output)). Source: messaging.rst "History".
type HistoryReply struct {
	Status  string   `json:"status"`
	History [][3]any `json:"history"`
}

// CommInfoReply lists the open comms by id. Source: messaging.rst "Comm info".
type CommInfoReply struct {
	Status string              `json:"status"`
	Comms  map[string]CommInfo `json:"comms"`
}

// CommInfo is an open comm.
type CommInfo struct {
	TargetName string `json:"target_name"`
}

// KernelInfoReply describes the kernel. Source: messaging.rst "Kernel info".
type KernelInfoReply struct {
	Status                string       `json:"status"`
	ProtocolVersion       string       `json:"protocol_version"`
	Implementation        string       `json:"implementation"`
	ImplementationVersion string       `json:"implementation_version"`
	LanguageInfo          LanguageInfo `json:"language_info"`
	Banner                string       `json:"banner"`
	Debugger              bool         `json:"debugger"`
	HelpLinks             []HelpLink   `json:"help_links"`
	SupportedFeatures     []string     `json:"supported_features"`
}

// LanguageInfo describes the language of the cells.
type LanguageInfo struct {
	Name              string `json:"name"`
	Version           string `json:"version"`
	MIMEType          string `json:"mimetype"`
	FileExtension     string `json:"file_extension"`
	PygmentsLexer     string `json:"pygments_lexer"`
	CodemirrorMode    string `json:"codemirror_mode"`
	NbconvertExporter string `json:"nbconvert_exporter"`
}

// HelpLink is an entry of a front end's help menu.
type HelpLink struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// ShutdownReply says that the kernel is about to end.
type ShutdownReply struct {
	Status  string `json:"status"`
	Restart bool   `json:"restart"`
}

// ConnectReply names the ports. Source: messaging.rst "Connect".
type ConnectReply struct {
	Status      string `json:"status"`
	ShellPort   int    `json:"shell_port"`
	IOPubPort   int    `json:"iopub_port"`
	StdinPort   int    `json:"stdin_port"`
	HBPort      int    `json:"hb_port"`
	ControlPort int    `json:"control_port"`
}

// DebugReply is a response of the Debug Adapter Protocol.
type DebugReply struct {
	Type       string         `json:"type"` // "response"
	RequestSeq int            `json:"request_seq"`
	Seq        int            `json:"seq"`
	Success    bool           `json:"success"`
	Command    string         `json:"command"`
	Message    string         `json:"message,omitempty"`
	Body       map[string]any `json:"body"`
}

// Status says what the kernel does. Source: messaging.rst "Kernel status".
type Status struct {
	ExecutionState string `json:"execution_state"` // Busy, Idle or Starting
}

// The states of a kernel.
const (
	Busy     = "busy"
	Idle     = "idle"
	Starting = "starting"
)

// Stream is text that a cell wrote. Source: messaging.rst "Streams".
type Stream struct {
	Name string `json:"name"` // "stdout" or "stderr"
	Text string `json:"text"`
}

// DisplayData is something that a cell showed, as display_data or
// update_display_data. Source: messaging.rst "Display data".
type DisplayData struct {
	Data      map[string]any `json:"data"`
	Metadata  map[string]any `json:"metadata"`
	Transient map[string]any `json:"transient"` // display_id
}

// ExecuteResult is the value of a cell. Source: messaging.rst "Code execution
// results".
type ExecuteResult struct {
	ExecutionCount int            `json:"execution_count"`
	Data           map[string]any `json:"data"`
	Metadata       map[string]any `json:"metadata"`
}

// InputRequest asks the front end that ran a cell for a line. Source:
// messaging.rst "Messages on the stdin (ROUTER/DEALER) channel".
type InputRequest struct {
	Prompt   string `json:"prompt"`
	Password bool   `json:"password"`
}

// ExecuteInput tells everybody what is run. Source: messaging.rst "Code
// inputs".
type ExecuteInput struct {
	Code           string `json:"code"`
	ExecutionCount int    `json:"execution_count"`
}

// ClearOutput removes the outputs of the cell so far. Source: messaging.rst
// "Clear output".
type ClearOutput struct {
	Wait bool `json:"wait"` // until the next output comes
}

// Welcome greets a new subscriber of iopub. Source: messaging.rst "Welcome
// message".
type Welcome struct {
	Subscription string `json:"subscription"`
}

// Bundle returns a value's forms as messages have them: bytes of text types as
// strings, those of others in base64. A nil bundle becomes {}.
func Bundle(forms map[string]any) map[string]any {
	out := make(map[string]any, len(forms))
	for mime, form := range forms {
		if b, ok := form.([]byte); ok {
			if isText(mime) {
				form = string(b)
			} else {
				form = base64.StdEncoding.EncodeToString(b)
			}
		}
		out[mime] = form
	}
	return out
}

func isText(mime string) bool {
	return strings.HasPrefix(mime, "text/") || strings.HasSuffix(mime, "+xml") ||
		strings.HasSuffix(mime, "+json") || mime == "application/json" || mime == "application/javascript"
}

// Metadata returns m, or {} for nil.
func Metadata(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

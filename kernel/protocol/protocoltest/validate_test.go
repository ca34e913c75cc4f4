package protocoltest_test

import (
	"testing"

	"github.com/lectern-go/lectern/kernel/protocol"
	"github.com/lectern-go/lectern/kernel/protocol/protocoltest"
)

func TestValidate(t *testing.T) {
	for _, tt := range []struct {
		msgType, content string
		ok               bool
	}{
		{"status", `{"execution_state":"busy"}`, true},
		{"status", `{"execution_state":"bored"}`, false},
		{"status", `{}`, false},
		{"status", `{"execution_state":"busy","more":1}`, false},
		{"is_complete_reply", `{"status":"complete"}`, true},
		{"complete_reply", `{"status":"error","ename":"e","evalue":"v","traceback":[]}`, true},
		{"complete_reply", `{"status":"error","ename":"e","evalue":"v"}`, false},
		{"execute_result", `{"execution_count":1,"data":{"text/plain":"x"},"metadata":{}}`, true},
		{"execute_result", `{"execution_count":1,"data":{"plain":"x"},"metadata":{}}`, false},
		{"error", `{"ename":"e","evalue":"v","traceback":[1]}`, false},
		{"gossip", `{}`, false},
	} {
		m := protocol.NewSession("s").New(tt.msgType, nil, nil)
		m.Content = []byte(tt.content)
		if err := protocoltest.Validate(m); (err == nil) != tt.ok {
			t.Errorf("Validate(%s %s) = %v, want ok %v", tt.msgType, tt.content, err, tt.ok)
		}
	}
}

package channels

import (
	"sync"
	"time"
	"unicode/utf8"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/protocol"
)

// Printed text is collected, so that a loop that prints makes a few messages
// and not one for each line.
const (
	flushAfter = 50 * time.Millisecond // the longest that text waits
	flushSize  = 1 << 20               // bytes that wait at most
)

// outputs publishes what one cell shows. Text waits; everything else is
// published at once, behind the text before it.
type outputs struct {
	server *Server
	parent *protocol.Message
	line   int // in the history, or 0

	mu    sync.Mutex
	name  string // the stream of text
	text  []byte
	timer *time.Timer
}

// show takes one output of the cell.
func (o *outputs) show(output kernel.Output) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if stream, ok := output.(kernel.Stream); ok {
		o.add(stream)
		return
	}
	o.publish()
	s := o.server
	switch output := output.(type) {
	case kernel.ExecuteResult:
		o.remember(output)
		s.publish("execute_result", o.parent, protocol.ExecuteResult{
			ExecutionCount: output.ExecutionCount,
			Data:           protocol.Bundle(output.Data), Metadata: protocol.Metadata(output.Metadata),
		})
	case kernel.DisplayData:
		msgType := "display_data"
		if output.Update {
			msgType = "update_display_data"
		}
		transient := map[string]any{}
		if output.ID != "" {
			transient["display_id"] = output.ID
		}
		s.publish(msgType, o.parent, protocol.DisplayData{
			Data: protocol.Bundle(output.Data), Metadata: protocol.Metadata(output.Metadata), Transient: transient,
		})
	case kernel.ClearOutput:
		s.publish("clear_output", o.parent, protocol.ClearOutput{Wait: output.Wait})
	case kernel.Comm:
		s.publishComm(o.parent, output)
	case kernel.Error:
		s.publish("error", o.parent, errorContent(output))
	}
}

// add collects text.
func (o *outputs) add(stream kernel.Stream) {
	if stream.Name != o.name {
		o.publish()
		o.name = stream.Name
	}
	o.text = append(o.text, stream.Text...)
	switch {
	case len(o.text) >= flushSize:
		o.publishWhole()
	case o.timer == nil:
		o.timer = time.AfterFunc(flushAfter, func() {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.timer = nil
			o.publishWhole()
		})
	}
}

// flush publishes the text that waits.
func (o *outputs) flush() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.publish()
}

// publishWhole publishes the text that waits, except for the beginning of a
// character whose end has not come yet.
func (o *outputs) publishWhole() {
	whole := len(o.text)
	for i := 1; i < utf8.UTFMax && i <= len(o.text); i++ {
		if b := o.text[len(o.text)-i]; utf8.RuneStart(b) {
			if !utf8.FullRune(o.text[len(o.text)-i:]) {
				whole = len(o.text) - i
			}
			break
		}
	}
	rest := append([]byte(nil), o.text[whole:]...)
	o.text = o.text[:whole]
	o.publish()
	o.text = rest
}

// publish publishes all text that waits.
func (o *outputs) publish() {
	if o.timer != nil {
		o.timer.Stop()
		o.timer = nil
	}
	if len(o.text) == 0 {
		return
	}
	o.server.publish("stream", o.parent, protocol.Stream{Name: o.name, Text: string(o.text)})
	o.text = nil
}

// remember adds a result to the history.
func (o *outputs) remember(result kernel.ExecuteResult) {
	text, ok := result.Data["text/plain"].(string)
	if !ok || o.line == 0 {
		return
	}
	if err := o.server.config.History.Output(o.line, text); err != nil {
		o.server.config.Log.Warn("channels: history", "err", err)
	}
}

package channels

import (
	"fmt"
	"runtime"
	"strings"
	"unicode/utf8"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/protocol"
)

// info describes the kernel.
func info(version string) protocol.KernelInfoReply {
	goVersion := strings.TrimPrefix(runtime.Version(), "go")
	return protocol.KernelInfoReply{
		Status: protocol.OK, ProtocolVersion: protocol.Version,
		Implementation: "lectern", ImplementationVersion: version,
		LanguageInfo: protocol.LanguageInfo{
			Name: "go", Version: goVersion, MIMEType: "text/x-go", FileExtension: ".go",
			PygmentsLexer: "go", CodemirrorMode: "go", NbconvertExporter: "",
		},
		Banner: fmt.Sprintf("Lectern %s, Go %s", version, goVersion),
		HelpLinks: []protocol.HelpLink{
			{Text: "The Go language", URL: "https://go.dev/ref/spec"},
			{Text: "Standard library", URL: "https://pkg.go.dev/std"},
			{Text: "Gonum", URL: "https://pkg.go.dev/gonum.org/v1/gonum"},
		},
		SupportedFeatures: []string{},
	}
}

func (s *Server) complete(r *request) (any, error) {
	var req protocol.CompleteRequest
	if err := r.Decode(&req); err != nil {
		return nil, err
	}
	c := s.config.Kernel.Complete(req.Code, byteOffset(req.Code, req.CursorPos))
	reply := protocol.CompleteReply{
		Status: protocol.OK, Matches: []string{},
		CursorStart: codePoints(req.Code, c.Start), CursorEnd: codePoints(req.Code, c.End),
	}
	types := []map[string]any{} // what JupyterLab shows beside the matches
	for _, m := range c.Candidates {
		reply.Matches = append(reply.Matches, m.Text)
		types = append(types, map[string]any{
			"text": m.Text, "type": m.Kind, "signature": m.Detail,
			"start": reply.CursorStart, "end": reply.CursorEnd,
		})
	}
	reply.Metadata = map[string]any{"_jupyter_types_experimental": types}
	return reply, nil
}

func (s *Server) inspect(r *request) (any, error) {
	var req protocol.InspectRequest
	if err := r.Decode(&req); err != nil {
		return nil, err
	}
	data, found := s.config.Kernel.Inspect(req.Code, byteOffset(req.Code, req.CursorPos), req.DetailLevel)
	return protocol.InspectReply{
		Status: protocol.OK, Found: found, Data: protocol.Bundle(data), Metadata: map[string]any{},
	}, nil
}

func (s *Server) isComplete(r *request) (any, error) {
	var req protocol.IsCompleteRequest
	if err := r.Decode(&req); err != nil {
		return nil, err
	}
	c := s.config.Kernel.IsComplete(req.Code)
	return protocol.IsCompleteReply{Status: c.Status, Indent: c.Indent}, nil
}

func (s *Server) history(r *request) (any, error) {
	var req protocol.HistoryRequest
	if err := r.Decode(&req); err != nil {
		return nil, err
	}
	reply := protocol.HistoryReply{Status: protocol.OK, History: [][3]any{}}
	if s.config.History == nil {
		return reply, nil
	}
	var entries []kernel.HistoryEntry
	var err error
	switch req.Access {
	case protocol.HistoryTail:
		entries, err = s.config.History.Tail(req.N)
	case protocol.HistoryRange:
		stop := -1
		if req.Stop != nil {
			stop = *req.Stop
		}
		entries, err = s.config.History.Range(req.Session, req.Start, stop)
	case protocol.HistorySearch:
		entries, err = s.config.History.Search(req.Pattern, req.N, req.Unique)
	default:
		return nil, fmt.Errorf("hist_access_type %q; there are %s, %s and %s",
			req.Access, protocol.HistoryRange, protocol.HistoryTail, protocol.HistorySearch)
	}
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		var what any = e.Input
		if req.Output {
			var output any
			if e.Output != "" {
				output = e.Output
			}
			what = [2]any{e.Input, output}
		}
		reply.History = append(reply.History, [3]any{e.Session, e.Line, what})
	}
	return reply, nil
}

// byteOffset returns the offset of the n-th code point of s; one that is out of
// range is moved to the nearest end.
func byteOffset(s string, n int) int {
	if n <= 0 {
		return 0
	}
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

// codePoints returns how many code points stand before the offset.
func codePoints(s string, offset int) int { return utf8.RuneCountInString(s[:offset]) }

package kernel

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/kernel/compile"
	"github.com/lectern-go/lectern/kernel/lower"
	"github.com/lectern-go/lectern/kernel/worker/pipe"
)

// internalError shows an error that is not the cell's.
func internalError(err error) *Error {
	return &Error{Ename: "internal error", Evalue: err.Error(), Traceback: []string{"internal error: " + err.Error()}}
}

// output turns a message of the worker into an output.
func (k *Kernel) output(m *pipe.Message, count int) Output {
	switch m.Kind {
	case pipe.Clear:
		return ClearOutput{Wait: m.Wait}
	case pipe.Stream:
		return Stream{Name: m.Name, Text: m.Text}
	case pipe.CommOpen, pipe.CommMsg, pipe.CommClose:
		c := Comm{Type: m.Kind, ID: m.ID, Target: m.Target, Data: m.Data, Buffers: m.Buffers}
		k.noteComm(c)
		return c
	}
	data := MIMEBundle{}
	for mime, f := range m.Bundle {
		switch f.Kind {
		case pipe.Bytes:
			data[mime] = f.Data
		case pipe.JSON:
			data[mime] = json.RawMessage(f.Data)
		default:
			data[mime] = string(f.Data)
		}
	}
	if m.Kind == pipe.Result {
		return ExecuteResult{ExecutionCount: count, Data: data, Metadata: m.Metadata}
	}
	return DisplayData{Data: data, Metadata: m.Metadata, ID: m.ID, Update: m.Update}
}

// syntaxError shows what the parser found.
func (k *Kernel) syntaxError(err error) *Error {
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		return &Error{Ename: "compile error", Evalue: err.Error(), Traceback: []string{err.Error()}}
	}
	var ds []check.Diagnostic
	for _, e := range list {
		ds = append(ds, check.Diagnostic{Pos: e.Pos, Msg: e.Msg})
	}
	return k.compileError(ds)
}

// compileError shows diagnostics, each with its source line and a caret.
func (k *Kernel) compileError(ds []check.Diagnostic) *Error {
	slices.SortStableFunc(ds, func(a, b check.Diagnostic) int { return a.Pos.Offset - b.Pos.Offset })
	e := &Error{Ename: "compile error", Evalue: ds[0].Msg, Line: ds[0].Pos.Line}
	for _, d := range ds {
		e.Traceback = append(e.Traceback, fmt.Sprintf("%s: %s", cyan(d.Pos.String()), red(d.Msg)))
		e.Traceback = append(e.Traceback, k.caret(d.Pos)...)
	}
	return e
}

// compilerLine matches what the compiler says of a place in a cell.
var compilerLine = regexp.MustCompile(`(?m)^(.+?)(?:/` + regexp.QuoteMeta(lower.FileName) + `)?:(\d+)(?::(\d+))?: (.*)$`)

// compilerError shows what the compiler says against a cell that the checker let
// pass: that a variable is too large, say.
func (k *Kernel) compilerError(err *compile.CompilerError) *Error {
	k.mu.Lock()
	defer k.mu.Unlock()
	var ds []check.Diagnostic
	for _, m := range compilerLine.FindAllStringSubmatch(err.Output, -1) {
		if _, ok := k.texts[m[1]]; ok {
			pos := token.Position{Filename: m[1]}
			fmt.Sscan(m[2], &pos.Line)   //nolint:errcheck // digits
			fmt.Sscan(m[3], &pos.Column) //nolint:errcheck // digits, or none
			ds = append(ds, check.Diagnostic{Pos: pos, Msg: m[4]})
		}
	}
	if len(ds) == 0 {
		return internalError(err)
	}
	return k.compileError(ds)
}

// longestQuote is the length up to which a line of code is quoted whole, in
// characters: where a front end wraps it, the caret points at nothing.
const longestQuote = 90

// caret quotes the line of a position, of a long one the part around it, and
// points at it.
func (k *Kernel) caret(pos token.Position) []string {
	line, ok := k.line(pos.Filename, pos.Line)
	if !ok {
		return nil
	}
	at := min(max(pos.Column-1, 0), len(line))
	before := line[:at]
	if runes := []rune(line); len(runes) > longestQuote {
		column := utf8.RuneCountInString(before)
		from := min(max(column-longestQuote*2/3, 0), len(runes)-longestQuote)
		to := from + longestQuote
		before, line = string(runes[from:column]), string(runes[from:min(to, len(runes))])
		if from > 0 {
			before, line = "…"+before, "…"+line
		}
		if to < len(runes) {
			line += "…"
		}
	}
	pad := strings.Map(func(r rune) rune {
		if r == '\t' {
			return '\t'
		}
		return ' '
	}, before)
	return []string{"    " + line, "    " + pad + green("^")}
}

// line returns a line of a cell's text.
func (k *Kernel) line(cell string, n int) (string, bool) {
	text, ok := k.texts[cell]
	lines := strings.Split(text, "\n")
	if !ok || n < 1 || n > len(lines) {
		return "", false
	}
	return lines[n-1], true
}

// failure shows why the worker stopped running a cell; it is nil if the cell
// ran to its end.
func (k *Kernel) failure(f *pipe.Failure) *Error {
	if f == nil {
		return nil
	}
	e := &Error{Ename: f.Ename, Evalue: f.Evalue, Traceback: []string{red(f.Ename + ": " + f.Evalue)}}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(f.Refusals) > 0 {
		return k.rejected(f)
	}
	for i, frame := range f.Frames {
		if i == 0 {
			e.Line = frame.Line
		}
		k.addFrame(e, frame.Cell, frame.Line, i == 0)
	}
	return e
}

// Colours of tracebacks, as terminals and front ends know them.
func red(s string) string   { return "\x1b[31m" + s + "\x1b[0m" }
func green(s string) string { return "\x1b[32m" + s + "\x1b[0m" }
func cyan(s string) string  { return "\x1b[36m" + s + "\x1b[0m" }

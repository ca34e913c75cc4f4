package kernel

import (
	"strings"

	"github.com/lectern-go/lectern/kernel/cell"
)

// runParts runs a cell that has magics: they and the Go between them in the
// order of the text. Each part keeps its lines, the others are blank.
func (x *execution) runParts(magics []cell.Magic) (*Error, error) {
	x.kernel.mu.Lock()
	engine := x.kernel.config.Engine
	x.kernel.mu.Unlock()
	lines := strings.Split(x.req.Code, "\n")
	from := 0
	for _, m := range magics {
		end := m.Line - 1
		before := lines[end][:magicColumn(lines[end], m.Name)]
		code := partOf(lines, from, end) + before
		if failed, err := x.runGo(code, engine, true); failed != nil || err != nil {
			return failed, err
		}
		if failed := x.magic(m, &engine); failed != nil {
			return failed, nil
		}
		from = m.Line
		if strings.HasPrefix(m.Name, "%%") && m.Name != "%%compile" {
			return nil, nil // the rest is the magic's
		}
	}
	return x.runGo(partOf(lines, from, len(lines)), engine, false)
}

// magicColumn returns where in its line a magic begins.
func magicColumn(line, name string) int {
	if rest := strings.TrimLeft(line, " \t"); strings.HasPrefix(rest, name) {
		return len(line) - len(rest)
	}
	return max(strings.LastIndex(line, name), 0)
}

// partOf returns the lines from..end-1 of a cell below as many empty ones as
// there are before them.
func partOf(lines []string, from, end int) string {
	part := strings.Repeat("\n", from)
	for _, line := range lines[from:end] {
		part += line + "\n"
	}
	return part
}

// runGo runs Go text of the cell, which holds no magics. Silent text shows no
// result.
func (x *execution) runGo(code string, engine Engine, silent bool) (*Error, error) {
	if strings.TrimSpace(code) == "" {
		return nil, nil
	}
	req := x.req
	defer func() { x.req = req }()
	x.req.Code, x.req.Silent = code, req.Silent || silent
	return x.runCell(engine)
}

// value returns the text of the value of an expression, or of the last one of
// some statements. Nothing of it becomes part of the session; what it prints is
// shown.
func (x *execution) value(code string) (string, *Error) {
	return x.valueBy(x.kernel.config.Engine, code)
}

// valueBy is value by an engine.
func (x *execution) valueBy(engine Engine, code string) (string, *Error) {
	var text string
	sub := *x
	sub.req.Code, sub.req.Silent = code, false
	sub.show = func(o Output) {
		if result, ok := o.(ExecuteResult); ok {
			text, _ = result.Data["text/plain"].(string)
			return
		}
		x.show(o)
	}
	failed, err := sub.evaluate(engine)
	x.took = sub.took
	if err != nil {
		return "", internalError(err)
	}
	return text, failed
}

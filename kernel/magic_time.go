package kernel

import (
	"fmt"
	"go/parser"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lectern-go/lectern/kernel/cell"
)

// magicCode returns the Go that a magic is about, at its place in the cell: the
// body of a cell magic, the arguments of another.
func (x *execution) magicCode(m cell.Magic) string {
	if strings.HasPrefix(m.Name, "%%") {
		return strings.Repeat("\n", m.Line) + m.Body
	}
	line, _ := lineOf(x.req.Code, m.Line)
	column := max(strings.LastIndex(line, m.Args), 0)
	return strings.Repeat("\n", m.Line-1) + strings.Repeat(" ", column) + m.Args
}

// lineOf returns a line of a text, from 1.
func lineOf(text string, n int) (string, bool) {
	lines := strings.Split(text, "\n")
	if n < 1 || n > len(lines) {
		return "", false
	}
	return lines[n-1], true
}

func (x *execution) magicTime(m cell.Magic, engine *Engine) *Error {
	code := x.magicCode(m)
	if strings.TrimSpace(code) == "" {
		return x.magicError(m, "%s needs code to run: %s f(x)", m.Name, m.Name)
	}
	start := time.Now()
	x.took = 0
	failed, err := x.runGo(code, *engine, false)
	switch {
	case err != nil:
		return internalError(err)
	case failed != nil && x.took == 0: // it did not run
		return failed
	}
	text := "wall time: " + duration(x.took)
	if prepared := time.Since(start) - x.took; prepared > 50*time.Millisecond {
		text += ", after " + duration(prepared) + " of compiling"
	}
	x.printf("%s\n", text)
	return failed
}

// timeitRuns is how many times the loops are measured.
const timeitRuns = 7

// timeitCode runs code in loops: first in ever more of them until they take long
// enough, then that many in each run. Its value is the nanoseconds of each run and
// the number of loops. Names that no cell can mean keep out of the way of the
// code's.
const timeitCode = `func() []int64 { %s; nꞏ, tꞏ := 1, []int64(nil); for { sꞏ := time.Now(); for iꞏ := 0; iꞏ < nꞏ; iꞏ++ { %s
}; dꞏ := time.Since(sꞏ).Nanoseconds(); if len(tꞏ) == 0 && dꞏ < 100_000_000 && nꞏ < 1_000_000_000 { nꞏ = nꞏ * int(min(max(120_000_000/max(dꞏ, 1), 2), 100)); continue }; tꞏ = append(tꞏ, dꞏ); if len(tꞏ) == %d { return append(tꞏ, int64(nꞏ)) } } }()`

// magicTimeit measures code as compiled code runs, unless there is no compiler or
// the session's engine is the interpreter.
func (x *execution) magicTimeit(m cell.Magic, engine *Engine) *Error {
	code, setup, line, column := m.Args, "", m.Line, 1
	if strings.HasPrefix(m.Name, "%%") {
		code, setup, line = m.Body, m.Args, m.Line+1
	} else if text, ok := lineOf(x.req.Code, m.Line); ok {
		column = max(strings.LastIndex(text, code), 0) + 1
	}
	code = strings.TrimRight(code, " \t\n;")
	if strings.TrimSpace(code) == "" {
		return x.magicError(m, "%s needs code to run: %s f(x)", m.Name, m.Name)
	}
	if failed := x.checkSyntax(x.magicCode(m)); failed != nil {
		return failed
	}
	how, note := *engine, ""
	if how == Auto && x.kernel.builder.wait() == nil {
		how = Compile
	}
	if how != Compile {
		note = "; interpreted"
	}
	body := fmt.Sprintf("/*line %s:%d:%d*/%s", x.req.Cell, line, column, code)
	switch {
	case !x.isValue(setup, code):
	case how == Compile: // which leaves out what nobody needs
		body = "vꞏ := " + body + "\nruntime.KeepAlive(vꞏ)"
	default:
		body = "_ = " + body
	}
	text, failed := x.valueBy(how, fmt.Sprintf(timeitCode, setup, body, timeitRuns))
	if failed != nil {
		return failed
	}
	times := make([]float64, 0, timeitRuns+1)
	for _, s := range strings.Fields(strings.Trim(text, "[]")) {
		n, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return internalError(fmt.Errorf("%s: %w", m.Name, err))
		}
		times = append(times, n)
	}
	if len(times) != timeitRuns+1 {
		return internalError(fmt.Errorf("%s: got %q", m.Name, text))
	}
	runs, loops := times[:timeitRuns], times[timeitRuns]
	mean, deviation := meanDeviation(runs)
	plural := "loops"
	if loops == 1 {
		plural = "loop"
	}
	x.printf("%s ± %s per loop, best %s (mean ± std. dev. of %d runs, %s %s each%s)\n",
		nanoseconds(mean/loops), nanoseconds(deviation/loops), nanoseconds(slices.Min(runs)/loops),
		timeitRuns, thousands(int(loops)), plural, note)
	return nil
}

// thousands writes a number with commas.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// checkSyntax says what the parser finds wrong with code.
func (x *execution) checkSyntax(code string) *Error {
	k := x.kernel
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, err := cell.Parse(k.session.Fset(), x.req.Cell, code); err != nil {
		return k.syntaxError(err)
	}
	return nil
}

// isValue reports whether code is an expression that must be used to stand as a
// statement.
func (x *execution) isValue(setup, code string) bool {
	if _, err := parser.ParseExpr(code); err != nil {
		return false
	}
	k := x.kernel
	k.mu.Lock()
	defer k.mu.Unlock()
	parsed, err := cell.Parse(k.session.Fset(), x.req.Cell, "func() { "+setup+"\n_ = "+code+"\n}()")
	if err != nil {
		return false
	}
	_, ds := k.session.Check(parsed)
	return len(ds) == 0
}

func meanDeviation(list []float64) (mean, deviation float64) {
	for _, v := range list {
		mean += v / float64(len(list))
	}
	for _, v := range list {
		deviation += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(deviation / float64(len(list)))
}

// duration writes a time with three significant digits.
func duration(d time.Duration) string { return nanoseconds(float64(d)) }

func nanoseconds(ns float64) string {
	switch {
	case ns < 1e3:
		return fmt.Sprintf("%.3g ns", ns)
	case ns < 1e6:
		return fmt.Sprintf("%.3g µs", ns/1e3)
	case ns < 1e9:
		return fmt.Sprintf("%.3g ms", ns/1e6)
	case ns < 100e9:
		return fmt.Sprintf("%.3g s", ns/1e9)
	}
	return time.Duration(ns).Round(time.Second).String()
}

package kernel

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// History remembers the cells of all sessions in a folder: a file of JSON lines
// for each session, appended to by its kernel alone, so that kernels share the
// folder without locks and a crash loses nothing but the line being written. A
// History is safe for concurrent use.
type History struct {
	dir     string
	mu      sync.Mutex
	session int      // of this process, or 0 before its first cell
	file    *os.File // of the session
	entries []HistoryEntry
}

// HistoryEntry is a cell that was run.
type HistoryEntry struct {
	Session int    `json:"-"`
	Line    int    `json:"line"` // the execution count
	Input   string `json:"input,omitempty"`
	Output  string `json:"output,omitempty"` // the result's text, if any
}

// keepSessions is how many sessions a folder holds before the oldest go.
const keepSessions = 1000

// NewHistory returns the history in a folder, which need not exist: the first
// cell creates it.
func NewHistory(dir string) *History { return &History{dir: dir} }

// Input adds a cell that is about to run.
func (h *History) Input(line int, code string) error {
	return h.add(HistoryEntry{Line: line, Input: code})
}

// Output adds the result of the cell with the line.
func (h *History) Output(line int, text string) error {
	return h.add(HistoryEntry{Line: line, Output: text})
}

func (h *History) add(e HistoryEntry) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.file == nil {
		if err := h.begin(); err != nil {
			return fmt.Errorf("history: %w", err)
		}
	}
	data, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	e.Session = h.session
	h.entries = merge(h.entries, e)
	if _, err := h.file.Write(append(data, '\n')); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	return nil
}

// merge adds an entry, or its output to the last of the same line.
func merge(entries []HistoryEntry, e HistoryEntry) []HistoryEntry {
	if n := len(entries); n > 0 && e.Input == "" && entries[n-1].Line == e.Line {
		entries[n-1].Output = e.Output
		return entries
	}
	return append(entries, e)
}

// begin creates the file of a new session, which gives it its number.
func (h *History) begin() error {
	if err := os.MkdirAll(h.dir, 0o700); err != nil {
		return err
	}
	sessions := h.sessions()
	for n := last(sessions) + 1; ; n++ {
		f, err := os.OpenFile(h.path(n), os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue // another kernel took the number
		}
		if err != nil {
			return err
		}
		h.file, h.session = f, n
		break
	}
	for _, n := range sessions[:max(0, len(sessions)-keepSessions)] {
		os.Remove(h.path(n))
	}
	return nil
}

func (h *History) path(session int) string {
	return filepath.Join(h.dir, fmt.Sprintf("%08d.jsonl", session))
}

// sessions returns the numbers of all sessions in the folder, in order.
func (h *History) sessions() []int {
	names, err := filepath.Glob(filepath.Join(h.dir, "*.jsonl"))
	if err != nil {
		return nil // only for a malformed pattern
	}
	var numbers []int
	for _, name := range names {
		var n int
		if _, err := fmt.Sscanf(filepath.Base(name), "%d.jsonl", &n); err == nil && n > 0 {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers
}

func last(numbers []int) int {
	if len(numbers) == 0 {
		return 0
	}
	return numbers[len(numbers)-1]
}

// read returns the entries of a session. A line that is no entry, such as one
// that a crash cut short, is left out.
func (h *History) read(session int) ([]HistoryEntry, error) {
	if session == h.session && session != 0 {
		return h.entries, nil
	}
	f, err := os.Open(h.path(session))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	defer f.Close()
	var entries []HistoryEntry
	for r := bufio.NewReader(f); ; {
		data, err := r.ReadBytes('\n')
		var e HistoryEntry
		if json.Unmarshal(data, &e) == nil {
			e.Session = session
			entries = merge(entries, e)
		}
		if err != nil {
			return entries, nil //nolint:nilerr // what could be read is the history
		}
	}
}

// Tail returns the last n cells of all sessions, oldest first.
func (h *History) Tail(n int) ([]HistoryEntry, error) {
	return h.newest(n, func(HistoryEntry) bool { return true })
}

// Range returns the cells of a session from line start up to but without line
// stop; a negative stop means to the end. Session 0 is this one, -1 the one
// before it.
func (h *History) Range(session, start, stop int) ([]HistoryEntry, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if session <= 0 {
		current := h.session
		if current == 0 {
			current = last(h.sessions()) + 1
		}
		session += current
	}
	entries, err := h.read(session)
	var out []HistoryEntry
	for _, e := range entries {
		if e.Line >= start && (stop < 0 || e.Line < stop) {
			out = append(out, e)
		}
	}
	return out, err
}

// Search returns the last n cells whose whole text matches a pattern, oldest
// first; n ≤ 0 means all. In the pattern * stands for any text and ? for any
// character. With unique, of equal cells only the newest is returned.
func (h *History) Search(pattern string, n int, unique bool) ([]HistoryEntry, error) {
	re, err := regexp.Compile("^(?s:" + strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern)) + ")$")
	if err != nil {
		return nil, fmt.Errorf("history: pattern %q: %w", pattern, err)
	}
	if n <= 0 {
		n = -1
	}
	seen := map[string]bool{}
	return h.newest(n, func(e HistoryEntry) bool {
		if !re.MatchString(e.Input) || unique && seen[e.Input] {
			return false
		}
		seen[e.Input] = true
		return true
	})
}

// newest returns the newest n cells that match accepts, oldest first; a negative
// n means all.
func (h *History) newest(n int, match func(HistoryEntry) bool) ([]HistoryEntry, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []HistoryEntry
	for _, session := range slices.Backward(h.sessions()) {
		entries, err := h.read(session)
		if err != nil {
			return nil, err
		}
		for _, e := range slices.Backward(entries) {
			if len(out) == n {
				break
			}
			if match(e) {
				out = append(out, e)
			}
		}
		if len(out) == n {
			break
		}
	}
	slices.Reverse(out)
	return out, nil
}

// Close closes the session's file. What it holds stays.
func (h *History) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.file == nil {
		return nil
	}
	return h.file.Close()
}

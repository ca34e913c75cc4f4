package history

import (
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	_ "github.com/lectern-go/lectern/experiments/sqlite" // registers the driver
	"github.com/lectern-go/lectern/kernel"
)

//go:embed schema.sql
var schema string

// Path returns the file of this user: history.sqlite in the folder for state
// that outlives sessions, or the one that LECTERN_HISTORY names.
func Path() (string, error) {
	if path := os.Getenv("LECTERN_HISTORY"); path != "" {
		return path, nil
	}
	dir := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(dir) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(dir, "lectern", "history.sqlite"), nil
}

// A History is a [kernel.History] in a SQLite file. Cells are written in the
// background: writing holds no cell up.
type History struct {
	log     *slog.Logger
	db      *sql.DB
	opened  chan struct{} // closed when db is open
	written chan struct{} // closed when nothing is written any more

	mu      sync.Mutex // guards what follows
	changed sync.Cond
	session int64   // of this process, or 0 before its first cell
	queue   []entry // waits to be written
	writing bool
	closed  bool
}

var _ kernel.History = (*History)(nil)

// entry is an input or an output.
type entry struct {
	table string
	line  int
	text  string
}

// Open returns the history in the file at path, which the first cell creates.
// What is wrong with the file is told to log, or to slog.Default() if that is
// nil.
func Open(path string, log *slog.Logger) *History {
	if log == nil {
		log = slog.Default()
	}
	h := &History{log: log, opened: make(chan struct{}), written: make(chan struct{})}
	h.changed.L = &h.mu
	go func() {
		h.db = h.open(path)
		close(h.opened)
		h.write()
	}()
	return h
}

// open opens the file, one that takes its place, or a database in memory.
func (h *History) open(path string) *sql.DB {
	db, err := openFile(path)
	if err != nil && damaged(err) {
		aside := fmt.Sprintf("%s.damaged-%s", path, time.Now().UTC().Format("20060102T150405"))
		h.log.Warn("history: the file is damaged and was moved aside", "file", aside, "err", err)
		if err = os.Rename(path, aside); err == nil {
			db, err = openFile(path)
		}
	}
	if err == nil {
		return db
	}
	h.log.Warn("history: cells are remembered for this session only", "file", path, "err", err)
	if db, err = openDSN(":memory:"); err != nil {
		panic(err) // a database in memory has nothing to fail on
	}
	return db
}

// damaged reports whether SQLite does not know a file as its own.
func damaged(err error) bool {
	return strings.Contains(err.Error(), "file is not a database") || strings.Contains(err.Error(), "malformed")
}

func openFile(path string) (*sql.DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	// What people type may be confidential: SQLite itself would let all read it.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: "_busy_timeout=10000&_journal_mode=WAL&_synchronous=NORMAL&_txlock=immediate"}
	return openDSN(u.String())
}

func openDSN(dsn string) (*sql.DB, error) {
	db, err := sql.Open("sqlite3", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)                                                        // for a database in memory there is only one
	if _, err := db.Exec(schema + ";" + selectEntries + "LIMIT 0"); err != nil { // another program's tables are no good
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Input adds a cell that is about to run. It does not wait, and never fails.
func (h *History) Input(line int, code string) error { return h.add(entry{"history", line, code}) }

// Output adds the result of the cell with the line. It does not wait, and never
// fails.
func (h *History) Output(line int, text string) error {
	return h.add(entry{"output_history", line, text})
}

func (h *History) add(e entry) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.queue = append(h.queue, e)
	h.changed.Broadcast()
	return nil
}

// write writes the queue until the history is closed.
func (h *History) write() {
	defer close(h.written)
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		for len(h.queue) == 0 && !h.closed {
			h.changed.Wait()
		}
		if len(h.queue) == 0 {
			return
		}
		batch := h.queue
		h.queue, h.writing = nil, true
		h.mu.Unlock()
		if err := h.insert(batch); err != nil {
			h.log.Warn("history: cells were not written", "cells", len(batch), "err", err)
		}
		h.mu.Lock()
		h.writing = false
		h.changed.Broadcast()
	}
}

// insert writes entries, the first of them in a new session.
func (h *History) insert(batch []entry) error {
	tx, err := h.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	session := h.current()
	if session == 0 {
		r, err := tx.Exec("INSERT INTO sessions (start) VALUES (?)", time.Now().UTC().Format(time.RFC3339))
		if err != nil {
			return err
		}
		if session, err = r.LastInsertId(); err != nil {
			return err
		}
	}
	for _, e := range batch {
		if _, err := tx.Exec("INSERT OR REPLACE INTO "+e.table+" VALUES (?, ?, ?)", session, e.line, e.text); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.session = session
	return nil
}

func (h *History) current() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.session
}

// flush waits until everything added is written.
func (h *History) flush() {
	<-h.opened
	h.mu.Lock()
	defer h.mu.Unlock()
	for (len(h.queue) > 0 || h.writing) && !h.closed {
		h.changed.Wait()
	}
}

// Tail returns the last n cells of all sessions, oldest first.
func (h *History) Tail(n int) ([]kernel.HistoryEntry, error) {
	return h.newest("TRUE", max(n, 0), false)
}

// Range returns cells of a session, as [kernel.History] says.
func (h *History) Range(session, start, stop int) ([]kernel.HistoryEntry, error) {
	h.flush()
	if session <= 0 {
		current := h.current()
		if current == 0 {
			row := h.db.QueryRow("SELECT coalesce(max(session), 0) + 1 FROM sessions")
			if err := row.Scan(&current); err != nil {
				return nil, fmt.Errorf("history: %w", err)
			}
		}
		session += int(current)
	}
	return h.query("WHERE session = ? AND line >= ? AND (line < ? OR ? < 0) ORDER BY line", session, start, stop, stop)
}

// Search returns the last cells that match a pattern, as [kernel.History] says.
func (h *History) Search(pattern string, n int, unique bool) ([]kernel.HistoryEntry, error) {
	if n <= 0 {
		n = -1
	}
	return h.newest("source GLOB ?", n, unique, pattern)
}

// newest returns the newest n cells that meet a condition, oldest first; a
// negative n means all.
func (h *History) newest(condition string, n int, unique bool, args ...any) ([]kernel.HistoryEntry, error) {
	h.flush()
	if unique {
		condition = "history.rowid IN (SELECT max(rowid) FROM history WHERE " + condition + " GROUP BY source)"
	}
	entries, err := h.query("WHERE "+condition+" ORDER BY history.rowid DESC LIMIT ?", append(args, n)...)
	slices.Reverse(entries)
	return entries, err
}

const selectEntries = "SELECT session, line, source, coalesce(output, '') FROM history LEFT JOIN output_history USING (session, line) "

func (h *History) query(tail string, args ...any) ([]kernel.HistoryEntry, error) {
	rows, err := h.db.Query(selectEntries+tail, args...)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	defer rows.Close()
	var entries []kernel.HistoryEntry
	for rows.Next() {
		var e kernel.HistoryEntry
		if err := rows.Scan(&e.Session, &e.Line, &e.Input, &e.Output); err != nil {
			return nil, fmt.Errorf("history: %w", err)
		}
		entries = append(entries, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	return entries, nil
}

// Close writes what waits and closes the file.
func (h *History) Close() error {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return nil
	}
	h.closed = true
	h.changed.Broadcast()
	h.mu.Unlock()
	<-h.written
	if session := h.current(); session != 0 {
		if _, err := h.db.Exec("UPDATE sessions SET end = ? WHERE session = ?", time.Now().UTC().Format(time.RFC3339), session); err != nil {
			h.log.Warn("history: the session's end was not written", "err", err)
		}
	}
	return h.db.Close()
}

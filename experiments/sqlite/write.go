package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/lectern-go/lectern/experiments"
)

// maxGroup is how many writes are committed together at most.
const maxGroup = 256

// writer commits writes, one group after another, on its own connection, which
// it opens with the first one. Callers wait until their group is committed.
type writer struct {
	path string
	ops  chan *op
	done chan struct{}

	closing sync.RWMutex // held for writing while ops is closed
	closed  bool

	// What follows belongs to the goroutine of run.
	db       *sql.DB
	tx       *tx
	fullSync bool
}

// op is a write: what to do in the transaction, and whether the commit waits
// for the disk.
type op struct {
	name    string
	durable bool
	do      func(*tx) error
	state   atomic.Int32 // 0 waiting, 1 under way, 2 given up by the caller
	err     error
	done    chan struct{}
}

func newWriter(path string) *writer {
	w := &writer{path: path, ops: make(chan *op, maxGroup), done: make(chan struct{})}
	go w.run()
	return w
}

// write runs do in a transaction and returns when it is committed. If ctx ends
// before do has begun, it never does.
func (s *Store) write(ctx context.Context, name string, durable bool, do func(*tx) error) error {
	o := &op{name: name, durable: durable, do: do, done: make(chan struct{})}
	if err := s.writer.send(ctx, o); err != nil {
		return wrap(name, s.path, err)
	}
	select {
	case <-o.done:
	case <-ctx.Done():
		if o.state.CompareAndSwap(0, 2) {
			return ctx.Err()
		}
		<-o.done
	}
	return wrap(name, s.path, o.err)
}

func (w *writer) send(ctx context.Context, o *op) error {
	w.closing.RLock()
	defer w.closing.RUnlock()
	if w.closed {
		return experiments.Errorf(experiments.CodeState, o.name, "the store is closed")
	}
	select {
	case w.ops <- o:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *writer) close() error {
	w.closing.Lock()
	if w.closed {
		w.closing.Unlock()
		return nil
	}
	w.closed = true
	close(w.ops)
	w.closing.Unlock()
	<-w.done
	if w.db == nil {
		return nil
	}
	return errors.Join(w.tx.close(), w.db.Close())
}

func (w *writer) run() {
	defer close(w.done)
	for first := range w.ops {
		group := []*op{first}
		for len(group) < maxGroup && len(w.ops) > 0 {
			group = append(group, <-w.ops)
		}
		w.commit(group)
	}
}

// commit runs a group in one transaction. A write that fails is undone alone;
// if the commit fails, all have failed.
func (w *writer) commit(group []*op) {
	durable := false
	live := group[:0]
	for _, o := range group {
		if o.state.CompareAndSwap(0, 1) {
			live = append(live, o)
			durable = durable || o.durable
		}
	}
	err := w.begin(durable)
	if err == nil {
		for _, o := range live {
			o.err = w.savepoint(o)
		}
		if err = w.tx.exec("COMMIT"); err != nil {
			err = errors.Join(err, w.tx.rollback())
		}
	}
	for _, o := range live {
		if err != nil && o.err == nil {
			o.err = err
		}
		close(o.done)
	}
}

func (w *writer) begin(durable bool) error {
	if err := w.open(); err != nil {
		return err
	}
	if durable != w.fullSync {
		query := "PRAGMA synchronous = NORMAL"
		if durable {
			query = "PRAGMA synchronous = FULL"
		}
		if err := w.tx.exec(query); err != nil {
			return err
		}
		w.fullSync = durable
	}
	return w.tx.exec("BEGIN IMMEDIATE")
}

func (w *writer) open() error {
	if w.tx != nil {
		return nil
	}
	db := sql.OpenDB(connector(w.path, writeOptions()))
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(context.Background())
	if err != nil {
		db.Close()
		return err
	}
	if err := enableWAL(context.Background(), conn); err != nil { // a backup has lost it
		return errors.Join(err, conn.Close(), db.Close())
	}
	w.db = db
	w.tx = &tx{conn: conn, path: w.path, stmts: map[string]*sql.Stmt{}, keys: map[string]int64{}, tails: map[int64]int64{}}
	return nil
}

// savepoint runs one write of a group.
func (w *writer) savepoint(o *op) error {
	if err := w.tx.exec("SAVEPOINT op"); err != nil {
		return err
	}
	err := o.do(w.tx)
	if err != nil {
		// A full disk may have ended the whole transaction; then COMMIT fails
		// too, and the whole group with it.
		return errors.Join(err, w.tx.undo())
	}
	return w.tx.exec("RELEASE op")
}

// tx is the writer's connection with a transaction open on it. Its statements
// are prepared once.
type tx struct {
	conn  *sql.Conn
	path  string
	stmts map[string]*sql.Stmt
	keys  map[string]int64 // by name; emptied when a write is undone
	tails map[int64]int64  // points in the tail of each run that this process writes

	groups grouper // reused by every batch
}

// The writer passes no caller's context to SQLite: the driver would start a
// goroutine for each statement, and a statement half done helps nobody.
func (t *tx) stmt(query string) (*sql.Stmt, error) {
	if s := t.stmts[query]; s != nil {
		return s, nil
	}
	s, err := t.conn.PrepareContext(context.Background(), query)
	if err == nil {
		t.stmts[query] = s
	}
	return s, err
}

func (t *tx) exec(query string, args ...any) error {
	_, err := t.execResult(query, args...)
	return err
}

func (t *tx) execResult(query string, args ...any) (sql.Result, error) {
	s, err := t.stmt(query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(context.Background(), args...)
}

// queryRow scans the one row of a query, and returns sql.ErrNoRows if there is
// none.
func (t *tx) queryRow(query string, args, dest []any) error {
	s, err := t.stmt(query)
	if err != nil {
		return err
	}
	return s.QueryRowContext(context.Background(), args...).Scan(dest...)
}

// query calls scan for each row.
func (t *tx) query(query string, args []any, scan func(*sql.Rows) error) error {
	s, err := t.stmt(query)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(context.Background(), args...)
	if err != nil {
		return err
	}
	return eachRow(rows, scan)
}

// undo takes back the write under way.
func (t *tx) undo() error {
	clear(t.keys)
	clear(t.tails)
	if err := t.exec("ROLLBACK TO op"); err != nil {
		return err
	}
	return t.exec("RELEASE op")
}

// rollback takes back the whole transaction, unless SQLite has done so.
func (t *tx) rollback() error {
	clear(t.keys)
	clear(t.tails)
	var active bool
	if err := t.conn.Raw(func(c any) error {
		active = !c.(interface{ AutoCommit() bool }).AutoCommit()
		return nil
	}); err != nil || !active {
		return err
	}
	return t.exec("ROLLBACK")
}

func (t *tx) close() error {
	for _, s := range t.stmts {
		s.Close()
	}
	return t.conn.Close()
}

// eachRow calls scan for each row and closes rows.
func eachRow(rows *sql.Rows, scan func(*sql.Rows) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
